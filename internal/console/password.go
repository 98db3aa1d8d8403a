package console

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"

	"vigie/internal/breach"
)

// cost is the work of one argon2id computation (RFC 9106).
type cost struct {
	memory  uint32 // KiB
	passes  uint32
	threads uint8
}

// passwordCost has the memory of RFC 9106's second recommendation and more work
// than OWASP asks for (46 MiB, one pass); one computation takes about 0.1 s.
var passwordCost = cost{memory: 64 << 10, passes: 2, threads: 1}

// What a stored hash may ask for at most, so that a tampered row cannot stop
// the machine.
const (
	maxMemory   = 256 << 10 // KiB
	maxPasses   = 10
	maxThreads  = 8
	saltBytes   = 16
	keyBytes    = 32
	maxPassword = 256 // bytes
)

// HashPassword returns the argon2id PHC string of a password of 12 to 256
// bytes. Errors wrap breach.ErrInvalid.
func HashPassword(password string) (string, error) {
	if n := len(password); n < 12 || n > maxPassword {
		return "", fmt.Errorf("password of %d bytes, want 12 to %d: %w", n, maxPassword, breach.ErrInvalid)
	}
	return hashWith(password, passwordCost), nil
}

func hashWith(password string, k cost) string {
	salt := make([]byte, saltBytes)
	_, _ = rand.Read(salt) // never fails since Go 1.24
	return phcString(k, salt, argon2.IDKey([]byte(password), salt, k.passes, k.memory, k.threads, keyBytes))
}

// decoy is a hash that costs what others cost to check and that no password
// has: its key is random.
func decoy(k cost) string {
	b := make([]byte, saltBytes+keyBytes)
	_, _ = rand.Read(b)
	return phcString(k, b[:saltBytes], b[saltBytes:])
}

func phcString(k cost, salt, key []byte) string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version,
		k.memory, k.passes, k.threads, b64.EncodeToString(salt), b64.EncodeToString(key))
}

// checkPassword tells whether a password belongs to a PHC string. A string
// that cannot be read is an error, not a refusal.
func checkPassword(phc, password string) (bool, error) {
	k, salt, want, err := parsePHC(phc)
	if err != nil {
		return false, err
	}
	got := argon2.IDKey([]byte(password), salt, k.passes, k.memory, k.threads, uint32(len(want)))
	return subtle.ConstantTimeCompare(got, want) == 1, nil
}

func parsePHC(phc string) (k cost, salt, key []byte, err error) {
	bad := fmt.Errorf("stored password hash: want argon2id PHC: %w", breach.ErrInvalid)
	parts := strings.Split(phc, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return k, nil, nil, bad
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &k.memory, &k.passes, &k.threads); err != nil {
		return k, nil, nil, bad
	}
	if k.memory < 8 || k.memory > maxMemory || k.passes < 1 || k.passes > maxPasses || k.threads < 1 || k.threads > maxThreads {
		return k, nil, nil, bad
	}
	if salt, err = base64.RawStdEncoding.DecodeString(parts[4]); err != nil || len(salt) < 8 || len(salt) > 64 {
		return k, nil, nil, bad
	}
	if key, err = base64.RawStdEncoding.DecodeString(parts[5]); err != nil || len(key) < 16 || len(key) > 64 {
		return k, nil, nil, bad
	}
	return k, salt, key, nil
}
