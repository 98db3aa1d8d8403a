package matchers

import (
	"encoding/base64"
	"encoding/hex"
	"strings"
)

// Digest is an e-mail address or a phone number of which a dump holds the hash
// in its place. In a Record it stands as the value of Email or Phone, as String
// writes it: nothing that is an address or a number is written so.
type Digest struct {
	Algorithm string // "md5", "sha1", "sha256", "sha384" or "sha512"
	Sum       string // the bytes of the hash
	// Unsure tells a hash of which nothing says what it was made of. It stands as
	// the value of Email, and may be that of a phone as well.
	Unsure bool
}

// algorithms by the length of what they make, in bytes.
func algorithmOf(length int) string {
	switch length {
	case 16:
		return "md5"
	case 20:
		return "sha1"
	case 32:
		return "sha256"
	case 48:
		return "sha384"
	case 64:
		return "sha512"
	}
	return ""
}

// maxDigest is the longest way to write a digest, in bytes: a prefix, then 128
// hexadecimal digits.
const maxDigest = 16 + 128

// ReadDigest reads a hash as exports write it: hexadecimal in either case or
// base64, bare or after "0x", "\x", "sha256:", "md5$" or "{SHA}". The length
// tells the algorithm. What names a salt or another algorithm is refused: no
// one could make it again.
func ReadDigest(s string) (Digest, bool) {
	if s = strings.Trim(s, " \t\"'"); len(s) < 22 || len(s) > maxDigest {
		return Digest{}, false
	}
	s, named := unprefixed(s)
	sum, ok := sumOf(s)
	if !ok {
		return Digest{}, false
	}
	d := Digest{Algorithm: algorithmOf(len(sum)), Sum: string(sum)}
	return d, named == "" || named == d.Algorithm
}

// unprefixed takes what names the algorithm or the encoding off.
func unprefixed(s string) (rest, named string) {
	if rest, ok := strings.CutPrefix(s, "0x"); ok {
		return rest, ""
	}
	if rest, ok := strings.CutPrefix(s, `\x`); ok {
		return rest, ""
	}
	name, rest, ok := strings.Cut(s, ":")
	if !ok {
		name, rest, ok = strings.Cut(s, "$")
	}
	if !ok && s[0] == '{' {
		name, rest, ok = strings.Cut(s[1:], "}")
	}
	if !ok {
		return s, ""
	}
	switch name = strings.NewReplacer("-", "", "_", "").Replace(strings.ToLower(name)); name {
	case "md5", "sha1", "sha256", "sha384", "sha512":
		return rest, name
	case "sha":
		return rest, "sha1"
	case "sha2", "sha2256":
		return rest, "sha256"
	}
	return rest, "other"
}

// sumOf reads hexadecimal digits or base64 of the length of a digest.
func sumOf(s string) ([]byte, bool) {
	if len(s)%2 == 0 && algorithmOf(len(s)/2) != "" {
		if sum, err := hex.DecodeString(s); err == nil {
			return sum, true
		}
	}
	enc := base64.RawStdEncoding
	if strings.ContainsAny(s, "-_") {
		enc = base64.RawURLEncoding
	}
	s = strings.TrimRight(s, "=")
	if algorithmOf(enc.DecodedLen(len(s))) == "" {
		return nil, false
	}
	sum, err := enc.Strict().DecodeString(s)
	return sum, err == nil && algorithmOf(len(sum)) != ""
}

// String writes a digest as the value of a Record: "sha256:9f86d0…", after "?"
// where it is unsure.
func (d Digest) String() string {
	s := d.Algorithm + ":" + hex.EncodeToString([]byte(d.Sum))
	if d.Unsure {
		return "?" + s
	}
	return s
}

// ParseDigest reads what String wrote, and nothing else.
func ParseDigest(s string) (Digest, bool) {
	rest, unsure := strings.CutPrefix(s, "?")
	algorithm, digits, ok := strings.Cut(rest, ":")
	if !ok || len(digits)%2 != 0 || algorithm == "" || algorithmOf(len(digits)/2) != algorithm {
		return Digest{}, false
	}
	sum, err := hex.DecodeString(digits)
	if err != nil || strings.ToLower(digits) != digits {
		return Digest{}, false
	}
	return Digest{Algorithm: algorithm, Sum: string(sum), Unsure: unsure}, true
}
