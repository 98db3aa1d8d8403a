package linkage

import (
	"context"
	"math/bits"
)

// The share of a leak's rows that are about somebody registered is unknown
// before it is read, from nearly none (the whole country is in it) to nearly all
// (it was stolen from the registry's own software). Jeffreys' prior, Beta(1/2,
// 1/2), says so; in a leak of some rows it is all that is known, in one of a
// thousand it is forgotten.
const halfRow = 1 << 31

// share adds what a row tells of that share: none is what is left to somebody
// else, of whom lost are registered.
func (s *sums) share(cs []scored, none, lost uint64) {
	var held uint64
	for i := range cs {
		held += cs[i].p
	}
	hi, lo := bits.Mul64(min(none, 1<<32), lost)
	gone := hi<<32 | lo>>32
	s.rows++
	s.lost += gone
	held = min(held+gone, 1<<32)
	hi, lo = bits.Mul64(held, 1<<32-held)
	s.unsure += hi<<32 | lo>>32
}

// registered is the share that the sums tell, in parts per billion.
func (s *sums) registered() uint64 {
	share := ratio(s.matches+s.lost+halfRow, s.rows<<32+2*halfRow)
	return min(max(share, billion/1_000_000), billion*999/1000)
}

// informed is what the rows tell of the logarithm of the odds of that share, as
// Fisher information in thousandths: what they would tell were it known of each
// whether it is about somebody registered, less what is not known (Louis 1982).
// Where strangers and registered people look alike, next to nothing is left.
func (s *sums) informed(registered uint64) uint64 {
	whole := (s.rows + 1) * (registered / 1000) * ((billion - registered) / 1000) / (billion / 1000) // in parts per million of a row
	unsure := s.unsure >> 16 * 1_000_000 >> 16
	if whole <= unsure {
		return 1
	}
	return max((whole-unsure)/1000, 1)
}

// apportion finds the share alone, under levels that are given.
func (t *trainer) apportion(ctx context.Context, p *parameters) error {
	const rounds = 40
	var s sums
	for range rounds {
		if err := ctx.Err(); err != nil {
			return err
		}
		s = t.expect(p)
		p.Registered = s.registered()
	}
	p.Informed = s.informed(p.Registered)
	return nil
}

// households tells from the registry itself how often relatives have a mailbox or
// a telephone in common: of the rows whose own is known, those that find it with
// two people or more. As many relatives again are thought not to be registered.
// It is what is generally known that shrinks, never grows.
func (t *trainer) households(p *parameters) {
	for _, c := range [2]comparison{onEmail, onPhone} {
		var known, shared uint64
		for _, pairs := range t.pairs {
			n := 0
			for i := range pairs {
				if pairs[i].v.level[c] == 1 {
					n++
				}
			}
			if n > 0 {
				known++
			}
			if n > 1 {
				shared++
			}
		}
		levels := p.Levels[specs[c].name]
		general := levels[0].Kin
		levels[0].Kin = (belief*general + min(2*shared*billion, known*general)) / (belief + known)
	}
}
