package archive

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"context"
	"io"
	"testing"

	"github.com/klauspost/compress/zstd"
	"github.com/ulikunitz/xz"

	"vigie/matchers/dump/dumptest"
)

// discard reads members and drops them.
type discard struct{ dumptest.Seen }

func (discard) Member(_ context.Context, _ string, _ int64, r io.Reader) error {
	_, err := io.Copy(io.Discard, r)
	return err
}

// BenchmarkMember is the speed of bytes that come out, by container.
func BenchmarkMember(b *testing.B) {
	plain := people(300_000)
	var x, z bytes.Buffer
	xw, err := xz.NewWriter(&x)
	check(b, err)
	_, err = xw.Write(plain[:4<<20])
	check(b, err)
	check(b, xw.Close())
	zw, err := zstd.NewWriter(&z)
	check(b, err)
	_, err = zw.Write(plain)
	check(b, err)
	check(b, zw.Close())
	for _, bench := range []struct {
		name string
		data []byte
		size int
	}{
		{"p.zip", zipOf(b, "people.csv", plain), len(plain)},
		{"stored.zip", zipOf(b, &zip.FileHeader{Name: "people.csv"}, plain), len(plain)},
		{"p.tar", tarOf(b, &tar.Header{Name: "people.csv"}, plain), len(plain)},
		{"p.csv.gz", gz(b, plain), len(plain)},
		{"p.csv.zst", z.Bytes(), len(plain)},
		{"p.csv.xz", x.Bytes(), 4 << 20},
		{"p.rar", rarOf(0, rarFileOf{name: "people.csv", data: plain}), len(plain)},
	} {
		b.Run(bench.name, func(b *testing.B) {
			format := sniffed(b, bench.name, bench.data)
			b.SetBytes(int64(bench.size))
			for b.Loop() {
				d := &discard{dumptest.Seen{Reasons: map[string]string{}}}
				if err := format.Read(b.Context(), dumptest.File(bench.name, bench.data), d); err != nil || len(d.Reasons) > 0 {
					b.Fatal(err, d.Reasons)
				}
			}
		})
	}
}

// BenchmarkXZAnchor is the library's decoder on the same bytes.
func BenchmarkXZAnchor(b *testing.B) {
	plain := people(60_000)
	var x bytes.Buffer
	w, err := xz.NewWriter(&x)
	check(b, err)
	_, err = w.Write(plain)
	check(b, err)
	check(b, w.Close())
	b.SetBytes(int64(len(plain)))
	for b.Loop() {
		r, err := xz.NewReader(bytes.NewReader(x.Bytes()))
		check(b, err)
		_, err = io.Copy(io.Discard, r)
		check(b, err)
	}
}
