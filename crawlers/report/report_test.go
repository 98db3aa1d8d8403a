package report

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vigie/internal/breach"
)

// crlf writes a message as the wire has it.
func crlf(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }

const head = "From: Une École <ecole@example.org>\nSubject: =?utf-8?q?Coll=C3=A8ge_d=27Orbe?=\nMessage-ID: <1@example.org>\nMIME-Version: 1.0\n"

func TestMail(t *testing.T) {
	for _, tt := range []struct {
		name, mail string
		want       Filing // without Whole
		refused    string
	}{
		{name: "plain", mail: head + "\nNous avons vu une annonce.\n",
			want: Filing{Body: "Collège d'Orbe", Text: "Nous avons vu une annonce.", Contact: "ecole@example.org"}},
		{name: "latin-1, quoted-printable", mail: head + "Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\nfuite av=E9r=E9e\n",
			want: Filing{Body: "Collège d'Orbe", Text: "fuite avérée", Contact: "ecole@example.org"}},
		{name: "alternative with a picture", mail: head + "Content-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: multipart/alternative; boundary=y\n\n--y\n\nwords\n--y\nContent-Type: text/html\n\n<b>other words</b>\n--y--\n--x\nContent-Type: image/png; name=\"a.png\"\nContent-Transfer-Encoding: base64\n\niVBORw==\n--x--\n",
			want: Filing{Body: "Collège d'Orbe", Text: "words", Contact: "ecole@example.org", Files: []File{{"a.png", []byte{0x89, 'P', 'N', 'G'}}}}},
		{name: "HTML alone", mail: head + "Content-Type: text/html\n\n<p>seen <script>alert(1)</script><b>here</b></p>",
			want: Filing{Body: "Collège d'Orbe", Text: "seen here", Contact: "ecole@example.org"}},
		{name: "an HTML file is no text", mail: head + "Content-Type: multipart/mixed; boundary=x\n\n--x\n\nsee file\n--x\nContent-Type: text/html\nContent-Disposition: attachment; filename=\"../../x.html\"\n\n<script>1</script>\n--x--\n",
			want: Filing{Body: "Collège d'Orbe", Text: "see file", Contact: "ecole@example.org", Files: []File{{"../../x.html", []byte("<script>1</script>")}}}},
		{name: "a machine", mail: "Auto-Submitted: auto-replied\n" + head + "\nI am away\n",
			want: Filing{Body: "Collège d'Orbe", Text: "I am away", Contact: "ecole@example.org", Auto: true}},
		{name: "subject alone", mail: head + "\n", want: Filing{Body: "Collège d'Orbe", Text: "Collège d'Orbe", Contact: "ecole@example.org"}},
		{name: "control characters", mail: head + "\na\x1b[2Jb\u202ec\x00\n", want: Filing{Body: "Collège d'Orbe", Text: "a[2Jbc", Contact: "ecole@example.org"}},
		{name: "nothing", mail: "From: a@example.org\n\n", refused: "empty"},
		{name: "no mail", mail: "GIF89a\x00", refused: "not-mail"},
		{name: "too large", mail: head + "\n" + strings.Repeat("x", MaxWhole), refused: "too-large"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Mail(strings.NewReader(crlf(tt.mail)))
			if tt.refused != "" {
				var r *breach.RefusedError
				if !errors.As(err, &r) || r.Code != tt.refused {
					t.Fatalf("error %v, want %s", err, tt.refused)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got.Whole, []byte(crlf(tt.mail))) {
				t.Error("what was received is not kept whole")
			}
			tt.want.Channel, tt.want.Role, tt.want.Key, got.Whole = "email", "other", "<1@example.org>", nil
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Errorf("-want +got:\n%s", d)
			}
		})
	}
}

// Parts within parts cost what their bytes cost.
func TestMailBombs(t *testing.T) {
	deep := head
	for range 1000 {
		deep += "Content-Type: multipart/mixed; boundary=x\n\n--x\n"
	}
	wide := head + "Content-Type: multipart/mixed; boundary=x\n\n" + strings.Repeat("--x\nContent-Type: image/png\n\na\n", 10_000)
	for name, m := range map[string]string{"deep": deep, "wide": wide} {
		f, err := Mail(strings.NewReader(crlf(m)))
		if err != nil || len(f.Files) > MaxFiles {
			t.Errorf("%s: %d files, %v", name, len(f.Files), err)
		}
	}
}

func TestMaildir(t *testing.T) {
	dir := t.TempDir()
	for _, d := range []string{"new", "cur"} {
		if err := os.Mkdir(filepath.Join(dir, d), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range map[string]string{"1": head + "\none\n", "2": "junk", "3": head + "\nthree\n", "4": head + "\nfour\n"} {
		if err := os.WriteFile(filepath.Join(dir, "new", name), []byte(crlf(text)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("/etc/hostname", filepath.Join(dir, "new", "0")); err != nil {
		t.Fatal(err)
	}
	var got []string
	pass := func() (int, error) {
		return Maildir(dir, func(f Filing, err error) error {
			if err != nil {
				got = append(got, "refused")
				return err
			}
			if f.Text == "four" && len(got) < 4 {
				got = append(got, "busy")
				return breach.ErrTemporary
			}
			got = append(got, f.Text)
			return nil
		})
	}
	if n, err := pass(); n != 3 || !errors.Is(err, breach.ErrTemporary) {
		t.Errorf("first pass took %d: %v", n, err)
	}
	if n, err := pass(); n != 1 || err != nil {
		t.Errorf("second pass took %d: %v", n, err)
	}
	if d := cmp.Diff([]string{"one", "refused", "three", "busy", "four"}, got); d != "" {
		t.Error(d)
	}
}

func FuzzMail(f *testing.F) {
	f.Add([]byte(crlf(head + "\nwords\n")))
	f.Add([]byte(crlf(head + "Content-Type: multipart/mixed; boundary=x\n\n--x\n\na\n--x\nContent-Type: image/png; name=\"=?utf-8?b?w6k=?=\"\nContent-Transfer-Encoding: base64\n\niVBORw==\n--x--\n")))
	f.Add([]byte(crlf(head + "Content-Type: text/html; charset=utf-16\n\n<p>a<script>b")))
	f.Fuzz(func(t *testing.T, raw []byte) {
		got, err := Mail(bytes.NewReader(raw))
		if err != nil {
			if !errors.Is(err, breach.ErrInvalid) {
				t.Fatal(err)
			}
			return
		}
		if _, err := got.Check(); err != nil {
			t.Fatal("what was read is refused:", err)
		}
		if strings.ContainsAny(got.Body+got.Contact, "\r\n\x00") || got.Text == "" && len(got.Files) == 0 {
			t.Fatalf("%+v", got)
		}
	})
}
