package dump

import "bytes"

// hashTypeOf names the likeliest type of a password's hash by its form: what
// precedes it where it says so itself, else its length.
func hashTypeOf(v []byte) string {
	for _, p := range hashPrefixes {
		if bytes.HasPrefix(v, []byte(p.prefix)) {
			return p.name
		}
	}
	switch len(v) {
	case 32:
		return "md5"
	case 40:
		return "sha1"
	case 56:
		return "sha224"
	case 64:
		return "sha256"
	case 96:
		return "sha384"
	case 128:
		return "sha512"
	}
	return ""
}

var hashPrefixes = []struct{ prefix, name string }{
	{"$2", "bcrypt"}, {"$1$", "md5crypt"}, {"$5$", "sha256crypt"}, {"$6$", "sha512crypt"}, {"$argon2", "argon2"}, {"$apr1$", "apr1"},
	{"$P$", "phpass"}, {"$H$", "phpass"}, {"{SSHA}", "ssha"}, {"{SHA}", "sha1"}, {"$y$", "yescrypt"}, {"$7$", "scrypt"}, {"pbkdf2", "pbkdf2"},
}
