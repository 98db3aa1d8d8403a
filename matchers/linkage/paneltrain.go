package linkage

import (
	"context"
	"iter"
	"slices"

	"vigie/matchers"
)

// Train learns a model for each member from one sample of the leak, drawn in
// one pass: the models that linkage.Train would learn for each. Only the order
// of the members counts.
func (p *Panel) Train(ctx context.Context, rows iter.Seq2[matchers.Record, error], opt Options) ([]*Model, error) {
	sample, err := draw(ctx, rows)
	if err != nil {
		return nil, err
	}
	c := class{panel: p, rows: sample, opt: opt}
	if err := c.look(ctx); err != nil {
		return nil, err
	}
	c.common = common(sample)
	models := make([]*Model, len(p.members))
	for r := range p.members {
		if p.large(r) {
			models[r], err = c.alone(ctx, r)
		} else {
			models[r], err = c.teach(ctx, r)
		}
		if err != nil {
			return nil, p.named(r, err)
		}
	}
	return models, nil
}

// class is a sample from which all members learn, one after the other.
type class struct {
	panel    *Panel
	rows     []sampled
	opt      Options
	common   []commonValue
	finds    [][]rowFind // by member
	standing [][]borne   // by member
	views    []view      // of the rows that members look at in more than one way
}

// rowFind is whom a row of the sample found in a member.
type rowFind struct {
	row     int
	found   []found
	bearers [3]uint64
}

// view is a row as some members look at it.
type view struct {
	row   int
	angle angle
	facts facts
}

// borne is a name of the sample that may be borne in a member.
type borne struct {
	of  any // *name or *givenToken
	ids []uint32
}

// look asks the tables for every row of the sample and for every name.
func (c *class) look(ctx context.Context) error {
	p := c.panel
	n := len(p.members)
	c.finds, c.standing = make([][]rowFind, n), make([][]borne, n)
	s := newAsking(p, c.opt)
	seen := map[any]bool{}
	for i := range c.rows {
		if i%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		t := c.rows[i].texts
		angles := p.angles(&t)
		for _, a := range angles {
			row := newFacts(&a.texts, &visitor{known: &s.known}, true)
			row.read = a.read
			c.lookAt(i, &row, a.of, s)
			if a.of != nil {
				c.views = append(c.views, view{i, a, row})
			}
			c.rows[i].facts = row
			names(&row, func(of any) {
				if !seen[of] {
					seen[of] = true
					c.stand(of, s)
				}
			})
		}
	}
	return nil
}

// lookAt notes whom a row finds.
func (c *class) lookAt(i int, row *facts, of []bool, s *asking) {
	p := c.panel
	p.find(row, of, s)
	for hits := s.hits; len(hits) > 0; {
		var r int
		r, hits = p.take(hits, s)
		c.finds[r] = append(c.finds[r], rowFind{i, slices.Clone(s.found), bearersOf(s.bearers, r)})
	}
}

// stand notes in which members a name may be borne.
func (c *class) stand(of any, s *asking) {
	p := c.panel
	for ids := p.bearers(of, s); len(ids) > 0; {
		r := p.member(ids[0])
		mine := p.within(ids, r)
		c.standing[r] = append(c.standing[r], borne{of, mine})
		ids = ids[len(mine):]
	}
}

// as returns the sample as member r looks at it.
func (c *class) as(r int) []sampled {
	if len(c.views) == 0 {
		return c.rows
	}
	rows := slices.Clone(c.rows)
	for i := range c.views {
		if v := &c.views[i]; v.angle.of[r] {
			rows[v.row].texts, rows[v.row].facts = v.angle.texts, v.facts
		}
	}
	return rows
}

// names calls f for every surname and every word of the given names of a row.
func names(row *facts, f func(of any)) {
	for i := range row.readings {
		rd := &row.readings[i]
		for _, n := range [2]*name{rd.birth, rd.usage} {
			if n != nil {
				f(n)
			}
		}
		if rd.given != nil {
			for k := range rd.given.tokens {
				f(&rd.given.tokens[k])
			}
		}
	}
}

// teach trains the model of a member.
func (c *class) teach(ctx context.Context, r int) (*Model, error) {
	for _, b := range c.standing[r] {
		if err := c.panel.bear(r, b.ids, b.of); err != nil {
			return nil, err
		}
	}
	defer c.forget(r)
	of := make([]*rowFind, len(c.rows))
	for k := range c.finds[r] {
		of[c.finds[r][k].row] = &c.finds[r][k]
	}
	rows := c.as(r)
	t := trainer{ix: c.panel.members[r].Index, rows: rows, opt: c.panel.options(r, c.opt), common: c.common, counted: true}
	t.find = func(i int, s *scratch) {
		row, bearers := &rows[i].facts, [3]uint64{}
		s.found = s.found[:0]
		if f := of[i]; f != nil {
			s.found, bearers = append(s.found, f.found...), f.bearers
		}
		row.shares = t.w.contactShares(row, bearers)
	}
	return t.model(ctx)
}

// forget takes the counts of a member from the names.
func (c *class) forget(r int) {
	for _, b := range c.standing[r] {
		switch n := b.of.(type) {
		case *name:
			n.count = 0
		case *givenToken:
			n.known = false
		}
	}
}

// alone trains the model of a member that is not in the tables.
func (c *class) alone(ctx context.Context, r int) (*Model, error) {
	rows := slices.Clone(c.rows)
	opt := c.panel.options(r, c.opt)
	if err := prepare(rows, c.panel.members[r].Index, opt); err != nil {
		return nil, err
	}
	t := trainer{ix: c.panel.members[r].Index, rows: rows, opt: opt, common: c.common, counted: true}
	return t.model(ctx)
}
