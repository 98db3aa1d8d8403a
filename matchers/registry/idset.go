package registry

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"slices"

	"golang.org/x/crypto/blake2b"

	"vigie/internal/breach"
)

// digestSize gives two people of one registry the same digest once in 10^13
// national registries.
const digestSize = 12

// idDigest hides a person's id.
type idDigest [digestSize]byte

func (d idDigest) hi() uint64 { return binary.BigEndian.Uint64(d[:]) }
func (d idDigest) lo() uint32 { return binary.BigEndian.Uint32(d[8:]) }

func (d idDigest) compare(o idDigest) int { return bytes.Compare(d[:], o[:]) }
func (d idDigest) before(o idDigest) bool { return d.compare(o) < 0 }

func digestOf(hi uint64, lo uint32) (d idDigest) {
	binary.BigEndian.PutUint64(d[:], hi)
	binary.BigEndian.PutUint32(d[8:], lo)
	return d
}

// digests make keyed digests under a registry's own keys, which are the same
// in all its versions and after a rotation: BLAKE2b (RFC 7693) of key and text,
// which needs no HMAC around it, as nothing can be appended to what it has
// digested. It is for one goroutine.
type digests struct {
	ids, rows []byte // the keys, with room for the text behind
}

func newDigests(keys Sealer, name breach.RegistryID) (*digests, error) {
	d := &digests{}
	for purpose, to := range map[string]*[]byte{"registry person": &d.ids, "registry row": &d.rows} {
		key, err := hex.DecodeString(keys.Digest(purpose, string(name)))
		if err != nil || len(key) != digestKey {
			return nil, fmt.Errorf("the sealer's digests are no 16 bytes of hexadecimal: %w", breach.ErrInvalid)
		}
		*to = key
	}
	return d, nil
}

const digestKey = 16

// clone makes one for another goroutine.
func (d *digests) clone() *digests {
	return &digests{ids: slices.Clone(d.ids[:digestKey]), rows: slices.Clone(d.rows[:digestKey])}
}

func (d *digests) id(id string) idDigest {
	d.ids = append(d.ids[:digestKey], id...)
	sum := blake2b.Sum256(d.ids)
	return idDigest(sum[:digestSize])
}

// row tells whether a person's row has changed between versions.
func (d *digests) row(plain []byte) uint64 {
	d.rows = append(d.rows[:digestKey], plain...)
	sum := blake2b.Sum256(d.rows)
	return binary.BigEndian.Uint64(sum[:])
}

// idSet remembers which digests were seen: some 12 bytes each, 0.8 GB for a
// whole country. The shards fill and grow one by one, so growing costs a
// thousandth of it.
type idSet struct {
	shards [1024]shard
}

type shard struct {
	slots []uint64 // 0 is free
	n     int
}

// add tells whether the digest is new. It compares 64 bits beside the ten that
// choose the shard: a stranger is taken for a duplicate once in 10^7 national
// registries, and is then refused with his line, not lost.
func (s *idSet) add(d idDigest) bool {
	sh := &s.shards[binary.BigEndian.Uint16(d[8:])>>6]
	if sh.n*5 >= len(sh.slots)*4 {
		sh.grow()
	}
	key := d.hi()
	if key == 0 {
		key = 1
	}
	if !sh.put(key) {
		return false
	}
	sh.n++
	return true
}

func (sh *shard) put(key uint64) bool {
	// The high bits of key x length: any length will do, not powers of two alone.
	at := int((key >> 32) * uint64(len(sh.slots)) >> 32)
	for sh.slots[at] != 0 {
		if sh.slots[at] == key {
			return false
		}
		if at++; at == len(sh.slots) {
			at = 0
		}
	}
	sh.slots[at] = key
	return true
}

func (sh *shard) grow() {
	old := sh.slots
	sh.slots = make([]uint64, max(16, len(old)*3/2))
	for _, key := range old {
		if key != 0 {
			sh.put(key)
		}
	}
}
