package bundle

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"time"

	"vigie/internal/evidence"
)

// writeWACZ writes the captures once more as WACZ 1.1.1 (specs.webrecorder.net),
// which replay viewers open: the WARC files, an index of their records (CDXJ in
// gzip blocks with an index of its own), a list of pages, digests of it all.
func writeWACZ(b *builder, c Content) error {
	if !c.WACZ {
		return nil
	}
	_, err := b.putAs("capture.wacz", zip.Store, func(w io.Writer) error {
		in := &builder{ctx: b.ctx, zip: zip.NewWriter(w), at: b.at}
		var lines []string
		for _, f := range c.Files {
			got, err := in.archive(f)
			if err != nil {
				return err
			}
			lines = append(lines, got...)
		}
		slices.Sort(lines)
		if err := in.index(lines); err != nil {
			return err
		}
		if err := in.put("pages/pages.jsonl", c.pages); err != nil {
			return err
		}
		if err := in.datapackage(c); err != nil {
			return err
		}
		return in.zip.Close()
	})
	return err
}

// archive stores one WARC file and returns its index lines.
func (b *builder) archive(f File) (lines []string, err error) {
	_, err = b.putAs("archive/"+f.Name, zip.Store, func(w io.Writer) error {
		rc, err := f.Open()
		if err != nil {
			return err
		}
		defer func() { _ = rc.Close() }()
		lines, err = indexOf(f.Name, io.TeeReader(stoppable{b.ctx, rc}, w))
		return err
	})
	return lines, err
}

// cdx is what a line of the index says of a record.
type cdx struct {
	URL      string `json:"url"`
	MIME     string `json:"mime"`
	Status   string `json:"status,omitempty"`
	Digest   string `json:"digest"`
	Length   string `json:"length"`
	Offset   string `json:"offset"`
	Filename string `json:"filename"`
}

// indexOf reads a WARC file to its end and describes what can be replayed.
func indexOf(name string, r io.Reader) (lines []string, err error) {
	var last *cdx
	var key string
	flush := func(end int64) {
		if last == nil {
			return
		}
		var start int64
		_, _ = fmt.Sscan(last.Offset, &start)
		last.Length = fmt.Sprint(end - start)
		raw, _ := json.Marshal(last) // strings only
		lines, last = append(lines, key+" "+string(raw)+"\n"), nil
	}
	in := evidence.NewReader(r)
	for {
		rec, err := in.Next()
		if errors.Is(err, io.EOF) {
			flush(in.Taken())
			return lines, nil
		}
		if err != nil {
			return nil, err
		}
		flush(rec.Offset)
		kind := rec.Header.Value("WARC-Type")
		at, derr := time.Parse(time.RFC3339Nano, rec.Header.Value("WARC-Date"))
		if kind != "response" && kind != "revisit" || derr != nil {
			continue
		}
		head, err := io.ReadAll(io.LimitReader(rec.Block, 64<<10))
		if err != nil {
			return nil, err
		}
		status, mime := describe(head)
		if kind == "revisit" {
			mime = "warc/revisit"
		}
		url := rec.Header.Value("WARC-Target-URI")
		key = surt(url) + " " + at.UTC().Format("20060102150405")
		last = &cdx{URL: url, MIME: mime, Status: status, Digest: rec.Header.Value("WARC-Payload-Digest"),
			Offset: fmt.Sprint(rec.Offset), Filename: name}
	}
}

// describe reads status and media type from an HTTP head.
func describe(head []byte) (status, mime string) {
	head, _, _ = bytes.Cut(head, []byte("\r\n\r\n"))
	for i, line := range strings.Split(string(head), "\r\n") {
		if fields := strings.Fields(line); i == 0 && len(fields) > 1 {
			status = fields[1]
		}
		if name, value, ok := strings.Cut(line, ":"); ok && strings.EqualFold(name, "Content-Type") {
			mime, _, _ = strings.Cut(value, ";")
		}
	}
	if mime = strings.TrimSpace(mime); mime == "" {
		mime = "unk"
	}
	return status, mime
}

// blockLines is how many index lines go into one gzip block.
const blockLines = 300

// index writes the lines in blocks, and where each block begins.
func (b *builder) index(lines []string) error {
	var packed, idx bytes.Buffer
	fmt.Fprintf(&idx, "!meta 0 {\"format\": \"cdxj-gzip-1.0\", \"filename\": \"index.cdx.gz\"}\n")
	for part := range slices.Chunk(lines, blockLines) {
		var block bytes.Buffer
		zw := gzip.NewWriter(&block)
		if _, err := io.WriteString(zw, strings.Join(part, "")); err != nil {
			return err
		}
		if err := zw.Close(); err != nil {
			return err
		}
		key, _, _ := strings.Cut(part[0], " {")
		digest := sha256.Sum256(block.Bytes())
		fmt.Fprintf(&idx, "%s {\"offset\": %d, \"length\": %d, \"digest\": \"sha256:%s\", \"filename\": \"index.cdx.gz\"}\n",
			key, packed.Len(), block.Len(), hex.EncodeToString(digest[:]))
		packed.Write(block.Bytes())
	}
	_, err := b.putAs("indexes/index.cdx.gz", zip.Store, func(w io.Writer) error { _, err := packed.WriteTo(w); return err })
	if err != nil {
		return err
	}
	return b.bytes("indexes/index.idx", idx.Bytes())
}

// pages lists the captures that brought a page.
func (c Content) pages(w io.Writer) error {
	enc := json.NewEncoder(w)
	err := enc.Encode(map[string]string{"format": "json-pages-1.0", "id": "pages", "title": "Captures"})
	for _, f := range c.Files {
		for _, p := range f.Captures {
			if p.Status == 0 || err != nil {
				continue
			}
			err = enc.Encode(struct {
				ID   string `json:"id"`
				URL  string `json:"url"`
				TS   string `json:"ts"`
				Size int64  `json:"size"`
			}{string(p.ID), p.URL, p.At.UTC().Format("2006-01-02T15:04:05Z"), p.Bytes})
		}
	}
	return err
}

// datapackage describes what was written, and vouches for that by a digest.
func (b *builder) datapackage(c Content) error {
	type resource struct {
		Name  string `json:"name"`
		Path  string `json:"path"`
		Hash  string `json:"hash"`
		Bytes int64  `json:"bytes"`
	}
	list := []resource{}
	for _, s := range b.sums {
		list = append(list, resource{strings.ToLower(path.Base(s.name)), s.name, "sha256:" + s.digest, s.size})
	}
	raw, err := json.MarshalIndent(struct {
		Profile   string     `json:"profile"`
		Resources []resource `json:"resources"`
		Title     string     `json:"title"`
		Created   string     `json:"created"`
		Version   string     `json:"wacz_version"`
		Software  string     `json:"software"`
	}{"data-package", list, string(c.Incident.ID), c.At.UTC().Format("2006-01-02T15:04:05Z"), "1.1.1", c.Software}, "", "  ")
	if err != nil {
		return err
	}
	if err := b.bytes("datapackage.json", raw); err != nil {
		return err
	}
	digest := sha256.Sum256(raw)
	return b.bytes("datapackage-digest.json", fmt.Appendf(nil, "{\n  \"path\": \"datapackage.json\",\n  \"hash\": \"sha256:%s\"\n}\n", hex.EncodeToString(digest[:])))
}
