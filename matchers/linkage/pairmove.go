package linkage

// A person who moves changes street, postcode and town at once: charged field by
// field, one removal would weigh as much against a pair as three mistakes. So a
// pair of one person is either of one home or of two (a mixture, learnt by EM as
// all else): fields of the home say what they say, or, in the share of pairs that
// moved, what they say of strangers, which is nothing.
type moves struct {
	on          bool // the file tells homes by two fields or more
	share       uint64
	stay, moved bitsFx // log2 of the shares of those that stayed and that moved
}

// startMoves is how many pairs of one person moved, in parts per billion, where EM
// starts; a few pairs are worth so much against it.
const startMoves = billion / 10

// setMoves takes the share that moved, in parts per billion.
func (t *pairModel) setMoves(share uint64) {
	t.moves.share = min(max(share, billion/1000), billion/2)
	t.moves.moved, t.moves.stay = log2P(t.moves.share), log2P(billion-t.moves.share)
}

// home is what the fields of the home weigh, those of one home.
func (t *pairModel) home(p pattern) (w bitsFx, told bool) {
	for k, c := range t.f.fields {
		if l := p.level(k); c.home && l != 0 {
			w, told = w+t.weight[k][l], true
		}
	}
	return w, told
}

// eased is what a pair weighs more since it may have moved.
func (t *pairModel) eased(p pattern) bitsFx {
	if !t.moves.on {
		return 0
	}
	w, told := t.home(p)
	if !told {
		return 0
	}
	return t.mayHaveMoved(w) - w
}

// mayHaveMoved is what fields of the home weigh of two records that weigh so much
// where nobody moved.
func (t *pairModel) mayHaveMoved(home bitsFx) bitsFx {
	return -lesser(-home-t.moves.stay, -t.moves.moved)
}

// mostEased bounds from above what a pair can be eased by whose home weighs no more.
func (t *pairModel) mostEased(home bitsFx) bitsFx {
	if !t.moves.on {
		return 0
	}
	return max(t.moves.moved-home, 0) + oneBit
}

// stayed is the chance that a pair of one person did not move, with 32 fractional
// bits, and whether it tells.
func (t *pairModel) stayed(p pattern) (uint64, bool) {
	w, told := t.home(p)
	if !told {
		return unitP, false
	}
	return logistic(w + t.moves.stay - t.moves.moved), true
}

// learnMoves takes what a round found.
func (t *pairModel) learnMoves(found *foundPairs) {
	if t.moves.on {
		moved, told := found.moved>>32*1000+pseudoM*100, found.homed>>32*1000+pseudoM*1000
		t.setMoves(ratio(moved, told))
	}
}
