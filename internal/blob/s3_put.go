package blob

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// Put sends an object in one request, or a large one in parts, each with its
// SHA-256, which the service checks.
func (s *S3) Put(ctx context.Context, key string, body io.ReaderAt, size int64, o Options) (bool, error) {
	if err := s.check(ctx, key); err != nil {
		return false, err
	}
	send := s.whole
	if size > s.part {
		send = s.parts
		// A large object that is there already is not sent in vain.
		if _, err := s.Stat(ctx, key); err == nil && !o.Replace {
			return s.kept(ctx, key, o)
		}
	}
	switch err := send(ctx, key, body, size, o); {
	case err == nil:
		return true, nil
	case taken(err) && !o.Replace:
		return s.kept(ctx, key, o)
	default:
		return false, s.wrap("keeping", key, err)
	}
}

// kept adds the lock that was asked for to an object that is there already.
func (s *S3) kept(ctx context.Context, key string, o Options) (bool, error) {
	if o.Until.IsZero() {
		return false, nil
	}
	return false, s.Lock(ctx, key, o.Until)
}

func (s *S3) whole(ctx context.Context, key string, body io.ReaderAt, size int64, o Options) error {
	sum, err := sumOf(ctx, io.NewSectionReader(body, 0, size), size)
	if err != nil {
		return err
	}
	in := &s3.PutObjectInput{
		Bucket: &s.cfg.Bucket, Key: s.key(key), Body: io.NewSectionReader(body, 0, size), ContentLength: &size,
		ChecksumSHA256: &sum, ContentType: contentType(o), CacheControl: cacheControl(o), IfNoneMatch: ifNone(o),
		ServerSideEncryption: types.ServerSideEncryption(s.cfg.Encryption), SSEKMSKeyId: optional(s.cfg.KMSKey),
	}
	if !o.Until.IsZero() {
		in.ObjectLockMode, in.ObjectLockRetainUntilDate = s.mode(), aws.Time(o.Until.UTC())
	}
	_, err = s.api.PutObject(ctx, in)
	return err
}

// parts sends a large object. Nothing is there under the key until the last
// request has said so; an upload that is given up is told to the service, so
// that its parts do not cost for ever.
func (s *S3) parts(ctx context.Context, key string, body io.ReaderAt, size int64, o Options) (err error) {
	in := &s3.CreateMultipartUploadInput{
		Bucket: &s.cfg.Bucket, Key: s.key(key), ChecksumAlgorithm: types.ChecksumAlgorithmSha256,
		ContentType: contentType(o), CacheControl: cacheControl(o),
		ServerSideEncryption: types.ServerSideEncryption(s.cfg.Encryption), SSEKMSKeyId: optional(s.cfg.KMSKey),
	}
	if !o.Until.IsZero() {
		in.ObjectLockMode, in.ObjectLockRetainUntilDate = s.mode(), aws.Time(o.Until.UTC())
	}
	up, err := s.api.CreateMultipartUpload(ctx, in)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			calm, cancel := context.WithTimeout(context.WithoutCancel(ctx), stall)
			defer cancel()
			_, _ = s.api.AbortMultipartUpload(calm, &s3.AbortMultipartUploadInput{Bucket: &s.cfg.Bucket, Key: s.key(key), UploadId: up.UploadId})
		}
	}()
	length := max(s.part, (size+mostParts-1)/mostParts)
	var done []types.CompletedPart
	for at := int64(0); at < size; at += length {
		n := min(length, size-at)
		sum, err := sumOf(ctx, io.NewSectionReader(body, at, n), n)
		if err != nil {
			return err
		}
		number := aws.Int32(int32(len(done) + 1))
		part, err := s.api.UploadPart(ctx, &s3.UploadPartInput{
			Bucket: &s.cfg.Bucket, Key: s.key(key), UploadId: up.UploadId, PartNumber: number,
			Body: io.NewSectionReader(body, at, n), ContentLength: &n, ChecksumSHA256: &sum, ChecksumAlgorithm: types.ChecksumAlgorithmSha256,
		})
		if err != nil {
			return err
		}
		done = append(done, types.CompletedPart{ETag: part.ETag, PartNumber: number, ChecksumSHA256: &sum})
	}
	_, err = s.api.CompleteMultipartUpload(ctx, &s3.CompleteMultipartUploadInput{
		Bucket: &s.cfg.Bucket, Key: s.key(key), UploadId: up.UploadId, IfNoneMatch: ifNone(o),
		MultipartUpload: &types.CompletedMultipartUpload{Parts: done},
	})
	return err
}

func sumOf(ctx context.Context, r io.Reader, size int64) (string, error) {
	h := sha256.New()
	n, err := io.Copy(h, ctxReader{ctx, r})
	if err == nil && n != size {
		err = fmt.Errorf("%d bytes of %d: %w", n, size, io.ErrUnexpectedEOF)
	}
	return base64.StdEncoding.EncodeToString(h.Sum(nil)), err
}

func contentType(o Options) *string {
	if o.ContentType == "" {
		return aws.String("application/octet-stream")
	}
	return &o.ContentType
}

func cacheControl(o Options) *string {
	if o.CacheFor <= 0 {
		return nil
	}
	return aws.String(fmt.Sprintf("public, max-age=%d", o.CacheFor/time.Second))
}

func ifNone(o Options) *string {
	if o.Replace {
		return nil
	}
	return aws.String("*")
}

func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
