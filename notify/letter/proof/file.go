package proof

import (
	"bytes"
	"fmt"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"vigie/internal/breach"
)

// Limits on what a file may cost.
const (
	MaxBytes    = 64 << 20 // of the file
	maxInflated = 64 << 20 // of one stream
	readPages   = 200      // beyond, pages are counted, not read
)

// file gives access to the objects of a PDF; every method takes what the file
// says with suspicion and answers an empty value where it is not sound.
type file struct {
	x       *model.Context
	catalog types.Dict
	pages   int
}

// open reads the structure of a file. pdfcpu does not promise to survive any
// input, so that a panic of its is a refusal of the file.
func open(data []byte) (f *file, err error) {
	defer func() {
		if recover() != nil {
			f, err = nil, fmt.Errorf("reading PDF: %w", breach.ErrInvalid)
		}
	}()
	if len(data) > MaxBytes {
		return nil, &breach.RefusedError{Code: "too-large", What: "PDF", Hint: fmt.Sprintf("%d bytes at most", MaxBytes)}
	}
	conf := model.NewDefaultConfiguration()
	conf.ValidationMode = model.ValidationRelaxed
	conf.Offline = true
	conf.Limits.MaxDecodeBytes = maxInflated
	x, err := pdfcpu.Read(bytes.NewReader(data), conf)
	if err != nil {
		return nil, fmt.Errorf("reading PDF: %w: %w", breach.ErrInvalid, err)
	}
	f = &file{x: x}
	if f.catalog, err = x.Catalog(); err != nil {
		return nil, fmt.Errorf("reading PDF: %w: %w", breach.ErrInvalid, err)
	}
	if err = x.EnsurePageCount(); err != nil {
		return nil, fmt.Errorf("reading PDF: %w: %w", breach.ErrInvalid, err)
	}
	f.pages = x.PageCount
	return f, nil
}

func (f *file) get(o types.Object) types.Object {
	v, err := f.x.Dereference(o)
	if err != nil {
		return nil
	}
	return v
}

func (f *file) dict(o types.Object) types.Dict {
	switch v := f.get(o).(type) {
	case types.Dict:
		return v
	case types.StreamDict:
		return v.Dict
	case *types.StreamDict:
		return v.Dict
	}
	return nil
}

func (f *file) in(d types.Dict, key string) types.Object {
	if d == nil {
		return nil
	}
	v, _ := d.Find(key)
	return f.get(v)
}

func (f *file) array(o types.Object) types.Array {
	a, _ := f.get(o).(types.Array)
	return a
}

func (f *file) name(o types.Object) string {
	n, _ := f.get(o).(types.Name)
	return string(n)
}

func (f *file) str(o types.Object) string {
	s, err := f.x.DereferenceText(o)
	if err != nil {
		return ""
	}
	return s
}

func (f *file) number(o types.Object) (float64, bool) {
	switch v := f.get(o).(type) {
	case types.Integer:
		return float64(v), true
	case types.Float:
		return float64(v), true
	}
	return 0, false
}

func (f *file) numbers(o types.Object) []float64 {
	var list []float64
	for _, v := range f.array(o) {
		n, _ := f.number(v)
		list = append(list, n)
	}
	return list
}

func (f *file) yes(o types.Object) bool {
	b, _ := f.get(o).(types.Boolean)
	return bool(b)
}

// filled tells whether a name tree has an entry.
func (f *file) filled(o types.Object) bool {
	d := f.dict(o)
	return d != nil && len(f.array(d["Names"]))+len(f.array(d["Kids"])) > 0
}

// stream returns the decoded bytes of a stream.
func (f *file) stream(o types.Object) (types.Dict, []byte) {
	sd, _, err := f.x.DereferenceStreamDict(o)
	if err != nil || sd == nil {
		return nil, nil
	}
	if err := sd.DecodeWithLimit(maxInflated); err != nil {
		return sd.Dict, nil
	}
	return sd.Dict, sd.Content
}

// objectNumber identifies an object, 0 when it is direct.
func objectNumber(o types.Object) int {
	if r, ok := o.(types.IndirectRef); ok {
		return int(r.ObjectNumber)
	}
	return 0
}
