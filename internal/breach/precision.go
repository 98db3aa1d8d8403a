package breach

import "math"

// Precision is how many of those told were the right ones, as far as people
// said otherwise and a human agreed: who does not answer is no error.
type Precision struct {
	Told    int64 // recipients told by e-mail or letter
	Wrong   int64 // of them, confirmed to be the wrong person
	Pending int64 // said to be wrong, not yet looked into
}

// Share is the part of those told who were the right ones; 1 where nobody was
// told.
func (p Precision) Share() float64 { return 1 - float64(min(p.Wrong, p.Told))/float64(max(p.Told, 1)) }

// Low and High bound it with 95 % (E. B. Wilson, "Probable inference, the law of
// succession, and statistical inference", 1927, which holds for few errors among
// many and for none).
func (p Precision) Low() float64  { return p.wilson(-1) }
func (p Precision) High() float64 { return p.wilson(1) }

func (p Precision) wilson(sign float64) float64 {
	if p.Told == 0 {
		return max(0, sign)
	}
	const z = 1.959964 // of the normal distribution, 95 % two-sided
	n, share := float64(p.Told), p.Share()
	middle, half := share+z*z/(2*n), z*math.Sqrt(share*(1-share)/n+z*z/(4*n*n))
	return min(1, max(0, (middle+sign*half)/(1+z*z/n)))
}
