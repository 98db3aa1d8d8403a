package app

import (
	"context"

	"vigie/internal/blob"
)

// S3Config is a bucket of any S3 service, as a part of the configuration.
type S3Config struct {
	Endpoint  string `yaml:"endpoint"` // https://host; empty: AWS in the region
	Region    string `yaml:"region"`
	Bucket    string `yaml:"bucket"`
	Prefix    string `yaml:"prefix"`
	PathStyle bool   `yaml:"path_style"`
	// KeyID and Key are credentials; empty: the SDK's usual places (environment,
	// shared files, the machine's role).
	KeyID      string `yaml:"key_id"`
	Key        Secret `yaml:"key"`
	Encryption string `yaml:"encryption"` // of the service at rest: AES256 or aws:kms
	KMSKey     string `yaml:"kms_key"`
}

// open makes a client of the bucket; it sends nothing. mode is how retention
// locks, if it does.
func (c S3Config) open(ctx context.Context, mode string) (*blob.S3, error) {
	return blob.OpenS3(ctx, blob.S3Config{
		Endpoint: c.Endpoint, Region: c.Region, Bucket: c.Bucket, Prefix: c.Prefix, PathStyle: c.PathStyle,
		KeyID: c.KeyID, Secret: string(c.Key), Encryption: c.Encryption, KMSKey: c.KMSKey, Mode: mode,
	})
}
