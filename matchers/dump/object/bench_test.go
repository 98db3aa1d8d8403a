package object

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"testing"

	"vigie/matchers/dump"
)

// sink is a Visitor that counts and keeps nothing.
type sink struct{ rows, columns, refused int }

func (*sink) Member(context.Context, string, int64, io.Reader) error { return nil }
func (s *sink) Table(t dump.TableInfo) (dump.Rows, error)            { s.columns += len(t.Columns); return s, nil }
func (*sink) Text(string, []byte) error                              { return nil }
func (*sink) Unread(string, string, string)                          {}
func (*sink) Warn(string)                                            {}
func (s *sink) Row([][]byte) error                                   { s.rows++; return nil }
func (s *sink) Extend(columns []string)                              { s.columns += len(columns) }
func (s *sink) Refuse(string)                                        { s.refused++ }

func repeat(begin, line, end string, n int) []byte {
	var b bytes.Buffer
	b.WriteString(begin)
	for i := range n {
		fmt.Fprintf(&b, line, i)
	}
	b.WriteString(end)
	return b.Bytes()
}

const jsonLine = `{"id":%d,"first_name":"Zoé","last_name":"Exemple","email":"zoe.exemple@example.org","active":true,"address":{"street":"1 rue des Essais","postcode":"34200","city":"Sète"},"tags":["a","b"],"born":null}` + "\n"

func bench(b *testing.B, f dump.Format, data []byte) {
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		s := &sink{}
		if err := f.Read(context.Background(), dump.NewFile("x", dump.Bytes(data)), s); err != nil || s.rows < 100 {
			b.Fatal(s.rows, err)
		}
	}
}

func BenchmarkJSONLines(b *testing.B) { bench(b, jsonFormat{}, repeat("", jsonLine, "", 50_000)) }

// BenchmarkEncodingJSON is the standard library on the same lines.
func BenchmarkEncodingJSON(b *testing.B) {
	data := repeat("", jsonLine, "", 50_000)
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		for d := json.NewDecoder(bytes.NewReader(data)); ; {
			var v map[string]any
			if err := d.Decode(&v); err != nil {
				break
			}
		}
	}
}

func BenchmarkXML(b *testing.B) {
	bench(b, xmlFormat{}, repeat("<people>\n", "<person id=\"%d\"><first>Zoé</first><last>Exemple</last><mail>zoe@example.org</mail><address><street>1 rue des Essais</street><city>Sète</city></address></person>\n", "</people>\n", 50_000))
}

func BenchmarkLDIF(b *testing.B) {
	bench(b, ldifFormat{}, repeat("", "dn: uid=%d,dc=example,dc=org\nobjectClass: person\ncn: Exemple\nmail: zoe@example.org\n\n", "", 50_000))
}

func BenchmarkVCard(b *testing.B) {
	bench(b, vcardFormat{}, repeat("", "BEGIN:VCARD\nUID:%d\nN:Exemple;Zoé;;;\nEMAIL:zoe@example.org\nADR:;;1 rue A;Sète;;34200;France\nEND:VCARD\n", "", 50_000))
}

func BenchmarkHTML(b *testing.B) {
	bench(b, htmlFormat{}, repeat("<html><table>", "<tr><td>%d</td><td>Exemple</td><td>zoe@example.org</td></tr>\n", "</table></html>", 50_000))
}
