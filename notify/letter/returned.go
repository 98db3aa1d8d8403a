package letter

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"vigie/internal/breach"
	"vigie/notify"
)

// Reasons are those that the post writes on an envelope that comes back (PND,
// plis non distribuables).
func Reasons() []string { return []string{"unknown", "address", "refused", "unclaimed"} }

// Returned takes in a letter that came back: what a scanner reads of its
// DataMatrix, "KEY 1/2", the payload of its mark, or the key typed in. The
// next channel then takes over, as after any bounce. A key that was never
// handed over is refused with code "not-sent".
func (d *Directory) Returned(ctx context.Context, scanned, reason string) (key string, err error) {
	if !slices.Contains(Reasons(), reason) {
		return "", &breach.RefusedError{Code: "reason", What: "returned letter", Hint: "want one of " + strings.Join(Reasons(), ", ")}
	}
	key = scannedKey(scanned)
	if err := notify.CheckKey(key); err != nil {
		return "", err
	}
	_, sent, err := d.Has(ctx, key)
	if err != nil {
		return "", err
	}
	if !sent {
		return "", &breach.RefusedError{Code: "not-sent", What: "returned letter", Hint: "no letter with this key was handed over here"}
	}
	return key, notify.AppendReceipt(d.dir, notify.Outcome{Key: key, State: breach.MessageBounced, Ref: key + ".pdf", Code: "returned-" + reason})
}

// scannedKey finds the key in what a scanner read.
func scannedKey(s string) string {
	f := strings.Fields(s)
	switch {
	case len(f) >= 5 && strings.HasPrefix(f[0], "VIGIE"): // the mark: version, channel, batch, day, key
		return f[4]
	case len(f) > 0:
		return f[0]
	}
	return ""
}

// recalled is where recalled letters rest.
const recalled = "recalled"

// Recall takes a letter back, unless its cut-off has passed: it is then
// refused with code "cut-off". A recalled letter is not handed over again. It
// tells whether there was one.
func (d *Directory) Recall(ctx context.Context, key string, now time.Time, c Calendar) (bool, error) {
	name, ok, err := d.Has(ctx, key)
	if err != nil || !ok {
		return false, err
	}
	path := filepath.Join(d.dir, name)
	info, err := os.Stat(path)
	if err != nil {
		return false, err
	}
	if cutOff, _ := c.Leaves(info.ModTime()); !now.Before(cutOff) {
		return false, &breach.RefusedError{Code: "cut-off", What: "letter", Hint: "it has left: the cut-off has passed"}
	}
	if err := os.MkdirAll(filepath.Join(d.dir, recalled), 0o700); err != nil {
		return false, err
	}
	return true, os.Rename(path, filepath.Join(d.dir, recalled, name))
}

// isRecalled tells whether a letter was taken back.
func (d *Directory) isRecalled(key string) bool {
	_, err := os.Stat(filepath.Join(d.dir, recalled, key+".pdf"))
	return err == nil
}
