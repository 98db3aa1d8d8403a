package letter

import (
	"bytes"
	"fmt"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"vigie/internal/breach"
)

// unbinder reads a batch back into papers.
type unbinder struct {
	x     *model.Context
	pages map[int]int // object number of a page to its index
	all   [][]byte    // content of the pages
}

func unbind(pdf []byte, m Manifest) ([]*paper, error) {
	broken := func(why string) error { return fmt.Errorf("batch %s: %s: %w", m.Batch, why, breach.ErrInvalid) }
	if digest(pdf) != m.SHA256 {
		return nil, broken("the file is not the manifest's")
	}
	x, err := pdfcpu.Read(bytes.NewReader(pdf), model.NewDefaultConfiguration())
	if err != nil {
		return nil, fmt.Errorf("batch %s: %w: %w", m.Batch, breach.ErrInvalid, err)
	}
	u := &unbinder{x: x, pages: map[int]int{}}
	catalog, err := x.Catalog()
	if err != nil {
		return nil, fmt.Errorf("batch %s: %w: %w", m.Batch, breach.ErrInvalid, err)
	}
	if err := u.read(catalog); err != nil {
		return nil, fmt.Errorf("batch %s: %w: %w", m.Batch, breach.ErrInvalid, err)
	}
	root, err := x.DereferenceDict(catalog["StructTreeRoot"])
	if err != nil {
		return nil, fmt.Errorf("batch %s: %w: %w", m.Batch, breach.ErrInvalid, err)
	}
	documents, _ := root["K"].(types.Array)
	if len(documents) != len(m.Letters) {
		return nil, broken("another number of letters")
	}
	var papers []*paper
	for i, piece := range m.Letters {
		if piece.First < 1 || piece.Pages < 1 || piece.First-1+piece.Pages > len(u.all) {
			return nil, broken("pages that are not there")
		}
		p, err := u.paper(documents[i], piece)
		if err != nil || p.key != piece.Key {
			return nil, broken("a letter that is not the manifest's")
		}
		papers = append(papers, p)
	}
	return papers, nil
}

// read takes the content of the pages, in the order of the flat page tree that
// encode writes.
func (u *unbinder) read(catalog types.Dict) error {
	pages, err := u.x.DereferenceDict(catalog["Pages"])
	if err != nil {
		return err
	}
	kids, _ := pages["Kids"].(types.Array)
	for i, k := range kids {
		d, err := u.x.DereferenceDict(k)
		if err != nil {
			return err
		}
		sd, _, err := u.x.DereferenceStreamDict(d["Contents"])
		if err != nil || sd == nil {
			return fmt.Errorf("page %d: %w", i+1, breach.ErrInvalid)
		}
		if err := sd.Decode(); err != nil {
			return err
		}
		ref, _ := k.(types.IndirectRef)
		u.pages[int(ref.ObjectNumber)] = i
		u.all = append(u.all, sd.Content)
	}
	return nil
}

func (u *unbinder) paper(document types.Object, piece Piece) (*paper, error) {
	d, err := u.x.DereferenceDict(document)
	if err != nil {
		return nil, err
	}
	p := &paper{date: piece.Date, whole: piece.Whole, pages: u.all[piece.First-1 : piece.First-1+piece.Pages]}
	if p.key, err = u.x.DereferenceText(d["ID"]); err != nil {
		return nil, err
	}
	if p.title, err = u.x.DereferenceText(d["T"]); err != nil {
		return nil, err
	}
	if p.language, err = u.x.DereferenceText(d["Lang"]); err != nil {
		return nil, err
	}
	// Elements stand in the file in the order of their object numbers, parents
	// before children, as they were made.
	return p, u.kids(p, d["K"], -1, piece.First-1, 0)
}

// kids reads the children of an element and theirs, in the order in which they
// were made.
func (u *unbinder) kids(p *paper, o types.Object, parent, first, depth int) error {
	list, _ := o.(types.Array)
	if depth > 8 {
		return breach.ErrInvalid
	}
	for _, k := range list {
		d, err := u.x.DereferenceDict(k)
		if err != nil {
			return err
		}
		if t := d.NameEntry("Type"); t != nil && *t == "MCR" {
			ref, _ := d["Pg"].(types.IndirectRef)
			page, ok := u.pages[int(ref.ObjectNumber)]
			id := d.IntEntry("MCID")
			if !ok || id == nil || parent < 0 || page < first || page-first >= len(p.pages) {
				return breach.ErrInvalid
			}
			e := &p.elements[parent]
			e.marks = append(e.marks, mark{page - first, *id})
			continue
		}
		role := d.NameEntry("S")
		if role == nil {
			return breach.ErrInvalid
		}
		e := element{role: *role, parent: parent, ordered: d["A"] != nil}
		if d["Alt"] != nil {
			if e.alt, err = u.x.DereferenceText(d["Alt"]); err != nil {
				return err
			}
		}
		if d["Lang"] != nil {
			if e.lang, err = u.x.DereferenceText(d["Lang"]); err != nil {
				return err
			}
		}
		p.elements = append(p.elements, e)
		if err := u.kids(p, d["K"], len(p.elements)-1, first, depth+1); err != nil {
			return err
		}
	}
	return nil
}
