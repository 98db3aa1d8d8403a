package sheet

import (
	"archive/zip"
	"context"
	"io"
	"strings"

	"vigie/matchers/dump"
	"vigie/matchers/dump/parcel"
)

// book is an office file with a spreadsheet in it.
type book struct {
	ctx     context.Context
	opt     Options
	v       dump.Visitor
	parcel  *parcel.Parcel
	parts   map[string]*zip.File // by name
	filler  int                  // blank and merged cells that may still be laid out
	dropped bool
}

func openBook(ctx context.Context, f *dump.File, v dump.Visitor, o Options) (*book, error) {
	p, err := parcel.Open(ctx, f)
	if err != nil {
		return nil, err
	}
	b := &book{ctx: ctx, opt: o, v: v, parcel: p, parts: map[string]*zip.File{}, filler: maxFiller}
	for _, z := range p.Files {
		if len(b.parts) >= dump.MaxEntries {
			break
		}
		name := parcel.Name(z)
		if _, twice := b.parts[name]; !twice {
			b.parts[name] = z
		}
	}
	return b, nil
}

// open reads a part; nil when there is none.
func (b *book) open(name string) (io.ReadCloser, error) {
	z := b.parts[strings.ToLower(name)]
	if z == nil {
		return nil, nil
	}
	return b.parcel.Part(z)
}

// scan reads a part's XML with fn; false when there is no such part.
func (b *book) scan(name string, fn func(*scanner) error) (bool, error) {
	r, err := b.open(name)
	if r == nil || err != nil {
		return false, err
	}
	err = fn(newScanner(r))
	if e := r.Close(); err == nil && e != nil {
		err = errDamaged
	}
	return true, err
}

// dropHidden tells, once, that something hidden was left out.
func (b *book) dropHidden() {
	if !b.dropped {
		b.dropped = true
		b.v.Warn(WarnDropped)
	}
}
