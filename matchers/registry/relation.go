package registry

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

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

// relation reads a row of relations.csv; the code says why it is refused.
func relation(t *table) (rel breach.Relation, code string) {
	r := &row{t: t}
	rel = breach.Relation{
		Person: breach.PersonID(r.id("person")), Holder: breach.PersonID(r.id("holder")),
		Kind: breach.RelationKind(r.text("kind")), Authority: breach.Authority(r.text("authority")),
		From: r.day("from"), Until: r.day("until"),
		Deceased: r.flag("deceased"), Barred: r.flag("barred"),
		Contact: r.contact(r.text("given"), r.text("name")),
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
	return rel, r.code
}

// doubt stands in for a relation whose row was refused. Dropping the row could
// hide that authority was withdrawn or a holder barred; so nobody is told
// through it, and a person sees that something must be decided.
func doubt(person, holder breach.PersonID) breach.Relation {
	return breach.Relation{Person: person, Holder: holder, Kind: breach.RelationParent,
		Authority: breach.AuthorityUnknown, Barred: true}
}

// shelf keeps relations in a sealed temporary file until their person comes
// by. It takes some 60 bytes of memory a relation.
type shelf struct {
	keys  Sealer
	name  breach.RegistryID
	file  *os.File
	end   int64
	nodes map[[digestSize]byte]int32
	edges []edge
	byOf  map[int32][]int32 // person -> edges
}

type edge struct {
	from, to int32
	offset   int64
	length   int32
	line     int64
	cyclic   bool
	taken    bool
}

func newShelf(dir string, keys Sealer, name breach.RegistryID) (*shelf, error) {
	f, err := os.CreateTemp(dir, ".relations-*")
	if err != nil {
		return nil, err
	}
	return &shelf{keys: keys, name: name, file: f, nodes: map[[digestSize]byte]int32{}, byOf: map[int32][]int32{}}, nil
}

func (s *shelf) close() error {
	return errors.Join(s.file.Close(), os.Remove(s.file.Name()))
}

func (s *shelf) node(id breach.PersonID) (int32, error) {
	d, err := idDigest(s.keys, s.name, id)
	if err != nil {
		return 0, err
	}
	n, ok := s.nodes[d]
	if !ok {
		n = int32(len(s.nodes))
		s.nodes[d] = n
	}
	return n, nil
}

// put shelves a relation.
func (s *shelf) put(rel *breach.Relation, line int64) error {
	from, err := s.node(rel.Person)
	if err != nil {
		return err
	}
	to, err := s.node(rel.Holder)
	if err != nil {
		return err
	}
	plain, err := json.Marshal(rel)
	if err != nil {
		return fmt.Errorf("encoding a relation: %w", err)
	}
	box, err := s.keys.SealField(plain, s.place(s.end))
	if err != nil {
		return err
	}
	if _, err := s.file.Write(box); err != nil {
		return err
	}
	s.byOf[from] = append(s.byOf[from], int32(len(s.edges)))
	s.edges = append(s.edges, edge{from: from, to: to, offset: s.end, length: int32(len(box)), line: line})
	s.end += int64(len(box))
	return nil
}

func (s *shelf) place(offset int64) string {
	return "relation " + string(s.name) + string(binary.BigEndian.AppendUint64(nil, uint64(offset)))
}

// take returns a person's relations, in the order of the file.
func (s *shelf) take(digest [digestSize]byte) ([]breach.Relation, error) {
	n, ok := s.nodes[digest]
	if !ok {
		return nil, nil
	}
	var rels []breach.Relation
	for _, i := range s.byOf[n] {
		e := &s.edges[i]
		e.taken = true
		box := make([]byte, e.length)
		if _, err := s.file.ReadAt(box, e.offset); err != nil {
			return nil, err
		}
		plain, err := s.keys.OpenField(box, s.place(e.offset))
		if err != nil {
			return nil, err
		}
		var rel breach.Relation
		if err := json.Unmarshal(plain, &rel); err != nil {
			return nil, fmt.Errorf("reading a shelved relation: %w", err)
		}
		if e.cyclic {
			rel = doubt(rel.Person, rel.Holder)
		}
		rels = append(rels, rel)
	}
	return rels, nil
}

// shelve reads relations.csv.
func shelve(s *shelf, src io.Reader, m *Manifest, refused *Refusals) error {
	t, err := openTable("relations.csv", src, m.Columns, "person", "holder", "kind")
	if err != nil {
		return err
	}
	for {
		code, err := t.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		var rel breach.Relation
		if code == "" {
			rel, code = relation(t)
		}
		if code != "" {
			refused.add(t.file, t.line, code)
			if rel.Person == "" {
				continue
			}
			rel = doubt(rel.Person, rel.Holder)
		}
		if err := s.put(&rel, t.line); err != nil {
			return fmt.Errorf("shelving relations: %w", err)
		}
	}
	s.findCycles(refused)
	return nil
}
