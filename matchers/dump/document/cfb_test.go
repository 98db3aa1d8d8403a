package document

import (
	"context"
	"encoding/binary"
	"fmt"
	"sort"
	"strings"
	"testing"
	"unicode/utf16"
	"vigie/internal/cfb"

	"github.com/google/go-cmp/cmp"

	"vigie/matchers/dump"
	"vigie/matchers/dump/dumptest"
)

// compounded is a compound file of streams by their paths. The entries of a
// storage hang to the right of each other, which is a tree as well.
func compounded(streams map[string]string) []byte {
	le := binary.LittleEndian
	type entry struct {
		name         string
		kind         byte
		right, child uint32
		first        uint32
		content      string
		last         int // child so far
		size         int
	}
	const none = 0xffffffff
	entries := []*entry{{name: "Root Entry", kind: 5, right: none, child: none}}
	at := map[string]int{"": 0}
	var add func(path string, kind byte, content string) int
	add = func(path string, kind byte, content string) int {
		if i, ok := at[path]; ok {
			return i
		}
		folder, name := "", path
		if i := strings.LastIndexByte(path, '/'); i >= 0 {
			folder, name = path[:i], path[i+1:]
		}
		parent := entries[add(folder, 1, "")]
		i := len(entries)
		entries = append(entries, &entry{name: name, kind: kind, right: none, child: none, content: content, size: len(content)})
		if parent.child == none {
			parent.child = uint32(i)
		} else {
			entries[parent.last].right = uint32(i)
		}
		parent.last, at[path] = i, i
		return i
	}
	names := make([]string, 0, len(streams))
	for name := range streams {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		add(name, 2, streams[name])
	}
	var sectors, fat, mini []byte
	store := func(b []byte) uint32 {
		if len(b) == 0 {
			return cfb.EndOfChain
		}
		first := uint32(len(sectors) / 512)
		b = append(b, make([]byte, -len(b)&511)...)
		sectors = append(sectors, b...)
		for n := len(b) / 512; n > 1; n-- {
			fat = le.AppendUint32(fat, uint32(len(fat)/4+1))
		}
		fat = le.AppendUint32(fat, cfb.EndOfChain)
		return first
	}
	var small []byte
	for _, e := range entries[1:] {
		switch {
		case e.kind != 2:
		case len(e.content) >= 4096:
			e.first = store([]byte(e.content))
		default:
			e.first = uint32(len(small) / 64)
			small = append(small, e.content...)
			small = append(small, make([]byte, -len(small)&63)...)
			for len(mini)/4+1 < len(small)/64 {
				mini = le.AppendUint32(mini, uint32(len(mini)/4+1))
			}
			if len(e.content) > 0 {
				mini = le.AppendUint32(mini, cfb.EndOfChain)
			}
		}
	}
	entries[0].first, entries[0].size = store(small), len(small)
	var directory []byte
	for _, e := range entries {
		b := make([]byte, 128)
		for i, u := range utf16.Encode([]rune(e.name)) {
			le.PutUint16(b[2*i:], u)
		}
		le.PutUint16(b[64:], uint16(2*len(e.name)+2))
		b[66] = e.kind
		le.PutUint32(b[68:], none)
		le.PutUint32(b[72:], e.right)
		le.PutUint32(b[76:], e.child)
		le.PutUint32(b[116:], e.first)
		le.PutUint32(b[120:], uint32(e.size))
		directory = append(directory, b...)
	}
	head := make([]byte, 512)
	copy(head, cfb.Magic)
	le.PutUint16(head[30:], 9)
	le.PutUint32(head[48:], store(directory))
	le.PutUint32(head[60:], store(mini))
	le.PutUint32(head[68:], cfb.EndOfChain)
	for i := 76; i < 512; i += 4 {
		le.PutUint32(head[i:], none)
	}
	for i := 0; i*512 < len(fat); i++ {
		le.PutUint32(head[76+4*i:], uint32(len(sectors)/512))
		part := append([]byte{}, fat[i*512:min(len(fat), i*512+512)]...)
		for len(part) < 512 {
			part = append(part, 0xff)
		}
		sectors = append(sectors, part...)
	}
	return append(head, sectors...)
}

func utf16le(s string) string {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return string(b)
}

func properties(header int, list ...uint64) string {
	b := make([]byte, header)
	for i := 0; i < len(list); i += 2 {
		b = binary.LittleEndian.AppendUint16(b, 0x40)
		b = binary.LittleEndian.AppendUint16(b, uint16(list[i]))
		b = binary.LittleEndian.AppendUint32(b, 0)
		b = binary.LittleEndian.AppendUint64(b, list[i+1])
	}
	return string(b)
}

func outlookMessage() map[string]string {
	const sent = (1772529630 + 11644473600) * 10_000_000
	return map[string]string{
		"__properties_version1.0":                                                 properties(32, propSent, sent),
		"__substg1.0_0037001F":                                                    utf16le("Août à Orbé"),
		"__substg1.0_0C1A001F":                                                    utf16le("Zoé Lefèvre"),
		"__substg1.0_5D01001F":                                                    utf16le("zoe@example.org"),
		"__substg1.0_1000001F":                                                    utf16le("Chère Ada,\r\nvoici la liste.\r\n" + strings.Repeat("é", 3000)),
		"__recip_version1.0_#00000000/__substg1.0_3001001F":                       utf16le("Ada Martin"),
		"__recip_version1.0_#00000000/__substg1.0_39FE001F":                       utf16le("ada@example.org"),
		"__recip_version1.0_#00000001/__properties_version1.0":                    properties(8, propKind, 2),
		"__recip_version1.0_#00000001/__substg1.0_3003001F":                       utf16le("leo@example.org"),
		"__attach_version1.0_#00000000/__substg1.0_3707001F":                      utf16le("..\\liste.csv"),
		"__attach_version1.0_#00000000/__substg1.0_37010102":                      "nom;ville\nLefevre;Orbe\n",
		"__attach_version1.0_#00000001/__substg1.0_3701000D/__substg1.0_0037001E": "avant",
		"__attach_version1.0_#00000001/__substg1.0_3701000D/__substg1.0_10090102": "\x00\x00\x00\x00\x00\x00\x00\x00MELA\x00\x00\x00\x00{\\rtf1 d'avant l'\\'e9t\\'e9}",
	}
}

func TestMSG(t *testing.T) {
	s := read(t, "x", compounded(outlookMessage()))
	if s.Err != nil {
		t.Fatal(s.Err)
	}
	if want := "From: Zoé Lefèvre <zoe@example.org>\nTo: Ada Martin <ada@example.org>\nCc:  <leo@example.org>\nDate: 2026-03-03 09:20:30\nSubject: Août à Orbé\nFrom:  <>\nSubject: avant\n"; s.Texts["header"] != want {
		t.Errorf("%q", s.Texts["header"])
	}
	if want := "Chère Ada,\nvoici la liste.\n" + strings.Repeat("é", 3000) + "d'avant l'été"; s.Texts["body"] != want {
		t.Errorf("%q", s.Texts["body"])
	}
	rows := [][]string{{"Zoé Lefèvre", "zoe@example.org", "ada@example.org", "leo@example.org", "2026-03-03 09:20:30", "Août à Orbé"}, {"", "", "", "", "", "avant"}}
	if d := cmp.Diff(rows, s.Find(t, "messages").Rows); d != "" {
		t.Error(d)
	}
	if len(s.Members) != 1 || s.Members[0].Name != "liste.csv" || string(s.Members[0].Data) != "nom;ville\nLefevre;Orbe\n" {
		t.Errorf("members %+v", s.Members)
	}
}

// TestCompressedRTF is the example of [MS-OXRTFCP] section 4.1.1.
func TestCompressedRTF(t *testing.T) {
	b := []byte("\x2d\x00\x00\x00\x2b\x00\x00\x00\x4c\x5a\x46\x75\xf1\xc5\xc7\xa7\x03\x00\x0a\x00\x72\x63\x70\x67\x31\x32\x35\x42\x32\x0a\xf3\x20\x68\x65\x6c\x09\x00\x20\x62\x77\x05\xb0\x6c\x64\x7d\x0a\x80\x0f\xa0")
	got, ok := inflateRTF(b)
	if want := "{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"; string(got) != want || !ok {
		t.Errorf("%q", got)
	}
}

func wordFile97(flags uint16, pieces ...string) []byte {
	le := binary.LittleEndian
	fib := make([]byte, 2048)
	le.PutUint16(fib, 0xa5ec)
	le.PutUint16(fib[fibFlags:], flags|0x200)
	var cps, pcds []byte
	text, chars := "", 0
	for i, p := range pieces {
		cps = le.AppendUint32(cps, uint32(chars))
		at := uint32(len(fib) + len(text))
		stored := utf16le(p)
		if i%2 == 1 {
			stored, at = p, at*2|0x40000000
		}
		chars += len([]rune(p))
		text += stored
		pcds = append(le.AppendUint32(append(pcds, 0, 0), at), 0, 0)
	}
	plc := append(le.AppendUint32(cps, uint32(chars)), pcds...)
	clx := append([]byte{1, 2, 0, 9, 9, 2}, le.AppendUint32(nil, uint32(len(plc)))...)
	clx = append(clx, plc...)
	le.PutUint32(fib[fibClx:], 4)
	le.PutUint32(fib[fibClx+4:], uint32(len(clx)))
	return compounded(map[string]string{"WordDocument": string(fib) + text + strings.Repeat("\x00", 4096), "1Table": "xxxx" + string(clx)})
}

func TestDoc(t *testing.T) {
	s := read(t, "x", wordFile97(0, "Zoé Lefèvre\rNom\aVille\a", "n\x1ee Martin\x0b", "à Orbé €"))
	if want := "Zoé Lefèvre\nNom\tVille\tn-e Martin\nà Orbé €"; s.Texts["body"] != want || s.Err != nil {
		t.Errorf("%q, %v", s.Texts["body"], s.Err)
	}
	if s := read(t, "x", wordFile97(0x100, "x")); reason(s.Err) != dump.CodeEncrypted {
		t.Error(s.Err)
	}
	if s := read(t, "x", []byte("!BDN1234")); reason(s.Err) != dump.CodeNoReader {
		t.Error(s.Err)
	}
}

// TestCompoundCycles reads files whose chains and trees bite their tails.
func TestCompoundCycles(t *testing.T) {
	whole := compounded(outlookMessage())
	for at := 512; at+4 < len(whole); at += 4 {
		if binary.LittleEndian.Uint32(whole[at:]) > 200 {
			continue
		}
		data := append([]byte{}, whole...)
		binary.LittleEndian.PutUint32(data[at:], 1)
		s := dumptest.Read(context.Background(), msg{}, "x", data)
		if s.Err != nil && reason(s.Err) == s.Err.Error() {
			t.Fatal(s.Err)
		}
	}
}

func FuzzMSG(f *testing.F) {
	f.Add(compounded(outlookMessage()))
	f.Add(wordFile97(0, "Zoé", "x"))
	f.Add([]byte(fmt.Sprintf("%s%01000d", cfb.Magic, 9)))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, x := range []dump.Format{msg{}, doc{}} {
			x.Sniff(dumptest.File("x", data))
			s := dumptest.Read(context.Background(), x, "x", data)
			if s.Err != nil && reason(s.Err) == s.Err.Error() {
				t.Fatal(s.Err)
			}
			checkSeen(t, s)
		}
	})
}
