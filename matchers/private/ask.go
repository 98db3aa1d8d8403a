package private

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"
	"runtime"
	"slices"

	"github.com/cloudflare/circl/group"
	"github.com/cloudflare/circl/oprf"

	"vigie/internal/breach"
)

// Secret is what the owner must keep, sealed, between asking and opening: the
// seed of its blinds and a digest of its tokens, which it makes again.
type Secret struct {
	Terms  Terms  `json:"terms"`
	Seed   []byte `json:"seed"`
	Tokens int64  `json:"tokens"`
	Digest []byte `json:"digest"`
}

// Ask writes the tokens of a registry's people, blinded. Tokens are sorted, and
// each is asked for once.
func Ask(ctx context.Context, w io.Writer, t Terms, random io.Reader, tokens []uint64) (*Secret, error) {
	tokens = each(tokens)
	if len(tokens) == 0 || len(tokens) > maxTokens {
		return nil, &breach.RefusedError{Code: "no-tokens", What: "registry", Hint: "it has nobody with a name and a date, or a contact"}
	}
	s := &Secret{Terms: t, Seed: make([]byte, 32), Tokens: int64(len(tokens)), Digest: digest(tokens)}
	if _, err := io.ReadFull(random, s.Seed); err != nil {
		return nil, fmt.Errorf("making blinds: %w", err)
	}
	out := bufio.NewWriterSize(w, 1<<20)
	if err := writeHeader(out, magicAsk, t); err != nil {
		return nil, err
	}
	if err := binary.Write(out, binary.BigEndian, uint64(len(tokens))); err != nil {
		return nil, err
	}
	c := oprf.NewClient(suite)
	err := inOrder(ctx, len(tokens), func(from, to int) ([]byte, error) {
		_, req, err := s.blind(c, tokens[from:to], from)
		if err != nil {
			return nil, err
		}
		return marshal(req.Elements)
	}, func(b []byte) error { _, err := out.Write(b); return err })
	if err != nil {
		return nil, err
	}
	return s, out.Flush()
}

// each is the tokens, sorted, each once.
func each(tokens []uint64) []uint64 {
	out := slices.Clone(tokens)
	slices.Sort(out)
	return slices.Compact(out)
}

func digest(tokens []uint64) []byte {
	h := sha256.New()
	for _, t := range tokens {
		h.Write(input(t))
	}
	return h.Sum(nil)
}

// blind hides tokens behind scalars that follow from the seed and their places.
func (s *Secret) blind(c oprf.Client, tokens []uint64, from int) (*oprf.FinalizeData, *oprf.EvaluationRequest, error) {
	g := suite.Group()
	inputs, blinds := make([][]byte, len(tokens)), make([]oprf.Blind, len(tokens))
	for i, t := range tokens {
		inputs[i] = input(t)
		blinds[i] = g.HashToScalar(binary.BigEndian.AppendUint64(bytes.Clone(s.Seed), uint64(from+i)), []byte("vigie private blind"))
	}
	f, req, err := c.DeterministicBlind(inputs, blinds)
	if err != nil {
		return nil, nil, fmt.Errorf("blinding tokens: %w", err)
	}
	return f, req, nil
}

func marshal(elements []group.Element) ([]byte, error) {
	var out []byte
	for _, e := range elements {
		b, err := e.MarshalBinaryCompress()
		if err != nil {
			return nil, err
		}
		out = append(out, b...)
	}
	return out, nil
}

func unmarshal(b []byte) ([]group.Element, error) {
	out := make([]group.Element, 0, len(b)/elementSize)
	for ; len(b) > 0; b = b[elementSize:] {
		e := suite.Group().NewElement()
		if err := e.UnmarshalBinary(b[:elementSize]); err != nil || e.IsIdentity() {
			return nil, damaged("a token")
		}
		out = append(out, e)
	}
	return out, nil
}

// Answer evaluates what an owner asked, at most so many tokens, and returns how
// many they were. The terms must be the offer's.
func Answer(ctx context.Context, w io.Writer, k *Key, t Terms, r io.Reader, most int64) (int64, error) {
	in := bufio.NewReaderSize(r, 1<<20)
	asked, err := readHeader(in, magicAsk, "an ask")
	if err == nil {
		err = other(t, asked)
	}
	if err != nil {
		return 0, err
	}
	n, err := readCount(in)
	if err != nil {
		return 0, err
	}
	if n > most {
		return n, &breach.RefusedError{Code: "too-many-tokens", What: fmt.Sprintf("%d tokens", n), Hint: fmt.Sprintf("this owner may ask for %d: whoever asks for more than its people's could try out names", most)}
	}
	out := bufio.NewWriterSize(w, 1<<20)
	if err := writeHeader(out, magicAnswer, t); err != nil {
		return n, err
	}
	if err := binary.Write(out, binary.BigEndian, uint64(n)); err != nil {
		return n, err
	}
	err = inOrderOf(ctx, in, n, func(b []byte) ([]byte, error) {
		elements, err := unmarshal(b)
		if err != nil {
			return nil, err
		}
		got, err := oprf.NewServer(suite, k.private).Evaluate(&oprf.EvaluationRequest{Elements: elements})
		if err != nil {
			return nil, fmt.Errorf("evaluating tokens: %w", err)
		}
		return marshal(got.Elements)
	}, func(b []byte) error { _, err := out.Write(b); return err })
	if err != nil {
		return n, err
	}
	return n, out.Flush()
}

func readCount(r io.Reader) (int64, error) {
	var n uint64
	if err := binary.Read(r, binary.BigEndian, &n); err != nil || n == 0 || n > maxTokens {
		return 0, damaged("the number of tokens")
	}
	return int64(n), nil
}

// inOrderOf is inOrder over n elements of a stream.
func inOrderOf(ctx context.Context, r io.Reader, n int64, do func(b []byte) ([]byte, error), take func([]byte) error) error {
	const wave = 64 * batchSize
	buf := make([]byte, wave*elementSize)
	for left := n; left > 0; {
		b := buf[:min(left, wave)*elementSize]
		if _, err := io.ReadFull(r, b); err != nil {
			return damaged("the tokens")
		}
		count := len(b) / elementSize
		left -= int64(count)
		if err := inOrder(ctx, count, func(from, to int) ([]byte, error) { return do(b[from*elementSize : to*elementSize]) }, take); err != nil {
			return err
		}
	}
	if m, _ := r.Read(make([]byte, 1)); m > 0 {
		return damaged("the end of the file")
	}
	return nil
}

// inOrder cuts n into batches, does them on all processors and gives what each
// made to take in their order.
func inOrder[T any](ctx context.Context, n int, do func(from, to int) (T, error), take func(T) error) error {
	type part struct {
		made  T
		err   error
		ready chan struct{}
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	order := make(chan *part, 2*runtime.GOMAXPROCS(0))
	slots := make(chan struct{}, runtime.GOMAXPROCS(0))
	go func() {
		defer close(order)
		for from := 0; from < n; from += batchSize {
			p := &part{ready: make(chan struct{})}
			select {
			case order <- p:
			case <-ctx.Done():
				return
			}
			slots <- struct{}{}
			go func() {
				defer func() { <-slots; close(p.ready) }()
				p.made, p.err = do(from, min(from+batchSize, n))
			}()
		}
	}()
	var failed error
	for p := range order {
		<-p.ready
		if failed == nil {
			if failed = p.err; failed == nil {
				failed = take(p.made)
			}
			if failed != nil {
				cancel()
			}
		}
	}
	if failed == nil {
		failed = ctx.Err()
	}
	return failed
}
