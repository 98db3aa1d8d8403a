package charset

import (
	"unicode/utf8"
)

// Stats counts the values a [Decoder] met that hold more than ASCII.
type Stats struct {
	Valid       int64            // valid UTF-8, kept as it was
	Fallback    map[string]int64 // decoded from the encoding of that name
	Repaired1   int64            // damaged once and repaired
	Repaired2   int64            // damaged twice or more and repaired
	Replacement int64            // with U+FFFD: what stood there is lost
}

// Decoder turns values of an encoding that agrees with ASCII into UTF-8, one
// value at a time, after rows were split. It is not safe for concurrent use.
type Decoder struct {
	cm    *table
	name  string
	stats Stats
}

// NewDecoder decodes the values of a file in which [Detect] found g.
func NewDecoder(g Guess) *Decoder {
	d := &Decoder{name: g.Name, stats: Stats{Fallback: map[string]int64{}}}
	if d.cm = single(g.Name); d.cm == nil {
		d.name, d.cm = g.Fallback, single(g.Fallback)
	}
	if d.cm == nil {
		d.name, d.cm = "windows-1252", single("windows-1252")
	}
	return d
}

// Decode returns v in UTF-8: v itself if it needs nothing, or else dst with
// the decoded value appended, of which the result is the appended part.
func (d *Decoder) Decode(dst, v []byte) []byte {
	if ascii(v) {
		return v
	}
	if utf8.Valid(v) {
		d.stats.Valid++
		return v
	}
	d.stats.Fallback[d.name]++
	from := len(dst)
	return d.cm.appendDecoded(dst, v)[from:]
}

// Stats returns what was met until now.
func (d *Decoder) Stats() Stats { return d.stats }

// ascii says whether v holds nothing beyond ASCII.
func ascii(v []byte) bool {
	for _, c := range v {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
