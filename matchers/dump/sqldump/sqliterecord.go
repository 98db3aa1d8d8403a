package sqldump

import (
	"encoding/binary"
	"math"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// stored is a value of a record.
type stored struct {
	sort cellType
	n    int64   // of an integer
	f    float64 // of a real
	b    []byte  // of a text or a blob
}

type cellType uint8

const (
	storedNull cellType = iota
	storedInteger
	storedReal
	storedText
	storedBlob
)

// record cuts a record into its values (fileformat2, 2.1).
func (db *database) record(b []byte) ([]stored, bool) {
	size, n := varint(b)
	if size < int64(n) || size > int64(len(b)) || n == 0 {
		return nil, false
	}
	head, body := b[n:size], b[size:]
	var out []stored
	for len(head) > 0 && len(out) <= maxColumns {
		serial, n := varint(head)
		head = head[n:]
		length := serialLength(serial)
		if length < 0 || length > int64(len(body)) {
			return nil, false
		}
		out = append(out, decode(serial, body[:length]))
		body = body[length:]
	}
	return out, true
}

func serialLength(serial int64) int64 {
	switch {
	case serial < 0 || serial == 10 || serial == 11:
		return -1
	case serial >= 12:
		return (serial - 12) / 2
	}
	return [...]int64{0, 1, 2, 3, 4, 6, 8, 8, 0, 0}[serial]
}

func decode(serial int64, b []byte) stored {
	switch {
	case serial == 0:
		return stored{}
	case serial == 7:
		return stored{sort: storedReal, f: math.Float64frombits(binary.BigEndian.Uint64(b))}
	case serial == 8 || serial == 9:
		return stored{sort: storedInteger, n: serial - 8}
	case serial >= 12 && serial%2 == 0:
		return stored{sort: storedBlob, b: b}
	case serial >= 12:
		return stored{sort: storedText, b: b}
	}
	n := int64(int8(b[0]))
	for _, c := range b[1:] {
		n = n<<8 | int64(c)
	}
	return stored{sort: storedInteger, n: n}
}

// text is how a value is told; nil is NULL.
func (s stored) text(db *database) []byte {
	switch s.sort {
	case storedInteger:
		return strconv.AppendInt(nil, s.n, 10)
	case storedReal:
		return real(s.f)
	case storedBlob:
		return blob([]byte{}, s.b)
	case storedText:
		switch db.encoding {
		case "utf-16le":
			return fromUTF16(s.b, binary.LittleEndian)
		case "utf-16be":
			return fromUTF16(s.b, binary.BigEndian)
		}
		return db.tables.text(s.b[:len(s.b):len(s.b)])
	}
	return nil
}

// real writes a number as SQLite does: always with a point.
func real(f float64) []byte {
	if a := math.Abs(f); a != 0 && (a < 1e-5 || a >= 1e15) {
		return strconv.AppendFloat(nil, f, 'g', -1, 64)
	}
	b := strconv.FormatFloat(f, 'f', -1, 64)
	if !strings.Contains(b, ".") {
		b += ".0"
	}
	return []byte(b)
}

func fromUTF16(b []byte, order binary.ByteOrder) []byte {
	out := make([]byte, 0, len(b))
	for i := 0; i+1 < len(b); i += 2 {
		r := rune(order.Uint16(b[i:]))
		if utf16.IsSurrogate(r) && i+3 < len(b) {
			if joined := utf16.DecodeRune(r, rune(order.Uint16(b[i+2:]))); joined != utf8.RuneError {
				r, i = joined, i+2
			}
		}
		out = utf8.AppendRune(out, r)
	}
	return out
}
