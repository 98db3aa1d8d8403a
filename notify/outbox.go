package notify

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"vigie/internal/breach"
)

// Outbox hands documents over to a carrier that watches a directory: one file
// per key, written once. A file is complete or absent: it is written under
// another name, synced, then linked to its own. Handing over twice is once.
//
// The carrier reports by appending lines to the file receipts.jsonl:
//
//	{"key":"msg_...","state":"bounced","ref":"...","code":"absent-subscriber"}
//
// It may be used by many goroutines and processes.
type Outbox struct {
	dir string
	ext string
}

const receipts = "receipts.jsonl"

// maxReceipts bounds how many receipts one call of Outcomes returns.
const maxReceipts = 10_000

var keyShape = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$`)

// NewOutbox creates the directory if need be. Files are named KEY plus ext.
func NewOutbox(dir, ext string) (*Outbox, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("opening outbox: %w", err)
	}
	return &Outbox{dir: dir, ext: ext}, nil
}

// CheckKey refuses an idempotency key that could not be a file name or a
// header: it must be 1 to 128 of A-Z a-z 0-9 _ and -.
func CheckKey(key string) error {
	if !keyShape.MatchString(key) {
		return &breach.RefusedError{Code: "key", What: "message key", Hint: "a key has 1 to 128 letters, digits, _ or -"}
	}
	return nil
}

// Put writes data under key, unless it is already there, and returns the file
// name as the carrier's reference. A full or failing disk is ErrTemporary.
func (o *Outbox) Put(ctx context.Context, key string, data []byte) (string, error) {
	if ref, ok, err := o.Has(ctx, key); err != nil || ok {
		return ref, err
	}
	name := key + o.ext
	if err := writeOnce(o.dir, name, data); err != nil {
		return "", fmt.Errorf("outbox: message %s: %w: %w", key, breach.ErrTemporary, err)
	}
	return name, nil
}

// Has tells whether a document has been handed over under key.
func (o *Outbox) Has(ctx context.Context, key string) (string, bool, error) {
	if err := errors.Join(ctx.Err(), CheckKey(key)); err != nil {
		return "", false, err
	}
	_, err := os.Stat(filepath.Join(o.dir, key+o.ext))
	if errors.Is(err, fs.ErrNotExist) {
		return "", false, nil
	}
	return key + o.ext, err == nil, err
}

// writeOnce makes name appear in dir with data in it, or leaves no trace. If
// somebody else was first, theirs stays.
func writeOnce(dir, name string, data []byte) error {
	f, err := os.CreateTemp(dir, ".writing-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(f.Name()) }()
	_, err = f.Write(data)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	err = os.Link(f.Name(), filepath.Join(dir, name))
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return syncDir(dir)
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// Outcomes reads the receipts appended since the cursor, a byte offset. A last
// line still being written is left for the next call. A line that is not a
// receipt is skipped: the carrier's mistakes must not stop the rest.
func (o *Outbox) Outcomes(ctx context.Context, cursor string) ([]Outcome, string, error) {
	offset, err := parseCursor(cursor)
	if err != nil {
		return nil, cursor, err
	}
	f, err := os.Open(filepath.Join(o.dir, receipts))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, cursor, nil
	}
	if err != nil {
		return nil, cursor, fmt.Errorf("receipts: %w: %w", breach.ErrTemporary, err)
	}
	defer func() { _ = f.Close() }()
	if _, err := f.Seek(offset, io.SeekStart); err != nil {
		return nil, cursor, fmt.Errorf("receipts: %w: %w", breach.ErrTemporary, err)
	}
	list, read, err := readReceipts(ctx, bufio.NewReaderSize(f, 1<<16))
	return list, strconv.FormatInt(offset+read, 10), err
}

func parseCursor(cursor string) (int64, error) {
	if cursor == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(cursor, 10, 64)
	if err != nil || n < 0 {
		return 0, fmt.Errorf("cursor %q: want a byte offset: %w", cursor, breach.ErrInvalid)
	}
	return n, nil
}

func readReceipts(ctx context.Context, r *bufio.Reader) (list []Outcome, read int64, err error) {
	for len(list) < maxReceipts && ctx.Err() == nil {
		line, err := r.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) { // no receipt is that long
			read += int64(len(line))
			continue
		}
		if err != nil {
			break // the end, or half a line
		}
		read += int64(len(line))
		if out, ok := parseReceipt(line); ok {
			list = append(list, out)
		}
	}
	return list, read, ctx.Err()
}

func parseReceipt(line []byte) (Outcome, bool) {
	var r struct{ Key, State, Ref, Code string }
	if json.Unmarshal(bytes.TrimSpace(line), &r) != nil || CheckKey(r.Key) != nil {
		return Outcome{}, false
	}
	out := Outcome{Key: r.Key, State: breach.MessageState(r.State), Ref: r.Ref, Code: r.Code}
	switch out.State {
	case breach.MessageDelivered, breach.MessageBounced, breach.MessageFailed:
	default:
		return Outcome{}, false
	}
	if CheckKey(out.Code) != nil { // a stable code, never an address or a sentence
		out.Code = "unspecified"
	}
	return out, true
}

// Report appends receipts and syncs them: once it returns they are durable, and
// whoever sent them may be told that they arrived.
func (o *Outbox) Report(list []Outcome) error {
	var lines []byte
	for _, out := range list {
		line, err := Receipt(out)
		if err != nil {
			return err
		}
		lines = append(lines, line...)
	}
	return appendReceipts(o.dir, lines, (*os.File).Sync)
}

// ReadReceipts reads what a carrier says became of messages, a line each. A line
// that is not a receipt is skipped; the last one may lack its end.
func ReadReceipts(ctx context.Context, r io.Reader) ([]Outcome, error) {
	var all []Outcome
	for br := bufio.NewReaderSize(io.MultiReader(r, strings.NewReader("\n")), 1<<16); ; {
		list, read, err := readReceipts(ctx, br)
		all = append(all, list...)
		if err != nil || read == 0 {
			return all, err
		}
	}
}

// Receipt is the line that a carrier writes about a message.
func Receipt(out Outcome) ([]byte, error) {
	line, err := json.Marshal(map[string]string{"key": out.Key, "state": string(out.State), "ref": out.Ref, "code": out.Code})
	return append(line, '\n'), err
}

var receiptLock sync.Mutex

// AppendReceipt is the carrier's side: it reports what became of a message. It
// is for carriers that live in this process, such as simulated ones.
func AppendReceipt(dir string, out Outcome) error {
	line, err := Receipt(out)
	if err != nil {
		return err
	}
	return appendReceipts(dir, line, func(*os.File) error { return nil })
}

func appendReceipts(dir string, lines []byte, sync func(*os.File) error) error {
	receiptLock.Lock()
	defer receiptLock.Unlock()
	f, err := os.OpenFile(filepath.Join(dir, receipts), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(lines)
	return errors.Join(err, sync(f), f.Close())
}
