package cli

import (
	"context"
	"fmt"
	"time"

	"vigie/internal/app"
)

// bucketPatience is how long doctor waits for each bucket.
const bucketPatience = 10 * time.Second

// buckets asks each configured bucket whether it answers, and that of the
// evidence whether it locks. It writes nothing.
func buckets(ctx context.Context, cfg app.Config) (out []finding) {
	ask := func(check, what string, b *app.S3Config) {
		if b == nil {
			return
		}
		ctx, cancel := context.WithTimeout(ctx, bucketPatience)
		defer cancel()
		if err := b.Reach(ctx); err != nil {
			out = append(out, finding{check, false, fmt.Sprintf("the bucket %s, %s, does not answer: %v", b.Bucket, what, err)})
			return
		}
		out = append(out, finding{check, true, fmt.Sprintf("the bucket %s, %s, answers", b.Bucket, what)})
	}
	ask("letters", "from which letters are printed", cfg.Channels.Letters.S3)
	ask("page", "to which pages are published", cfg.Page.S3)
	switch e := cfg.Evidence.S3; {
	case e != nil:
		ask("evidence", "which holds copies of the evidence", &e.S3Config)
		out = append(out, locked(ctx, e))
	case len(cfg.Evidence.CheckpointCopies) == 0:
		out = append(out, finding{"evidence", false, "no checkpoint leaves this machine, so its administrator could rewrite the evidence unseen: set evidence.checkpoint_copies or evidence.s3"})
	}
	if m := cfg.Channels.Letters.Maileva; m != nil {
		out = append(out, finding{"letters", m.ClientID != "" && m.Secret != "", "a print service prints them; nothing is recalled there once it is submitted"})
	}
	return out
}

func locked(ctx context.Context, e *app.EvidenceBucket) finding {
	ctx, cancel := context.WithTimeout(ctx, bucketPatience)
	defer cancel()
	locks, err := e.Locks(ctx)
	switch {
	case err != nil:
		return finding{"evidence", false, fmt.Sprintf("whether the bucket locks cannot be told: %v", err)}
	case !locks && e.LockDays > 0:
		return finding{"evidence", false, "the bucket was made without object lock, which lock_days needs"}
	case e.LockDays == 0:
		return finding{"evidence", false, "the copies are not locked (lock_days is 0): who has the credentials can delete them"}
	}
	return finding{"evidence", true, fmt.Sprintf("the copies are locked for %d days", e.LockDays)}
}
