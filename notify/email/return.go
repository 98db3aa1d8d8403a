package email

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"strings"

	"vigie/internal/breach"
	"vigie/notify"
)

// Return makes the return path of each message and recognises it on the bounce
// that comes back: bounce+KEY.MAC@domain, after VERP and BATV. The MAC (80 bits
// of HMAC-SHA-256) keeps strangers from declaring anybody unreachable; the key
// is the ledger row's and says nothing of a person. Letters are lower case,
// since mail systems do not always keep the case of what they return.
type Return struct {
	Domain string // of the mailbox that takes bounces in
	Key    []byte // at least 16 bytes; nil: no keyed return paths
}

const (
	returnPrefix = "bounce+"
	returnMAC    = 16 // characters of base32: 80 bits
	// maxReturnKey keeps the local part within 64 octets (RFC 5321 4.5.3.1.1).
	maxReturnKey = 64 - len(returnPrefix) - 1 - returnMAC
	minReturnKey = 16 // bytes
)

var lowerBase32 = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// Token is a message's key with its MAC, for where a provider hands it back:
// letters, digits, _ - and one dot.
func (r Return) Token(key string) string { return key + "." + r.mac(key) }

// KeyOf returns the key of a token. ok is false when it is not one of ours.
func (r Return) KeyOf(token string) (key string, ok bool) {
	key, mac, found := strings.Cut(token, ".")
	if !found || len(r.Key) < minReturnKey || notify.CheckKey(key) != nil {
		return "", false
	}
	return strings.ToLower(key), hmac.Equal([]byte(strings.ToLower(mac)), []byte(r.mac(key)))
}

func (r Return) mac(key string) string {
	h := hmac.New(sha256.New, r.Key)
	h.Write([]byte("vigie return path\x00" + strings.ToLower(key)))
	return lowerBase32.EncodeToString(h.Sum(nil))[:returnMAC]
}

// path is the envelope sender of a message.
func (r Return) path(key string) (string, error) {
	if len(key) > maxReturnKey || key != strings.ToLower(key) {
		return "", &breach.RefusedError{Code: "key", What: "message key", Hint: "too long for a return path, or with capitals, which mail systems do not keep"}
	}
	return returnPrefix + r.Token(key) + "@" + r.Domain, nil
}

// Of returns the key of the message whose return path an address is.
func (r Return) Of(address string) (key string, ok bool) {
	address = strings.Trim(strings.TrimSpace(address), "<>")
	at := strings.LastIndexByte(address, '@')
	if at < len(returnPrefix) || len(address) > maxAddress || !strings.EqualFold(address[at+1:], r.Domain) ||
		!strings.EqualFold(address[:len(returnPrefix)], returnPrefix) {
		return "", false
	}
	return r.KeyOf(address[len(returnPrefix):at])
}
