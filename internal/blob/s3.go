package blob

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"vigie/internal/breach"
)

// S3Config names a bucket of any S3 service.
type S3Config struct {
	Endpoint  string // https://host; empty: AWS in Region. Plain http only to this machine
	Region    string
	Bucket    string
	Prefix    string // before every key, without slashes at its ends
	PathStyle bool   // https://host/bucket/key, as most services other than AWS want it
	// KeyID and Secret are static credentials; empty: what the SDK finds in the
	// environment, the shared files or the machine's role.
	KeyID, Secret string
	// Encryption is that of the service at rest: "", AES256 or aws:kms, with the
	// KMS key's name.
	Encryption, KMSKey string
	// Mode of retention: COMPLIANCE (nobody shortens it, the owner of the account
	// included) or GOVERNANCE (who has the right to bypass it can). Empty:
	// COMPLIANCE.
	Mode string
}

// S3 is a bucket. Conditional writes (If-None-Match) make first come first
// kept; the service must know them.
type S3 struct {
	api  *s3.Client
	cfg  S3Config
	part int64 // bytes of a part of a large object
}

const (
	// wholeAt is the size in bytes up to which one request carries an object.
	wholeAt = 16 << 20
	// mostParts is how many parts an object may have (S3's own limit is 10,000).
	mostParts = 9_000
	// attempts is how often a request is tried, with growing pauses.
	attempts = 4
	// stall is how long a service may say nothing.
	stall = 60 * time.Second
)

// OpenS3 checks the configuration and makes a client. It sends nothing.
func OpenS3(ctx context.Context, cfg S3Config) (*S3, error) {
	if err := cfg.check(); err != nil {
		return nil, err
	}
	load := []func(*config.LoadOptions) error{
		config.WithRegion(cfg.Region), config.WithHTTPClient(client()),
		config.WithRequestChecksumCalculation(aws.RequestChecksumCalculationWhenRequired), // ours go with each object
		config.WithRetryer(func() aws.Retryer {
			return retry.NewStandard(func(o *retry.StandardOptions) { o.MaxAttempts, o.MaxBackoff = attempts, 2*time.Second })
		}),
	}
	if cfg.KeyID != "" {
		load = append(load, config.WithCredentialsProvider(credentials.NewStaticCredentialsProvider(cfg.KeyID, cfg.Secret, "")))
	}
	loaded, err := config.LoadDefaultConfig(ctx, load...)
	if err != nil {
		return nil, fmt.Errorf("configuration of the bucket's client: %w", breach.ErrInvalid)
	}
	api := s3.NewFromConfig(loaded, func(o *s3.Options) {
		o.UsePathStyle, o.DisableLogOutputChecksumValidationSkipped = cfg.PathStyle, true
		if cfg.Endpoint != "" {
			o.BaseEndpoint = aws.String(cfg.Endpoint)
		}
	})
	return &S3{api: api, cfg: cfg, part: wholeAt}, nil
}

// client is the SDK's, so that AWS_CA_BUNDLE counts, with limits to silence.
func client() *awshttp.BuildableClient {
	return awshttp.NewBuildableClient().WithTransportOptions(func(t *http.Transport) {
		t.ResponseHeaderTimeout, t.TLSHandshakeTimeout = stall, 15*time.Second
		t.MaxIdleConnsPerHost = 64
	})
}

func (c S3Config) check() error {
	wrong := func(what, hint string) error {
		return &breach.RefusedError{Code: "s3", What: "s3 " + what, Hint: hint}
	}
	u, err := url.Parse(c.Endpoint)
	switch {
	case c.Bucket == "" || strings.ContainsAny(c.Bucket, "/ "):
		return wrong("bucket", "name one")
	case c.Region == "":
		return wrong("region", "name one, such as eu-west-3")
	case c.Endpoint != "" && (err != nil || u.Host == "" || u.User != nil || u.Path != "" && u.Path != "/"):
		return wrong("endpoint", "want https://host")
	case c.Endpoint != "" && u.Scheme != "https" && (u.Scheme != "http" || !loopback(u.Hostname())):
		return wrong("endpoint", "want https: plain http is for this machine alone")
	case c.Prefix != "" && CheckKey(c.Prefix) != nil:
		return wrong("prefix", "names of letters, digits, . _ and -, joined by /")
	case (c.KeyID == "") != (c.Secret == ""):
		return wrong("credentials", "an identifier and its secret belong together")
	case c.Encryption != "" && c.Encryption != string(types.ServerSideEncryptionAes256) && c.Encryption != string(types.ServerSideEncryptionAwsKms):
		return wrong("encryption", "want AES256 or aws:kms")
	case c.KMSKey != "" && c.Encryption != string(types.ServerSideEncryptionAwsKms):
		return wrong("kms_key", "goes with encryption aws:kms")
	case c.Mode != "" && c.Mode != string(types.ObjectLockRetentionModeCompliance) && c.Mode != string(types.ObjectLockRetentionModeGovernance):
		return wrong("mode", "want COMPLIANCE or GOVERNANCE")
	}
	return nil
}

func loopback(host string) bool { return host == "localhost" || host == "127.0.0.1" || host == "::1" }

// Locks tells whether the bucket was made with object lock; without it
// retention and legal hold are refused by the service.
func (s *S3) Locks(ctx context.Context) (bool, error) {
	out, err := s.api.GetObjectLockConfiguration(ctx, &s3.GetObjectLockConfigurationInput{Bucket: &s.cfg.Bucket})
	if code(err) == "ObjectLockConfigurationNotFoundError" {
		return false, nil
	}
	if err != nil {
		return false, s.wrap("asking about object lock", "of the bucket", err)
	}
	return out.ObjectLockConfiguration != nil && out.ObjectLockConfiguration.ObjectLockEnabled == types.ObjectLockEnabledEnabled, nil
}

func (s *S3) key(key string) *string {
	if s.cfg.Prefix != "" {
		key = s.cfg.Prefix + "/" + key
	}
	return &key
}

func (s *S3) check(ctx context.Context, key string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return CheckKey(key)
}

func (s *S3) mode() types.ObjectLockMode {
	if s.cfg.Mode == "" {
		return types.ObjectLockModeCompliance
	}
	return types.ObjectLockMode(s.cfg.Mode)
}
