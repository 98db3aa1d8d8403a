package archive

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"

	"github.com/nwaples/rardecode/v2"

	"vigie/matchers/dump"
)

// rarFormat reads rar archives of versions 1.5 to 4 and of version 5. The blocks
// are walked first (rar_walk.go), so that the library only sees what may be
// unpacked.
type rarFormat struct{ limits limits }

const (
	rar4Magic = "Rar!\x1a\x07\x00"
	rar5Magic = "Rar!\x1a\x07\x01\x00"
)

// Name is "rar".
func (rarFormat) Name() string { return "rar" }

// Sniff knows the signatures.
func (rarFormat) Sniff(f *dump.File) float64 {
	if bytes.HasPrefix(f.Head, []byte("Rar!\x1a\x07")) {
		return 0.95
	}
	return 0
}

// Read gives the files in their order.
func (a rarFormat) Read(ctx context.Context, f *dump.File, v dump.Visitor) error {
	src, err := f.Source()
	if err != nil {
		return err
	}
	in := &intake{src: src}
	r := &rarReader{box: newBox(ctx, v, a.limits, in), size: src.Size(), passwords: f.Passwords}
	return r.finish(r.read())
}

type rarReader struct {
	*box
	size      int64
	passwords []string
	walk      rarWalk
}

func (r *rarReader) read() error {
	r.walk = rarWalk{in: r.in, size: r.size, window: r.window, most: r.limits.entries}
	if err := r.walk.run(r.ctx); err != nil {
		return err
	}
	for _, x := range r.walk.refused {
		if err := r.entry(); err != nil {
			return err
		}
		r.refuse(r.labels.label(x.name), x.code)
	}
	if err := r.take(r.walk.dict); err != nil {
		return err
	}
	options, err := r.password()
	for group := 0; err == nil && group < len(r.walk.groups); group++ {
		var z *rardecode.Reader
		if z, err = r.reader(group, options...); err == nil {
			err = r.files(z)
		}
	}
	if err == nil && r.walk.code != "" {
		if r.entries == 0 {
			return refused(r.walk.code)
		}
		r.refuse("", r.walk.code)
	}
	return err
}

// files gives every file that the library finds.
func (r *rarReader) files(z *rardecode.Reader) error {
	for {
		h, err := rarNext(z)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := r.entry(); err != nil {
			return err
		}
		name, size := r.labels.label(decodeName([]byte(h.Name))), h.UnPackedSize
		switch {
		case h.IsDir:
			continue
		case h.LinkType != rardecode.LinkTypeNone || h.Mode()&fs.ModeType != 0:
			r.refuse(name, dump.CodeNotFile)
			continue
		case h.UnKnownSize:
			size = -1
		}
		if err := r.memberWhole(name, size, rarFile{z, h.Encrypted}); err != nil {
			return err
		}
	}
}

// password finds the password, if one is needed, by reading the first encrypted
// file with each.
func (r *rarReader) password() ([]rardecode.Option, error) {
	var last error
	for _, password := range r.passwords {
		option := rardecode.Password(password)
		z, err := r.reader(-1, option)
		if err == nil {
			err = rarTrial(z, r.limits.entries)
		}
		if err == nil {
			return []rardecode.Option{option}, nil
		}
		last = err
	}
	if r.walk.sealed && last != nil {
		return nil, last
	}
	return nil, nil
}

func (r *rarReader) reader(group int, options ...rardecode.Option) (z *rardecode.Reader, err error) {
	options = append(options, rardecode.MaxDictionarySize(max(r.window, 1<<18)))
	err = safely(func() (err error) {
		z, err = rardecode.NewReader(r.walk.stream(group), options...)
		return rarError(err, false)
	})
	return z, err
}

// rarTrial reads on to the first encrypted file and the beginning of it.
func rarTrial(z *rardecode.Reader, most int) error {
	for range most {
		h, err := rarNext(z)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if !h.Encrypted || h.IsDir || h.LinkType != rardecode.LinkTypeNone {
			continue
		}
		_, err = io.CopyN(io.Discard, onlyReader{rarFile{z, true}}, 1<<20)
		if errors.Is(err, io.EOF) {
			return nil
		}
		return err
	}
	return nil
}

// onlyReader hides the methods of a reader besides Read.
type onlyReader struct{ io.Reader }

func rarNext(z *rardecode.Reader) (h *rardecode.FileHeader, err error) {
	err = safely(func() (err error) { h, err = z.Next(); return err })
	if errors.Is(err, io.EOF) {
		return nil, io.EOF
	}
	return h, rarError(err, false)
}

// rarFile reads the file the library stands at.
type rarFile struct {
	z         *rardecode.Reader
	encrypted bool
}

func (f rarFile) Read(p []byte) (int, error) {
	n, err := safeRead(f.z, p)
	if errors.Is(err, io.EOF) {
		return n, err
	}
	return n, rarError(err, f.encrypted)
}

// rarError tells the library's errors apart by their reason. Within an encrypted
// file of version 4 damage means a wrong password: it keeps no check of it.
func rarError(err error, encrypted bool) error {
	var code string
	switch {
	case err == nil:
		return nil
	case errors.Is(err, rardecode.ErrDictionaryTooLarge), errors.Is(err, rardecode.ErrPlatformIntSize):
		code = dump.CodeTooLarge
	case errors.Is(err, rardecode.ErrMultiVolume):
		code = dump.CodeSplit
	case errors.Is(err, rardecode.ErrArchiveEncrypted), errors.Is(err, rardecode.ErrArchivedFileEncrypted),
		errors.Is(err, rardecode.ErrBadPassword):
		code = dump.CodeEncrypted
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, rardecode.ErrUnexpectedArcEnd), errors.Is(err, io.EOF):
		code = dump.CodeCut
	case errors.Is(err, rardecode.ErrUnknownVersion), errors.Is(err, rardecode.ErrUnknownEncryptMethod),
		errors.Is(err, rardecode.ErrUnsupportedDecoder), errors.Is(err, rardecode.ErrUnknownDecoder):
		code = dump.CodeNoReader
	case encrypted:
		code = dump.CodeEncrypted
	default:
		return errDamaged
	}
	return refused(code)
}
