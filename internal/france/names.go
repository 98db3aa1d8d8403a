package france

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"sort"
	"strconv"
	"strings"
)

const (
	decades   = 12 // 1900-1909 to 2010-2018
	firstYear = 1900
)

// weights draws from a list in proportion to counts.
type weights struct {
	names []string
	upTo  []uint32 // running totals
}

func (w *weights) add(name string, n uint32) {
	if len(w.upTo) > 0 {
		n += w.upTo[len(w.upTo)-1]
	}
	w.names = append(w.names, name)
	w.upTo = append(w.upTo, n)
}

func (w *weights) draw(rng *rand.Rand) string {
	x := rng.Uint32N(w.upTo[len(w.upTo)-1])
	return w.names[sort.Search(len(w.upTo), func(i int) bool { return w.upTo[i] > x })]
}

func (d *Data) readGiven(lines []string) error {
	for i, line := range lines {
		if n := strings.Count(line, "\t"); n != 1+decades {
			return fmt.Errorf("line %d has %d fields", i+1, n+1)
		}
		name, line, _ := strings.Cut(line, "\t")
		sex, line, _ := strings.Cut(line, "\t")
		for k := range decades {
			var n string
			if n, line, _ = strings.Cut(line, "\t"); n == "" {
				continue
			}
			births, err := strconv.ParseUint(n, 10, 32)
			if err != nil {
				return fmt.Errorf("line %d: %w", i+1, err)
			}
			d.given[sexIndex(sex)][k].add(name, uint32(births))
		}
	}
	return nil
}

func sexIndex(sex string) int {
	if sex == "M" {
		return 1
	}
	return 0
}

// GivenName draws a first given name as given in France in the decade of a
// year; sex is "F" or "M". Years outside 1900-2018 take the nearest decade.
func (d *Data) GivenName(rng *rand.Rand, sex string, year int) string {
	k := min(max((year-firstYear)/10, 0), decades-1)
	return d.given[sexIndex(sex)][k].draw(rng)
}

// The rank-frequency law of surnames (Mandelbrot 1953): share(r) = scale *
// (r + shift)^-exponent, fitted to published relative frequencies of 14,222
// names. Its shares reach one near rank 138,000.
const (
	scale    = 0.019072
	shift    = 22
	exponent = 0.78
)

// below is the share of people whose surname has a rank lower than or equal to
// r, the sum of the law taken as an integral by the midpoint rule.
func below(r float64) float64 {
	return scale / (1 - exponent) * (math.Pow(r+shift+0.5, 1-exponent) - math.Pow(shift+0.5, 1-exponent))
}

// rankOf is the inverse of below: the rank at which a share u is reached.
func rankOf(u float64) int {
	base := u*(1-exponent)/scale + math.Pow(shift+0.5, 1-exponent)
	return int(math.Ceil(math.Pow(base, 1/(1-exponent)) - shift - 0.5))
}

// headNames is how many names of the list stand in order of rank; the others
// are alphabetical and are spread over the tail by a fixed stride.
const (
	headNames = 12_000
	stride    = 49_999 // prime: visits every name of the tail once
)

func (d *Data) readSurnames(lines []string) error {
	if len(lines) < headNames {
		return fmt.Errorf("%d names", len(lines))
	}
	d.names, d.head = lines, make(map[string]int32, headNames)
	for i, n := range lines[:headNames] {
		d.head[n] = int32(i + 1)
	}
	if n := int64(len(lines) - headNames); n > 0 {
		back := new(big.Int).ModInverse(big.NewInt(stride), big.NewInt(n))
		if back == nil {
			return fmt.Errorf("%d rare names, which the stride does not all visit", n)
		}
		d.back = back.Int64()
	}
	return nil
}

// nameAt is the surname of a rank, from 1.
func (d *Data) nameAt(rank int) string {
	i, n := rank-1-headNames, len(d.names)-headNames
	if i < 0 {
		return d.names[rank-1]
	}
	return d.names[headNames+i*stride%n]
}

// rankOfName is the rank of a surname of the list. A map of all of them would take
// longer to make than most commands ask of it.
func (d *Data) rankOfName(name string) (rank int32, ok bool) {
	if rank, ok = d.head[name]; ok {
		return rank, true
	}
	tail := d.names[headNames:]
	i, ok := slices.BinarySearch(tail, name)
	if !ok {
		return 0, false
	}
	return int32(headNames + int64(i)*d.back%int64(len(tail)) + 1), true
}

// Surname draws a surname, in capitals without accents as INSEE writes them.
func (d *Data) Surname(rng *rand.Rand) string {
	r := min(max(rankOf(rng.Float64()), 1), len(d.names))
	return d.nameAt(r)
}

// NameShare is the share of people bearing a surname, between 0 and 1, by the
// law above. The name is in capitals without accents. A name outside the list
// gets the share of the rarest one in it, so it is never 0.
func (d *Data) NameShare(name string) float64 {
	r, ok := d.rankOfName(name)
	if !ok {
		r = int32(len(d.names))
	}
	return scale * math.Pow(float64(r)+shift, -exponent)
}

// GivenShare is the share of a first given name, accents included, among those
// of its sex born in the decade of a year; 0 when the list does not have it.
func (d *Data) GivenShare(name, sex string, year int) float64 {
	w := d.given[sexIndex(sex)][min(max((year-firstYear)/10, 0), decades-1)]
	i := sort.SearchStrings(w.names, name)
	if i == len(w.names) || w.names[i] != name {
		return 0
	}
	n := w.upTo[i]
	if i > 0 {
		n -= w.upTo[i-1]
	}
	return float64(n) / float64(w.upTo[len(w.upTo)-1])
}
