package private

import (
	"bufio"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"fmt"
	"io"
	"iter"
	"runtime"

	"github.com/cloudflare/circl/oprf"

	"vigie/internal/breach"
)

// Row is a row of the leak: what the owner gets to see if it shares a token.
type Row struct {
	Tokens []uint64
	Body   []byte // at most 1 MiB
}

// Offered says what an offer holds.
type Offered struct {
	Rows    int64 `json:"rows"`
	Entries int64 `json:"entries"` // a row has one for each of its tokens
	Bare    int64 `json:"bare"`    // rows without a token, which nobody can find
}

// trailer ends an offer: where the entries begin, how many there are, how many
// rows were offered, and a mark.
const (
	trailerSize = 32
	trailerMark = "vigie\x00p\x01"
	entrySize   = tagSize + keySize + 8
	padding     = 64 // bodies are filled up to a multiple of so many bytes
)

// Offer writes the rows sealed. Entries go to spill meanwhile, which must be
// empty: they tell nothing without the key. Rows are numbered by their place,
// and of rows that share a token the first comes first.
func Offer(ctx context.Context, w io.Writer, spill io.ReadWriteSeeker, k *Key, t Terms, random io.Reader, rows iter.Seq2[Row, error]) (Offered, error) {
	o := offerer{out: bufio.NewWriterSize(w, 1<<20), spill: bufio.NewWriterSize(spill, 1<<20), random: bufio.NewReader(random), terms: t,
		seen: map[uint64]uint32{}, todo: make(chan *task, runtime.GOMAXPROCS(0)), order: make(chan *task, 4*runtime.GOMAXPROCS(0))}
	if err := writeHeader(&o, magicOffer, t); err != nil {
		return o.done, err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	for range runtime.GOMAXPROCS(0) {
		go o.work(oprf.NewServer(suite, k.private))
	}
	go o.feed(ctx, rows)
	var failed error
	for x := range o.order {
		<-x.ready
		if failed == nil {
			if failed = x.err; failed == nil {
				failed = o.write(x)
			}
			if failed != nil {
				cancel()
			}
		}
	}
	if failed == nil {
		failed = ctx.Err()
	}
	if failed != nil {
		return o.done, failed
	}
	return o.done, o.end(spill)
}

// task is some rows and what their tokens are worth.
type task struct {
	rows  []Row
	worth [][][]byte
	err   error
	ready chan struct{}
}

type offerer struct {
	out, spill *bufio.Writer
	random     io.Reader
	terms      Terms
	at         int64 // bytes written
	seen       map[uint64]uint32
	done       Offered
	todo       chan *task
	order      chan *task
}

// Write counts what goes to the offer.
func (o *offerer) Write(b []byte) (int, error) {
	n, err := o.out.Write(b)
	o.at += int64(n)
	return n, err
}

func (o *offerer) feed(ctx context.Context, rows iter.Seq2[Row, error]) {
	defer close(o.order)
	defer close(o.todo)
	cur := &task{ready: make(chan struct{})}
	send := func() bool {
		x := cur
		cur = &task{ready: make(chan struct{})}
		select {
		case o.order <- x:
		case <-ctx.Done():
			return false
		}
		o.todo <- x // the workers always take it
		return true
	}
	for row, err := range rows {
		if err != nil {
			cur.err = err
			break
		}
		if cur.rows = append(cur.rows, row); len(cur.rows) == 64 && !send() {
			return
		}
	}
	send()
}

func (o *offerer) work(s oprf.Server) {
	for x := range o.todo {
		for i := range x.rows {
			worth, err := evaluate(s, x.rows[i].Tokens)
			if err != nil {
				x.err = err
				break
			}
			x.worth = append(x.worth, worth)
		}
		close(x.ready)
	}
}

func evaluate(s oprf.Server, tokens []uint64) ([][]byte, error) {
	out := make([][]byte, len(tokens))
	for i, t := range tokens {
		worth, err := s.FullEvaluate(input(t))
		if err != nil {
			return nil, fmt.Errorf("evaluating a token: %w", err)
		}
		out[i] = worth
	}
	return out, nil
}

func (o *offerer) write(x *task) error {
	for i, row := range x.rows {
		switch {
		case len(row.Body) > maxBody || len(row.Tokens) > maxRow:
			return &breach.RefusedError{Code: "row-too-large", What: fmt.Sprintf("row %d", o.done.Rows+1), Hint: "a row holds at most 1 MiB and 256 tokens"}
		case o.done.Rows == maxRows:
			return &breach.RefusedError{Code: "too-many-rows", What: "offer", Hint: fmt.Sprintf("an offer holds at most %d rows: offer the dump table by table", maxRows)}
		}
		o.done.Rows++
		if len(row.Tokens) == 0 {
			o.done.Bare++
			continue
		}
		if err := o.row(row, x.worth[i]); err != nil {
			return err
		}
	}
	return nil
}

func (o *offerer) row(row Row, worth [][]byte) error {
	var key [keySize]byte
	if _, err := io.ReadFull(o.random, key[:]); err != nil {
		return fmt.Errorf("making a key: %w", err)
	}
	place := o.at
	box := seal(&key, o.terms.ID, row.Body)
	if _, err := o.Write(append(binary.AppendUvarint(nil, uint64(len(box))), box...)); err != nil {
		return err
	}
	for i, t := range row.Tokens {
		n := o.seen[t]
		o.seen[t]++
		tag, pad := lock(worth[i], n)
		for j := range pad {
			pad[j] ^= key[j]
		}
		var e [entrySize]byte
		copy(e[:], tag[:])
		copy(e[tagSize:], pad[:])
		binary.BigEndian.PutUint64(e[tagSize+keySize:], uint64(place))
		if _, err := o.spill.Write(e[:]); err != nil {
			return err
		}
		o.done.Entries++
	}
	return nil
}

func (o *offerer) end(spill io.ReadSeeker) error {
	if err := o.spill.Flush(); err != nil {
		return err
	}
	if _, err := spill.Seek(0, io.SeekStart); err != nil {
		return err
	}
	begin := o.at
	if _, err := io.Copy(o, spill); err != nil {
		return err
	}
	b := binary.BigEndian.AppendUint64(nil, uint64(begin))
	b = binary.BigEndian.AppendUint64(b, uint64(o.done.Entries))
	b = binary.BigEndian.AppendUint64(b, uint64(o.done.Rows))
	if _, err := o.Write(append(b, trailerMark...)); err != nil {
		return err
	}
	return o.out.Flush()
}

// seal encrypts a body, filled up so that its length tells little. The key is
// used once, so that the nonce may be zero.
func seal(key *[keySize]byte, id string, body []byte) []byte {
	plain := append(binary.AppendUvarint(nil, uint64(len(body))), body...)
	plain = append(plain, make([]byte, (padding-len(plain)%padding)%padding)...)
	a := gcm(key)
	return a.Seal(nil, make([]byte, a.NonceSize()), plain, []byte(id))
}

func unseal(key *[keySize]byte, id string, box []byte) ([]byte, error) {
	a := gcm(key)
	plain, err := a.Open(nil, make([]byte, a.NonceSize()), box, []byte(id))
	if err != nil {
		return nil, damaged("a row of the offer")
	}
	n, k := binary.Uvarint(plain)
	if k <= 0 || n > uint64(len(plain)-k) {
		return nil, damaged("a row of the offer")
	}
	return plain[k : k+int(n)], nil
}

func gcm(key *[keySize]byte) cipher.AEAD {
	block, err := aes.NewCipher(key[:])
	if err == nil {
		var a cipher.AEAD
		if a, err = cipher.NewGCM(block); err == nil {
			return a
		}
	}
	panic(err) // a key of 16 bytes is one
}
