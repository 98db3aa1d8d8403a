package archive

import (
	"archive/tar"
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"vigie/matchers/dump"
)

const tarBlock = 512

// tarFormat reads tar archives: old, ustar, PAX and GNU.
type tarFormat struct{ limits limits }

// Name is "tar".
func (tarFormat) Name() string { return "tar" }

// Sniff believes the checksum of the first header; a tar of zeros has none.
func (tarFormat) Sniff(f *dump.File) float64 {
	if len(f.Head) < tarBlock || !tarHeader(f.Head[:tarBlock]) {
		return 0
	}
	if string(f.Head[257:262]) == "ustar" {
		return 0.95
	}
	return 0.7
}

// tarHeader says whether a block is a header: its checksum is the sum of its
// bytes, the checksum's own taken as spaces; old programs summed signed bytes.
func tarHeader(block []byte) bool {
	if block[0] == 0 && string(block[257:262]) != "ustar" {
		return false
	}
	field := strings.Trim(string(block[148:156]), " \x00")
	want, err := strconv.ParseInt(field, 8, 64)
	if err != nil {
		return false
	}
	var unsigned, signed int64
	for i, c := range block {
		if i >= 148 && i < 156 {
			c = ' '
		}
		unsigned += int64(c)
		signed += int64(int8(c))
	}
	return want == unsigned || want == signed
}

// Read gives the members in their order. Behind a damaged header it looks for
// the next good one, and it reads on behind the end mark: tars are joined with cat.
func (t tarFormat) Read(ctx context.Context, f *dump.File, v dump.Visitor) error {
	in := &intake{r: f.Stream()}
	b := newBox(ctx, v, t.limits, in)
	return b.finish((&tarReader{box: b, r: bufio.NewReaderSize(in, 1<<16)}).read())
}

type tarReader struct {
	*box
	r       *bufio.Reader
	at      int64 // bytes taken of r
	damaged bool
	zeros   int // bytes of zeros in a row read by blocks: the end mark has 1,024
}

// Read counts, so that the block borders are known after an error.
func (t *tarReader) Read(p []byte) (int, error) {
	n, err := t.r.Read(p)
	t.at += int64(n)
	if n > tarBlock || len(bytes.Trim(p[:n], "\x00")) > 0 {
		t.zeros = 0
	} else {
		t.zeros += n
	}
	return n, err
}

func (t *tarReader) read() error {
	for first := true; ; first = false {
		found, err := t.header(first)
		if err != nil || !found {
			return err
		}
		if err := t.members(tar.NewReader(t)); err != nil {
			return err
		}
	}
}

// header skips blocks until a header.
func (t *tarReader) header(first bool) (bool, error) {
	if skip := -t.at & (tarBlock - 1); skip > 0 {
		n, _ := t.r.Discard(int(skip))
		t.at += int64(n)
	}
	garbage := false
	defer func() {
		if garbage && !t.damaged {
			t.v.Warn("trailing-garbage")
		}
	}()
	for {
		block, err := t.r.Peek(tarBlock)
		if len(block) == tarBlock && tarHeader(block) {
			return true, nil
		}
		for _, c := range block {
			garbage = garbage || c != 0
		}
		if err != nil {
			return false, nil
		}
		if err := t.ctx.Err(); err != nil {
			return false, err
		}
		n, _ := t.r.Discard(tarBlock)
		t.at += int64(n)
	}
}

// members reads until the end mark or a header that is wrong.
func (t *tarReader) members(r *tar.Reader) error {
	for {
		var h *tar.Header
		err := safely(func() (err error) { h, err = r.Next(); return err })
		switch {
		case errors.Is(err, io.EOF) && t.zeros < tarBlock:
			return io.ErrUnexpectedEOF
		case errors.Is(err, io.EOF):
			return nil
		case errors.Is(err, io.ErrUnexpectedEOF):
			return err
		case err != nil:
			t.refuse("", dump.CodeDamaged)
			t.damaged = true
			return nil //nolint:nilerr // told: what stands before it is read
		}
		if err := t.entry(); err != nil {
			return err
		}
		if err := t.file(h, r); err != nil {
			return err
		}
	}
}

// file gives one member, or says why not.
func (t *tarReader) file(h *tar.Header, r io.Reader) error {
	name := h.Name
	if !utf8.ValidString(name) {
		name = decodeName([]byte(name))
	}
	switch h.Typeflag {
	case tar.TypeDir, tar.TypeXGlobalHeader:
		return nil
	case tar.TypeReg, tar.TypeCont, '\x00':
		if strings.HasSuffix(name, "/") && h.Size == 0 {
			return nil
		}
	default: // links, devices, FIFOs, sparse files, and what vendors made up
		t.refuse(t.labels.label(name), dump.CodeNotFile)
		return nil
	}
	if sparse(h) {
		t.refuse(t.labels.label(name), dump.CodeNotFile)
		return nil
	}
	return t.memberWhole(t.labels.label(name), h.Size, r)
}

// sparse says whether the file has holes, whose zeros would be made up here.
func sparse(h *tar.Header) bool {
	for key := range h.PAXRecords {
		if strings.HasPrefix(key, "GNU.sparse.") {
			return true
		}
	}
	return false
}
