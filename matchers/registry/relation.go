package registry

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"vigie/internal/breach"
)

var relationKinds = []breach.RelationKind{
	breach.RelationParent, breach.RelationTutor, breach.RelationCurator,
	breach.RelationDelegate, breach.RelationAuthority, breach.RelationAgent,
}

var authorities = []breach.Authority{
	breach.AuthorityJoint, breach.AuthoritySole, breach.AuthorityNone,
	breach.AuthorityWithdrawn, breach.AuthoritySuspended, breach.AuthorityUnknown,
}

// relation reads a row of relations.csv; r.code says why it is refused.
func (r *row) relation() breach.Relation {
	rel := breach.Relation{
		Person: breach.PersonID(r.id(colPerson)), Holder: breach.PersonID(r.id(colHolder)),
		Kind: breach.RelationKind(r.cells[colKind]), Authority: breach.Authority(r.cells[colAuthority]),
		From: r.day(colFrom), Until: r.day(colUntil),
		Deceased: r.flag(colDeceased), Barred: r.flag(colBarred),
		Contact: r.contact(r.cells[colGiven], r.cells[colName]),
	}
	if rel.Person == rel.Holder {
		r.fail("self-relation")
	}
	if !slices.Contains(relationKinds, rel.Kind) {
		r.fail("unknown-kind")
	}
	if rel.Kind == breach.RelationParent {
		if rel.Authority == "" {
			rel.Authority = breach.AuthorityJoint // C. civ. 372: the default
		}
		if !slices.Contains(authorities, rel.Authority) {
			r.fail("unknown-authority")
		}
	}
	if !rel.Until.IsZero() && rel.Until.Before(rel.From) {
		r.fail("impossible-date")
	}
	return rel
}

// doubt stands in for a relation whose row was refused. Dropping the row could
// hide that authority was withdrawn or a holder barred; so nobody is told
// through it, and a person sees that something must be decided.
func (r *row) doubt() {
	r.cells = cells{
		colPerson: r.cells[colPerson], colHolder: r.cells[colHolder],
		colKind: string(breach.RelationParent), colAuthority: string(breach.AuthorityUnknown), colBarred: "1",
	}
}

// shelve reads relations.csv.
func shelve(s *shelf, src io.Reader, m *Manifest, refused *Refusals) error {
	t, err := openTable(relationsName, src, m.Columns, colPerson, colHolder, colKind)
	if err != nil {
		return err
	}
	r := &row{now: time.Time{}, dates: &dateVotes{order: m.Dates}}
	var fields []string
	for {
		var line int64
		var code string
		fields, line, code, err = t.src.next(fields[:0])
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if code == "" {
			r.dates.look(t.cols, fields)
			code, err = t.fill(r, fields, line)
		}
		if err != nil {
			return err
		}
		if r.code = code; code == "" {
			r.relation()
		}
		if r.code != "" {
			refused.add(t.file, line, r.code)
			if code != "" || r.cells[colPerson] == "" {
				continue // it does not say whose it is
			}
			r.doubt()
		}
		if err := s.put(&r.cells, line); err != nil {
			return fmt.Errorf("shelving relations: %w", err)
		}
	}
	if err := r.dates.verdict(t.file); err != nil {
		return err
	}
	if err := s.arrange(); err != nil {
		return fmt.Errorf("shelving relations: %w", err)
	}
	s.findCycles(refused)
	return nil
}
