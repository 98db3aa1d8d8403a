package blob

import (
	"context"
	"errors"
	"io"
	"iter"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"vigie/internal/breach"
)

// Open streams the object. A service that falls silent in the middle ends the
// stream with an error.
func (s *S3) Open(ctx context.Context, key string) (io.ReadCloser, error) {
	if err := s.check(ctx, key); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	out, err := s.api.GetObject(ctx, &s3.GetObjectInput{Bucket: &s.cfg.Bucket, Key: s.key(key), ChecksumMode: types.ChecksumModeEnabled})
	if err != nil {
		cancel(nil)
		return nil, s.wrap("opening", key, err)
	}
	b := &stream{s: s, key: key, body: out.Body, left: aws.ToInt64(out.ContentLength), cancel: cancel}
	b.watch = time.AfterFunc(stall, func() { cancel(errStalled) })
	return b, nil
}

var errStalled = errors.New("the service fell silent")

// stream is an object on its way.
type stream struct {
	s      *S3
	key    string
	body   io.ReadCloser
	left   int64
	cancel context.CancelCauseFunc
	watch  *time.Timer
}

func (b *stream) Read(p []byte) (int, error) {
	b.watch.Reset(stall)
	n, err := b.body.Read(p)
	b.left -= int64(n)
	switch {
	case errors.Is(err, io.EOF) && b.left > 0:
		err = io.ErrUnexpectedEOF
		fallthrough
	case err != nil && !errors.Is(err, io.EOF):
		return n, b.s.wrap("reading", b.key, err)
	}
	return n, err
}

func (b *stream) Close() error {
	b.watch.Stop()
	b.cancel(nil)
	return b.body.Close()
}

// Stat asks for the object's head.
func (s *S3) Stat(ctx context.Context, key string) (Info, error) {
	if err := s.check(ctx, key); err != nil {
		return Info{}, err
	}
	out, err := s.api.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &s.cfg.Bucket, Key: s.key(key)})
	if err != nil {
		return Info{}, s.wrap("looking at", key, err)
	}
	return Info{Key: key, Size: aws.ToInt64(out.ContentLength), At: aws.ToTime(out.LastModified),
		Until: aws.ToTime(out.ObjectLockRetainUntilDate), Hold: out.ObjectLockLegalHoldStatus == types.ObjectLockLegalHoldStatusOn}, nil
}

// List asks for a thousand keys at a time.
func (s *S3) List(ctx context.Context, prefix, after string) iter.Seq2[Info, error] {
	return func(yield func(Info, error) bool) {
		in := &s3.ListObjectsV2Input{Bucket: &s.cfg.Bucket, Prefix: s.key(prefix)}
		if after != "" {
			in.StartAfter = s.key(after)
		}
		for pages := s3.NewListObjectsV2Paginator(s.api, in); pages.HasMorePages(); {
			page, err := pages.NextPage(ctx)
			if err != nil {
				yield(Info{}, s.wrap("listing", prefix, err))
				return
			}
			for _, o := range page.Contents {
				key := strings.TrimPrefix(aws.ToString(o.Key), *s.key(""))
				// What others put there under names that are no keys is not ours.
				if CheckKey(key) != nil || key <= after {
					continue
				}
				if !yield(Info{Key: key, Size: aws.ToInt64(o.Size), At: aws.ToTime(o.LastModified)}, nil) {
					return
				}
			}
		}
	}
}

// Delete removes every version: in a bucket with object lock a plain deletion
// would only hide the object, and what must be gone would stay.
func (s *S3) Delete(ctx context.Context, key string) error {
	if err := s.check(ctx, key); err != nil {
		return err
	}
	in := &s3.ListObjectVersionsInput{Bucket: &s.cfg.Bucket, Prefix: s.key(key)}
	for pages := s3.NewListObjectVersionsPaginator(s.api, in); pages.HasMorePages(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return s.wrap("deleting", key, err)
		}
		for _, v := range page.Versions {
			if err := s.deleteVersion(ctx, key, v.Key, v.VersionId); err != nil {
				return err
			}
		}
		for _, v := range page.DeleteMarkers {
			if err := s.deleteVersion(ctx, key, v.Key, v.VersionId); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *S3) deleteVersion(ctx context.Context, key string, found, version *string) error {
	if aws.ToString(found) != *s.key(key) { // the prefix of another key
		return nil
	}
	_, err := s.api.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &s.cfg.Bucket, Key: found, VersionId: version})
	if err = s.wrap("deleting", key, err); errors.Is(err, breach.ErrForbidden) {
		if info, serr := s.Stat(ctx, key); serr == nil && (info.Hold || time.Now().Before(info.Until)) {
			return locked(key)
		}
	}
	return err
}

// Lock prolongs the retention of the newest version.
func (s *S3) Lock(ctx context.Context, key string, until time.Time) error {
	info, err := s.Stat(ctx, key)
	if err != nil || !until.After(info.Until) {
		return err
	}
	_, err = s.api.PutObjectRetention(ctx, &s3.PutObjectRetentionInput{Bucket: &s.cfg.Bucket, Key: s.key(key), Retention: &types.ObjectLockRetention{
		Mode: types.ObjectLockRetentionMode(s.mode()), RetainUntilDate: aws.Time(until.UTC())}})
	return s.wrap("locking", key, err)
}

// Hold sets or lifts the legal hold on the newest version.
func (s *S3) Hold(ctx context.Context, key string, on bool) error {
	if err := s.check(ctx, key); err != nil {
		return err
	}
	status := types.ObjectLockLegalHoldStatusOff
	if on {
		status = types.ObjectLockLegalHoldStatusOn
	}
	_, err := s.api.PutObjectLegalHold(ctx, &s3.PutObjectLegalHoldInput{Bucket: &s.cfg.Bucket, Key: s.key(key),
		LegalHold: &types.ObjectLockLegalHold{Status: status}})
	return s.wrap("holding", key, err)
}
