package archive

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vigie/internal/breach"
	"vigie/matchers/dump"
	"vigie/matchers/dump/dumptest"
)

// refusal is the code a file was refused by as a whole, or "".
func refusal(err error) string {
	var r *breach.RefusedError
	if errors.As(err, &r) {
		return r.Code
	}
	return ""
}

type reasons = map[string]string

// TestRefuse has a file for each way to be wrong: what is told of which member,
// and what is read all the same.
func TestRefuse(t *testing.T) {
	full, small := people(60), people(5)
	deflated := zipOf(t, "people.csv", full)
	twice := zipOf(t, "a.csv", small, "b.csv", small)
	h := zip.FileHeader{Name: "a.csv", CompressedSize64: 5, UncompressedSize64: 5, CRC32: crc32.ChecksumIEEE([]byte("a;b;c"))}
	with := func(f func(*zip.FileHeader)) zip.FileHeader { x := h; f(&x); return x }
	link := &zip.FileHeader{Name: "link"}
	link.SetMode(0o777 | 1<<27) // fs.ModeSymlink
	tests := []struct {
		name    string
		data    []byte
		refused string // the file
		want    reasons
		read    []string
	}{
		{"empty.zip", zipOf(t), dump.CodeEmpty, reasons{}, nil},
		{"lies-short.zip", rawZip(t, with(func(h *zip.FileHeader) { h.UncompressedSize64 = 3 }), []byte("a;b;c")), "", reasons{"a.csv": dump.CodeDamaged}, []string{"a.csv:5"}},
		{"lies-long.zip", rawZip(t, with(func(h *zip.FileHeader) { h.UncompressedSize64 = 1 << 30 }), []byte("a;b;c")), "", reasons{"a.csv": dump.CodeDamaged}, []string{"a.csv:5"}},
		{"crc.zip", rawZip(t, with(func(h *zip.FileHeader) { h.CRC32++ }), []byte("a;b;c")), "", reasons{"a.csv": dump.CodeDamaged}, []string{"a.csv:5"}},
		{"method.zip", rawZip(t, with(func(h *zip.FileHeader) { h.Method = 97 }), []byte("a;b;c")), "", reasons{"a.csv": dump.CodeNoReader}, nil},
		{"link.zip", zipOf(t, link, []byte("/etc/passwd"), "a.csv", small), "", reasons{"link": dump.CodeNotFile}, []string{"a.csv:265"}},
		{"overlap.zip", overlapping(t), "", reasons{"a.csv": dump.CodeBomb, "b.csv": dump.CodeBomb}, []string{"c.csv:5"}},
		{"count.zip", patched(twice, len(twice)-endLen+10, 9), "", reasons{"": dump.CodeDamaged}, []string{"a.csv:265", "b.csv:265"}},
		{"disk.zip", patched(twice, len(twice)-endLen+4, 1), dump.CodeSplit, reasons{}, nil},
		{"first.z01", append([]byte("PK\x07\x08"), deflated[:200]...), dump.CodeSplit, reasons{}, nil},
		{"no-directory.zip", twice[:bytes.Index(twice, []byte("PK\x01\x02"))], "", reasons{"": dump.CodeCut}, []string{"a.csv:265", "b.csv:265"}},
		{"empty-directory.zip", patched(twice, len(twice)-endLen+8, 0, 0, 0, 0, 0, 0, 0, 0), "", reasons{"": dump.CodeCut}, []string{"a.csv:265", "b.csv:265"}},
		{"locked-zipcrypto.zip", fixture(t, "zipcrypto.zip"), "", reasons{"people.csv": dump.CodeEncrypted, "small.csv": dump.CodeEncrypted}, nil},
		{"locked-aes.zip", fixture(t, "aes256.zip"), "", reasons{"people.csv": dump.CodeEncrypted, "small.csv": dump.CodeEncrypted}, nil},
		{"ppmd.zip", fixture(t, "ppmd.zip"), "", reasons{"people.csv": dump.CodeNoReader, "small.csv": dump.CodeNoReader}, nil},

		{"locked.7z", fixture(t, "aes.7z"), "", reasons{"people.csv": dump.CodeEncrypted, "small.csv": dump.CodeEncrypted}, nil},
		{"locked-header.7z", fixture(t, "aeshead.7z"), dump.CodeEncrypted, reasons{}, nil},
		{"bcj2.7z", fixture(t, "bcj2.7z"), "", reasons{"people.csv": dump.CodeNoReader}, nil},
		{"part.7z.001", fixture(t, "copy.7z")[:2000], dump.CodeSplit, reasons{}, nil},
		{"dict-512m.7z", sevenOf("\x21", "\x22", []byte{1, 0, 4, 'a', 'b'}, 8<<30, 1), "", reasons{"a": dump.CodeTooLarge}, nil},
		{"dict-1g.7z", sevenOf("\x21", "\x24", []byte{1, 0, 4, 'a', 'b'}, 8<<30, 1), "", reasons{"a": dump.CodeTooLarge}, nil},
		{"dict-3g.7z", sevenOf("\x21", "\x27", []byte{1, 0, 4, 'a', 'b'}, 8<<30, 1), "", reasons{"a": dump.CodeTooLarge}, nil},
		{"dict-4g.7z", sevenOf("\x21", "\x28", []byte{1, 0, 4, 'a', 'b'}, 8<<30, 1), "", reasons{"a": dump.CodeTooLarge}, nil},
		{"ppmd-4g.7z", sevenOf("\x03\x04\x01", "\x06\x00\x00\x00\xf0", []byte{0, 0, 4, 'a', 'b'}, 8<<30, 1), "", reasons{"a": dump.CodeTooLarge}, nil},
		{"billion-files.7z", sevenOf("\x00", "", []byte("a"), 1, 1<<30), dump.CodeDamaged, reasons{}, nil},

		{"crc.rar", rarOf(0, rarFileOf{name: "a.csv", data: small, crc: 1}, rarFileOf{name: "b.csv", data: small}), "", reasons{"a.csv": dump.CodeDamaged}, []string{"a.csv:265", "b.csv:265"}},
		{"link.rar", rarOf(0, rarFileOf{name: "a.csv", link: true}, rarFileOf{name: "b.csv", data: small}), "", reasons{"a.csv": dump.CodeNotFile}, []string{"b.csv:265"}},
		{"dict-4g.rar", rarOf(0, rarFileOf{name: "a.csv", data: small, size: 8 << 30, info: 15<<10 | 3<<7}, rarFileOf{name: "b.csv", data: small}), "", reasons{"a.csv": dump.CodeTooLarge}, []string{"b.csv:265"}},
		{"volume.rar", rarOf(1, rarFileOf{name: "a.csv", data: small}), dump.CodeSplit, reasons{}, nil},
		{"volume4.rar", rar4Of(1, rarFileOf{name: "a.csv", data: small}), dump.CodeSplit, reasons{}, nil},
		{"continued.rar", rarOf(0, rarFileOf{name: "a.csv", data: small, flags: 0x10}, rarFileOf{name: "b.csv", data: small}), "", reasons{"a.csv": dump.CodeSplit}, []string{"b.csv:265"}},

		{"nodes.tar", nodes(t), "", reasons{"sym": dump.CodeNotFile, "hard": dump.CodeNotFile, "fifo": dump.CodeNotFile, "dev": dump.CodeNotFile, "sparse": dump.CodeNotFile, "holes": dump.CodeNotFile}, []string{"a.csv:265"}},
		{"header.tar", patched(tarOf(t, "a.csv", small, "b.csv", small, "c.csv", small), 1024, 'x', 'y'), "", reasons{"": dump.CodeDamaged}, []string{"a.csv:265", "c.csv:265"}},
		{"no-end.tar", tarOf(t, "a.csv", small)[:1024], "", reasons{"": dump.CodeCut}, []string{"a.csv:265"}},

		{"crc.csv.gz", append(patched(gz(t, small), len(gz(t, small))-8, 0, 0, 0, 0), gz(t, small)...), "", reasons{"crc.csv": dump.CodeDamaged}, []string{"crc.csv:530"}},
		{"check.csv.xz", patched(fixture(t, "people.csv.xz"), 515, 1, 2, 3), "", reasons{"check.csv": dump.CodeDamaged}, []string{"check.csv:2950"}},
		{"dict.csv.xz", xzDictionary(t, 37), "", reasons{"dict.csv": dump.CodeTooLarge}, nil},
		{"window.csv.zst", []byte("\x28\xb5\x2f\xfd\x00\xa8\x29\x00\x00abcde"), dump.CodeTooLarge, reasons{}, nil},
		{"dict.csv.lzma", patched(fixture(t, "people.csv.lzma"), 1, 0, 0, 0, 0x80, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff), dump.CodeTooLarge, reasons{}, nil},

		{"a.cab", []byte("MSCF\x00\x00\x00\x00 and the rest"), dump.CodeNoReader, reasons{}, nil},
		{"a.deb", []byte("!<arch>\ndebian-binary"), dump.CodeNoReader, reasons{}, nil},
		{"a.iso", append(make([]byte, 0x8001), "CD001\x01"...), dump.CodeNoReader, reasons{}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := readAny(t, tt.name, tt.data)
			if got := refusal(s.Err); got != tt.refused {
				t.Errorf("refused %q, want %q (%v)", got, tt.refused, s.Err)
			}
			if diff := cmp.Diff(tt.want, s.Reasons); diff != "" {
				t.Errorf("reasons (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(append([]string{}, tt.read...), told(s)); diff != "" {
				t.Errorf("read (-want +got):\n%s", diff)
			}
		})
	}
}

// overlapping is a zip whose directory names one member twice.
func overlapping(t *testing.T) []byte {
	data := zipOf(t, "a.csv", people(5), "b.csv", people(5), "c.csv", []byte("a;b;c"))
	second := bytes.LastIndex(data, []byte("b.csv")) - centralLen
	return patched(data, second+42, 0, 0, 0, 0)
}

func nodes(t *testing.T) []byte {
	at := func(name string, kind byte) *tar.Header {
		return &tar.Header{Name: name, Typeflag: kind, Linkname: "../../etc/passwd"}
	}
	data := tarOf(t, at("sym", tar.TypeSymlink), []byte{}, at("hard", tar.TypeLink), []byte{}, at("fifo", tar.TypeFifo), []byte{},
		at("dev", tar.TypeChar), []byte{}, at("dir/", tar.TypeDir), []byte{}, "sparse", []byte{}, "holes", []byte{}, "a.csv", people(5))
	sparse := bytes.Index(data, []byte("sparse\x00"))
	copy(data[sparse+156:], "S")               // old GNU sparse
	copy(data[sparse+257:], "ustar  \x00")     // as GNU writes it
	copy(data[sparse+483:], "77777777777\x00") // of 8 GiB
	checksum(data[sparse : sparse+tarBlock])
	holes := bytes.Index(data, []byte("holes\x00"))
	var b bytes.Buffer
	b.Write(data[:holes])
	record := []byte(paxRecord("GNU.sparse.major", "0") + paxRecord("GNU.sparse.minor", "1") + paxRecord("GNU.sparse.size", "999999") + paxRecord("GNU.sparse.numblocks", "0") + paxRecord("GNU.sparse.map", ""))
	head := bytes.Clone(data[holes : holes+tarBlock])
	copy(head[156:], "x")
	copy(head[124:], octal(len(record)))
	checksum(head)
	b.Write(head)
	b.Write(append(record, make([]byte, tarBlock-len(record))...))
	b.Write(data[holes:])
	return b.Bytes()
}

func paxRecord(key, value string) string {
	for n := 0; ; n++ {
		s := strconv.Itoa(n) + " " + key + "=" + value + "\n"
		if len(s) == n {
			return s
		}
	}
}

func xzDictionary(t *testing.T, code byte) []byte {
	data := bytes.Clone(fixture(t, "people.csv.xz"))
	n := int(data[12])*4 + 4
	at := bytes.Index(data[12:12+n], []byte{0x21, 1}) + 14
	data[at] = code
	binary.LittleEndian.PutUint32(data[12+n-4:], crc32.ChecksumIEEE(data[12:12+n-4]))
	return data
}

// TestLimits has containers that give more than they may.
func TestLimits(t *testing.T) {
	lim := limits{entries: 10, output: 1 << 20, ratio: 100, from: 100 << 10}
	many := func(n int, size int) (files []any) {
		for i := range n {
			files = append(files, strconv.Itoa(i), make([]byte, size))
		}
		return files
	}
	random := make([]byte, 300<<10)
	for i, x := 0, uint32(1); i < len(random); i++ {
		x = x*1664525 + 1013904223
		random[i] = byte(x >> 24)
	}
	tests := []struct {
		name   string
		format dump.Format
		data   []byte
		want   reasons
		read   int // members
	}{
		{"entries.zip", zipFormat{lim}, zipOf(t, many(30, 1)...), reasons{"": dump.CodeTooMany}, 10},
		{"entries.tar", tarFormat{lim}, tarOf(t, many(30, 1)...), reasons{"": dump.CodeTooMany}, 10},
		{"ratio.zip", zipFormat{lim}, zipOf(t, "a", random, "b", make([]byte, 1<<20)), reasons{"b": dump.CodeTooLarge}, 2},
		{"bomb.zip", zipFormat{lim}, zipOf(t, "a", make([]byte, 900<<10), "b", []byte("x")), reasons{"a": dump.CodeBomb}, 1},
		{"output.zip", zipFormat{lim}, zipOf(t, "a", random, "b", random, "c", random, "d", random, "e", random), reasons{"d": dump.CodeTooLarge}, 4},
		{"output.tar", tarFormat{lim}, tarOf(t, "a", random, "b", random, "c", random, "d", random, "e", random), reasons{"d": dump.CodeTooLarge}, 4},
		{"output.rar", rarFormat{lim}, rarOf(0, rarFileOf{name: "a", data: random}, rarFileOf{name: "b", data: append(random[:len(random):len(random)], make([]byte, 1<<20)...)}), reasons{"b": dump.CodeTooLarge}, 2},
		{"output.7z", sevenFormat{lim}, sevenOf("\x00", "", make([]byte, 2<<20), 2<<20, 1), reasons{"a": dump.CodeTooLarge}, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := dumptest.Read(t.Context(), tt.format, tt.name, tt.data)
			if diff := cmp.Diff(tt.want, s.Reasons); diff != "" || s.Err != nil || len(s.Members) != tt.read {
				t.Errorf("%d members, err %v, reasons (-want +got):\n%s", len(s.Members), s.Err, diff)
			}
		})
	}
}

// TestBomb reads a real bomb within the real limits.
func TestBomb(t *testing.T) {
	data := bytes.Repeat(gzipZeros(t, 8<<20), 14)
	s := &dumptest.Seen{Reasons: map[string]string{}, Keep: 1}
	err := sniffed(t, "z.gz", data).Read(t.Context(), dumptest.File("z.csv.gz", data), s)
	if err != nil || s.Reasons["z.csv"] != dump.CodeBomb {
		t.Errorf("err %v, reasons %v", err, s.Reasons)
	}
}

func checksum(block []byte) {
	copy(block[148:156], "        ")
	sum := 0
	for _, c := range block {
		sum += int(c)
	}
	copy(block[148:], octal(sum)[5:]+"\x00 ")
}

// octal is a number in eleven digits.
func octal(n int) string { return fmt.Sprintf("%011o", n) }
