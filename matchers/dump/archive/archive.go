// Package archive opens containers: zip, tar, 7z, rar, and the compressions that
// hold one file (gzip, bzip2, xz, lzma, zstd, lz4, compress).
//
// A container is written by whoever leaked it, and nothing in it is believed.
// Three rules keep the process small and the reading linear:
//
//   - What a header claims is never allocated. Counts, sizes and dictionaries are
//     compared with the limits first; the LZMA window grows with what really came
//     out of it, and all windows open at once, one container within another,
//     share MaxWindow.
//   - Every byte that comes out of a container goes through one meter, which
//     holds it against dump.MaxOutput and dump.MaxRatio while it streams.
//   - What cannot be read is told by name and reason, and the rest goes on. A
//     member that breaks in its middle ends there: its bytes up to the break are
//     read, then it is told as damaged or cut.
//
// Names are labels: nothing is ever written under them. They are decoded, cleaned
// and kept apart, so that a report cannot be lied to with them.
package archive

import "vigie/matchers/dump"

// MaxWindow bounds the dictionaries and windows of all containers open at once,
// one within another, in bytes. maxZstdWindow is what RFC 8878 calls reasonable
// and more, for one zstd frame.
const (
	MaxWindow     = 256 << 20
	maxZstdWindow = 128 << 20
)

// Formats returns a Format for every container, those that are only known to be
// refused with a way out among them.
func Formats() []dump.Format {
	lim := defaultLimits()
	formats := []dump.Format{zipFormat{lim}, tarFormat{lim}, sevenFormat{lim}, rarFormat{lim}}
	for _, c := range compressions() {
		c.limits = lim
		formats = append(formats, c)
	}
	for _, k := range unreadable() {
		formats = append(formats, k)
	}
	return formats
}

// limits are the bounds of one container.
type limits struct {
	entries int
	output  int64 // bytes out
	ratio   int64 // bytes out for a byte in
	from    int64 // bytes out before the ratio counts
}

func defaultLimits() limits {
	return limits{entries: dump.MaxEntries, output: dump.MaxOutput, ratio: dump.MaxRatio, from: dump.RatioFrom}
}
