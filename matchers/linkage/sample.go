package linkage

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"

	"vigie/matchers"
)

// sampleSize is how many rows a model is trained on. They are chosen by their
// content, so that a shuffled or re-exported leak trains the same model.
const sampleSize = 20_000

// sampled is a row of the sample.
type sampled struct {
	id    string // of a record that is also in the index, when a file is compared with itself
	hash  uint64
	texts texts
	facts facts
}

// draw keeps the rows whose content hashes lowest.
func draw(ctx context.Context, rows iter.Seq2[matchers.Record, error]) ([]sampled, error) {
	var out []sampled
	limit := ^uint64(0)
	m := newMemory()
	n := 0
	for rec, err := range rows {
		if n++; n%1024 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if refused(err) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("reading sample: %w", err)
		}
		t := m.canonical(&rec)
		h := t.hash()
		if h > limit {
			continue
		}
		for i := range t {
			t[i] = strings.Clone(t[i])
		}
		if out = append(out, sampled{hash: h, texts: t}); len(out) >= 2*sampleSize {
			if out = lowest(out); len(out) == sampleSize {
				limit = out[sampleSize-1].hash
			}
		}
	}
	return lowest(out), nil
}

// prepare makes the facts of a sample. Several goroutines will read its names,
// so who bears them is asked for now.
func prepare(out []sampled, ix *Index, opt Options) error {
	known := &newScratch().known
	namer := &visitor{ix: ix, known: known}
	for i := range out {
		read := ix.nirSays(&out[i].texts, opt)
		f := newFacts(&out[i].texts, namer, true)
		f.read = read
		for j := range f.readings {
			f.readings[j].settle()
		}
		out[i].facts = f
	}
	return known.err
}

// settle finds out who bears the names.
func (r *reading) settle() {
	for _, n := range [2]*name{r.birth, r.usage} {
		if n != nil {
			n.borne()
		}
	}
	if r.given != nil {
		for i := range r.given.tokens {
			r.given.tokens[i].borne()
		}
	}
}

func (t *texts) hash() uint64 {
	h := uint64(0)
	for _, s := range t {
		h = hashText(h, s)
	}
	return h
}

// lowest keeps one row of each content: what stands there a thousand times
// teaches no more than once, whether somebody's log or a thief repeats it.
func lowest(s []sampled) []sampled {
	slices.SortFunc(s, func(a, b sampled) int {
		switch {
		case a.hash < b.hash:
			return -1
		case a.hash > b.hash:
			return 1
		}
		return slices.Compare(a.texts[:], b.texts[:])
	})
	s = slices.CompactFunc(s, func(a, b sampled) bool { return a.texts == b.texts })
	return s[:min(len(s), sampleSize)]
}

// describe learns what the rows tell by themselves: years of birth, how often
// 1 January stands for an unknown day, and contacts that many people give.
func describe(p *parameters, ix *Index, rows []sampled) {
	years := map[int]uint64{}
	var dated, firstJan, registered uint64
	for i := range rows {
		if d := rows[i].facts.date; d != 0 {
			dated++
			years[d.year()]++
			if d.month() == 1 && d.day() == 1 {
				firstJan++
			}
		}
	}
	for _, y := range ix.head.Years {
		registered += uint64(y.Count)
	}
	p.FirstJan = (firstJan + 1) * billion / (dated + 100)
	const weight = 100 // rows whose years the registry lends
	for _, y := range ix.head.Years {
		share := (years[y.Year]*1_000_000 + weight*1_000_000*uint64(y.Count)/registered) * 1000 / (dated + weight)
		p.Years = append(p.Years, yearShare{y.Year, max(share, billion/5000)})
	}
}

// sharedBy is how many differently named rows of a sample make a contact a
// shared one: more than a household.
const sharedBy = 7

func common(rows []sampled) []commonValue {
	owners := map[uint64]map[uint64]bool{}
	note := func(h, who uint64) {
		if owners[h] == nil {
			owners[h] = map[uint64]bool{}
		}
		owners[h][who] = true
	}
	for i := range rows {
		t, f := &rows[i].texts, &rows[i].facts
		who := hashText(hashText(hashText(0, t[textBirth]), t[textGiven]), t[textFull])
		if f.email != "" || f.hashes != nil && f.hashes.of[hashedEmail].Sum != "" {
			note(contactDigest(onEmail, f), who)
		}
		if f.phone != "" || f.hashes != nil && f.hashes.of[hashedPhone].Sum != "" {
			note(contactDigest(onPhone, f), who)
		}
		if f.street != "" {
			note(contactDigest(onAddress, f), who)
		}
	}
	var out []commonValue
	for h, who := range owners {
		if len(who) >= sharedBy {
			out = append(out, commonValue{h, uint64(len(who)) * billion / uint64(len(rows))})
		}
	}
	return out
}
