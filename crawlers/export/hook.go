package export

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"vigie/internal/breach"
)

// The headers of a webhook. A receiver checks the signature over the time and
// the bytes as they came, refuses what is older than MaxAge, and takes each
// key once: a delivery is repeated until it is answered.
const (
	HeaderKey  = "Idempotency-Key"
	HeaderTime = "X-Vigie-Timestamp"
	HeaderSign = "X-Vigie-Signature"
)

// MaxAge is how old a delivery may be when it is taken.
const MaxAge = 5 * time.Minute

// HookBody is what a hook is told of one step of an alert.
func HookBody(o Options, x Item, seq int64) ([]byte, error) {
	o, err := o.Check()
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err = enc.Encode(struct {
		Seq   int64     `json:"seq"`
		At    time.Time `json:"at"`
		Title string    `json:"title"`
		told
	}{seq, x.updated(), Mask(x.Title), o.told(x)})
	return b.Bytes(), err
}

// Sign is the signature of a body sent at a moment: HMAC-SHA-256 over the Unix
// time in decimal, a full stop, and the body; written "v1=<hex>".
func Sign(secret []byte, at time.Time, body []byte) string {
	mac := hmac.New(sha256.New, secret)
	_, _ = fmt.Fprintf(mac, "%d.", at.Unix()) // a hash does not fail
	mac.Write(body)
	return "v1=" + hex.EncodeToString(mac.Sum(nil))
}

// Verify is what a receiver does. It is breach.ErrForbidden when the signature
// is another's, or the time too far from now.
func Verify(secret []byte, timestamp, signature string, body []byte, now time.Time) error {
	unix, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil {
		return fmt.Errorf("a delivery without time: %w", breach.ErrForbidden)
	}
	at := time.Unix(unix, 0)
	if !hmac.Equal([]byte(Sign(secret, at, body)), []byte(signature)) {
		return fmt.Errorf("a delivery that is not ours: %w", breach.ErrForbidden)
	}
	if d := now.Sub(at); d > MaxAge || d < -MaxAge {
		return fmt.Errorf("a delivery that is too old: %w", breach.ErrForbidden)
	}
	return nil
}
