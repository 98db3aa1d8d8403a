// Package evidence keeps what leak sites showed and what was acquired from
// them, so that a third party can check it later.
//
// Every visit becomes one WARC 1.1 file (ISO 28500:2017): the requests and
// responses byte for byte, each with its digests, closed by a manifest that
// lists every record in order and vouches for itself. The gzip members of such
// a file hold stored blocks, so that its bytes follow from its records alone.
// It rests sealed, as zstd on an earlier visit of the source, and is made again
// bit for bit when it leaves. Files are sealed before their first byte rests on
// disk, written to a temporary name, synced and linked to their final name.
//
// What is done with them is told to a custody log, with the digest of the whole
// file; a manifest that was rewritten together with its records is therefore
// still found out. Anchor keeps signed checkpoints of that log, here and where
// the administrator of this machine cannot write, time-stamped by a third party.
package evidence
