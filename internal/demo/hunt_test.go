package demo

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"
)

// hunt looks for many secrets at once, in many forms: as they are, in capitals
// and small letters, UTF-16 of both orders, base64 at each of its three
// alignments in both alphabets, hexadecimal, and all of these inside gzip and
// zlib streams. It finds the first eight bytes of each form by a table, so that
// a file is read once however many secrets there are.
type hunt struct {
	words  map[uint64][]word
	filter [1 << 16]uint64 // which heads are worth a look in words
}

type word struct {
	what string // the kind of secret, never the secret
	form []byte
}

const (
	headLen    = 8       // bytes of a form that the table knows
	mostStream = 4 << 20 // bytes unpacked from one compressed stream
)

// add looks for a secret of at least eight bytes from now on.
func (h *hunt) add(what, secret string) {
	if h.words == nil {
		h.words = map[uint64][]word{}
	}
	for form, text := range forms(secret) {
		if len(text) < headLen {
			continue
		}
		head := binary.LittleEndian.Uint64([]byte(text))
		if slices.ContainsFunc(h.words[head], func(w word) bool { return string(w.form) == text }) {
			continue
		}
		h.words[head] = append(h.words[head], word{what + " as " + form, []byte(text)})
		slot := mix(head)
		h.filter[slot>>6] |= 1 << (slot & 63)
	}
}

func mix(head uint64) uint64 { return head * 0x9E3779B97F4A7C15 >> 42 } // 22 bits

// forms are the ways in which a secret may stand in a file.
func forms(secret string) map[string]string {
	out := map[string]string{"text": secret, "capitals": strings.ToUpper(secret), "small letters": strings.ToLower(secret)}
	units := utf16.Encode([]rune(secret))
	little, big := make([]byte, 0, 2*len(units)), make([]byte, 0, 2*len(units))
	for _, u := range units {
		little, big = binary.LittleEndian.AppendUint16(little, u), binary.BigEndian.AppendUint16(big, u)
	}
	out["UTF-16LE"], out["UTF-16BE"] = string(little), string(big)
	out["hex"] = hex.EncodeToString([]byte(secret))
	out["HEX"] = strings.ToUpper(out["hex"])
	for name, enc := range map[string]*base64.Encoding{"base64": base64.RawStdEncoding, "base64url": base64.RawURLEncoding} {
		for shift := range 3 { // the letters that the bytes around it do not change
			raw := enc.EncodeToString(append(make([]byte, shift), secret...))
			first, last := (shift*8+5)/6, (shift+len(secret))*8/6
			out[name+" "+string(rune('0'+shift))] = raw[first:last]
		}
	}
	return out
}

// in names what stands in the bytes, and in compressed streams that begin
// anywhere within them, down to three levels.
func (h *hunt) in(raw []byte) []string { return h.level(raw, 3) }

func (h *hunt) level(raw []byte, deep int) (found []string) {
	for at := 0; at+headLen <= len(raw); at++ {
		head := binary.LittleEndian.Uint64(raw[at:])
		if slot := mix(head); h.filter[slot>>6]&(1<<(slot&63)) != 0 {
			for _, w := range h.words[head] {
				if bytes.HasPrefix(raw[at:], w.form) && !slices.Contains(found, w.what) {
					found = append(found, w.what)
				}
			}
		}
		if deep > 0 {
			if inner := unpack(raw[at:]); len(inner) >= headLen {
				found = append(found, h.level(inner, deep-1)...)
			}
		}
	}
	return found
}

// unpack reads a gzip or zlib stream as far as it goes.
func unpack(raw []byte) []byte {
	var r io.Reader
	var err error
	switch {
	case len(raw) > 2 && raw[0] == 0x1f && raw[1] == 0x8b && raw[2] == 8:
		r, err = gzip.NewReader(bytes.NewReader(raw))
	case len(raw) > 1 && raw[0] == 0x78 && (int(raw[0])<<8|int(raw[1]))%31 == 0 && raw[1]&0x20 == 0:
		r, err = zlib.NewReader(bytes.NewReader(raw))
	default:
		return nil
	}
	if err != nil {
		return nil
	}
	inner, err := io.ReadAll(io.LimitReader(r, mostStream))
	if _, corrupt := err.(flate.CorruptInputError); corrupt && len(inner) < 256 {
		return nil // two bytes that look like a beginning
	}
	return inner
}

// walk looks into every file under a directory but those that skip names, and
// answers with what was found where, and the names of the files it has read.
func (h *hunt) walk(t *testing.T, dir string, skip func(path string) bool) (found []string, read map[string]int) {
	t.Helper()
	read = map[string]int{}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case skip != nil && skip(path):
			if d.IsDir() {
				return filepath.SkipDir
			}
			return nil
		case !d.Type().IsRegular():
			return nil
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		read[d.Name()]++
		rel, _ := filepath.Rel(dir, path)
		for _, what := range append(h.in(raw), h.in([]byte(rel))...) {
			found = append(found, rel+": "+what)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found, read
}

// What is hidden in any of the forms is found; what looks like it is not.
func TestHuntFinds(t *testing.T) {
	const secret = "Zoé Canarivage-Lys"
	h := new(hunt)
	h.add("name", secret)
	zip := func(text string) string {
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		_, _ = w.Write([]byte(text))
		_ = w.Close()
		return b.String()
	}
	var z bytes.Buffer
	w := zlib.NewWriter(&z)
	_, _ = w.Write([]byte("before " + secret + " after"))
	_ = w.Close()
	cases := map[string]string{"zlib": "%PDF stream\n" + z.String(), "gzip": "\x00\x01" + zip(secret), "gzip in gzip": zip("x" + zip(secret))}
	for name, form := range forms(secret) {
		cases[name] = "around " + form + " it"
	}
	for shift := range 3 {
		whole := base64.StdEncoding.EncodeToString([]byte("abc"[:shift] + secret + " and more"))
		cases["whole base64 "+string(rune('0'+shift))] = whole
		cases["gzip of base64"] = zip(whole)
	}
	for name, text := range cases {
		if len(h.in([]byte("\xff\xfe noise "+text))) == 0 {
			t.Errorf("%s: not found", name)
		}
	}
	for _, text := range []string{"", "Zoé", "Zoé Canarivage-Ly", "canari", zip("nothing"), "\x1f\x8b\x08", "\x78\x9c\x00"} {
		if found := h.in([]byte(text)); len(found) > 0 {
			t.Errorf("%q: found %v", text, found)
		}
	}
}
