package archive

import "io"

// decode decodes until the window's position is limit. The end marker is io.EOF.
// What was decoded by bytes that are not there any more is taken back.
func (l *lzmaReader) decode(limit int) error {
	m, w, rc := &l.model, &l.win, &l.rc
	l.repeat(limit)
	for w.pos < limit {
		posState := uint32(w.total) & (1<<m.pb - 1)
		pos, total := w.pos, w.total
		var err error
		if rc.bit(&m.isMatch[m.state<<4+posState]) == 0 {
			l.literal()
		} else if err = l.reference(posState); err == nil {
			l.repeat(limit)
		}
		if rc.err != nil {
			w.pos, w.total, l.match = pos, total, 0
			return rc.err
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// repeat copies the match on, as far as it fits.
func (l *lzmaReader) repeat(limit int) {
	w := &l.win
	n := min(int(l.match), limit-w.pos)
	if n <= 0 {
		return
	}
	l.match -= uint32(n)
	from := w.pos - int(l.model.rep[0]) - 1
	if from >= 0 && from+n <= w.pos {
		copy(w.buf[w.pos:w.pos+n], w.buf[from:from+n])
		w.pos += n
		w.total += n
		return
	}
	for range n {
		w.put(w.back(l.model.rep[0]))
	}
}

// literal decodes a byte of its own.
func (l *lzmaReader) literal() {
	m, w, rc := &l.model, &l.win, &l.rc
	var prev byte
	if w.total > 0 {
		prev = w.back(0)
	}
	context := (uint32(w.total)&(1<<m.lp-1))<<m.lc + uint32(prev)>>(8-m.lc)
	probs := m.literal[0x300*context : 0x300*context+0x300]
	symbol := uint32(1)
	if m.state >= 7 {
		match := uint32(w.back(m.rep[0]))
		for symbol < 0x100 {
			match <<= 1
			want := match & 0x100
			b := rc.bit(&probs[0x100+want+symbol])
			symbol = symbol<<1 | b
			if want>>8 != b {
				break
			}
		}
	}
	rng, code := rc.rng, rc.code // in registers: most of the time goes here
	for symbol < 0x100 {
		v := uint32(probs[symbol])
		bound := rng >> 11 * v
		if code < bound {
			rng = bound
			probs[symbol] = uint16(v + (1<<11-v)>>5)
			symbol <<= 1
		} else {
			rng -= bound
			code -= bound
			probs[symbol] = uint16(v - v>>5)
			symbol = symbol<<1 | 1
		}
		if rng < 1<<24 {
			rng <<= 8
			code = code<<8 | uint32(rc.next())
		}
	}
	rc.rng, rc.code = rng, code
	w.put(byte(symbol))
	switch {
	case m.state < 4:
		m.state = 0
	case m.state < 10:
		m.state -= 3
	default:
		m.state -= 6
	}
}

// reference decodes a match, whose length it leaves in l.match.
func (l *lzmaReader) reference(posState uint32) error {
	m, rc := &l.model, &l.rc
	again := m.state >= 7 // right after another match
	l.match = 0
	if rc.bit(&m.isRep[m.state]) == 0 {
		n := m.length.read(rc, posState)
		m.rep = [4]uint32{l.distance(n), m.rep[0], m.rep[1], m.rep[2]}
		m.state = either(again, 10, 7)
		if m.rep[0] == 0xffffffff {
			return io.EOF
		}
		l.match = n + lzmaMinLen
	} else if l.repeated() && rc.bit(&m.isRep0Long[m.state<<4+posState]) == 0 {
		m.state = either(again, 11, 9)
		l.match = 1
	} else {
		l.match = m.repLength.read(rc, posState) + lzmaMinLen
		m.state = either(again, 11, 8)
	}
	if !l.win.has(m.rep[0]) {
		l.match = 0
		return errDamaged
	}
	return nil
}

// repeated decodes which of the last four distances is taken again, puts it
// first, and says whether it was the first.
func (l *lzmaReader) repeated() bool {
	m, rc := &l.model, &l.rc
	if rc.bit(&m.isRepG0[m.state]) == 0 {
		return true
	}
	r := m.rep
	switch {
	case rc.bit(&m.isRepG1[m.state]) == 0:
		m.rep = [4]uint32{r[1], r[0], r[2], r[3]}
	case rc.bit(&m.isRepG2[m.state]) == 0:
		m.rep = [4]uint32{r[2], r[0], r[1], r[3]}
	default:
		m.rep = [4]uint32{r[3], r[0], r[1], r[2]}
	}
	return false
}

func either(is bool, a, b uint32) uint32 {
	if is {
		return a
	}
	return b
}

// distance decodes how far back a new match of length n starts, less one.
func (l *lzmaReader) distance(n uint32) uint32 {
	m, rc := &l.model, &l.rc
	slot := rc.tree(m.posSlot[min(n, 3)][:], 6)
	if slot < 4 {
		return slot
	}
	bits := slot>>1 - 1
	dist := (2 | slot&1) << bits
	if slot < 14 {
		return dist + rc.reverse(m.posSpecial[dist-slot:], bits)
	}
	dist += rc.direct(bits-4) << 4
	return dist + rc.reverse(m.align[:], 4)
}
