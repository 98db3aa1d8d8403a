package document

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vigie/matchers/dump"
	"vigie/matchers/dump/dumptest"
)

const mailWithAll = `Return-Path: <ada@example.org>
From: =?UTF-8?Q?Zo=C3=A9_Lef=C3=A8vre?= <zoe@example.org>
To: "Martin, Ada" <ada@example.org>,
	leo@example.org
Cc: mairie@example.org
Date: Tue, 3 Mar 2026 10:20:30 +0100 (CET)
Subject: =?iso-8859-1?Q?Ao=FBt_?= =?UTF-8?B?w6AgT3Jiw6k=?=
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="out"

preamble
--out
Content-Type: multipart/alternative; boundary=in

--in
Content-Type: text/plain; charset=iso-8859-15
Content-Transfer-Encoding: quoted-printable

Ch=E8re Ada, voici la liste des =
inscrits =E0 100=A4 = fin.
--in
Content-Type: text/html; charset=utf-8

<p>Chère Ada, deux fois</p>
--in--

--out
Content-Type: text/csv; name="liste.csv"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename*=UTF-8''inscrits%20%C3%A9t%C3%A9.csv

bm9tO3ZpbGxlCkxlZ
mV2cmU7T3JiZQo=
--out
Content-Type: message/rfc822

From: leo@example.org
To: zoe@example.org
Subject: avant

le message d'avant
--out
Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name="smime.p7m"

MIIB
--out--
epilogue
`

func TestEml(t *testing.T) {
	for _, end := range []string{"\n", "\r\n"} {
		s := read(t, "x", []byte(strings.ReplaceAll(mailWithAll, "\n", end)))
		if s.Err != nil {
			t.Fatal(s.Err)
		}
		want := map[string]string{
			"header": "From: Zoé Lefèvre <zoe@example.org>\nTo: \"Martin, Ada\" <ada@example.org>, leo@example.org\nCc: mairie@example.org\nDate: Tue, 3 Mar 2026 10:20:30 +0100 (CET)\nSubject: Août à Orbé\n" +
				"From: leo@example.org\nTo: zoe@example.org\nSubject: avant\n",
			"body": "Chère Ada, voici la liste des inscrits à 100€ = fin.\nle message d'avant\n",
		}
		if d := cmp.Diff(want, s.Texts); d != "" {
			t.Error(d)
		}
		rows := [][]string{
			{"Zoé Lefèvre", "zoe@example.org", "ada@example.org, leo@example.org", "mairie@example.org", "2026-03-03 10:20:30", "Août à Orbé"},
			{"", "leo@example.org", "zoe@example.org", "", "", "avant"},
		}
		if d := cmp.Diff(rows, s.Find(t, "messages").Rows); d != "" {
			t.Error(d)
		}
		if len(s.Members) != 1 || s.Members[0].Name != "inscrits été.csv" || string(s.Members[0].Data) != "nom;ville\nLefevre;Orbe\n" {
			t.Errorf("members %+v", s.Members)
		}
		if d := cmp.Diff(map[string]string{"smime": dump.CodeEncrypted}, s.Reasons); d != "" {
			t.Error(d)
		}
	}
}

func TestMailBodies(t *testing.T) {
	tests := []struct{ name, mail, want string }{
		{"no charset", "From: a@example.org\nTo: b@example.org\n\nZo\xe9 Lef\xe8vre habite \xe0 Orb\xe9 depuis l'\xe9t\xe9\n", "Zoé Lefèvre habite à Orbé depuis l'été\n"},
		{"wrong charset", "From: a@example.org\nTo: b@example.org\nContent-Type: text/plain; charset=utf-8\n\nZo\xe9 Lef\xe8vre habite \xe0 Orb\xe9 depuis l'\xe9t\xe9\n", "Zoé Lefèvre habite à Orbé depuis l'été\n"},
		{"html", "From: a@example.org\nTo: b@example.org\nContent-Type: text/html\n\n<html><style>p{}</style><script>if (a<b) '</p>'</script><p>Zo&eacute;&nbsp;<b>Lef</b>&egrave;vre</p>a < b<br><a href=\"mailto:zoe@example.org?subject=x\">lui</a></html>", "Zoé Lefèvre\na < b\nzoe@example.org lui\n"},
		{"utf-7 like boundary that never ends", "From: a@example.org\nTo: b@example.org\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\nun\n--y\ndeux", "un\n--y\ndeux\n"},
		{"type that is none", "From: a@example.org\nTo: b@example.org\nContent-Type: ;;;=\n\nun\n", "un\n"},
		{"field without end", "From: a@example.org\nTo: b@example.org", ""},
		{"broken quoting", "From: a@example.org\nTo: b@example.org\nContent-Transfer-Encoding: quoted-printable\n\n=4=C3=A9=ZZ=", "=4é=ZZ=\n"},
		{"apple", "64\nFrom: a@example.org\nTo: b@example.org\n\n" + strings.Repeat("x", 25) + "<plist>", strings.Repeat("x", 25) + "\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := read(t, "x.eml", []byte(tt.mail))
			if s.Texts["body"] != tt.want || s.Err != nil {
				t.Errorf("%q, error %v, want %q", s.Texts["body"], s.Err, tt.want)
			}
		})
	}
}

func TestMbox(t *testing.T) {
	box := "From ada@example.org Tue Mar  3 10:20:30 2026\nFrom: ada@example.org\nSubject: un\n\n>From here on\nFrom 8:00 to 9:00\n\nFrom ada\n" +
		"\nFrom 17@xxx Tue Mar 03 10:20:30 +0000 2026\nFrom: leo@example.org\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\ndeux\n--x\nContent-Disposition: attachment; filename=../a.txt\n\nattaché\n--x--" +
		"\n\nFrom 17@xxx Tue Mar 03 10:20:30 +0000 2026\nFrom: zoe@example.org\n\ntrois\n"
	s := read(t, "x", []byte(box))
	want := map[string]string{
		"message 1": "From: ada@example.org\nSubject: un\nFrom here on\nFrom 8:00 to 9:00\n\nFrom ada\n",
		"message 2": "From: leo@example.org\ndeux\n",
		"message 3": "From: zoe@example.org\ntrois\n",
	}
	if d := cmp.Diff(want, s.Texts); d != "" || s.Err != nil {
		t.Error(d, s.Err)
	}
	if len(s.Members) != 1 || s.Members[0].Name != "message_000002/a.txt" || string(s.Members[0].Data) != "attaché" || len(s.Find(t, "messages").Rows) != 3 {
		t.Errorf("members %+v, %d rows", s.Members, len(s.Find(t, "messages").Rows))
	}
}

func TestMailNested(t *testing.T) {
	var b strings.Builder
	b.WriteString("From: a@example.org\nTo: b@example.org\n")
	for i := range 40 {
		fmt.Fprintf(&b, "Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i, i)
	}
	s := read(t, "x.eml", []byte(b.String()+"\ntext\n"))
	if s.Err != nil || s.Reasons["parts"] != dump.CodeTooDeep {
		t.Errorf("error %v, reasons %v", s.Err, s.Reasons)
	}
	s = read(t, "x.eml", []byte("From: a@example.org\nTo: b@example.org\nContent-Type: multipart/mixed; boundary=b\n\n"+strings.Repeat("--b\n\nx\n", MaxParts+5)))
	if s.Err != nil || s.Reasons["parts"] != dump.CodeTooMany {
		t.Errorf("error %v, reasons %v", s.Err, s.Reasons)
	}
}

func TestSniffMail(t *testing.T) {
	tests := []struct {
		name, head string
		want       bool
	}{
		{"mail", "Received: x\n\tby y\nX-a: b\nFrom: c\n\n", true},
		{"one field", "Subject: x\n\nFrom: y\n", false},
		{"prose", "Dear all\nFrom: x\nTo: y\n", false},
		{"table", "from;to;subject;date\na;b;c;d\n", false},
	}
	for _, tt := range tests {
		if got := (eml{}).Sniff(dumptest.File("x", []byte(tt.head))) > 0; got != tt.want {
			t.Errorf("%s: %v", tt.name, got)
		}
	}
}

func FuzzMail(f *testing.F) {
	f.Add([]byte(mailWithAll))
	f.Add([]byte("From a 1:11:1\n>From \n--\nContent-Type: message/rfc822\n\n\n\nFrom a 1:11:1\nFrom:x"))
	f.Add([]byte("From: a\nTo: b\nContent-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nRnJvbTogYQoK\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, x := range []dump.Format{eml{}, mbox{}} {
			x.Sniff(dumptest.File("x", data))
			s := dumptest.Read(context.Background(), x, "x", data)
			if s.Err != nil && reason(s.Err) == s.Err.Error() {
				t.Fatal(s.Err)
			}
			checkSeen(t, s)
		}
	})
}

// nothing is a Visitor that reads members and keeps nothing.
type nothing struct{ dumptest.Seen }

func (*nothing) Text(string, []byte) error               { return nil }
func (*nothing) Table(dump.TableInfo) (dump.Rows, error) { return noRows{}, nil }
func (*nothing) Unread(string, string, string)           {}
func (*nothing) Warn(string)                             {}
func (*nothing) Member(_ context.Context, _ string, _ int64, r io.Reader) error {
	_, err := io.Copy(io.Discard, r)
	return err
}

type noRows struct{}

func (noRows) Row([][]byte) error { return nil }
func (noRows) Extend([]string)    {}
func (noRows) Refuse(string)      {}
func (noRows) Warn(string)        {}

func BenchmarkMbox(b *testing.B) {
	var box bytes.Buffer
	for i := range 2000 {
		fmt.Fprintf(&box, "From a@example.org Tue Mar  3 10:20:30 2026\n%s\n", strings.ReplaceAll(mailWithAll, "Content-Type: text/csv", fmt.Sprintf("X-N: %d\nContent-Type: text/csv", i)))
		box.WriteString(strings.Repeat("Les personnes inscrites au secours de la mairie d'Orbé, par ordre.\n", 50))
	}
	b.SetBytes(int64(box.Len()))
	for b.Loop() {
		if err := (mbox{}).Read(context.Background(), dumptest.File("x", box.Bytes()), &nothing{}); err != nil {
			b.Fatal(err)
		}
	}
}
