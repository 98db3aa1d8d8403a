package console

import (
	"crypto/subtle"
	"fmt"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"

	"vigie/internal/breach"
)

// totpPeriod is the length of a step (RFC 6238).
const totpPeriod = 30 * time.Second

var totpOptions = totp.ValidateOpts{Period: 30, Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1}

// NewTOTP makes the one-time code secret of a new account: the base 32 secret,
// to be stored as the account's TOTP (the store seals it), and the otpauth
// address for an authenticator.
func NewTOTP(user breach.UserID) (secret, url string, err error) {
	key, err := totp.Generate(totp.GenerateOpts{Issuer: "Vigie", AccountName: string(user), Period: 30, SecretSize: 20})
	if err != nil {
		return "", "", fmt.Errorf("making the one-time code secret of %s: %w", user, err)
	}
	return key.Secret(), key.URL(), nil
}

// matchTOTP finds the step, of the one before, the current and the next, whose
// code was given. All three are computed whichever matches.
func matchTOTP(secret, code string, now time.Time) (step int64, ok bool) {
	current := now.Unix() / int64(totpPeriod/time.Second)
	for s := current - 1; s <= current+1; s++ {
		want, err := totp.GenerateCodeCustom(secret, time.Unix(s*int64(totpPeriod/time.Second), 0).UTC(), totpOptions)
		if err == nil && subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 {
			step, ok = s, true
		}
	}
	return step, ok
}
