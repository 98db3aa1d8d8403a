package evidence

import (
	"bytes"
	"strconv"
	"strings"
	"time"
)

// ARC is what WARC came from, and is still found in archives: a line of fields
// before each record, and no digest at all (archive.org, "Arc File Format",
// 1996). Such files are read so far that their form can be checked.

// typeARC marks the records of an ARC file; the type is not one of WARC.
const typeARC = "arc"

// arcFields are the fields of a record's line: of version 1, and of version 2.
const (
	arcFields1 = 5
	arcFields2 = 10
)

// arcRecord reads the line of an ARC record. An address may hold spaces, so
// fields are counted from the end.
func (w *Reader) arcRecord(r *Record, line string) (*Record, error) {
	fields := strings.Split(line, " ")
	want := w.arc
	if want == 0 { // the file's own description
		want = arcFields1
		if len(fields) == arcFields2 {
			want = arcFields2
		}
	}
	if len(fields) < want {
		return nil, w.faultAt(r.Offset, "header")
	}
	rest := fields[len(fields)-want+1:] // all but the address
	var err error
	if r.Length, err = strconv.ParseInt(rest[len(rest)-1], 10, 64); err != nil || r.Length < 0 {
		return nil, w.faultAt(r.Offset, "content-length")
	}
	r.Header = Header{{"WARC-Type", typeARC}, {"WARC-Target-URI", strings.Join(fields[:len(fields)-want+1], " ")},
		{"WARC-Date", rest[1]}, {"Content-Length", rest[len(rest)-1]}}
	if w.arc == 0 {
		w.arc = want
		// The version is the first character of the block, and governs the lines
		// that follow; the description itself may be shorter.
		if head, err := w.br.Peek(1); err == nil && bytes.Equal(head, []byte("2")) {
			w.arc = arcFields2
		}
	}
	w.begin(r)
	return r, nil
}

// arcEnd skips the empty lines behind a record.
func (w *Reader) arcEnd() {
	for {
		b, err := w.br.Peek(1)
		if err != nil || b[0] != '\n' && b[0] != '\r' {
			return
		}
		_, _ = w.br.Discard(1)
		w.used++
	}
}

// arcDate tells whether a date has the fourteen digits of ARC, or the twelve of
// its oldest files.
func arcDate(s string) bool {
	for _, layout := range []string{"20060102150405", "200601021504"} {
		if _, err := time.Parse(layout, s); err == nil {
			return true
		}
	}
	return false
}
