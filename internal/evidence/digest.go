package evidence

import (
	"bufio"
	"compress/gzip"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"net/http/httputil"
	"strings"
)

// readPayload reads a block to its end and digests its payload: what follows
// the head of an HTTP message, else the block itself. Tools differ on chunked
// and on compressed bodies, so each reading of them counts.
func readPayload(in io.Reader, h Header, d *digests) error {
	if d == nil {
		_, err := io.Copy(io.Discard, in)
		return err
	}
	if !strings.HasPrefix(strings.ToLower(h.Value("Content-Type")), "application/http") {
		_, err := io.Copy(d.of(asReceived), in)
		return err
	}
	br := bufio.NewReader(in)
	chunked, zipped, err := messageHead(br)
	if err != nil {
		return err
	}
	raw := io.TeeReader(br, d.of(asReceived))
	body := raw
	if chunked {
		body = io.TeeReader(httputil.NewChunkedReader(raw), d.of(unchunked))
	}
	// Errors of the codings are those of the message, not of the record.
	if zipped {
		if zr, err := gzip.NewReader(body); err == nil {
			_, _ = io.Copy(d.of(decoded), io.LimitReader(zr, mostDecoded))
		}
	}
	if chunked {
		_, _ = io.Copy(io.Discard, body)
	}
	_, err = io.Copy(io.Discard, raw)
	return err
}

// mostDecoded bounds what is unzipped of one body.
const mostDecoded = 1 << 30

// messageHead reads to the empty line of an HTTP message.
func messageHead(br *bufio.Reader) (chunked, zipped bool, err error) {
	for size := 0; size <= maxHeader; {
		line, err := br.ReadSlice('\n')
		size += len(line)
		low := strings.ToLower(strings.TrimRight(string(line), "\r\n"))
		chunked = chunked || strings.HasPrefix(low, "transfer-encoding:") && strings.Contains(low, "chunked")
		zipped = zipped || strings.HasPrefix(low, "content-encoding:") && strings.Contains(low, "gzip")
		if err == io.EOF || err == nil && low == "" {
			break
		}
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return false, false, err
		}
	}
	return chunked, zipped, nil
}

// The readings of a payload.
const (
	asReceived = iota
	unchunked
	decoded
)

// digests computes what a field claims. A nil one claims nothing.
type digests struct {
	fresh func() hash.Hash
	sums  [3]hash.Hash // by reading; nil where there is none
	want  string
}

// newDigests is nil where the field is not there, or names an algorithm that
// cannot be computed here; ok is false if it says nothing that makes sense.
func newDigests(h Header, field string) (d *digests, ok bool) {
	claim := h.Value(field)
	if h.count(field) == 0 {
		return nil, true
	}
	name, value, ok := strings.Cut(claim, ":")
	if !ok {
		return nil, false
	}
	d = &digests{want: strings.TrimSpace(value)}
	switch name = strings.ToLower(strings.ReplaceAll(strings.TrimSpace(name), "-", "")); name {
	case "sha256":
		d.fresh = sha256.New
	case "sha1":
		d.fresh = sha1.New
	case "sha512":
		d.fresh = sha512.New
	case "sha224":
		d.fresh = sha256.New224
	case "sha384":
		d.fresh = sha512.New384
	case "md5":
		d.fresh = md5.New
	default:
		return nil, strings.HasPrefix(name, "blake") || strings.HasPrefix(name, "xxh") || strings.HasPrefix(name, "sha3") || strings.HasPrefix(name, "crc32")
	}
	d.of(asReceived)
	return d, true
}

// of is where the bytes of a reading go.
func (d *digests) of(reading int) io.Writer {
	if d.sums[reading] == nil {
		d.sums[reading] = d.fresh()
	}
	return d.sums[reading]
}

func (d *digests) write(p []byte) {
	if d != nil {
		_, _ = d.of(asReceived).Write(p)
	}
}

func (d *digests) match() bool {
	if d == nil {
		return true
	}
	for _, sum := range d.sums {
		if sum != nil && equalDigest(sum.Sum(nil), d.want) {
			return true
		}
	}
	return false
}

// equalDigest compares with hex, base 32 (as most tools write) or base 64.
func equalDigest(sum []byte, want string) bool {
	trimmed := strings.TrimRight(want, "=")
	return strings.EqualFold(hex.EncodeToString(sum), want) ||
		strings.EqualFold(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum), trimmed) ||
		base64.RawStdEncoding.EncodeToString(sum) == trimmed || base64.RawURLEncoding.EncodeToString(sum) == trimmed
}

// writerFunc is a writer that cannot fail.
type writerFunc func([]byte)

func (f writerFunc) Write(p []byte) (int, error) { f(p); return len(p), nil }

// errorNote remembers an error of the medium, to tell it from a defect.
type errorNote struct {
	r   io.Reader
	err error
}

func (e *errorNote) Read(p []byte) (int, error) {
	n, err := e.r.Read(p)
	if err != nil && err != io.EOF {
		e.err = err
	}
	return n, err
}
