package blobtest

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"vigie/internal/blob"
)

// program is a real S3 server that other people wrote, Versity's gateway: it
// keeps objects as files and knows conditional writes, versions and object lock.
const program = "versitygw"

// Server starts an S3 server on loopback that lasts as long as the test, or
// skips the test with the reason. New buckets are made with Bucket.
type Server struct {
	url    string
	secret string
}

const keyID = "vigie-test"

// Serve starts a server.
func Serve(t testing.TB) *Server {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		t.Skipf("no S3 server: %s is not installed (.ci/run installs it)", program)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	_ = l.Close()
	random := make([]byte, 16)
	_, _ = rand.Read(random)
	s := &Server{url: "http://" + addr, secret: hex.EncodeToString(random)}
	dir := t.TempDir()
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), path, "--port", addr, "--keep-alive", "--quiet",
		"posix", "--versioning-dir", mkdir(t, dir, "versions"), mkdir(t, dir, "objects"))
	cmd.Env = append(cmd.Environ(), "ROOT_ACCESS_KEY="+keyID, "ROOT_SECRET_KEY="+s.secret)
	cmd.Dir = dir
	if err := cmd.Start(); err != nil {
		t.Fatalf("starting %s: %v", program, err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	for range 200 {
		if c, err := net.Dial("tcp", addr); err == nil {
			_ = c.Close()
			return s
		}
		time.Sleep(25 * time.Millisecond)
	}
	t.Fatalf("%s does not listen", program)
	return nil
}

// Bucket makes a bucket, with object lock if asked for, and says how to reach
// it.
func (s *Server) Bucket(t testing.TB, name string, lock bool) blob.S3Config {
	t.Helper()
	cfg := blob.S3Config{Endpoint: s.url, Region: "us-east-1", Bucket: name, PathStyle: true, KeyID: keyID, Secret: s.secret}
	api := s3.New(s3.Options{Region: cfg.Region, BaseEndpoint: &cfg.Endpoint, UsePathStyle: true,
		Credentials: credentials.NewStaticCredentialsProvider(cfg.KeyID, cfg.Secret, "")})
	if _, err := api.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: &name, ObjectLockEnabledForBucket: aws.Bool(lock)}); err != nil {
		t.Fatalf("making a bucket: %v", err)
	}
	return cfg
}

// Open opens a store over a bucket.
func Open(t testing.TB, cfg blob.S3Config) *blob.S3 {
	t.Helper()
	s, err := blob.OpenS3(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func mkdir(t testing.TB, dir, name string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}
