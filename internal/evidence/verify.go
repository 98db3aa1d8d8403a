package evidence

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"time"
)

// Report is what checking found.
type Report struct {
	Records int     `json:"records"`
	OK      bool    `json:"ok"`
	Faults  []Fault `json:"faults"`
}

// Fault is one defect. Kind is stable, for scripts: gzip, gzip-whole (members
// that hold several records: sound, but to be read only from the start),
// version, header, content-length, length, record-end, missing-field, type,
// repeated-field, date, identifier, address, duplicate-id, digest-form,
// block-digest, payload-digest, segment, concurrent (the counterpart is
// missing), and for files of ours gzip-form, manifest, manifest-record,
// manifest-order, manifest-missing. Against the store: file-digest, missing-file,
// missing-record, capture-digest, capture-date, capture-address, capture-row (the
// store does not list what the file holds), unlogged, sealed.
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
	c := check{in: NewReader(src), ids: map[string]int64{}, segments: map[string]*segments{}, report: Report{Faults: []Fault{}}}
	c.in.strict = &strict{raw: sha256.New(), form: sha256.New(), member: newMember(io.Discard)}
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
			c.resumed = true
			if !c.ours {
				c.in.strict = nil
			}
			if f.kind == "gzip-form" {
				continue // all of the member is read, and its checksum right
			}
			if !c.in.resync() {
				break
			}
		}
	}
	if src.err != nil {
		return c.report, fmt.Errorf("reading a WARC file: %w", src.err)
	}
	c.finish()
	if c.report.Records == 0 && len(c.report.Faults) == 0 {
		c.fault(0, "no-record") // all that was in it may have been taken out
	}
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
	segments map[string]*segments // by the identifier of the first
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

// single are fields that must not say two things.
var single = []string{"WARC-Record-ID", "WARC-Date", "WARC-Type", "Content-Length", "WARC-Target-URI", "WARC-Block-Digest", "WARC-Payload-Digest"}

// addressed are the types whose records name an address.
var addressed = map[string]bool{typeRequest: true, typeResponse: true, typeRevisit: true, typeResource: true, "conversion": true, "continuation": true}

// types are those of the standard; conversion and continuation are other tools'.
var types = map[string]bool{typeInfo: true, typeRequest: true, typeResponse: true, typeRevisit: true, typeMetadata: true,
	typeResource: true, "conversion": true, "continuation": true}

func (c *check) record(r *Record) error {
	kind := strings.ToLower(r.Header.Value("WARC-Type"))
	if kind == typeARC && c.in.arc > 0 {
		c.in.strict = nil
		if !arcDate(r.Header.Value("WARC-Date")) {
			c.fault(r.Offset, "date")
		}
		_, err := io.Copy(io.Discard, r.Block)
		if err != nil {
			err = c.in.blockFault(r, err)
		}
		return err
	}
	for _, name := range mandatory {
		if r.Header.Value(name) == "" {
			c.fault(r.Offset, "missing-field")
		}
	}
	if addressed[kind] && r.Header.Value("WARC-Target-URI") == "" || kind == typeRevisit && r.Header.Value("WARC-Profile") == "" {
		c.fault(r.Offset, "missing-field")
	}
	if kind != "" && !types[kind] {
		c.fault(r.Offset, "type")
	}
	for _, name := range single {
		if r.Header.count(name) > 1 {
			c.fault(r.Offset, "repeated-field")
		}
	}
	c.values(r)
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
	c.segment(r, id)
	return c.block(r, id)
}

// values checks the form of what fields say.
func (c *check) values(r *Record) {
	for _, f := range r.Header {
		bad := ""
		switch strings.ToLower(f.Name) {
		case "warc-date", "warc-refers-to-date":
			if !validDate(f.Value) {
				bad = "date"
			}
		case "warc-record-id", "warc-concurrent-to", "warc-refers-to", "warc-warcinfo-id", "warc-segment-origin-id":
			if !validID(f.Value) {
				bad = "identifier"
			}
		case "warc-ip-address":
			if net.ParseIP(strings.Trim(f.Value, "[]")) == nil {
				bad = "address"
			}
		}
		if bad != "" && f.Value != "" {
			c.fault(r.Offset, bad)
		}
	}
}

// validID accepts a URI, in angle brackets as the standard has it or without.
func validID(s string) bool {
	inner, open := strings.CutPrefix(s, "<")
	inner, closed := strings.CutSuffix(inner, ">")
	scheme, rest, ok := strings.Cut(inner, ":")
	return open == closed && ok && scheme != "" && rest != "" && !strings.ContainsAny(inner, "<> \t")
}

// segments are the parts of one record, as far as they are in the file.
type segments struct {
	last, bytes int64
}

// segment checks that the parts of a record that was cut up follow each other
// and are as long together as the last one says (ISO 28500:2017, 7). Parts of a
// record that begins in another file cannot be checked.
func (c *check) segment(r *Record, id string) {
	number, err := strconv.ParseInt(r.Header.Value("WARC-Segment-Number"), 10, 64)
	switch {
	case r.Header.Value("WARC-Segment-Number") == "":
		return
	case err != nil || number < 1:
		c.fault(r.Offset, "segment")
		return
	case number == 1:
		c.segments[id] = &segments{1, r.Length}
		return
	}
	s := c.segments[r.Header.Value("WARC-Segment-Origin-ID")]
	if s == nil {
		return
	}
	s.last++
	s.bytes += r.Length
	if total := r.Header.Value("WARC-Segment-Total-Length"); s.last != number || total != "" && total != strconv.FormatInt(s.bytes, 10) {
		c.fault(r.Offset, "segment")
	}
}

// block reads a block once, for every digest at the same time.
func (c *check) block(r *Record, id string) error {
	whole := sha256.New()
	_, _ = whole.Write(r.raw)
	all, known := newDigests(r.Header, "WARC-Block-Digest")
	body, both := newDigests(r.Header, "WARC-Payload-Digest")
	if !known || !both {
		c.fault(r.Offset, "digest-form")
	}
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
	_, _ = whole.Write([]byte(recordEnd))
	if closing {
		c.close(r, keep.Bytes())
		return nil
	}
	if info {
		c.ours = strings.HasPrefix(keep.String(), "software: vigie\r\n")
	}
	if !c.ours {
		c.in.strict = nil
	}
	c.order = append(c.order, entry{id, "sha256:" + hex.EncodeToString(whole.Sum(nil))})
	c.offsets = append(c.offsets, r.Offset)
	return nil
}

// close reads the manifest. Its last line names the manifest itself, so that its
// header must be the one that we write, byte for byte.
func (c *check) close(r *Record, block []byte) {
	c.manifest, c.closed = parseManifest(string(block)), r.Offset
	var self entry
	if n := len(c.manifest); n > 0 {
		self, c.manifest = c.manifest[n-1], c.manifest[:n-1]
	}
	if !bytes.Equal(r.raw, recordHead(typeMetadata, self.id, self.digest, manifestHeader(), block)) {
		c.fault(r.Offset, "manifest")
	}
}

// finish checks what needs the whole file.
func (c *check) finish() {
	if c.in.many && c.in.arc == 0 {
		c.fault(0, "gzip-whole")
	}
	if !c.resumed { // else the record linked to may be the one that is broken
		c.concurrent()
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

// concurrent finds records whose counterpart is missing. In a file where no link
// leads to a record, counterparts are kept elsewhere.
func (c *check) concurrent() {
	var dangling []int64
	for _, l := range c.links {
		if _, ok := c.ids[l.to]; !ok {
			dangling = append(dangling, l.offset)
		}
	}
	if len(dangling) == len(c.links) && !c.ours {
		return
	}
	for _, at := range dangling {
		c.fault(at, "concurrent")
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
