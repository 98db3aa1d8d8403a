package linkage

import "math/bits"

// bitsFx is a number of bits (log2) in fixed point with 16 fractional bits.
// Floating point would differ between machines that fuse multiplications and
// those that do not; integers do not.
type bitsFx int32

// oneBit is one bit of evidence.
const oneBit bitsFx = 1 << 16

// billion is probability one: probabilities are parts per billion.
const billion = 1_000_000_000

// float returns the number of bits, for people and JSON.
func (b bitsFx) float() float64 { return float64(b) / float64(oneBit) }

// log2 returns log2(x) with an error below 2^-16. log2(0) is taken as log2(1).
func log2(x uint64) bitsFx {
	if x < 2 {
		return 0
	}
	n := bits.Len64(x) - 1
	m := x << (63 - n) // mantissa in [1, 2) with 63 fractional bits
	out := bitsFx(n)
	for range 16 {
		hi, _ := bits.Mul64(m, m) // the square has 62 fractional bits in hi
		one := hi >> 63           // no branch on it: it is as good as random
		out = out<<1 | bitsFx(one)
		m = hi << (1 - one&1)
	}
	return out
}

// log2Ratio returns log2(a/b); a zero counts as one.
func log2Ratio(a, b uint64) bitsFx { return log2(a) - log2(b) }

// log2P returns log2 of a probability in parts per billion.
func log2P(p uint64) bitsFx { return log2Ratio(max(p, 1), billion) }

// roots holds 2^(2^-i) for i = 1..16 with 62 fractional bits.
var roots = [16]uint64{
	6521908912666391106, 5484249825272419511, 5029079263719320435, 4815862801830788490,
	4712668792719003883, 4661903986662671289, 4636727017470743990, 4624189567668517720,
	4617933561212708776, 4614808732577250068, 4613247111281068008, 4612466498810092974,
	4612076242109103707, 4611881126141011236, 4611783571252412753, 4611734794581956353,
}

// powers holds 2^(i/1024) with 62 fractional bits, and steps what each lower bit
// multiplies it with: one where it is not set, its root where it is.
var powers, steps = func() (powers [1 << 10]uint64, steps [6][2]uint64) {
	for f := range powers {
		powers[f] = 1 << 62
		for i, root := range roots[:10] {
			if f>>(9-i)&1 != 0 {
				powers[f] = product(powers[f], root)
			}
		}
	}
	for i, root := range roots[10:] {
		steps[i] = [2]uint64{1 << 62, root}
	}
	return powers, steps
}()

// product multiplies two numbers with 62 fractional bits.
func product(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	return hi<<2 | lo>>62
}

// exp2 returns 2^b with 32 fractional bits; b is at most 0.
func exp2(b bitsFx) uint64 {
	if b <= -33*oneBit {
		return 0
	}
	whole := -(int(b) >> 16) // b = -whole + fraction
	frac := uint32(b) & 0xffff
	x := powers[frac>>6]
	for i := range steps {
		x = product(x, steps[i][frac>>(5-i)&1])
	}
	return x >> (30 + uint(whole))
}

// ratio returns a/b in parts per billion without overflow; b must not be 0
// and a must not exceed b by more than a factor of 2^32.
func ratio(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, billion)
	if hi >= b {
		return 1<<63 - 1
	}
	q, _ := bits.Div64(hi, lo, b)
	return q
}

// mix scrambles 64 bits (the finaliser of SplitMix64).
func mix(x uint64) uint64 {
	x ^= x >> 30
	x *= 0xbf58476d1ce4e5b9
	x ^= x >> 27
	x *= 0x94d049bb133111eb
	return x ^ x>>31
}

// hashText is FNV-1a, scrambled. It keys blocks and samples, never secrets.
func hashText(seed uint64, s string) uint64 {
	h := uint64(14695981039346656037) ^ seed
	for i := range len(s) {
		h ^= uint64(s[i])
		h *= 1099511628211
	}
	return mix(h)
}
