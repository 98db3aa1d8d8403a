package linkage

import (
	"crypto/md5"  // what dumps use
	"crypto/sha1" // what dumps use
	"crypto/sha256"
	"crypto/sha512"
	"strings"

	"vigie/matchers"
)

// Contacts that a dump gives by their hash. A hash without a salt hides nothing
// from whoever knows the address: it is made again from each registered e-mail
// and phone, in the forms people hash, and compared. What was hashed with a salt
// or under a key cannot be made again and says nothing, neither for nor against.

// The kinds of contact that are hashed.
const (
	hashedEmail = iota
	hashedPhone
	hashedKinds
)

// contactOf is the comparison of a kind.
var contactOf = [hashedKinds]comparison{onEmail, onPhone}

// hashes are the contacts of a row that stand there as digests.
type hashes struct {
	of   [hashedKinds]matchers.Digest // an unsure one stands for both kinds
	held [hashedKinds]*holders        // who has them, once asked
}

// hashesOf returns the digests among a row's texts, nil when there are none.
func hashesOf(t *texts) *hashes {
	var h *hashes
	for k, s := range [hashedKinds]string{t[textEmail], t[textPhone]} {
		d, ok := matchers.ParseDigest(s)
		if !ok {
			continue
		}
		if h == nil {
			h = &hashes{}
		}
		if h.of[k] = d; d.Unsure && h.of[hashedPhone].Sum == "" {
			h.of[hashedPhone] = d
		}
	}
	return h
}

// digestText is the canonical text of a contact given as a digest; "" when it is
// none.
func digestText(s string) string {
	if strings.IndexByte(s, ':') < 3 {
		return ""
	}
	if _, ok := matchers.ParseDigest(s); !ok {
		return ""
	}
	return s
}

// isDigest tells a canonical text that is a digest: no address and no number has
// a colon.
func isDigest(text string) bool { return strings.IndexByte(text, ':') >= 0 }

// sumInto appends the hash of b.
func sumInto(dst []byte, length int, b []byte) []byte {
	switch length {
	case md5.Size:
		s := md5.Sum(b)
		return append(dst, s[:]...)
	case sha1.Size:
		s := sha1.Sum(b)
		return append(dst, s[:]...)
	case sha256.Size:
		s := sha256.Sum256(b)
		return append(dst, s[:]...)
	case sha512.Size384:
		s := sha512.Sum384(b)
		return append(dst, s[:]...)
	case sha512.Size:
		s := sha512.Sum512(b)
		return append(dst, s[:]...)
	}
	return dst
}

// lengths are those of the digests, the bit of each in a set.
var lengths = [...]int{md5.Size, sha1.Size, sha256.Size, sha512.Size384, sha512.Size}

func lengthBit(n int) uint8 {
	for i, l := range lengths {
		if l == n {
			return 1 << i
		}
	}
	return 0
}

// hashes tells whether one of the forms of a canonical contact has a digest.
func (d *hashes) same(kind int, text string) bool {
	want := d.of[kind].Sum
	if want == "" || text == "" {
		return false
	}
	var buf [sha512.Size]byte
	found := false
	forms(kind, text, func(form []byte) {
		found = found || string(sumInto(buf[:0], len(want), form)) == want
	})
	return found
}

// forms calls f with the forms in which a canonical contact is hashed; f does
// not keep them.
func forms(kind int, text string, f func([]byte)) {
	if kind == hashedEmail {
		emailForms(text, f)
		return
	}
	phoneForms(text, f)
}

// emailForms are an address in lower case, as exports and advertisers hash it;
// in capitals, and with capitals at the start of words; without the dots and the
// tag that Gmail ignores; with the line break that "echo | md5sum" adds; and in
// UTF-16, as SQL Server hashes an NVARCHAR.
func emailForms(email string, f func([]byte)) {
	var raw [2 * maxValue]byte
	f(append(raw[:0], email...))
	f(append(append(raw[:0], email...), '\n'))
	f(wide(raw[:0], email))
	f([]byte(strings.ToUpper(email)))
	at := strings.LastIndexByte(email, '@')
	if at < 1 {
		return
	}
	local, domain := email[:at], email[at:]
	if titled := titleWords(append(raw[:0], local...)); string(titled) != local {
		f(append(titled, domain...))
	}
	plain, _, tagged := strings.Cut(local, "+")
	if domain == "@gmail.com" || domain == "@googlemail.com" {
		plain, domain = strings.ReplaceAll(plain, ".", ""), "@gmail.com"
	}
	if tagged || plain+domain != email {
		f(append(append(raw[:0], plain...), domain...))
	}
}

// titleWords puts the first letter of each word in capitals, in place.
func titleWords(b []byte) []byte {
	start := true
	for i, c := range b {
		letter := c >= 'a' && c <= 'z'
		if letter && start {
			b[i] = c - 'a' + 'A'
		}
		start = !letter
	}
	return b
}

// wide writes ASCII in UTF-16, the low byte first.
func wide(dst []byte, s string) []byte {
	for i := range len(s) {
		dst = append(dst, s[i], 0)
	}
	return dst
}

// phoneForms are the nine digits that name a line in France, in E.164 with and
// without its sign, with 00, and as people write them at home: bare, in pairs, and
// without the first zero. Of numbers of other countries the index keeps no prefix:
// they are not found.
func phoneForms(nine string, f func([]byte)) {
	if len(nine) != 9 {
		return
	}
	var raw [64]byte
	lined := func(form []byte) {
		f(form)
		f(append(form, '\n'))
	}
	lined(append(append(raw[:0], '0'), nine...))
	lined(append(raw[:0], nine...))
	f(wide(append(raw[:0], '0', 0), nine))
	for _, gap := range gaps {
		f(pairs(append(raw[:0], '0', nine[0]), gap, nine))
	}
	abroad(raw[:], "33", nine, lined, f)
	if prefix := overseas(nine); prefix != "" {
		abroad(raw[:], prefix, nine, lined, f)
	}
}

// abroad are the forms that begin with the prefix of a country.
func abroad(raw []byte, prefix, nine string, lined, f func([]byte)) {
	with := func(start string) []byte { return append(append(append(raw[:0], start...), prefix...), nine...) }
	for _, start := range [...]string{"+", "", "00"} {
		lined(with(start))
	}
	f(wide(wide(append(raw[:0], '+', 0), prefix), nine))
	for _, gap := range gaps {
		f(pairs(append(append(append(raw[:0], '+'), prefix...), gap, nine[0]), gap, nine))
	}
	f(append(append(append(append(raw[:0], '+'), prefix...), '0'), nine...))
	f(append(append(append(append(raw[:0], '+'), prefix...), "(0)"...), nine...))
}

var gaps = [...]byte{' ', '.', '-'}

// pairs appends the last eight of nine digits, two by two.
func pairs(dst []byte, gap byte, nine string) []byte {
	for i := 1; i < 9; i += 2 {
		dst = append(dst, gap, nine[i], nine[i+1])
	}
	return dst
}

// overseas is the country prefix of nine digits of the French numbering plan
// (Arcep decision 2018-0881) that are lines of Réunion and Mayotte, Guadeloupe,
// Guyane or Martinique; "" when they are none. Some are also lines of the
// mainland, in ranges kept for fiction.
func overseas(nine string) string {
	switch nine[:3] {
	case "262", "263", "269", "639", "692", "693":
		return "262"
	case "590", "690", "691":
		return "590"
	case "594", "694":
		return "594"
	case "596", "696", "697":
		return "596"
	}
	return ""
}
