// Package embedded runs a Temporal server inside this process, on two SQLite
// files, for a single machine: `vigie demo`, a trial, a small watch team.
// Temporal itself recommends embedding with SQLite for development only; real
// duty with several nodes uses an external server (codec.Target).
//
// It listens on loopback alone, on free ports. Nobody else may use its
// directory meanwhile (a file lock), and it refuses files whose schema is not
// the one it was built with, since the SQLite schema has no migrations. The
// settings are measured ones: a write-ahead log with synchronous=FULL, one
// connection a file, visibility in a file of its own (twice the throughput),
// one partition a queue. Deleted rows are overwritten and the log is truncated
// from time to time; histories are encrypted besides (workflows/codec).
//
// It is the only package that imports the server, which makes builds long and
// binaries large: with the build tag noembed nothing of it remains.
package embedded
