package dump

import (
	"math"
	"math/bits"
	"math/rand/v2"
	"time"
)

// Quality says how good the values of a column are.
type Quality struct {
	Rows     int64   `json:"rows"`              // rows that had a place for a value
	Filled   int64   `json:"filled"`            // values that are not empty
	Distinct int64   `json:"distinct"`          // different values, estimated within 5 %
	Share    float64 `json:"share"`             // filled part of the rows, 0 to 1
	Newest   string  `json:"newest,omitempty"`  // newest plausible date, "2026-03-09", in a column of dates
	Damaged  int64   `json:"damaged,omitempty"` // values with characters that an encoding error left
}

// TableQuality says how good a table is as a whole.
type TableQuality struct {
	Duplicates int64  `json:"duplicates"`        // rows that repeat one before, estimated
	Exact      bool   `json:"exact"`             // Duplicates was counted, not estimated
	Newest     string `json:"newest,omitempty"`  // newest plausible date of all columns: the extract is not older
	Damaged    int64  `json:"damaged,omitempty"` // values with characters that an encoding error left
}

// registers of the distinct counter: 2048 of a byte each give a standard error
// of 1.04/sqrt(2048) = 2.3 % (Flajolet, Fusy, Gandouet and Meunier 2007).
const registers = 1 << 11

// distinctCounter estimates how many different hashes it was given, with
// HyperLogLog and, while few are met, with linear counting.
type distinctCounter [registers]uint8

func (d *distinctCounter) add(hash uint64) {
	i := hash >> 53
	rank := uint8(bits.LeadingZeros64(hash<<11|1<<10)) + 1
	if rank > d[i] {
		d[i] = rank
	}
}

func (d *distinctCounter) estimate() int64 {
	sum, empty := 0.0, 0
	for _, r := range d {
		sum += math.Ldexp(1, -int(r))
		if r == 0 {
			empty++
		}
	}
	n := 0.7213 / (1 + 1.079/registers) * registers * registers / sum
	if empty > 0 && n <= 2.5*registers {
		n = registers * math.Log(registers/float64(empty))
	}
	return int64(math.Round(n))
}

// maxKept bounds the row hashes that are kept to count duplicates. When there are
// more, leastKept of them or a few more go on standing for all: a share of
// repeats of one row in ten is then told within 3 % of itself.
const (
	maxKept   = 1 << 16
	leastKept = 1 << 13
)

// duplicates counts rows that come again. It keeps the hashes of the rows whose
// hash ends in enough zeros, one more zero each time there are too many of them
// (adaptive sampling, after Wegman): equal rows are kept or left out together,
// so that the share of repeats in the sample is the share in the file.
type duplicates struct {
	mask    uint64
	rows    int64 // rows in the sample
	kept    counts
	waiting []uint64 // hashes that are not kept yet: many at once are faster, for memory is
}

// maxWaiting bounds the hashes that wait to be kept.
const maxWaiting = 256

// add takes the hash of a row, its cells' joined by joinHash.
func (d *duplicates) add(hash uint64) {
	if hash&d.mask != 0 {
		return
	}
	if d.waiting = append(d.waiting, hash); len(d.waiting) == maxWaiting {
		d.settle()
	}
}

// settle keeps the hashes that wait.
func (d *duplicates) settle() {
	for _, hash := range d.waiting {
		if hash&d.mask != 0 {
			continue
		}
		d.rows++
		d.kept.add(hash, 1)
		if d.kept.n > maxKept || d.mask > 0 && d.kept.n > 2*leastKept {
			d.thin()
		}
	}
	d.waiting = d.waiting[:0]
}

// thin keeps about leastKept of the hashes.
func (d *duplicates) thin() {
	all := d.kept
	for n := all.n; n > leastKept*3/2; n /= 2 {
		d.mask = d.mask<<1 | 1
	}
	d.kept = all.empty(len(all.keys))
	d.rows = 0
	for _, k := range all.keys {
		if k.times > 0 && k.key&d.mask == 0 {
			d.rows += int64(k.times)
			d.kept.add(k.key, k.times)
		}
	}
}

// estimate says how many rows repeat one before, and whether all were counted.
func (d *duplicates) estimate() (n int64, exact bool) {
	d.settle()
	return (d.rows - int64(d.kept.n)) * int64(d.mask+1), d.mask == 0
}

// counts is a map of hashes to counts above zero. Where a hash is kept depends on
// a seed that no file knows, lest one makes all of its rows collide.
type counts struct {
	seed uint64
	keys []keyCount // a power of two of them, half of them in use at most
	n    int        // keys in use
}

// keyCount is a key and how often it came; 0 is free.
type keyCount struct {
	key   uint64
	times int32
}

func (c *counts) add(key uint64, times int32) {
	if c.n*2 >= len(c.keys) {
		c.grow()
	}
	for i := c.slot(key); ; i = (i + 1) & (len(c.keys) - 1) {
		switch k := &c.keys[i]; {
		case k.times == 0:
			*k = keyCount{key, times}
			c.n++
			return
		case k.key == key:
			k.times += times
			return
		}
	}
}

// slot is where a key is looked for first (Dietzfelbinger and others, A reliable
// randomized algorithm for the closest-pair problem, 1997: multiply and shift).
func (c *counts) slot(key uint64) int {
	return int(key * c.seed >> (64 - bits.TrailingZeros64(uint64(len(c.keys)))))
}

func (c *counts) grow() {
	if c.seed == 0 {
		c.seed = rand.Uint64() | 1
	}
	old := *c
	*c = old.empty(max(256, 2*len(old.keys)))
	for _, k := range old.keys {
		if k.times > 0 {
			c.add(k.key, k.times)
		}
	}
}

// empty makes room for so many. What is put in again in the order it stands in is
// put into as much room or more: in less, it would all crowd at the beginning.
func (c *counts) empty(size int) counts {
	return counts{seed: c.seed, keys: make([]keyCount, size)}
}

// joinHash joins the hash of a row's next cell to that of the cells before; it
// begins with their number. mix ends it.
func joinHash(row, cell uint64) uint64 { return (bits.RotateLeft64(row, 29) ^ cell) * prime1 }

// quality says how good the values of a column are, which had a place in rows
// rows; c is what understand made of it.
func (c *column) quality(rows int64, made Column, o *Options) Quality {
	q := Quality{Rows: rows, Filled: c.filled, Distinct: min(c.distinct.estimate(), c.filled), Damaged: c.damaged}
	if rows > 0 {
		q.Share = math.Round(float64(c.filled)/float64(rows)*1e4) / 1e4
	}
	// The newest birth date would be somebody's.
	if c.dates != nil && made.Meaning == MeaningDate {
		q.Newest = c.dates.late.newest(dayNumber(o.Now))
	}
	return q
}

// tableQuality sums the columns up. Dates of birth are left
// out: they say little of the extract, and the newest would be somebody's.
func tableQuality(columns []Quality, d *duplicates) TableQuality {
	var t TableQuality
	t.Duplicates, t.Exact = d.estimate()
	for _, q := range columns {
		t.Damaged += q.Damaged
		t.Newest = max(t.Newest, q.Newest)
	}
	return t
}

// dayNumber writes a day as 20060309, 0 for no time.
func dayNumber(t time.Time) int32 {
	if t.IsZero() {
		return 0
	}
	return int32(t.Year()*10000 + int(t.Month())*100 + t.Day())
}
