package dump

import (
	"context"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"vigie/matchers"
)

// TestHashedContacts finds the columns that give e-mails and phones by their
// hashes, and reads them.
func TestHashedContacts(t *testing.T) {
	h256 := func(s string) string { h := sha256.Sum256([]byte(s)); return hex.EncodeToString(h[:]) }
	hMD5 := func(s string) string { h := md5.Sum([]byte(s)); return hex.EncodeToString(h[:]) }
	h1 := func(s string) string { h := sha1.Sum([]byte(s)); return strings.ToUpper(hex.EncodeToString(h[:])) }
	b64 := func(s string) string { h := sha256.Sum256([]byte(s)); return base64.StdEncoding.EncodeToString(h[:]) }
	mail := func(i int) string { return fmt.Sprintf("personne%d@example.org", i) }
	tel := func(i int) string { return fmt.Sprintf("+336399800%02d", i) }
	names := []string{"Quillivic", "Tressard", "Ormelan", "Béranger", "Vantrou", "Morlaque", "Castelbou", "Ravaudet"}
	tests := []struct {
		name, header string
		row          func(i int) string
		meanings     string // of the second and third column
		email, phone string // of the first row
	}{
		{"header of hashes", "nom;email_sha256;tel_sha256", func(i int) string { return h256(mail(i)) + ";" + h256(tel(i)) }, "email_hash phone_hash", "sha256:" + h256(mail(0)), "sha256:" + h256(tel(0))},
		{"header of values", "nom;email;telephone", func(i int) string { return h256(mail(i)) + ";" + h256(tel(i)) }, "email_hash phone_hash", "sha256:" + h256(mail(0)), "sha256:" + h256(tel(0))},
		{"md5", "nom;emailMD5;hashed_phone", func(i int) string { return hMD5(mail(i)) + ";" + hMD5(tel(i)) }, "email_hash phone_hash", "md5:" + hMD5(mail(0)), "md5:" + hMD5(tel(0))},
		{"sha1 in capitals", "nom;hashed email;mobile hash", func(i int) string { return h1(mail(i)) + ";" + h1(tel(i)) }, "email_hash phone_hash", "sha1:" + strings.ToLower(h1(mail(0))), "sha1:" + strings.ToLower(h1(tel(0)))},
		{"base64", "nom;email_hash;phone_hash", func(i int) string { return b64(mail(i)) + ";" + b64(tel(i)) }, "email_hash phone_hash", "sha256:" + h256(mail(0)), "sha256:" + h256(tel(0))},
		{"base64 under the header of values", "nom;email;telephone", func(i int) string { return b64(mail(i)) + ";" + b64(tel(i)) }, "email_hash phone_hash", "sha256:" + h256(mail(0)), "sha256:" + h256(tel(0))},
		{"of something", "nom;md5;ville", func(i int) string { return hMD5(mail(i)) + ";Rodez" }, "unknown_hash code", "?md5:" + hMD5(mail(0)), ""},
		{"of passwords", "nom;email;password_md5", func(i int) string { return mail(i) + ";" + hMD5(names[i%8]) }, "email password_hash", mail(0), ""},
		{"of passwords, unnamed", "nom;email;h", func(i int) string { return mail(i) + ";" + hMD5(names[i%8]+tel(i)) }, "email password_hash", mail(0), ""},
		{"beside the address", "nom;email;email_md5", func(i int) string { return mail(i) + ";" + hMD5(mail(i)) }, "email email_hash", mail(0), ""},
		{"addresses under the header of hashes", "nom;email_hash;telephone", func(i int) string { return mail(i) + ";" + tel(i) }, "email phone", mail(0), tel(0)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var b strings.Builder
			b.WriteString(test.header + "\n")
			for i := range 60 {
				b.WriteString(names[i%8] + ";" + test.row(i) + "\n")
			}
			e := engine(Options{})
			src := Bytes([]byte(b.String()))
			layout, _, err := e.Inspect(context.Background(), src)
			if err != nil {
				t.Fatal(err)
			}
			c := layout.Tables[0].Columns
			if got := c[1].Meaning + " " + c[2].Meaning; got != test.meanings {
				t.Errorf("columns mean %s, want %s", got, test.meanings)
			}
			if got, want := layout.Hashed(), strings.Contains(strings.ReplaceAll(test.meanings, "password_hash", ""), "hash"); got != want {
				t.Errorf("hashed: %v, want %v", got, want)
			}
			for rec, err := range e.Records(context.Background(), src, layout) {
				if err != nil {
					t.Fatal(err)
				}
				if rec.Values[matchers.Email] != test.email || rec.Values[matchers.Phone] != test.phone {
					t.Errorf("row %d: e-mail %q, phone %q, want %q and %q", rec.Row, rec.Values[matchers.Email], rec.Values[matchers.Phone], test.email, test.phone)
				}
				break
			}
		})
	}
}
