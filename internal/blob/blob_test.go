package blob_test

import (
	"testing"

	"vigie/internal/blob"
	"vigie/internal/blob/blobtest"
)

func TestDir(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	blobtest.Run(t, func(t *testing.T) blob.Store {
		d, err := blob.OpenDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}, 1<<20)
}

func TestS3(t *testing.T) {
	t.Parallel()
	cfg := blobtest.Serve(t).Bucket(t, "objects", true)
	cfg.Prefix = "some/where"
	blobtest.Run(t, func(t *testing.T) blob.Store { return blobtest.Open(t, cfg) }, 17<<20)
}
