package linkage

// A home is the third thing that two records may be of, beside one person and two
// strangers: two people of one family share their surname, street, telephone and
// mailbox all at once, and nothing else. Ties between fields take off what two
// agreements say twice; a whole home of them adds up to a person nonetheless, and
// EM, left to itself, learns that persons change their given name and birth date
// from record to record. So a pair's odds are those against strangers and those
// against a home, whichever say less: what counts against a home is only what
// one's relatives do not share.
type homes struct {
	on     bool                          // the file tells where people live, or how they are reached
	share  [maxFields]bool               // the family has it in common
	h      [maxFields][pairLevels]uint64 // how often a level occurs in a home, in parts per billion
	weight [maxFields][pairLevels]bitsFx // of a person against a home
	prior  bitsFx                        // log2 of the pairs of one person for one of a home
}

const (
	// homeMost is what one field can say against a home: about one in seventy has a
	// twin, or bears a parent's given name.
	homeMost = 6 * oneBit
	// homePrior bounds what is believed of how many pairs are of homes.
	homePrior = 6 * oneBit
)

// settle tells which fields homes have in common, and starts with what is known.
func (t *pairModel) settle() {
	h := &t.homes
	own := false
	for k, c := range t.f.fields {
		switch c.kind {
		case kindStreet, kindEmail, kindCode:
			h.on, h.share[k] = true, true
		case kindText, kindPostcode:
			h.share[k] = true
		case kindName:
			h.share[k] = k == t.f.family
		}
		own = own || !h.share[k] && (c.kind == kindName || c.kind == kindDate || c.kind == kindNumber)
		h.h[k] = t.m[k]
	}
	h.on = h.on && own
	t.setHomes()
}

// setHomes makes weights of what was learnt.
func (t *pairModel) setHomes() {
	h := &t.homes
	for k := range t.f.fields {
		for l := 1; l < pairLevels; l++ {
			if h.share[k] {
				h.weight[k][l] = t.logM[k][l] - log2P(max(h.h[k][l], 1000))
			} else {
				h.weight[k][l] = min(t.weight[k][l], homeMost)
			}
		}
	}
}

// against is what a pattern says for a person against a home, as log2 odds.
func (t *pairModel) against(p pattern) bitsFx {
	w := t.homes.prior
	for k := range t.f.fields {
		w += t.homes.weight[k][p.level(k)]
	}
	return w
}

// total is the weight of a pair, homes considered: its odds are one in what
// strangers and homes make together.
func (t *pairModel) total(how pattern, w bitsFx) bitsFx {
	if !t.homes.on {
		return w
	}
	h := t.against(how) - t.prior
	low, gap := min(w, h), max(w, h)-min(w, h)
	return low - (log2(unitP+exp2(-gap)) - 32*oneBit)
}

// atHome is the chance that a pair of some log2 odds is of a home, with 32
// fractional bits.
func (t *pairModel) atHome(how pattern, odds bitsFx) uint64 {
	if odds > -20*oneBit {
		odds = log2(max(logistic(odds), 1)) - 32*oneBit
	}
	return exp2(min(odds-t.against(how), 0))
}

// learnHomes takes what a round found.
func (t *pairModel) learnHomes(found *foundPairs) {
	if !t.homes.on {
		return
	}
	levels := [maxFields][pairLevels]foundLevel{}
	for k := range t.f.fields {
		for l := range levels[k] {
			levels[k][l].same = found.home[k][l]
		}
	}
	t.homes.h = t.smoothed(&levels)
	prior := log2Ratio(max(found.matches>>32, 1)+pseudoM, max(found.homes>>32, 1)+pseudoM)
	t.homes.prior = min(max(prior, -homePrior), homePrior)
	t.setHomes()
}
