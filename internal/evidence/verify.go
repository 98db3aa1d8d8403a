package evidence

import (
	"bufio"
	"bytes"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"net/http/httputil"
	"strings"
	"time"
)

// Report is what checking found.
type Report struct {
	Records int     `json:"records"`
	OK      bool    `json:"ok"`
	Faults  []Fault `json:"faults"`
}

// Fault is one defect. Kind is stable, for scripts: gzip, version, header,
// content-length, length, record-end, missing-field, date, duplicate-id,
// block-digest, payload-digest, concurrent, and for files of ours manifest,
// manifest-record, manifest-order, manifest-missing.
type Fault struct {
	File   string `json:"file,omitempty"`
	Offset int64  `json:"offset"` // of the record in the file; compressed if it is
	Kind   string `json:"kind"`
}

// maxFaults ends a hopeless check.
const maxFaults = 1000

// VerifyWARC checks a WARC file of any tool, plain or gzip: its form, every
// digest it carries, the links between its records, and in files of ours the
// manifest. Defects are in the report; the error is one of reading r.
func VerifyWARC(r io.Reader) (Report, error) {
	src := &errorNote{r: r}
	c := check{in: NewReader(src), ids: map[string]int64{}, report: Report{Faults: []Fault{}}}
	for len(c.report.Faults) < maxFaults {
		rec, err := c.in.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			c.report.Records++
			err = c.record(rec)
		}
		var f *faultError
		if errors.As(err, &f) {
			c.fault(f.offset, f.kind)
			if !c.in.resync() {
				break
			}
			c.resumed = true
		}
	}
	if src.err != nil {
		return c.report, fmt.Errorf("reading a WARC file: %w", src.err)
	}
	c.finish()
	c.report.OK = len(c.report.Faults) == 0
	return c.report, nil
}

// check is a verification under way.
type check struct {
	in       *Reader
	report   Report
	ids      map[string]int64 // record ID to offset
	order    []entry          // as read
	offsets  []int64
	links    []link // WARC-Concurrent-To and its kind
	ours     bool   // the warcinfo says the file is one of ours
	manifest []entry
	closed   int64 // offset of the manifest
	resumed  bool
}

type link struct {
	to     string
	offset int64
}

func (c *check) fault(offset int64, kind string) {
	c.report.Faults = append(c.report.Faults, Fault{Offset: offset, Kind: kind})
}

// mandatory are the fields every record has (ISO 28500:2017, 5).
var mandatory = []string{"WARC-Record-ID", "WARC-Date", "WARC-Type"}

func (c *check) record(r *Record) error {
	for _, name := range mandatory {
		if r.Header.Value(name) == "" {
			c.fault(r.Offset, "missing-field")
		}
	}
	if d := r.Header.Value("WARC-Date"); d != "" && !validDate(d) {
		c.fault(r.Offset, "date")
	}
	id := r.Header.Value("WARC-Record-ID")
	if _, dup := c.ids[id]; dup && id != "" {
		c.fault(r.Offset, "duplicate-id")
	}
	c.ids[id] = r.Offset
	for _, f := range r.Header {
		if strings.EqualFold(f.Name, "WARC-Concurrent-To") {
			c.links = append(c.links, link{f.Value, r.Offset})
		}
	}
	return c.block(r, id)
}

// block reads a block once, for every digest at the same time.
func (c *check) block(r *Record, id string) error {
	whole := sha256.New()
	_, _ = whole.Write(r.raw)
	all := newDigests(r.Header, "WARC-Block-Digest")
	body := newDigests(r.Header, "WARC-Payload-Digest")
	kind := strings.ToLower(r.Header.Value("WARC-Type"))
	if kind == typeRevisit || r.Header.Value("WARC-Segment-Number") != "" {
		body = nil // the payload is elsewhere, or in parts
	}
	var keep *bytes.Buffer
	info := kind == typeInfo && len(c.order) == 0
	closing := kind == typeMetadata && r.Header.Value("WARC-Profile") == profileManifest
	if info || closing {
		keep = &bytes.Buffer{}
	}
	in := io.TeeReader(r.Block, writerFunc(func(p []byte) {
		_, _ = whole.Write(p)
		all.write(p)
		if keep != nil && keep.Len() < 64<<20 {
			keep.Write(p)
		}
	}))
	if err := readPayload(in, r.Header, body); err != nil {
		return c.in.blockFault(r, err)
	}
	if !all.match() {
		c.fault(r.Offset, "block-digest")
	}
	if !body.match() {
		c.fault(r.Offset, "payload-digest")
	}
	_, _ = whole.Write([]byte("\r\n\r\n"))
	if closing {
		c.manifest, c.closed = parseManifest(keep.String()), r.Offset
		return nil
	}
	if info {
		c.ours = strings.HasPrefix(keep.String(), "software: vigie\r\n")
	}
	c.order = append(c.order, entry{id, "sha256:" + hex.EncodeToString(whole.Sum(nil))})
	c.offsets = append(c.offsets, r.Offset)
	return nil
}

// readPayload reads a block to its end and digests its payload: what follows
// the head of an HTTP message, else the block itself. Tools differ on chunked
// bodies, so both readings count.
func readPayload(in io.Reader, h Header, d *digests) error {
	if d == nil {
		_, err := io.Copy(io.Discard, in)
		return err
	}
	if !strings.HasPrefix(strings.ToLower(h.Value("Content-Type")), "application/http") {
		_, err := io.Copy(writerFunc(d.write), in)
		return err
	}
	br := bufio.NewReader(in)
	chunked, size := false, 0
	for {
		line, err := br.ReadSlice('\n')
		size += len(line)
		text := strings.TrimRight(string(line), "\r\n")
		low := strings.ToLower(text)
		if strings.HasPrefix(low, "transfer-encoding:") && strings.Contains(low, "chunked") {
			chunked = true
		}
		if err == io.EOF || err == nil && text == "" || size > maxHeader {
			break
		}
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return err
		}
	}
	raw := io.TeeReader(br, writerFunc(d.write))
	if chunked {
		// Its errors are those of the message, not of the record.
		_, _ = io.Copy(writerFunc(d.writeDecoded), httputil.NewChunkedReader(raw))
	}
	_, err := io.Copy(io.Discard, raw)
	return err
}

// finish checks what needs the whole file.
func (c *check) finish() {
	if !c.resumed { // else the record linked to may be the one that is broken
		for _, l := range c.links {
			if _, ok := c.ids[l.to]; !ok && c.ours {
				c.fault(l.offset, "concurrent")
			}
		}
	}
	if !c.ours && c.manifest == nil {
		return
	}
	if c.manifest == nil {
		c.fault(0, "manifest-missing")
		return
	}
	want := map[string]int{}
	for i, e := range c.manifest {
		want[e.id] = i
	}
	last := -1
	for i, e := range c.order {
		at, ok := want[e.id]
		switch {
		case !ok:
			c.fault(c.offsets[i], "manifest-record")
		case c.manifest[at].digest != e.digest:
			c.fault(c.offsets[i], "manifest-record")
		case at < last:
			c.fault(c.offsets[i], "manifest-order")
		}
		if ok {
			last = max(last, at)
			delete(want, e.id)
		}
	}
	for range want {
		c.fault(c.closed, "manifest-missing")
	}
}

func parseManifest(s string) []entry {
	out := []entry{}
	for line := range strings.Lines(s) {
		digest, id, _ := strings.Cut(strings.TrimSpace(line), " ")
		out = append(out, entry{id, digest})
	}
	return out
}

// validDate accepts what WARC 1.0 and 1.1 allow: a UTC date of any precision
// from the year to nanoseconds.
func validDate(s string) bool {
	for _, layout := range []string{"2006-01-02T15:04:05.999999999Z", "2006-01-02T15:04Z", "2006-01-02", "2006-01", "2006"} {
		if _, err := time.Parse(layout, s); err == nil {
			return true
		}
	}
	return false
}

// digests computes what a field claims. A nil one claims nothing.
type digests struct {
	raw, decoded hash.Hash
	want         string
	both         bool
}

func newDigests(h Header, field string) *digests {
	name, value, ok := strings.Cut(h.Value(field), ":")
	if !ok {
		return nil
	}
	var fresh func() hash.Hash
	switch strings.ToLower(strings.ReplaceAll(name, "-", "")) {
	case "sha256":
		fresh = sha256.New
	case "sha1":
		fresh = sha1.New
	case "sha512":
		fresh = sha512.New
	case "md5":
		fresh = md5.New
	default:
		return nil // an algorithm that cannot be checked is not a defect
	}
	return &digests{raw: fresh(), decoded: fresh(), want: strings.TrimSpace(value)}
}

func (d *digests) write(p []byte) {
	if d != nil {
		_, _ = d.raw.Write(p)
	}
}

func (d *digests) writeDecoded(p []byte) {
	d.both = true
	_, _ = d.decoded.Write(p)
}

func (d *digests) match() bool {
	return d == nil || equalDigest(d.raw.Sum(nil), d.want) || d.both && equalDigest(d.decoded.Sum(nil), d.want)
}

// equalDigest compares with hex, base 32 (as most tools write) or base 64.
func equalDigest(sum []byte, want string) bool {
	trimmed := strings.TrimRight(want, "=")
	return strings.EqualFold(hex.EncodeToString(sum), want) ||
		strings.EqualFold(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum), trimmed) ||
		base64.RawStdEncoding.EncodeToString(sum) == trimmed || base64.RawURLEncoding.EncodeToString(sum) == trimmed
}

// writerFunc is a writer that cannot fail.
type writerFunc func([]byte)

func (f writerFunc) Write(p []byte) (int, error) { f(p); return len(p), nil }

// errorNote remembers an error of the medium, to tell it from a defect.
type errorNote struct {
	r   io.Reader
	err error
}

func (e *errorNote) Read(p []byte) (int, error) {
	n, err := e.r.Read(p)
	if err != nil && err != io.EOF {
		e.err = err
	}
	return n, err
}
