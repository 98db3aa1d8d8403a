package private

import (
	"bufio"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"slices"

	"github.com/cloudflare/circl/oprf"

	"vigie/internal/breach"
)

// Opened is what an owner got out of an offer.
type Opened struct {
	Offered int64 `json:"offered"` // rows of the leak
	Opened  int64 `json:"opened"`  // rows that share a token
}

// Open calls emit with every row of an offer that shares a token with the
// owner's, once, in their order. The tokens must be those that were asked for.
func Open(ctx context.Context, offer io.ReaderAt, size int64, s *Secret, tokens []uint64, answer io.Reader, emit func(body []byte) error) (Opened, error) {
	var none Opened
	tokens = each(tokens)
	if int64(len(tokens)) != s.Tokens || !slices.Equal(digest(tokens), s.Digest) {
		return none, &breach.RefusedError{Code: "registry-changed", What: "registry", Hint: "it is not what it was when the tokens were asked for: ask again"}
	}
	o, err := openOffer(offer, size, s.Terms)
	if err != nil {
		return none, err
	}
	locks, err := s.locks(ctx, tokens, answer)
	if err != nil {
		return none, err
	}
	places, err := o.find(ctx, locks)
	if err != nil {
		return none, err
	}
	slices.SortFunc(places, func(a, b place) int { return int(a.at - b.at) })
	places = slices.CompactFunc(places, func(a, b place) bool { return a.at == b.at })
	for _, p := range places {
		if err := ctx.Err(); err != nil {
			return none, err
		}
		body, err := o.row(p)
		if err != nil {
			return none, err
		}
		if err := emit(body); err != nil {
			return none, err
		}
	}
	return Opened{Offered: o.rows, Opened: int64(len(places))}, nil
}

// next is what is known of a token: what it is worth, and the pad over the key
// of the next row that has it.
type next struct {
	worth []byte
	n     uint32
	pad   [keySize]byte
}

// locks turns the answer into the tags to look for.
func (s *Secret) locks(ctx context.Context, tokens []uint64, answer io.Reader) (map[[tagSize]byte]next, error) {
	in := bufio.NewReaderSize(answer, 1<<20)
	t, err := readHeader(in, magicAnswer, "an answer")
	if err == nil {
		err = other(s.Terms, t)
	}
	if err != nil {
		return nil, err
	}
	n, err := readCount(in)
	if err != nil || n != s.Tokens {
		return nil, damaged("the number of tokens")
	}
	out := make(map[[tagSize]byte]next, n)
	raw, at := make([]byte, batchSize*elementSize), 0
	c := oprf.NewClient(suite)
	for at < len(tokens) {
		// A wave at a time, so that reading stays in order.
		from, to := at, min(at+64*batchSize, len(tokens))
		wave := slices.Grow(raw[:0], (to-from)*elementSize)[:(to-from)*elementSize]
		if _, err := io.ReadFull(in, wave); err != nil {
			return nil, damaged("the tokens")
		}
		err := inOrder(ctx, to-from, func(a, b int) ([][]byte, error) {
			return s.finalize(c, tokens[from+a:from+b], from+a, wave[a*elementSize:b*elementSize])
		}, func(worths [][]byte) error {
			for _, w := range worths {
				tag, pad := lock(w, 0)
				out[tag] = next{worth: w, pad: pad}
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
		at = to
	}
	return out, nil
}

func (s *Secret) finalize(c oprf.Client, tokens []uint64, from int, raw []byte) ([][]byte, error) {
	elements, err := unmarshal(raw)
	if err != nil {
		return nil, err
	}
	f, _, err := s.blind(c, tokens, from)
	if err != nil {
		return nil, err
	}
	out, err := c.Finalize(f, &oprf.Evaluation{Elements: elements})
	if err != nil {
		return nil, fmt.Errorf("opening the answer: %w", err)
	}
	return out, nil
}

type offered struct {
	src           io.ReaderAt
	id            string
	begin, end    int64 // of the entries
	entries, rows int64
}

func openOffer(src io.ReaderAt, size int64, t Terms) (*offered, error) {
	got, err := readHeader(bufio.NewReaderSize(io.NewSectionReader(src, 0, min(size, maxHeader)), maxHeader), magicOffer, "an offer")
	if err == nil {
		err = other(t, got)
	}
	if err != nil {
		return nil, err
	}
	var b [trailerSize]byte
	if size < trailerSize {
		return nil, damaged("the end of the offer")
	}
	if _, err := src.ReadAt(b[:], size-trailerSize); err != nil || string(b[24:]) != trailerMark {
		return nil, damaged("the end of the offer")
	}
	begin, n, rows := binary.BigEndian.Uint64(b[:]), binary.BigEndian.Uint64(b[8:]), binary.BigEndian.Uint64(b[16:])
	o := &offered{src: src, id: t.ID, begin: int64(begin), end: size - trailerSize, entries: int64(n), rows: int64(rows)}
	if begin > uint64(o.end) || n > uint64(size)/entrySize || o.begin+o.entries*entrySize != o.end || rows > maxRows {
		return nil, damaged("the end of the offer")
	}
	return o, nil
}

// place is where a row lies, and its key.
type place struct {
	at  int64
	key [keySize]byte
}

// find looks for the tags. A token that is found waits for the next row that
// has it: rows with the same token come in their order.
func (o *offered) find(ctx context.Context, locks map[[tagSize]byte]next) ([]place, error) {
	var out []place
	r := bufio.NewReaderSize(io.NewSectionReader(o.src, o.begin, o.end-o.begin), 1<<20)
	var e [entrySize]byte
	for i := range o.entries {
		if i%65536 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if _, err := io.ReadFull(r, e[:]); err != nil {
			return nil, damaged("the entries")
		}
		tag := [tagSize]byte(e[:])
		l, ok := locks[tag]
		if !ok {
			continue
		}
		p := place{at: int64(binary.BigEndian.Uint64(e[tagSize+keySize:]))}
		for j := range p.key {
			p.key[j] = e[tagSize+j] ^ l.pad[j]
		}
		out = append(out, p)
		delete(locks, tag)
		l.n++
		tag, l.pad = lock(l.worth, l.n)
		locks[tag] = l
	}
	return out, nil
}

func (o *offered) row(p place) ([]byte, error) {
	if p.at < 0 || p.at >= o.begin {
		return nil, damaged("an entry")
	}
	var head [binary.MaxVarintLen64]byte
	k, err := o.src.ReadAt(head[:], p.at)
	if err != nil && k == 0 {
		return nil, damaged("a row of the offer")
	}
	n, used := binary.Uvarint(head[:k])
	if used <= 0 || n > maxBody+2*padding || int64(n) > o.begin-p.at {
		return nil, damaged("a row of the offer")
	}
	box := make([]byte, n)
	if _, err := o.src.ReadAt(box, p.at+int64(used)); err != nil {
		return nil, damaged("a row of the offer")
	}
	return unseal(&p.key, o.id, box)
}
