package evidence

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"strings"
	"time"
)

// The record types of WARC 1.1 that are written here (ISO 28500:2017, 6).
const (
	typeInfo     = "warcinfo"
	typeRequest  = "request"
	typeResponse = "response"
	typeMetadata = "metadata"
	typeRevisit  = "revisit"
)

const (
	// profileIdentical says that a revisit's payload equals an earlier one.
	profileIdentical = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
	// profileManifest marks the metadata record that closes a file of ours.
	profileManifest = "urn:vigie:warc-manifest:1"

	httpRequest  = "application/http; msgtype=request"
	httpResponse = "application/http; msgtype=response"
	warcFields   = "application/warc-fields"
)

// Header is the named fields of a WARC record, in order.
type Header []Field

// Field is one named field.
type Field struct{ Name, Value string }

// Value returns the first value of a field, whatever its case, or "".
func (h Header) Value(name string) string {
	for _, f := range h {
		if strings.EqualFold(f.Name, name) {
			return f.Value
		}
	}
	return ""
}

func (h Header) count(name string) (n int) {
	for _, f := range h {
		if strings.EqualFold(f.Name, name) {
			n++
		}
	}
	return n
}

// warcWriter writes records to plain as they are, and to zipped each in a gzip
// member of its own, so that a reader can start at any of them. It remembers
// what it wrote for the manifest.
type warcWriter struct {
	plain   io.Writer
	zipped  io.Writer
	member  *memberWriter
	entries []entry
}

// entry is one line of the manifest: a record and the digest of all its bytes,
// header included.
type entry struct{ id, digest string }

func newWARCWriter(plain, zipped io.Writer) *warcWriter {
	return &warcWriter{plain: plain, zipped: zipped, member: newMember(io.Discard)}
}

// write adds one record. The block digest and the length are added here; h
// holds the other fields.
func (w *warcWriter) write(kind, id string, at time.Time, h Header, block []byte) error {
	sum := sha256.New()
	w.member.reset(w.zipped)
	dst := io.MultiWriter(sum, w.plain, w.member)
	for _, part := range [][]byte{recordHead(kind, id, warcDate(at), h, block), block, []byte(recordEnd)} {
		if _, err := dst.Write(part); err != nil {
			return fmt.Errorf("writing a %s record: %w", kind, err)
		}
	}
	if err := w.member.Close(); err != nil {
		return fmt.Errorf("writing a %s record: %w", kind, err)
	}
	w.entries = append(w.entries, entry{id, "sha256:" + hex.EncodeToString(sum.Sum(nil))})
	return nil
}

const recordEnd = "\r\n\r\n"

// recordHead is a record's header with its empty line.
func recordHead(kind, id, date string, h Header, block []byte) []byte {
	var head bytes.Buffer
	head.WriteString("WARC/1.1\r\n")
	put := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&head, "%s: %s\r\n", name, oneLine(value))
		}
	}
	put("WARC-Type", kind)
	put("WARC-Record-ID", id)
	put("WARC-Date", date)
	for _, f := range h {
		put(f.Name, f.Value)
	}
	put("WARC-Block-Digest", digestOf(block))
	put("Content-Length", fmt.Sprint(len(block)))
	head.WriteString("\r\n")
	return head.Bytes()
}

// close writes the manifest: a line for every record, and one for itself, from
// which its own header follows. The underlying writers stay open.
func (w *warcWriter) close(at time.Time) error {
	var b bytes.Buffer
	for _, e := range w.entries {
		fmt.Fprintf(&b, "%s %s\r\n", e.digest, e.id)
	}
	id := newRecordID()
	fmt.Fprintf(&b, "%s %s\r\n", warcDate(at), id)
	return w.write(typeMetadata, id, at, manifestHeader(), b.Bytes())
}

func manifestHeader() Header {
	return Header{{"WARC-Profile", profileManifest}, {"Content-Type", "text/plain"}}
}

// payload returns what follows the HTTP head, as it was received: chunked and
// compressed bodies stay so, as warcio and wget have it.
func payload(message []byte) []byte {
	if i := bytes.Index(message, []byte("\r\n\r\n")); i >= 0 {
		return message[i+4:]
	}
	if i := bytes.Index(message, []byte("\n\n")); i >= 0 {
		return message[i+2:]
	}
	return nil
}

func digestOf(b []byte) string {
	sum := sha256.Sum256(b)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// newRecordID returns a random UUID (RFC 9562, version 4) as WARC writes it.
func newRecordID() string {
	var b [16]byte
	_, _ = rand.Read(b[:])
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("<urn:uuid:%x-%x-%x-%x-%x>", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// oneLine keeps a hostile address from starting a header of its own.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, s)
}
