package linkage

// A home is the third thing that two records may be of, beside one person and two
// strangers: two people of one family share their surname, street, telephone and
// mailbox all at once, and nothing else. Ties between fields take off what two
// agreements say twice; a whole home of them adds up to a person nonetheless, and
// EM, left to itself, learns that persons change their given name and birth date
// from record to record. So a pair's odds are those against strangers and those
// against a home, whichever say less: what counts against a home is only what
// one's relatives do not share, and against a twin not even the birth date.
type homes struct {
	on     bool                          // pairs are weighed against relatives
	told   bool                          // the file tells where people live, or how they are reached; if not, against twins alone
	share  [maxFields]bool               // the family has it in common
	h      [maxFields][pairLevels]uint64 // how often a level occurs in a home, in parts per billion
	weight [maxFields][pairLevels]bitsFx // of a person against a home
	prior  bitsFx                        // log2 of the pairs of one person for one of a home
	twin   bitsFx                        // and for one of twins; 0 where no birth dates are told
}

const (
	// homeMost is what a name can say against a home: about one in seventy bears a
	// parent's given name.
	homeMost = 6 * oneBit
	// otherFirst is the weight of another first name against relatives: one record in
	// a hundred of somebody gives one. It is not learnt: what seems to teach it is
	// their brothers and sisters.
	otherFirst = -7 * oneBit
	// mostTwins, startTwins and leastTwins say how many pairs of one person there are
	// for one of twins: how often a record gives another first name cannot be told
	// from how often it is the twin's, so that neither is believed to be all.
	mostTwins, startTwins, leastTwins = 2 * oneBit, 3 * oneBit, 6 * oneBit
	// twinBirths is how many pairs of twins there are for a thousand people (in France
	// 17 births of a thousand, INSEE): where nothing tells a home, there are no more.
	twinBirths = 17
	// homePrior bounds what is believed of how many pairs are of homes.
	homePrior = 6 * oneBit
)

// settle tells which fields homes have in common, and starts with what is known.
func (t *pairModel) settle() {
	h := &t.homes
	own, places := false, 0
	for k, c := range t.f.fields {
		if c.home {
			places++
		}
		switch c.kind {
		case kindStreet, kindEmail, kindCode:
			h.on, h.share[k] = true, true
		case kindText, kindPostcode:
			h.share[k] = true
		case kindName:
			h.share[k] = k == t.f.family
		}
		if c.kind == kindDate && t.f.given >= 0 {
			h.twin = startTwins
		}
		own = own || c.kind == kindDate || c.kind == kindNumber || k == t.f.given
		h.h[k] = t.m[k]
	}
	h.told = h.on && own
	h.on = h.told || h.twin != 0
	t.moves.on = places > 1
	t.setHomes()
}

// setHomes makes weights of what was learnt.
func (t *pairModel) setHomes() {
	h := &t.homes
	for k := range t.f.fields {
		for l := 1; l < pairLevels; l++ {
			h.weight[k][l] = t.weight[k][l]
			if h.told && k == t.f.given && (l == wordFaint || l == wordOther) {
				h.weight[k][l] = min(h.weight[k][l], otherFirst)
			}
			if h.share[k] && (k != t.f.family || l != wordSwapped) {
				h.weight[k][l] = t.logM[k][l] - log2P(max(h.h[k][l], 1000))
			}
		}
	}
}

// against is what a pattern says for a person against two people of a home, and
// against twins, as log2 odds.
func (t *pairModel) against(p pattern) (home, twins bitsFx) {
	home, twins = t.homes.prior, t.homes.twin
	var shared bitsFx // what relatives' fields of the home weigh against strangers
	swapped := t.f.family >= 0 && p.level(t.f.family) == wordSwapped && t.f.given >= 0 && p.level(t.f.given) == 0
	for k, c := range t.f.fields {
		w := t.homes.weight[k][p.level(k)]
		switch {
		case swapped && k == t.f.given: // said with the surname
		case swapped && k == t.f.family: // each stands for the other: the given name agrees as well
			home, twins = home+min(w, homeMost), twins+w
		case t.homes.share[k]:
			home, twins = home+w, twins+w
			if c.home {
				shared += t.weight[k][p.level(k)] - w
			}
		case c.kind == kindName:
			home, twins = home+min(w, homeMost), twins+w
		case c.kind == kindDate:
			home += w
		default:
			home, twins = home+w, twins+w
		}
	}
	eased := t.eased(p)
	if t.moves.on { // of twins as well one may have moved
		twins += shared - t.mayHaveMoved(shared)
	}
	switch {
	case t.homes.twin == 0:
		return home + eased, -never
	case !t.homes.told:
		return -never, twins + eased
	}
	return home + eased, twins + eased
}

// lesser is the log2 odds of what has some odds against one thing and some against
// another.
func lesser(a, b bitsFx) bitsFx {
	less, apart := min(a, b), min(a, b)-max(a, b)
	if apart <= -17*oneBit {
		return less // log2(1 + 2^-17) is below what a bitsFx can hold
	}
	return less - (log2(unitP+exp2(apart)) - 32*oneBit)
}

// total is the weight of a pair of a pattern whose values weigh so much, homes
// considered: its odds are one in what strangers and homes make together.
func (t *pairModel) total(how *patternWeight, values bitsFx) bitsFx {
	w := how.weight + values
	if !t.homes.on {
		return w
	}
	return lesser(w+t.prior, how.relatives) - t.prior
}

// atHome is the chance that a pair of some log2 odds is of a home, or of twins,
// with 32 fractional bits.
func (how *patternWeight) atHome(odds bitsFx) (home, twins uint64) {
	if odds > -20*oneBit {
		odds = log2(max(logistic(odds), 1)) - 32*oneBit
	}
	return exp2(min(odds-how.home, 0)), exp2(min(odds-how.twins, 0))
}

// related tells that a pattern is more probably of a home or of twins than of one
// person or of strangers.
func (t *pairModel) related(p pattern) bool {
	if !t.homes.told {
		return false
	}
	how := t.weighPattern(p)
	home, twins := how.atHome(t.total(&how, 0) + t.prior)
	return home+twins >= unitP/2
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
	if t.homes.twin != 0 {
		twins := log2Ratio(max(found.matches>>32, 1)+pseudoM, found.twins>>32+pseudoM>>3)
		if most := log2Ratio(max(found.matches>>32, 1), uint64(len(t.f.ids))*twinBirths/1000+1); !t.homes.told {
			t.homes.twin = max(min(max(twins, most), most+leastTwins), hairline)
		} else {
			t.homes.twin = min(max(twins, mostTwins), leastTwins)
		}
	}
	t.setHomes()
}
