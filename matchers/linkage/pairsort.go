package linkage

import "slices"

const keyShards = 256

// sharded is keys by their first byte.
type sharded struct {
	keys  []uint64
	start [keyShards + 1]int32
}

// spread puts keys in the order of their first byte, those that share it in the
// order they come in.
func spread(keys []uint64) sharded {
	s := sharded{keys: make([]uint64, len(keys))}
	for _, k := range keys {
		s.start[k>>56+1]++
	}
	for x := range keyShards {
		s.start[x+1] += s.start[x]
	}
	at := s.start
	for _, k := range keys {
		x := &at[k>>56]
		s.keys[*x] = k
		*x++
	}
	return s
}

// sortKeys brings the keys of one shard together, sorted, without those whose
// block surely has one member. Keys of one block come in the order of records
// already, so that only the hash is sorted, 11 bits at a time. It returns spare
// room for the next shard.
func sortKeys(all []sharded, shard int, spare []uint64) (keys, room []uint64) {
	const digits, wide = 3, 11
	var seen dropper
	size := 0
	for p := range all {
		for _, k := range all[p].of(shard) {
			seen.note(k)
		}
		size += len(all[p].of(shard))
	}
	var count [digits][1 << wide]int32
	spare = slices.Grow(spare[:0], size)
	for p := range all {
		for _, k := range all[p].of(shard) {
			if seen.twice(k) {
				spare = append(spare, k)
				k >>= atomBits
				count[0][k&(1<<wide-1)]++
				count[1][k>>wide&(1<<wide-1)]++
				count[2][k>>(2*wide)&(1<<wide-1)]++
			}
		}
	}
	from, to := spare, make([]uint64, len(spare))
	for d := range digits {
		at := int32(0)
		for x, n := range count[d] {
			count[d][x] = at
			at += n
		}
		for _, k := range from {
			x := &count[d][k>>(atomBits+wide*d)&(1<<wide-1)]
			to[*x] = k
			*x++
		}
		from, to = to, from
	}
	return slices.Compact(from), to // an odd number of digits: from is new
}

func (s *sharded) of(shard int) []uint64 { return s.keys[s.start[shard]:s.start[shard+1]] }

// dropper tells keys that come once: by 16 bits of their hash, so that some that
// come once are kept.
type dropper struct{ once, more [1 << 16 / 64]uint64 }

func (d *dropper) note(k uint64) {
	w, b := k>>46&(1<<10-1), uint64(1)<<(k>>40&63)
	d.more[w] |= d.once[w] & b
	d.once[w] |= b
}

func (d *dropper) twice(k uint64) bool { return d.more[k>>46&(1<<10-1)]>>(k>>40&63)&1 != 0 }
