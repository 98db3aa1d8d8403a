package archive

import (
	"archive/zip"
	"bytes"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"
	"github.com/ulikunitz/xz"

	"vigie/matchers/dump/dumptest"
)

// told lists the members of an archive as "name:bytes".
func told(s *dumptest.Seen) []string {
	out := []string{}
	for _, m := range s.Members {
		out = append(out, fmt.Sprintf("%s:%d", m.Name, len(m.Data)))
	}
	return out
}

// zstdZip makes a zip by method 93.
func zstdZip(t testing.TB, full, small []byte) []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	w.RegisterCompressor(zstd.ZipMethodWinZip, zstd.ZipCompressor())
	for i, data := range [][]byte{full, small} {
		f, err := w.CreateHeader(&zip.FileHeader{Name: []string{"people.csv", "small.csv"}[i], Method: zstd.ZipMethodWinZip})
		check(t, err)
		_, err = f.Write(data)
		check(t, err)
	}
	check(t, w.Close())
	return b.Bytes()
}

func TestRead(t *testing.T) {
	full, small := people(60), people(5)
	both := []string{"people.csv", "small.csv"}
	one := []string{"people.csv"}
	joined := append(append([]byte{}, full...), small...)
	tests := []struct {
		name string
		data []byte
		want []string
	}{
		{"store.zip", zipOf(t, &zip.FileHeader{Name: "people.csv"}, full, "small.csv", small), both},
		{"deflate64.zip", nil, both},
		{"bzip2.zip", nil, both},
		{"lzma.zip", nil, both},
		{"xz.zip", nil, both},
		{"zstd.zip", zstdZip(t, full, small), both},
		{"aes128.zip", nil, both},
		{"aes256.zip", nil, both},
		{"zipcrypto.zip", nil, both},
		{"stream.zip", nil, []string{"-"}},
		{"prefix.zip", append(bytes.Repeat([]byte{0, 'M'}, 300), zipOf(t, "people.csv", full)...), one},
		{"lzma.7z", nil, append([]string{"empty.csv"}, both...)},
		{"lzma2.7z", nil, append([]string{"empty.csv"}, both...)},
		{"ppmd.7z", nil, append([]string{"empty.csv"}, both...)},
		{"bzip2.7z", nil, append([]string{"empty.csv"}, both...)},
		{"deflate.7z", nil, append([]string{"empty.csv"}, both...)},
		{"copy.7z", nil, append([]string{"empty.csv"}, both...)},
		{"nonsolid.7z", nil, both},
		{"aes.7z", nil, both},
		{"aeshead.7z", nil, both},
		{"dict4g.7z", sevenOf("\x21", "\x28", append([]byte{1, 0, 4}, "abcde\x00"...), 5, 1), []string{"a"}},
		{"rar5.rar", rarOf(0, rarFileOf{name: "people.csv", data: full}, rarFileOf{name: "d", dir: true}, rarFileOf{name: "small.csv", data: small}), both},
		{"rar4.rar", rar4Of(0, rarFileOf{name: "people.csv", data: full}, rarFileOf{name: "small.csv", data: small}), both},
		{"plain.tar", tarOf(t, "people.csv", full, "small.csv", small), both},
		{"joined.tar", append(tarOf(t, "people.csv", full), tarOf(t, "small.csv", small)...), both},
		{"gnu.tgz", nil, []string{"gnu.tar"}},
		{"people.csv.gz", gz(t, full), one},
		{"two.csv.gz", append(gz(t, full), gz(t, small)...), []string{"two.csv"}},
		{"people.csv.bz2", nil, one},
		{"people.csv.xz", nil, one},
		{"people.csv.lzma", nil, one},
		{"people.csv.zst", nil, one},
		{"skippable.csv.zst", append([]byte("\x50\x2a\x4d\x18\x03\x00\x00\x00abc"), fixture(t, "people.csv.zst")...), []string{"skippable.csv"}},
		{"people.csv.lz4", nil, one},
		{"people.csv.Z", nil, one},
		{"ten.csv.Z", nil, []string{"ten.csv"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.data == nil {
				tt.data = fixture(t, tt.name)
			}
			s := readAny(t, tt.name, tt.data, "wrong", "secret")
			var names []string
			for _, m := range s.Members {
				names = append(names, m.Name)
				want := map[string][]byte{"people.csv": full, "small.csv": small, "-": full, "two.csv": joined, "a": []byte("abcde"), "skippable.csv": full, "ten.csv": full, "empty.csv": {}}
				if w, ok := want[m.Name]; ok && !bytes.Equal(m.Data, w) {
					t.Errorf("%s: %d bytes, want %d", m.Name, len(m.Data), len(w))
				}
			}
			if diff := cmp.Diff(tt.want, names); diff != "" || s.Err != nil || len(s.Warned) > 0 {
				t.Errorf("err %v, warned %v, reasons %v, (-want +got):\n%s", s.Err, s.Warned, s.Reasons, diff)
			}
			if tt.want != nil && len(s.Reasons) > 0 {
				t.Errorf("reasons %v", s.Reasons)
			}
		})
	}
}

// TestOwnDecoders reads what other people's encoders write with ours.
func TestOwnDecoders(t *testing.T) {
	mixed := make([]byte, 0, 1<<20)
	for i := 0; len(mixed) < 500_000; i++ {
		mixed = append(mixed, people(i%50)...)
		mixed = append(mixed, bytes.Repeat([]byte{byte(i)}, i%3000)...)
		for j := range 400 {
			mixed = append(mixed, byte(i*j*j>>3^j))
		}
	}
	for _, dict := range []int{4096, 1 << 16, 8 << 20} {
		var b bytes.Buffer
		w, err := xz.WriterConfig{DictCap: dict, BlockSize: 150_000}.NewWriter(&b)
		check(t, err)
		_, err = w.Write(mixed)
		check(t, err)
		check(t, w.Close())
		s := readAny(t, "m.xz", append(append(b.Bytes(), 0, 0, 0, 0), b.Bytes()...))
		if s.Err != nil || len(s.Reasons)+len(s.Warned) > 0 || !bytes.Equal(s.Members[0].Data, append(append([]byte{}, mixed...), mixed...)) {
			t.Errorf("dictionary of %d: err %v, reasons %v, warned %v", dict, s.Err, s.Reasons, s.Warned)
		}
	}
	enc, err := zstd.NewWriter(nil, zstd.WithWindowSize(1<<20))
	check(t, err)
	s := readAny(t, "m.zst", append(enc.EncodeAll(mixed, nil), enc.EncodeAll(mixed, nil)...))
	if s.Err != nil || len(s.Members[0].Data) != 2*len(mixed) {
		t.Errorf("two frames of zstd: err %v, reasons %v", s.Err, s.Reasons)
	}
}
