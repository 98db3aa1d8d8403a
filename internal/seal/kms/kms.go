// Package kms wraps keys with a key of AWS KMS, which never leaves it. Vigie asks
// KMS once when it starts and once when keys are rotated: a data key of 256 bits
// wraps the keyring (envelope encryption), and only its wrapped form rests beside
// it. An encryption context names what the data key is for; KMS binds it to the
// key, writes it to CloudTrail, and a key policy may demand it
// (kms:EncryptionContext:vigie).
//
// Region, credentials, profile and endpoint are the SDK's own: AWS_REGION,
// AWS_PROFILE, AWS_ENDPOINT_URL_KMS, the shared configuration, or the role of the
// machine. A key's ARN names its region, and that is then used.
package kms

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/smithy-go"

	"vigie/internal/breach"
)

const (
	// contextKey is the encryption context's only key; its value is the purpose.
	contextKey = "vigie"
	// attempts is how often a request is made when KMS is throttled or down.
	attempts = 5
	// patience bounds a request with all its attempts.
	patience = 45 * time.Second
	// mostBackoff bounds the wait between two attempts.
	mostBackoff = 5 * time.Second
)

// Key is one key of KMS. It may be used from many goroutines.
type Key struct {
	id     string
	client *kms.Client
}

// Open makes a client for a key: its ARN, its ID, or an alias ("alias/vigie"). It
// asks KMS nothing yet.
func Open(ctx context.Context, id string) (*Key, error) {
	load := []func(*config.LoadOptions) error{config.WithRetryer(func() aws.Retryer {
		return retry.NewStandard(func(o *retry.StandardOptions) { o.MaxAttempts, o.MaxBackoff = attempts, mostBackoff })
	})}
	if region := regionOf(id); region != "" {
		load = append(load, config.WithRegion(region))
	}
	account, err := config.LoadDefaultConfig(ctx, load...)
	if err != nil {
		return nil, &breach.RefusedError{Code: "kms-configuration", What: "KMS key " + id, Hint: "the AWS configuration does not load: check AWS_PROFILE, AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE"}
	}
	if account.Region == "" {
		return nil, &breach.RefusedError{Code: "kms-region", What: "KMS key " + id, Hint: "no region: set AWS_REGION, or name the key by its ARN"}
	}
	return &Key{id: id, client: kms.NewFromConfig(account)}, nil
}

// regionOf is the region that an ARN names, "" for anything else.
func regionOf(id string) string {
	if part := strings.Split(id, ":"); len(part) == 6 && part[0] == "arn" && part[2] == "kms" {
		return part[3]
	}
	return ""
}

// Wrap makes a data key that only this key of KMS unwraps, for the same purpose.
func (k *Key) Wrap(ctx context.Context, purpose string) (key, wrapped []byte, by string, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	out, err := k.client.GenerateDataKey(ctx, &kms.GenerateDataKeyInput{
		KeyId: &k.id, KeySpec: types.DataKeySpecAes256, EncryptionContext: map[string]string{contextKey: purpose}})
	if err != nil {
		return nil, nil, "", k.refused("GenerateDataKey", err)
	}
	if len(out.Plaintext) != 32 || len(out.CiphertextBlob) == 0 {
		return nil, nil, "", fmt.Errorf("KMS key %s gave a data key of %d bytes, want 32: %w", k.id, len(out.Plaintext), breach.ErrInvalid)
	}
	return out.Plaintext, out.CiphertextBlob, aws.ToString(out.KeyId), nil
}

// Unwrap opens a data key. The key of KMS is named, so that one of somebody
// else's account, put in the file, is refused.
func (k *Key) Unwrap(ctx context.Context, wrapped []byte, purpose string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	out, err := k.client.Decrypt(ctx, &kms.DecryptInput{
		KeyId: &k.id, CiphertextBlob: wrapped, EncryptionContext: map[string]string{contextKey: purpose}})
	if err != nil {
		return nil, k.refused("Decrypt", err)
	}
	return out.Plaintext, nil
}

// hints are what to do about KMS's own error codes.
var hints = map[string]struct{ code, hint string }{
	"AccessDeniedException":               {"kms-denied", "the role may not: allow kms:GenerateDataKey and kms:Decrypt on this key, in its policy or an IAM policy, with the encryption context vigie=keyring"},
	"DisabledException":                   {"kms-disabled", "the key is disabled: whoever runs the account enables it again; nothing is lost meanwhile"},
	"KMSInvalidStateException":            {"kms-state", "the key waits for its deletion or its material: cancel the deletion at once, for with the key goes everything that is sealed"},
	"KeyUnavailableException":             {"kms-state", "the key is not available: its material is held elsewhere, look there"},
	"NotFoundException":                   {"kms-not-found", "no such key in this account and region: check kms.key and AWS_REGION"},
	"InvalidArnException":                 {"kms-not-found", "this is no key: want its ARN, its ID, or alias/NAME"},
	"InvalidKeyUsageException":            {"kms-not-found", "the key does not encrypt: want a symmetric key of usage ENCRYPT_DECRYPT"},
	"IncorrectKeyException":               {"kms-other-key", "another key wrapped the keyring: set kms.key to that one, or move with vigie key rotate --from KEY"},
	"InvalidCiphertextException":          {"kms-changed", "the wrapped keyring was changed, or was made for another purpose: bring it back from a backup"},
	"UnrecognizedClientException":         {"kms-credentials", "AWS does not know these credentials: check AWS_PROFILE or the role of the machine"},
	"InvalidClientTokenId":                {"kms-credentials", "AWS does not know these credentials: check AWS_PROFILE or the role of the machine"},
	"MissingAuthenticationTokenException": {"kms-credentials", "the request bore no credentials: check AWS_PROFILE or the role of the machine"},
	"IncompleteSignature":                 {"kms-credentials", "the request is not signed as AWS wants: check the credentials and the clock"},
	"InvalidSignatureException":           {"kms-credentials", "the signature is refused: check the secret key and the clock of this machine"},
	"ExpiredTokenException":               {"kms-credentials", "the session has expired: log in again"},
	"ThrottlingException":                 {"kms-throttled", "KMS asks to wait: try again in a minute"},
	"LimitExceededException":              {"kms-throttled", "a quota of the account is reached: try again later, or have it raised"},
}

// refused puts an answer of KMS into words. What may pass by itself is
// breach.ErrTemporary.
func (k *Key) refused(call string, err error) error {
	var api smithy.APIError
	if !errors.As(err, &api) {
		switch {
		case errors.Is(err, context.Canceled):
			return err
		case strings.Contains(err.Error(), "credentials"): // the SDK has no kind for it
			return &breach.RefusedError{Code: "kms-credentials", What: "KMS key " + k.id, Hint: "no credentials: set AWS_PROFILE, the AWS_ variables, or give the machine a role"}
		}
		return fmt.Errorf("KMS key %s: %s: not reached, is there a way to it from here: %w", k.id, call, breach.ErrTemporary)
	}
	h, known := hints[api.ErrorCode()]
	var answer interface{ HTTPStatusCode() int }
	switch {
	case known && h.code == "kms-throttled", !known && errors.As(err, &answer) && answer.HTTPStatusCode() >= http.StatusInternalServerError:
		return fmt.Errorf("KMS key %s: %s: %s after %d attempts: %w", k.id, call, api.ErrorCode(), attempts, breach.ErrTemporary)
	case known:
		return &breach.RefusedError{Code: h.code, What: "KMS key " + k.id, Hint: h.hint}
	}
	return &breach.RefusedError{Code: "kms-refused", What: "KMS key " + k.id, Hint: call + " answered " + api.ErrorCode()}
}
