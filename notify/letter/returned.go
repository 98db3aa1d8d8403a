package letter

import (
	"context"
	"errors"
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
func (s *Shelf) Returned(ctx context.Context, scanned, reason string) (key string, err error) {
	out, err := Return(scanned, reason)
	if err != nil {
		return "", err
	}
	slip, sent, err := s.Slip(ctx, out.Key)
	if err != nil {
		return "", err
	}
	if !sent {
		return "", &breach.RefusedError{Code: "not-sent", What: "returned letter", Hint: "no letter with this key was handed over here"}
	}
	out.Ref = slip.ref()
	line, err := notify.Receipt(out)
	if err != nil {
		return "", err
	}
	return out.Key, s.put(ctx, receipts+s.now().UTC().Format("20060102T150405.000000000Z")+"-"+out.Key+".jsonl", "application/jsonl", line)
}

// Return reads what a scanner read of a letter that came back, and makes of it
// what became of that letter: a bounce, with the post's reason as its code.
func Return(scanned, reason string) (notify.Outcome, error) {
	if !slices.Contains(Reasons(), reason) {
		return notify.Outcome{}, &breach.RefusedError{Code: "reason", What: "returned letter", Hint: "want one of " + strings.Join(Reasons(), ", ")}
	}
	key := scannedKey(scanned)
	if err := notify.CheckKey(key); err != nil {
		return notify.Outcome{}, err
	}
	return notify.Outcome{Key: key, State: breach.MessageBounced, Code: "returned-" + reason}, nil
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

// margin is how long before the cut-off nothing is recalled any more, so that a
// recall and a manifest never cross.
const margin = time.Minute

// Recall takes a letter back, unless its cut-off has passed: it is then
// refused with code "cut-off". A recalled letter is not handed over again. It
// tells whether there was one.
func (s *Shelf) Recall(ctx context.Context, key string) (bool, error) {
	slip, ok, err := s.Slip(ctx, key)
	if err != nil || !ok {
		return false, err
	}
	// Asked again after a crash, it was taken back, however late it is by now.
	if err := s.notRecalled(ctx, key); err != nil && !errors.Is(err, breach.ErrInvalid) {
		return false, err
	} else if err == nil && s.now().After(slip.CutOff.Add(-margin)) {
		return false, &breach.RefusedError{Code: "cut-off", What: "letter", Hint: "it has left: the cut-off has passed"}
	}
	// From here on no manifest lists it, whatever else is left of it.
	if _, err := s.putJSON(ctx, recalled+key+".json", slip); err != nil {
		return false, err
	}
	return true, errors.Join(s.store.Delete(ctx, slip.ref()), s.store.Delete(ctx, copies+slip.Accessible+".pdf"), s.store.Delete(ctx, waitingKey(slip)))
}
