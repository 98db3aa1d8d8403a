package dump

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"time"

	"vigie/matchers"
)

// Canaries are the invented persons of exports, as far as the reading process
// must know them to find them: salted digests of what would tell each. The salt
// is drawn anew for every reading, so that nothing learnt from one process helps
// to ask another.
type Canaries struct {
	Salt      []byte     `json:"salt"`
	Plantings []Planting `json:"plantings"`
	People    []Canary   `json:"people"`
}

// Planting is an export with canaries.
type Planting struct {
	ID      string `json:"id"`
	Persons int64  `json:"persons"`
}

// Canary is one of them.
type Canary struct {
	Planting int    `json:"p"` // its place in Plantings
	Digests  []byte `json:"d"` // numSlots of digestSize bytes; zeros where nothing is known
}

// FoundCanaries says how many of an export's canaries stand in a dump. The
// registry, the recipient and the date are filled in by who knows them.
type FoundCanaries struct {
	Planting  string    `json:"planting"`
	Registry  string    `json:"registry"`
	Recipient string    `json:"recipient"`
	PlantedAt time.Time `json:"planted_at"`
	Persons   int64     `json:"persons"` // found
	Planted   int64     `json:"planted"`
	Fields    []string  `json:"fields"` // by what they were known
	Sure      bool      `json:"sure"`   // no coincidence: the dump came from that export
}

// What a canary is known by. Days are known in the orders of exports.
const (
	slotID = iota
	slotEmail
	slotPhone
	slotNIR
	slotDay       // year first, then day first, month first, and both with two digits of the year
	slotBirthName = slotDay + 5
	slotUsageName = slotBirthName + 1
	slotGiven     = slotUsageName + 1
	numSlots      = slotGiven + 1
)

// A digest is the beginning of SHA-256 over salt and value, then a quick hash by
// which nearly all values are passed over without it.
const (
	digestSize = 16
	quickSize  = 4
)

// maxCanaries bounds the canaries that one reading looks for, so that the job
// fits: the newest are looked for first.
const maxCanaries = 40_000

// Add adds a person of the planting that was named last; it tells whether there
// was room.
func (c *Canaries) Add(rec *matchers.Record) bool {
	if len(c.People) >= maxCanaries {
		return false
	}
	d := make([]byte, numSlots*digestSize)
	put := func(slot int, v []byte) {
		if len(v) > 0 {
			copy(d[slot*digestSize:], c.digest(v))
		}
	}
	v := &rec.Values
	put(slotID, squeeze(nil, []byte(rec.ID)))
	put(slotEmail, squeeze(nil, []byte(v[matchers.Email])))
	if n := onlyDigits([]byte(v[matchers.Phone])); len(n) >= phoneDigits {
		put(slotPhone, n[len(n)-phoneDigits:])
	}
	if n := squeeze(nil, []byte(v[matchers.NIR])); len(n) >= nirDigits {
		put(slotNIR, n[:nirDigits])
	}
	if b := v[matchers.BirthDate]; len(b) == 10 && b[5:7] != "00" && b[8:] != "00" {
		y, m, day := b[:4], b[5:7], b[8:]
		for i, s := range []string{y + m + day, day + m + y, m + day + y, day + m + y[2:], m + day + y[2:]} {
			put(slotDay+i, []byte(s))
		}
	}
	put(slotBirthName, nameKey([]byte(v[matchers.BirthName])))
	put(slotUsageName, nameKey([]byte(v[matchers.UsageName])))
	given, _, _ := bytes.Cut([]byte(v[matchers.GivenNames]), []byte(" "))
	put(slotGiven, nameKey(given))
	c.People = append(c.People, Canary{Planting: len(c.Plantings) - 1, Digests: d})
	return true
}

const (
	phoneDigits = 9  // a national number without its 0
	nirDigits   = 13 // without its key
)

func (c *Canaries) digest(v []byte) []byte {
	h := sha256.New()
	h.Write(c.Salt)
	h.Write(v)
	d := h.Sum(nil)[:digestSize]
	binary.LittleEndian.PutUint32(d[digestSize-quickSize:], quick(c.seed(), v))
	return d
}

// seed of the quick hash.
func (c *Canaries) seed() uint64 {
	var b [8]byte
	copy(b[:], c.Salt)
	return binary.LittleEndian.Uint64(b[:])
}

// quick is FNV-1a with a seed, folded to 32 bits.
func quick(seed uint64, v []byte) uint32 {
	h := seed ^ quickOffset
	for _, b := range v {
		h = (h ^ uint64(b)) * quickPrime
	}
	return fold32(h)
}

const (
	quickOffset = 14695981039346656037
	quickPrime  = 1099511628211
)

func fold32(h uint64) uint32 { return uint32(h ^ h>>32) }

// squeeze appends the small letters and digits of a value: exports differ in
// capitals, blanks and signs.
func squeeze(dst, v []byte) []byte {
	for _, b := range v {
		switch {
		case b >= 'A' && b <= 'Z':
			b += 'a' - 'A'
		case b >= 'a' && b <= 'z', b >= '0' && b <= '9', b >= 0x80:
		default:
			continue
		}
		dst = append(dst, b)
	}
	return dst
}

func onlyDigits(v []byte) []byte {
	var out []byte
	for _, b := range v {
		if b >= '0' && b <= '9' {
			out = append(out, b)
		}
	}
	return out
}

// nameKey are the capitals of a name, accents, blanks and signs off.
func nameKey(v []byte) []byte {
	out := appendKey(nil, v)
	n := 0
	for _, b := range out {
		if b >= 'A' && b <= 'Z' || b >= 0x80 {
			out[n] = b
			n++
		}
	}
	return out[:n]
}

// dayKey appends the digits of a day as it is written, day and month in two
// digits each; nothing for a value that is none.
func dayKey(dst, v []byte) []byte {
	from, group, begin := len(dst), 0, 0
	for i := 0; i <= len(v) && group < 3; i++ {
		if i < len(v) && v[i] >= '0' && v[i] <= '9' {
			continue
		}
		switch n := i - begin; {
		case n == 1:
			dst = append(dst, '0', v[begin])
		case n == 2, n == 4, n == 8 && group == 0:
			dst = append(dst, v[begin:i]...)
		default:
			return dst[:from]
		}
		begin, group = i+1, group+1
		if len(dst)-from >= 8 || i < len(v) && v[i] != '-' && v[i] != '/' && v[i] != '.' && v[i] != ' ' {
			break
		}
	}
	if n := len(dst) - from; n != 6 && n != 8 {
		return dst[:from]
	}
	return dst
}
