package object

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"vigie/matchers/dump"
	"vigie/matchers/dump/dumptest"
)

// endless is a file of begin, size bytes of the repeated unit, and end.
type endless struct {
	begin, unit, end string
	size             int
}

func (e endless) bytes() []byte {
	return []byte(e.begin + strings.Repeat(e.unit, e.size/len(e.unit)) + e.end)
}

// peak watches the memory that is in use while f runs, in bytes.
func peak(f func()) uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	before, most := m.HeapInuse, uint64(0)
	done := make(chan struct{})
	go func() { f(); close(done) }()
	for {
		select {
		case <-done:
			return most
		case <-time.After(5 * time.Millisecond):
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapInuse-min(before, m.HeapInuse))
		}
	}
}

// Whatever is repeated without end: reading takes little memory, ends soon, and
// what stands behind is read where that is possible.
func TestHostile(t *testing.T) {
	const size = 10 << 20 // more than the window
	const many = 2 << 20
	for _, c := range []struct {
		name   string
		format dump.Format
		in     endless
		rows   int // at least
	}{
		{"one string", jsonFormat{}, endless{`[{"a":"`, "x", `"},{"a":1}]`, size}, 1},
		{"one string of quotes", jsonFormat{}, endless{`[{"a":"`, `\"`, `"},{"a":1}]`, size}, 1},
		{"one key", jsonFormat{}, endless{`[{"`, "x", `":1},{"a":1}]`, size}, 1},
		{"one number", jsonFormat{}, endless{`[{"a":`, "1", `},{"a":1}]`, size}, 1},
		{"one record", jsonFormat{}, endless{`[{"x":[0`, ",1", `]},{"a":1}]`, size}, 1},
		{"one row", jsonFormat{}, endless{`[[0`, ",1", `],[1]]`, size}, 1},
		{"rows", jsonFormat{}, endless{`[[0]`, ",[1,2]", `]`, many}, 1000},
		{"deep arrays", jsonFormat{}, endless{"", "[", "", many}, 0},
		{"deep objects", jsonFormat{}, endless{"", `{"a":`, "", many}, 0},
		{"deep objects in rows", jsonFormat{}, endless{`[{"b":2},`, `{"a":`, "", many}, 1},
		{"comment", jsonFormat{}, endless{"[{\"a\":1}/*", "x", "*/,{\"a\":2}]", size}, 2},
		{"blanks", jsonFormat{}, endless{"[{\"a\":1}", " ", ",{\"a\":2}]", many}, 2},
		{"brackets", jsonFormat{}, endless{"[{\"a\":1}", "]", ",{\"a\":2}]", many}, 1},
		{"broken records", jsonFormat{}, endless{`[{"a":1}`, `,{"a":{"a":!`, "]", many}, 1},
		{"empty records", jsonFormat{}, endless{`[{"a":1}`, `,{}`, "]", many}, 1},
		{"lists in lists", jsonFormat{}, endless{`[{"a":1}`, `,{"a":[{},{},{},{},{},{},{},{},{"a":[{"a":[{"a":[{"a":1}]}]}]}]}`, "]", many}, 1},
		{"doubled keys", jsonFormat{}, endless{`[{"a":1}`, `,{"a":1,"b":2,"a":1,"b":2,"a":3}`, "]", many}, 1},
		{"one tag", xmlFormat{}, endless{`<r><u><n>a</n></u><u `, `x="1" `, `/><u><n>b</n></u></r>`, size}, 1},
		{"one text", xmlFormat{}, endless{`<r><u><n>a</n></u><u><n>`, `x`, `</n></u><u><n>b</n></u></r>`, size}, 2},
		{"one verbatim text", xmlFormat{}, endless{`<r><u><n>a</n></u><u><n><![CDATA[`, `x`, `]]></n></u><u><n>b</n></u></r>`, size}, 2},
		{"deep elements", xmlFormat{}, endless{``, `<a>`, ``, many}, 0},
		{"deep elements in rows", xmlFormat{}, endless{`<r><u><n>a</n></u>`, `<u><b>`, ``, many}, 1},
		{"brackets of tags", xmlFormat{}, endless{`<r><u><n>a</n></u><u><n>b</n></u>`, `<`, ``, size}, 2},
		{"quotes of tags", xmlFormat{}, endless{`<r><u><n>a</n></u><u><n>b</n></u>`, `<a "`, ``, size}, 2},
		{"declarations", xmlFormat{}, endless{`<r><u><n>a</n></u><u><n>b</n></u>`, `<!a [`, ``, many}, 2},
		{"entities", xmlFormat{}, endless{`<!DOCTYPE r [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;">]><r><u><n>a</n></u><u><n>`, `&b;`, `</n></u></r>`, many}, 1},
		{"ends", xmlFormat{}, endless{`<r><u><n>a</n></u><u><n>b</n></u>`, `</x>`, ``, many}, 2},
		{"one line", ldifFormat{}, endless{"dn: cn=a,dc=b\na: 1\n\ndn: cn=b,dc=c\na: ", "x", "\n\ndn: cn=c,dc=d\na: 2\n", size}, 2},
		{"folded lines", ldifFormat{}, endless{"dn: cn=a,dc=b\na: 1\n\ndn: cn=b,dc=c\na: ", "x\n ", "\n\ndn: cn=c,dc=d\na: 2\n", size}, 2},
		{"attributes", ldifFormat{}, endless{"dn: cn=a,dc=b\na: 1\n\ndn: cn=b,dc=c\n", "a: 1\n", "\n\ndn: cn=c,dc=d\na: 2\n", many}, 2},
		{"one value", vcardFormat{}, endless{"BEGIN:VCARD\nFN:a\nEND:VCARD\nBEGIN:VCARD\nFN:", "x", "\nEND:VCARD\nBEGIN:VCARD\nFN:b\nEND:VCARD\n", size}, 2},
		{"soft breaks", vcardFormat{}, endless{"BEGIN:VCARD\nFN:a\nEND:VCARD\nBEGIN:VCARD\nFN;QUOTED-PRINTABLE:", "x=\n", "\nEND:VCARD\nBEGIN:VCARD\nFN:b\nEND:VCARD\n", size}, 2},
		{"cards in cards", vcardFormat{}, endless{"BEGIN:VCARD\nFN:a\nEND:VCARD\n", "BEGIN:VCARD\n", "", many}, 1},
		{"one cell", htmlFormat{}, endless{"<table><tr><td>a</td></tr><tr><td>b</td></tr><tr><td>", "x ", "</td></tr></table>", size}, 2},
		{"cells", htmlFormat{}, endless{"<table><tr><td>a</td></tr><tr><td>b</td></tr><tr>", "<td>", "</tr></table>", many}, 2},
		{"tables in tables", htmlFormat{}, endless{"<html>", "<table><tr><td>", "", many}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := &dumptest.Seen{Texts: map[string]string{}, Reasons: map[string]string{}, Keep: 2000}
			began := time.Now()
			var err error
			file := dump.NewFile("x", dump.Bytes(c.in.bytes()))
			used := peak(func() { err = c.format.Read(context.Background(), file, quiet{s}) })
			if took := time.Since(began); took > 10*time.Second {
				t.Errorf("took %v", took)
			}
			if used > 256<<20 {
				t.Errorf("used %d MiB", used>>20)
			}
			rows := 0
			for _, x := range s.Tables {
				rows += len(x.Rows)
			}
			if rows < c.rows {
				t.Errorf("%d rows, %v: %.300s", rows, err, brief(s))
			}
		})
	}
}

// quiet drops running text.
type quiet struct{ *dumptest.Seen }

func (quiet) Text(string, []byte) error { return nil }

// A file whose records all have a key of their own stays within the limit on
// columns; what does not fit is counted.
func TestManyColumns(t *testing.T) {
	var b strings.Builder
	for i := range 50_000 {
		fmt.Fprintf(&b, "{\"k%d\":1}\n", i)
	}
	s := &sink{}
	if err := (jsonFormat{}).Read(context.Background(), dumptest.File("x", []byte(b.String())), s); err != nil {
		t.Fatal(err)
	}
	if s.columns != maxColumns || s.rows+s.refused != 50_000 || s.rows == 0 {
		t.Errorf("%d columns, %d rows, %d refused", s.columns, s.rows, s.refused)
	}
}
