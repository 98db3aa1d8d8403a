package archive

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// people is a table of invented people; the archives in testdata hold it with
// 60 rows as people.csv and 5 as small.csv.
func people(rows int) []byte {
	var b bytes.Buffer
	b.WriteString("nom;prenom;courriel;telephone\n")
	for i := range rows {
		fmt.Fprintf(&b, "Martin%d;Zoé%d;z%d@example.org;+33 1 99 00 %02d %02d\n", i, i%7, i, i%100, i*7%100)
	}
	return b.Bytes()
}

func fixture(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func gz(t testing.TB, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	check(t, err)
	_, err = w.Write(data)
	check(t, err)
	check(t, w.Close())
	return b.Bytes()
}

// zipOf makes a zip of headers and their plain bytes.
func zipOf(t testing.TB, files ...any) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		h, ok := files[i].(*zip.FileHeader)
		if !ok {
			h = &zip.FileHeader{Name: files[i].(string), Method: zip.Deflate}
		}
		f, err := w.CreateHeader(h)
		check(t, err)
		_, err = f.Write(files[i+1].([]byte))
		check(t, err)
	}
	check(t, w.Close())
	return b.Bytes()
}

// rawZip makes a zip of one stored entry whose header says what it is told.
func rawZip(t testing.TB, h zip.FileHeader, packed []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	f, err := w.CreateRaw(&h)
	check(t, err)
	_, err = f.Write(packed)
	check(t, err)
	check(t, w.Close())
	return b.Bytes()
}

func tarOf(t testing.TB, files ...any) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		h, ok := files[i].(*tar.Header)
		if !ok {
			h = &tar.Header{Name: files[i].(string), Mode: 0o600, Typeflag: tar.TypeReg}
		}
		data := files[i+1].([]byte)
		h.Size = int64(len(data))
		check(t, w.WriteHeader(h))
		_, err := w.Write(data)
		check(t, err)
	}
	check(t, w.Close())
	return b.Bytes()
}

// number7 writes a number of a 7z header, always in nine bytes.
func number7(n uint64) []byte { return binary.LittleEndian.AppendUint64([]byte{0xff}, n) }

// sevenOf makes a 7z of one file in one folder of one coder.
func sevenOf(id, props string, packed []byte, size uint64, files uint64) []byte {
	var h []byte
	h = append(h, k7Header, k7MainStreams, k7PackInfo, 0, 1, k7Size)
	h = append(h, number7(uint64(len(packed)))...)
	h = append(h, k7End, k7UnpackInfo, k7Folder, 1, 0, 1, byte(len(id))|0x20)
	h = append(append(h, id...), byte(len(props)))
	h = append(append(h, props...), k7CodersUnpackSize)
	h = append(append(h, number7(size)...), k7End, k7End, k7Files)
	h = append(append(h, number7(files)...), k7Names, 5, 0, 'a', 0, 0, 0, k7End, k7End)
	out := append([]byte(sevenMagic), 0, 4, 0, 0, 0, 0)
	out = binary.LittleEndian.AppendUint64(out, uint64(len(packed)))
	out = binary.LittleEndian.AppendUint64(out, uint64(len(h)))
	out = binary.LittleEndian.AppendUint32(out, crc32.ChecksumIEEE(h))
	binary.LittleEndian.PutUint32(out[8:], crc32.ChecksumIEEE(out[12:]))
	return append(append(out, packed...), h...)
}

// sevenMend makes the checksums of a 7z's headers right, so that a fuzzer gets
// behind them.
func sevenMend(data []byte) []byte {
	if len(data) < 32 {
		return data
	}
	out, le := bytes.Clone(data), binary.LittleEndian
	offset, size := le.Uint64(out[12:]), le.Uint64(out[20:])
	if rest := uint64(len(out) - 32); offset < rest && size <= rest-offset {
		le.PutUint32(out[28:], crc32.ChecksumIEEE(out[32+offset:32+offset+size]))
	}
	le.PutUint32(out[8:], crc32.ChecksumIEEE(out[12:32]))
	return out
}

// rarFileOf is a file of a rar archive to make.
type rarFileOf struct {
	name  string
	data  []byte
	size  uint64 // said, when not that of data
	info  uint64 // compression: 0 is stored
	crc   uint32 // said, when not 0
	link  bool
	dir   bool
	flags uint64 // of the block
}

// rarOf makes a rar 5 archive of stored files.
func rarOf(flags uint64, files ...rarFileOf) []byte {
	out := []byte(rar5Magic)
	vint := binary.AppendUvarint
	block := func(body, data []byte) {
		head := append(vint(nil, uint64(len(body))), body...)
		out = binary.LittleEndian.AppendUint32(out, crc32.ChecksumIEEE(head))
		out = append(append(out, head...), data...)
	}
	block(vint([]byte{rarMain, 0}, flags), nil)
	for _, f := range files {
		extra := []byte{}
		if f.link {
			extra = append([]byte{8, 5, 1, 0, 4}, "link"...) // a redirection to "link"
		}
		size, crc, kind := f.size, f.crc, uint64(4)
		if size == 0 {
			size = uint64(len(f.data))
		}
		if crc == 0 {
			crc = crc32.ChecksumIEEE(f.data)
		}
		if f.dir {
			kind = 5
		}
		body := vint([]byte{rarFileBlock}, f.flags|3)
		body = vint(vint(body, uint64(len(extra))), uint64(len(f.data)))
		body = vint(vint(vint(body, kind), size), 0o100644)
		body = binary.LittleEndian.AppendUint32(body, crc)
		body = vint(vint(vint(body, f.info), 1), uint64(len(f.name)))
		block(append(append(body, f.name...), extra...), f.data)
	}
	block([]byte{rarEnd, 0, 0}, nil)
	return out
}

// rar4Of makes a rar 4 archive of stored files.
func rar4Of(flags uint16, files ...rarFileOf) []byte {
	le := binary.LittleEndian
	out := []byte(rar4Magic)
	block := func(kind byte, flags uint16, body, data []byte) {
		head := []byte{kind}
		head = le.AppendUint16(head, flags)
		head = le.AppendUint16(head, uint16(7+len(body)))
		head = append(head, body...)
		out = le.AppendUint16(out, uint16(crc32.ChecksumIEEE(head)))
		out = append(append(out, head...), data...)
	}
	block(0x73, flags, make([]byte, 6), nil)
	for _, f := range files {
		body := le.AppendUint32(nil, uint32(len(f.data)))
		body = le.AppendUint32(body, uint32(len(f.data)))
		body = le.AppendUint32(append(body, 3), crc32.ChecksumIEEE(f.data))
		body = le.AppendUint32(body, 0x21<<16)
		body = append(body, 29, 0x30)
		body = le.AppendUint16(body, uint16(len(f.name)))
		body = le.AppendUint32(body, 0o100644)
		block(0x74, 0x8000|uint16(f.flags), append(body, f.name...), f.data)
	}
	block(0x7b, 0x4000, nil, nil)
	return out
}

// zeros is a reader of zeros.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// gzipZeros packs n zeros.
func gzipZeros(t testing.TB, n int64) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := io.CopyN(w, zeros{}, n)
	check(t, err)
	check(t, w.Close())
	return b.Bytes()
}

// patched returns a copy with bytes replaced at an offset.
func patched(data []byte, at int, with ...byte) []byte {
	out := bytes.Clone(data)
	copy(out[at:], with)
	return out
}

func long(n int) string { return strings.Repeat("x", n) }
