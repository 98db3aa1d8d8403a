package archive

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"vigie/matchers/dump"
	"vigie/matchers/dump/dumptest"
)

// samples are one small file of each kind, whose members are people.csv and
// small.csv, or the first alone.
func samples(t testing.TB) map[string][]byte {
	full, small := people(60), people(5)
	out := map[string][]byte{
		"deflate.zip":   zipOf(t, "people.csv", full, "small.csv", small),
		"store.zip":     zipOf(t, &zip.FileHeader{Name: "people.csv"}, full, "small.csv", small),
		"plain.tar":     tarOf(t, "people.csv", full, "small.csv", small),
		"rar5.rar":      rarOf(0, rarFileOf{name: "people.csv", data: full}, rarFileOf{name: "small.csv", data: small}),
		"rar4.rar":      rar4Of(0, rarFileOf{name: "people.csv", data: full}, rarFileOf{name: "small.csv", data: small}),
		"people.csv.gz": append(gz(t, full), gz(t, small)...),
	}
	for _, name := range []string{"lzma.zip", "deflate64.zip", "bzip2.zip", "xz.zip", "zipcrypto.zip", "aes256.zip", "stream.zip",
		"lzma.7z", "lzma2.7z", "ppmd.7z", "bzip2.7z", "copy.7z", "nonsolid.7z",
		"people.csv.xz", "people.csv.lzma", "people.csv.zst", "people.csv.lz4", "people.csv.Z", "people.csv.bz2"} {
		out[name] = fixture(t, name)
	}
	return out
}

// TestCut cuts every sample at each sixteenth: what is given is the beginning of
// what was packed, and the cut is told.
func TestCut(t *testing.T) {
	full, small := people(60), people(5)
	for name, data := range samples(t) {
		format := sniffed(t, name, data)
		for i := range 16 {
			cut := data[:len(data)*i/16]
			s := dumptest.Read(t.Context(), format, name, cut, "secret")
			for _, m := range s.Members {
				if !bytes.HasPrefix(append(full[:len(full):len(full)], small...), m.Data) && !bytes.HasPrefix(small, m.Data) {
					t.Errorf("%s cut at %d/16: %s is not the beginning of what was packed", name, i, m.Name)
				}
			}
			told := refusal(s.Err) == dump.CodeCut || refusal(s.Err) == dump.CodeEmpty
			for _, code := range s.Reasons {
				told = told || code == dump.CodeCut
			}
			if !told && !strings.HasSuffix(name, ".Z") { // which has neither size nor end
				t.Errorf("%s cut at %d/16: not told: err %v, reasons %v", name, i, s.Err, s.Reasons)
			}
		}
	}
}

// TestFlip turns bits of every sample, one at a time: a thousand, or as many as
// the time allows.
func TestFlip(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for name, data := range samples(t) {
		format, start := sniffed(t, name, data), time.Now()
		for n := 0; n < 10 || n < 1000 && time.Since(start) < 80*time.Millisecond; n++ {
			bit := r.IntN(len(data) * 8)
			bad := bytes.Clone(data)
			bad[bit/8] ^= 1 << (bit % 8)
			s := dumptest.Read(t.Context(), format, name, bad, "secret")
			if s.Err != nil && refusal(s.Err) == "" {
				t.Fatalf("%s, bit %d: %v", name, bit, s.Err)
			}
		}
	}
}

// TestFlipTold turns every bit of what is packed in turn, in formats that check
// it: none goes unnoticed.
func TestFlipTold(t *testing.T) {
	full := people(5)
	packed := zipOf(t, "people.csv", full)
	header := localLen + len("people.csv")
	for name, sample := range map[string]struct {
		data     []byte
		from, to int
	}{
		"people.csv.gz": {gz(t, full), 10, len(gz(t, full)) - 4},
		"people.zip":    {packed, header, bytes.Index(packed, []byte("PK\x07\x08"))},
		"people.rar":    {rarOf(0, rarFileOf{name: "a", data: full}), 60, 60 + 200},
	} {
		for bit := sample.from * 8; bit < sample.to*8; bit += 3 {
			bad := bytes.Clone(sample.data)
			bad[bit/8] ^= 1 << (bit % 8)
			if s := readAny(t, name, bad); s.Err == nil && len(s.Reasons) == 0 && (len(s.Members) == 0 || !bytes.Equal(s.Members[0].Data, full)) {
				t.Fatalf("%s: bit %d went unnoticed", name, bit)
			}
		}
	}
}

// TestNames has names made to mislead; what they become cannot.
func TestNames(t *testing.T) {
	tests := []struct{ name, want string }{
		{"a/b.csv", "a/b.csv"},
		{strings.Repeat("../", 50) + "etc/passwd", "etc/passwd"},
		{`..\..\windows\x.csv`, "windows/x.csv"},
		{"/etc/passwd", "etc/passwd"},
		{`C:\dump\x.csv`, "dump/x.csv"},
		{`\\server\share\x.csv`, "x.csv"},
		{`\\?\C:\x.csv`, "x.csv"},
		{"a\x00b\nc.csv", "a_b_c.csv"},
		{"vsc\u202efdp.csv", "vsc_fdp.csv"},
		{"CON", "CON"},
		{"x.csv.", "x.csv."},
		{"", "unnamed"},
		{"../..", "unnamed"},
		{"bad\xff\xfeutf8", "bad\uFFFDutf8"},
		{"e\u0301", "e\u0301"},
	}
	for _, tt := range tests {
		if got := cleanName(tt.name); got != tt.want {
			t.Errorf("cleanName(%q) = %q, want %q", tt.name, got, tt.want)
		}
	}
	got := cleanName(strings.Repeat("é", 40_000) + ".csv.gz")
	if len(got) > maxName || !utf8.ValidString(got) || !strings.HasSuffix(got, ".csv.gz") || !strings.Contains(got, "…") {
		t.Errorf("a name of 80 kB became %d bytes", len(got))
	}
	var l labels
	for i, want := range []string{"a", "a#2", "a#3", "a#2#2", "A", "a#4"} {
		if got := l.label([]string{"a", "a", "a", "a#2", "A", "a"}[i]); got != want {
			t.Errorf("label %d is %q, want %q", i, got, want)
		}
	}
}

// TestNamePages has names in the code pages of old systems.
func TestNamePages(t *testing.T) {
	tests := []struct{ raw, want string }{
		{"\x90l\x8aves \xb7 Orl\x82ans.csv", "Élèves À Orléans.csv"}, // CP850
		{"\xc9l\xe8ves \xe0 Orl\xe9ans.csv", "Élèves à Orléans.csv"}, // Windows-1252
		{"Élèves.csv", "Élèves.csv"},
		{"r\x82sum\x82.csv", "résumé.csv"}, // CP437 and CP850
	}
	for _, tt := range tests {
		data := zipOf(t, &zip.FileHeader{Name: tt.raw, NonUTF8: true}, []byte("x"))
		if s := readAny(t, "a.zip", data); len(s.Members) != 1 || s.Members[0].Name != tt.want {
			t.Errorf("%q: %v", tt.raw, told(s))
		}
	}
}

// TestHeaderMemory reads headers that ask for gigabytes: nothing is made room for.
func TestHeaderMemory(t *testing.T) {
	for name, data := range map[string][]byte{
		"dict.xz":    xzDictionary(t, 40),
		"window.zst": []byte("\x28\xb5\x2f\xfd\x00\xa8\x29\x00\x00abcde"),
		"dict.7z":    sevenOf("\x21", "\x28", []byte{1, 0, 4, 'a', 'b'}, 8<<30, 1),
		"within.7z":  sevenOf("\x21", "\x20", []byte{1, 0, 4, 'a', 'b'}, 8<<30, 1), // 256 MiB: allowed, and not used
		"files.7z":   sevenOf("\x00", "", []byte("a"), 1, 1<<31),
		"dict.rar":   rarOf(0, rarFileOf{name: "a", data: []byte("abc"), size: 8 << 30, info: 15<<10 | 3<<7}),
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for range 20 {
			readAny(t, name, data)
		}
		runtime.ReadMemStats(&after)
		if grew := after.TotalAlloc - before.TotalAlloc; grew > 64<<20 {
			t.Errorf("%s: 20 readings took %d MiB", name, grew>>20)
		}
	}
}

// TestNestedWindows opens a container within another: they share MaxWindow.
func TestNestedWindows(t *testing.T) {
	inner := sevenOf("\x21", "\x20", []byte{1, 0, 4, 'a', 'b', 'c', 'd', 'e', 0}, 8<<30, 1)
	ctx := context.WithValue(t.Context(), windowKey{}, int64(200<<20))
	s := dumptest.Read(ctx, sevenFormat{defaultLimits()}, "a.7z", inner)
	if s.Reasons["a"] != dump.CodeTooLarge {
		t.Errorf("256 MiB of a window with 200 left: %v", s.Reasons)
	}
}

// TestScale has as many parts as a container may have: time grows with them, no
// faster.
func TestScale(t *testing.T) {
	tests := []struct {
		name  string
		build func(n int) []byte
		n     int
	}{
		{"members.csv.gz", func(n int) []byte { return bytes.Repeat(gz(t, []byte("a;b\n")), n) }, 10_000},
		{"frames.csv.zst", func(n int) []byte { return bytes.Repeat(fixture(t, "people.csv.zst"), n) }, 1000},
		{"entries.tar", func(n int) []byte {
			return bytes.Join([][]byte{bytes.Repeat(tarOf(t, "a", []byte{})[:512], n), make([]byte, 1024)}, nil)
		}, 12_000},
		{"entries.zip", func(n int) []byte {
			var files []any
			for i := range n {
				files = append(files, strings.Repeat("d/", 20)+strconv.Itoa(i%10), []byte{})
			}
			return zipOf(t, files...)
		}, 4000},
		{"signatures.zip", func(n int) []byte { return bytes.Repeat([]byte("PK\x03\x04\xff\xff\xff\xff"), n) }, 40_000},
		{"chain.tar", func(n int) []byte { return bytes.Repeat(longName(t), n) }, 2000},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			quarter, whole := tt.build(tt.n/4), tt.build(tt.n)
			least := func(data []byte) time.Duration {
				best := time.Hour
				for range 2 {
					start := time.Now()
					readAny(t, tt.name, data)
					best = min(best, time.Since(start))
				}
				return best
			}
			a, b := least(quarter), least(whole)
			if b > 10*a+500*time.Millisecond {
				t.Errorf("four times the parts took %v instead of %v", b, a)
			}
		})
	}
}

// longName is a header of a GNU long name that nothing follows.
func longName(t *testing.T) []byte {
	data := tarOf(t, &tar.Header{Name: long(200), Format: tar.FormatGNU}, []byte{})
	return data[:1024]
}

// TestVisitorError is an error of the visitor's own, which comes back as it is,
// and a file that cannot be read any more.
func TestVisitorError(t *testing.T) {
	boom := errors.New("boom")
	for name, data := range samples(t) {
		err := sniffed(t, name, data).Read(t.Context(), dumptest.File(name, data, "secret"), &failing{err: boom})
		if !errors.Is(err, boom) {
			t.Errorf("%s: %v", name, err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if s := dumptest.Read(ctx, sniffed(t, name, data), name, data, "secret"); !errors.Is(s.Err, context.Canceled) {
			t.Errorf("%s, cancelled: %v", name, s.Err)
		}
		f := dump.NewFile(name, torn{dump.Bytes(data)}, "secret")
		if err := sniffed(t, name, data).Read(t.Context(), f, &dumptest.Seen{Reasons: map[string]string{}}); !errors.Is(err, errTorn) {
			t.Errorf("%s, torn: %v", name, err)
		}
	}
}

type failing struct {
	dumptest.Seen
	err error
}

func (f *failing) Member(context.Context, string, int64, io.Reader) error { return f.err }
func (f *failing) Unread(string, string, string)                          {}

// torn is a file whose second half cannot be read.
type torn struct{ dump.Bytes }

var errTorn = fmt.Errorf("input/output error")

func (s torn) ReadAt(p []byte, off int64) (int, error) {
	if off+int64(len(p)) > s.Size()/2 {
		return 0, errTorn
	}
	return s.Bytes.ReadAt(p, off)
}
