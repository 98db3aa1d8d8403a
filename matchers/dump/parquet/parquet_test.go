package parquet

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	lib "github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress"
	"github.com/parquet-go/parquet-go/deprecated"

	"vigie/internal/breach"
	"vigie/matchers/dump"
	"vigie/matchers/dump/dumptest"
)

type person struct {
	ID     int64             `parquet:"id"`
	Email  string            `parquet:"email,dict"`
	Phone  *string           `parquet:"phone,optional"`
	Born   int32             `parquet:"born,date"`
	Seen   time.Time         `parquet:"seen,timestamp(millisecond)"`
	At     int64             `parquet:"at,timestamp(microsecond)"`
	Spent  int64             `parquet:"spent,decimal(2:18)"`
	Debt   int32             `parquet:"debt,decimal(3:9)"`
	Key    [16]byte          `parquet:"key,uuid"`
	Active bool              `parquet:"active"`
	Score  float64           `parquet:"score"`
	Small  float32           `parquet:"small"`
	Count  uint32            `parquet:"count"`
	Old    deprecated.Int96  `parquet:"old"`
	Raw    []byte            `parquet:"raw"`
	Tags   []string          `parquet:"tags,list"`
	Home   address           `parquet:"home"`
	Others []address         `parquet:"others"`
	Extra  map[string]string `parquet:"extra"`
}

type address struct {
	City string `parquet:"city"`
	Code *int32 `parquet:"code,optional"`
}

func build[T any](t testing.TB, rows []T, options ...lib.WriterOption) []byte {
	t.Helper()
	var b bytes.Buffer
	w := lib.NewGenericWriter[T](&b, options...)
	if _, err := w.Write(rows); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func people() []person {
	phone, code := "+33199000001", int32(75001)
	return []person{
		{ID: 1, Email: "lea@example.org", Phone: &phone, Born: 7305, Seen: time.Date(2024, 2, 29, 12, 30, 15, 250e6, time.UTC), At: -1, Spent: 123456, Debt: -5,
			Key: [16]byte{0x12, 0x34, 15: 0xff}, Active: true, Score: 0.1, Small: 0.1, Count: 4_000_000_000, Old: deprecated.Int96{1_000_000_000, 0, 2_440_589}, Raw: []byte{0xff, 0x00},
			Tags: []string{"a", "b"}, Home: address{"Paris", &code}, Others: []address{{"Lyon", nil}, {"Brest", &code}}, Extra: map[string]string{"k": "v"}},
		{ID: -2, Email: "Zoé", Spent: -1, Score: 1e21, Raw: []byte("text")},
	}
}

var wantNames = []string{"id", "email", "phone", "born", "seen", "at", "spent", "debt", "key", "active", "score", "small", "count", "old", "raw", "tags", "home.city", "home.code", "others.city", "others.code", "extra.key_value.key", "extra.key_value.value"}

var wantRows = [][]string{
	{"1", "lea@example.org", "+33199000001", "1990-01-01", "2024-02-29 12:30:15.25", "1969-12-31 23:59:59.999999", "1234.56", "-0.005", "12340000-0000-0000-0000-0000000000ff", "true", "0.1", "0.1", "4000000000", "1970-01-02 00:00:01", "ff00", "a; b", "Paris", "75001", "Lyon; Brest", "75001", "k", "v"},
	{"-2", "Zoé", dumptest.Null, "1970-01-01", "0001-01-01 00:00:00", "1970-01-01 00:00:00", "-0.01", "0.000", "00000000-0000-0000-0000-000000000000", "false", "1e+21", "0", "0", "-4713-11-24 00:00:00", "text", dumptest.Null, "", dumptest.Null, dumptest.Null, dumptest.Null, dumptest.Null, dumptest.Null},
}

func TestValues(t *testing.T) {
	for name, codec := range map[string]compress.Codec{"none": &lib.Uncompressed, "snappy": &lib.Snappy, "gzip": &lib.Gzip, "zstd": &lib.Zstd, "brotli": &lib.Brotli, "lz4": &lib.Lz4Raw} {
		for _, version := range []int{1, 2} {
			t.Run(fmt.Sprintf("%s v%d", name, version), func(t *testing.T) {
				data := build(t, people(), lib.Compression(codec), lib.DataPageVersion(version))
				s := dumptest.Read(context.Background(), New(), "people.parquet", data)
				if s.Err != nil || len(s.Reasons) > 0 {
					t.Fatal(s.Err, s.Reasons)
				}
				got := s.Tables[0]
				if d := cmp.Diff(wantNames, got.Info.Columns); d != "" {
					t.Error(d)
				}
				if d := cmp.Diff(wantRows, got.Rows); d != "" {
					t.Error(d)
				}
			})
		}
	}
}

func TestManyPages(t *testing.T) {
	type row struct {
		N    int64    `parquet:"n"`
		Text string   `parquet:"text,delta"`
		List []string `parquet:"list,list"`
	}
	rows := make([]row, 5000)
	for i := range rows {
		rows[i] = row{int64(i), fmt.Sprintf("person %d", i), strings.Split(strings.Repeat("x ", i%7), " ")}
	}
	data := build(t, rows, lib.PageBufferSize(512), lib.MaxRowsPerRowGroup(999), lib.Compression(&lib.Zstd))
	s := dumptest.Read(context.Background(), New(), "p.parquet", data)
	if s.Err != nil || len(s.Reasons) > 0 || len(s.Tables[0].Rows) != len(rows) {
		t.Fatal(s.Err, s.Reasons, len(s.Tables[0].Rows))
	}
	for i, r := range s.Tables[0].Rows {
		want := []string{fmt.Sprint(i), fmt.Sprintf("person %d", i), strings.Join(rows[i].List, "; ")}
		if d := cmp.Diff(want, r); d != "" {
			t.Fatal(d)
		}
	}
}

// Prefixes shared by strings are added up, in pages of both versions.
func TestPrefixes(t *testing.T) {
	type row struct {
		Tag *string `parquet:"tag,optional"`
	}
	schema := lib.NewSchema("x", lib.Group{"tag": lib.Optional(lib.Encoded(lib.String(), &lib.DeltaByteArray))})
	rows := make([]row, 1000)
	for i := range rows {
		if tag := fmt.Sprintf("%s%d", strings.Repeat("x", 100), i%10); i%3 > 0 {
			rows[i].Tag = &tag
		}
	}
	for _, version := range []int{1, 2} {
		data := build(t, rows, schema, lib.DataPageVersion(version), lib.Compression(&lib.Zstd))
		s := dumptest.Read(context.Background(), New(), "x", data)
		if s.Err != nil || len(s.Reasons) > 0 || len(s.Tables[0].Rows) != len(rows) {
			t.Fatal(version, s.Err, s.Reasons)
		}
		if got := s.Tables[0].Rows[4][0]; got != *rows[4].Tag {
			t.Error(got)
		}
	}
	many := append([]byte{0x80, 1, 4, 0x80, 0x89, 0x7a, 0xa0, 0x1f}, make([]byte, 5*16_000)...) // two million prefixes of 2,000
	if _, err := sumDeltas(many, 2_000_000); !errors.Is(err, errLarge) {
		t.Error(err)
	}
	if n, err := sumDeltas([]byte{0x80, 1, 4, 3, 4, 0, 1, 0, 0, 0, 0b10, 0, 0, 0}, 100); n != 2+2+3 || err != nil {
		t.Error(n, err)
	}
	for name, b := range map[string][]byte{"empty": nil, "no blocks": {0, 0, 1, 1}, "count": {0x80, 1, 4, 0xff, 0xff, 3, 0}, "cut": {0x80, 1, 4, 5, 0, 0, 9, 9, 9, 9}} {
		if _, err := sumDeltas(b, 100); !errors.Is(err, errDamaged) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestDecimal(t *testing.T) {
	for _, c := range []struct {
		n     string
		scale int
		want  string
	}{{"123456789012345678901234567890", 10, "12345678901234567890.1234567890"}, {"-1", 3, "-0.001"}, {"0", 0, "0"}, {"-128", 0, "-128"}} {
		n, _ := new(big.Int).SetString(c.n, 10)
		b := new(big.Int).And(n, new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 128), big.NewInt(1))).FillBytes(make([]byte, 16))
		if got := string(decimal(c.scale)(nil, lib.FixedLenByteArrayValue(b))); got != c.want {
			t.Errorf("%s at %d: got %s, want %s", c.n, c.scale, got, c.want)
		}
	}
}

func TestRefused(t *testing.T) {
	good := build(t, people())
	footer := func(n uint32) []byte {
		b := bytes.Clone(good)
		binary.LittleEndian.PutUint32(b[len(b)-8:], n)
		return b
	}
	for _, c := range []struct {
		name string
		data []byte
		want string
	}{
		{"cut", good[:len(good)/2], dump.CodeCut},
		{"tiny", []byte("PAR1"), dump.CodeCut},
		{"footer beyond the file", footer(1 << 31), dump.CodeDamaged},
		{"footer of nothing", footer(0), dump.CodeDamaged},
		{"encrypted footer", append([]byte("PARE"), good[4:]...), dump.CodeEncrypted},
		{"arrow", []byte("ARROW1\x00\x00and more"), dump.CodeNoReader},
		{"avro", []byte("Obj\x01\x02"), dump.CodeNoReader},
		{"list of a thousand million", thrifted([]byte{0x29, 0xfc, 0x80, 0x94, 0xeb, 0xdc, 0x03}), dump.CodeDamaged},
		{"structures of nothing", thrifted(append([]byte{0x29, 0xfc, 0xc0, 0x84, 0x3d}, make([]byte, 1_000_000)...)), dump.CodeDamaged},
		{"structures in structures", thrifted(bytes.Repeat([]byte{0x1c}, 1_000_000)), dump.CodeDamaged},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := dumptest.Read(context.Background(), New(), "x", c.data)
			var refused *breach.RefusedError
			if !errors.As(s.Err, &refused) || refused.Code != c.want {
				t.Errorf("got %v, want %s", s.Err, c.want)
			}
		})
	}
}

// thrifted makes a file of a footer alone.
func thrifted(footer []byte) []byte {
	b := append([]byte("PAR1"), footer...)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(footer)))
	return append(b, "PAR1"...)
}

// One byte in five of a file set to another value in turn: what is damaged is told,
// and nothing panics.
func TestDamage(t *testing.T) {
	good := build(t, people(), lib.Compression(&lib.Snappy))
	for i := 4; i < len(good)-4; i += 5 {
		bad := bytes.Clone(good)
		bad[i] ^= byte(1 + i%255)
		s := dumptest.Read(context.Background(), New(), "x", bad)
		var refused *breach.RefusedError
		if s.Err != nil && !errors.As(s.Err, &refused) {
			t.Fatalf("byte %d: %v", i, s.Err)
		}
	}
}

func TestSniff(t *testing.T) {
	for head, want := range map[string]bool{"PAR1....": true, "FEA1": true, "ORCHARD,apple\n": false, "ORC\x08\x03": true, "id,email\n": false, "<stata_dta><header>": true} {
		if got := New().Sniff(dumptest.File("x", []byte(head))) > 0.9; got != want {
			t.Errorf("%q: got %v", head, got)
		}
	}
}

func FuzzParquet(f *testing.F) {
	f.Add(build(f, people()))
	f.Add(build(f, people(), lib.Compression(&lib.Gzip), lib.DataPageVersion(1)))
	f.Add(thrifted([]byte{0x15, 0x02, 0x00}))
	f.Fuzz(func(t *testing.T, data []byte) {
		s := &dumptest.Seen{Texts: map[string]string{}, Reasons: map[string]string{}, Keep: 10}
		err := New().Read(context.Background(), dumptest.File("x", data), s)
		var refused *breach.RefusedError
		if err != nil && !errors.As(err, &refused) {
			t.Fatal(err)
		}
	})
}

func BenchmarkRead(b *testing.B) {
	type row struct {
		N     int64  `parquet:"n"`
		Email string `parquet:"email"`
	}
	rows := make([]row, 100_000)
	for i := range rows {
		rows[i] = row{int64(i), fmt.Sprintf("person%d@example.org", i)}
	}
	data := build(b, rows, lib.Compression(&lib.Zstd))
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		s := &dumptest.Seen{Texts: map[string]string{}, Reasons: map[string]string{}, Keep: 1}
		if err := New().Read(b.Context(), dumptest.File("x", data), s); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(rows)*b.N)/b.Elapsed().Seconds(), "rows/s")
}
