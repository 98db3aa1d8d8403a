package matchers

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"strings"
	"testing"
)

func TestReadDigest(t *testing.T) {
	word := []byte("a.lemoine@example.org")
	m, s1, s2, s3, s5 := md5.Sum(word), sha1.Sum(word), sha256.Sum256(word), sha512.Sum384(word), sha512.Sum512(word)
	h2, b2 := hex.EncodeToString(s2[:]), base64.StdEncoding.EncodeToString(s2[:])
	tests := []struct {
		name, in, algorithm string
		sum                 []byte
	}{
		{"md5", hex.EncodeToString(m[:]), "md5", m[:]},
		{"sha1 in capitals", strings.ToUpper(hex.EncodeToString(s1[:])), "sha1", s1[:]},
		{"sha256", h2, "sha256", s2[:]},
		{"sha384", hex.EncodeToString(s3[:]), "sha384", s3[:]},
		{"sha512", hex.EncodeToString(s5[:]), "sha512", s5[:]},
		{"base64", b2, "sha256", s2[:]},
		{"base64 without padding", strings.TrimRight(b2, "="), "sha256", s2[:]},
		{"base64 for addresses", base64.URLEncoding.EncodeToString(s2[:]), "sha256", s2[:]},
		{"base64 of md5", base64.StdEncoding.EncodeToString(m[:]), "md5", m[:]},
		{"base64 of sha512", base64.StdEncoding.EncodeToString(s5[:]), "sha512", s5[:]},
		{"0x", "0x" + strings.ToUpper(h2), "sha256", s2[:]},
		{"bytea", `\x` + h2, "sha256", s2[:]},
		{"named", "SHA-256:" + h2, "sha256", s2[:]},
		{"LDAP", "{SHA}" + base64.StdEncoding.EncodeToString(s1[:]), "sha1", s1[:]},
		{"quoted", ` "` + h2 + `" `, "sha256", s2[:]},
		{"an address", string(word), "", nil},
		{"a phone", "+33 1 99 00 12 34", "", nil},
		{"of another name", "md5:" + h2, "", nil},
		{"salted", hex.EncodeToString(m[:]) + ":f00d", "", nil},
		{"bcrypt", "$2y$10$" + strings.Repeat("a", 53), "", nil},
		{"too long", h2 + h2 + h2, "", nil},
		{"empty", "", "", nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, ok := ReadDigest(test.in)
			if ok != (test.algorithm != "") {
				t.Fatalf("read: %v", ok)
			}
			if !ok {
				return
			}
			if got.Algorithm != test.algorithm || got.Sum != string(test.sum) {
				t.Errorf("got %s of %d bytes, want %s", got.Algorithm, len(got.Sum), test.algorithm)
			}
			for _, unsure := range []bool{false, true} {
				got.Unsure = unsure
				if again, ok := ParseDigest(got.String()); !ok || again != got {
					t.Errorf("%s does not come back", got)
				}
			}
		})
	}
}

func FuzzReadDigest(f *testing.F) {
	f.Add("sha256:" + strings.Repeat("0f", 32))
	f.Add("{SHA}2jmj7l5rSw0yVb/vlWAYkK/YBwk=")
	f.Add("?md5:" + strings.Repeat("a1", 16))
	f.Fuzz(func(t *testing.T, s string) {
		if d, ok := ReadDigest(s); ok {
			if again, ok := ParseDigest(d.String()); !ok || again != d {
				t.Fatal("a digest that does not come back")
			}
		}
		if d, ok := ParseDigest(s); ok && d.String() != s {
			t.Fatal("two ways to write one digest")
		}
	})
}
