package ident

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// sample writes a value that has the shape of a type, letters and digits drawn
// by rng: the table holds no hash of anyone.
func sample(s *spec, rng *rand.Rand) []byte {
	var out []byte
	for _, st := range s.steps {
		if st.literal != "" {
			out = append(out, st.literal...)
			continue
		}
		most := st.most
		if most > st.least+40 {
			most = st.least + 40
		}
		n := st.least + rng.IntN(most-st.least+1)
		if st.most == maxHash {
			n += 8
		}
		const hexDigits, all = "0123456789abcdef", "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
		from := len(out)
		for range n {
			switch {
			case st.class == cDigit:
				out = append(out, hexDigits[rng.IntN(10)])
			case st.class == cUpperHex:
				out = append(out, strings.ToUpper(hexDigits)[rng.IntN(16)])
			case st.class&anyHex != 0:
				out = append(out, hexDigits[rng.IntN(16)])
			default:
				out = append(out, all[rng.IntN(len(all))])
			}
		}
		if st.class == cMixed {
			out[from], out[from+1] = '7', 'c'
		}
	}
	return out
}

func TestEveryTypeIsListedForItsShape(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	table := hashTable()
	seen := map[int]bool{}
	listed, first, candidates, modes, legacy := 0, 0, 0, 0, 0
	for i := range table.specs {
		s := &table.specs[i]
		if s.mode < 0 || seen[s.mode] {
			continue
		}
		seen[s.mode] = true
		modes++
		if strings.HasSuffix(s.name, "(legacy)") {
			legacy++ // raw headers of volumes: one shape for 36 modes, and never met in a dump of accounts
		}
		v := sample(s, rng)
		for s.weak && !scrambled(v) {
			v = sample(s, rng)
		}
		got := HashTypes(v, nil)
		candidates += len(got)
		for j, h := range got {
			if h.Mode == s.mode {
				listed++
				if j == 0 {
					first++
				}
				break
			}
		}
		if !lists(got, s.mode) {
			t.Errorf("mode %d (%s) is not listed for its own shape", s.mode, s.name)
		}
	}
	t.Logf("%d modes (%d legacy), %d listed, %d first, %.1f candidates on average", modes, legacy, listed, first, float64(candidates)/float64(modes))
	if modes < 500 {
		t.Errorf("%d modes, want 500", modes)
	}
	if first*10 < (modes-legacy)*6 {
		t.Errorf("%d of %d first, want 60 %%", first, modes-legacy)
	}
	if candidates > 17*modes {
		t.Errorf("%d candidates for %d modes, want 17 on average", candidates, modes)
	}
}

func lists(got []HashType, mode int) bool {
	for _, h := range got {
		if h.Mode == mode {
			return true
		}
	}
	return false
}

// Shapes that no step can follow would never match: a run that may hold the
// first character of the literal behind it must have a fixed length.
func TestTableHasNoDeadShape(t *testing.T) {
	for _, s := range hashTable().specs {
		if s.name == "" || s.mode == 0 && s.name != "MD5" || len(s.steps) == 0 {
			t.Errorf("mode %d: bad line", s.mode)
		}
		for i, st := range s.steps[:len(s.steps)-1] {
			next := s.steps[i+1]
			if st.literal == "" && st.class == 0 || st.literal == "" && st.most == 0 {
				t.Errorf("mode %d: bad class or count", s.mode)
			}
			if st.literal == "" && st.least != st.most && next.literal != "" && hashClasses[next.literal[0]]&st.class != 0 {
				t.Errorf("mode %d (%s): a run swallows %q", s.mode, s.name, next.literal)
			}
		}
	}
}

func TestHashTypes(t *testing.T) {
	word := []byte("ornithorynque violet")
	m, h, h2, h5 := md5.Sum(word), sha1.Sum(word), sha256.Sum256(word), sha512.Sum512(word)
	m5, s1, s2, s5 := hex.EncodeToString(m[:]), hex.EncodeToString(h[:]), hex.EncodeToString(h2[:]), hex.EncodeToString(h5[:])
	b64 := base64.StdEncoding.EncodeToString
	crypt := strings.Repeat("aB3./xY9", 12)
	for _, test := range []struct {
		name, in string
		first    string
		also     []int
	}{
		{"md5", m5, "MD5", []int{1000, 900, 2600, 3000}},
		{"md5 capitals", strings.ToUpper(m5), "MD5", []int{1000}},
		{"sha1", s1, "SHA1", []int{300, 6000}},
		{"mysql", "*" + strings.ToUpper(s1), "MySQL4.1/MySQL5", nil},
		{"sha256", s2, "SHA2-256", []int{17400}},
		{"sha512", s5, "SHA2-512", []int{6100}},
		{"md5 with salt", m5 + ":9f3kdl", "md5($pass.$salt)", []int{20, 12, 1100}},
		{"joomla", m5 + ":" + crypt32(), "Joomla < 2.5.18", []int{10}},
		{"vbulletin", m5 + ":k#!", "vBulletin < v3.8.5", []int{10, 20}},
		{"sha1 with salt", s1 + ":salt", "sha1($pass.$salt)", []int{120, 121}},
		{"sha256 with salt", s2 + ":1234", "sha256($pass.$salt)", []int{1420}},
		{"bcrypt", "$2y$10$" + crypt[:53], "bcrypt $2*$, Blowfish (Unix)", []int{25600}},
		{"md5crypt", "$1$abcdefgh$" + crypt[:22], "md5crypt, MD5 (Unix), Cisco-IOS $1$ (MD5)", nil},
		{"sha512crypt", "$6$rounds=5000$abcdefgh$" + crypt[:86], "sha512crypt $6$, SHA512 (Unix)", nil},
		{"argon2id", "$argon2id$v=19$m=65536,t=3,p=4$" + crypt[:22] + "$" + crypt[:43], "Argon2", nil},
		{"phpass", "$P$B" + crypt[:30], "phpass, WordPress, Joomla, phpBB3 (MD5)", nil},
		{"apr1", "$apr1$abcdefgh$" + crypt[:22], "Apache $apr1$ MD5, md5apr1, MD5 (APR)", nil},
		{"django", "pbkdf2_sha256$260000$abcdef$" + b64(h2[:]), "Django (PBKDF2-SHA256)", nil},
		{"ssha", "{SSHA}" + b64(append(h[:], "12345678"...)), "nsldaps, SSHA-1(Base64), Netscape LDAP SSHA", nil},
		{"netntlmv2", "camille::EXAMPLE:0102030405060708:" + m5 + ":0101" + s5, "NetNTLMv2", nil},
		{"mssql", "0x0200" + s5 + "01020304", "MSSQL (2012, 2014)", nil},
		{"oracle 11", "S:" + s1 + "0102030405060708090a", "Oracle S: Type (Oracle 11+)", nil},
		{"kerberos", "$krb5tgs$23$*user$realm$test/spn*$" + m5 + "$" + s5, "Kerberos 5, etype 23, TGS-REP", nil},
		{"scram", "SCRAM-SHA-256$4096:" + b64(m[:]) + "$" + b64(h2[:]) + ":" + b64(h2[:]), "PostgreSQL SCRAM-SHA-256", nil},
		{"wpa", "WPA*01*" + m5 + "*020000000001*020000000002*6578616d706c65***", "WPA-PBKDF2-PMKID+EAPOL", nil},
		{"pwdump", "camille:1001:aad3b435b51404eeaad3b435b51404ee:" + m5 + ":::", "NTLM", nil},
		{"descrypt", "aB3xK9./Lq2Zt", "descrypt, DES (Unix), Traditional DES", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := HashTypes([]byte(test.in), nil)
			if len(got) == 0 || got[0].Name != test.first {
				t.Fatalf("got %v, want %s first", got, test.first)
			}
			for _, mode := range test.also {
				if !lists(got, mode) {
					t.Errorf("mode %d is not listed", mode)
				}
			}
		})
	}
}

func crypt32() string { return strings.Repeat("kD93", 8) }

func TestOrdinaryValuesAreNoHash(t *testing.T) {
	for _, in := range []string{"", "Durand", "Jean-Baptiste", "0639980001", "34000", "2009-03-12", "20090312", "12 rue des Lilas", "camille.durand@example.org", "Montpellier34", "SAINT-ETIENNE",
		"185057800608491", "FR1420041010050500013M02606", "soleil2009", "Marie123", "azerty1234", "https://example.org/a", "1 234,56 €", "$", "{", "_", "2001:db8::1", "AB-123-CD", "anticonstitutionnellement", "N/A", "4242424242424242", "$12.50", "(555) 0100"} {
		if got := HashTypes([]byte(in), nil); len(got) > 0 {
			t.Errorf("%q: %v, want none", in, got)
		}
		if IsHash([]byte(in)) {
			t.Errorf("%q is no hash", in)
		}
	}
}

func FuzzHashTypes(f *testing.F) {
	rng := rand.New(rand.NewPCG(3, 4))
	for i := range hashTable().specs {
		if i%9 == 0 {
			f.Add(sample(&hashTable().specs[i], rng))
		}
	}
	f.Fuzz(func(t *testing.T, v []byte) {
		got := HashTypes(v, nil)
		if fmt.Sprint(got) != fmt.Sprint(HashTypes(v, nil)) {
			t.Fatal("two answers for one value")
		}
		if IsHash(v) && len(got) == 0 {
			t.Fatal("a hash of no type")
		}
		if len(got) > maxCandidates {
			t.Fatal("too many candidates")
		}
	})
}

func BenchmarkHashTypes(b *testing.B) {
	m := md5.Sum([]byte("x"))
	for name, v := range map[string]string{"name": "Durand", "street": "12 rue des Lilas", "email": "camille.durand@example.org", "phone": "0639980001", "md5": hex.EncodeToString(m[:]), "bcrypt": "$2y$10$" + strings.Repeat("aB3", 20)[:53]} {
		b.Run(name, func(b *testing.B) {
			in, dst := []byte(v), make([]HashType, 0, 64)
			b.ReportAllocs()
			for b.Loop() {
				dst = HashTypes(in, dst[:0])
			}
		})
	}
}
