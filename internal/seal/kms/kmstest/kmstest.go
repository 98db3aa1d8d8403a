// Package kmstest is AWS KMS on the loopback, as far as wrapping a keyring asks
// it: the JSON protocol of its API reference, with its error codes.
package kmstest

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// Keys of the service.
const (
	KeyARN   = "arn:aws:kms:eu-west-3:000000000000:key/00000000-0000-4000-8000-000000000001"
	OtherARN = "arn:aws:kms:eu-west-3:000000000000:key/00000000-0000-4000-8000-000000000002"
)

// Service answers requests (X-Amz-Target: TrentService.*) until the test ends.
type Service struct {
	mu    sync.Mutex
	calls []string
	fails map[string][]string
	made  map[string]dataKey
}

type dataKey struct {
	by, plain string
	context   map[string]string
}

type asked struct {
	KeyID             string `json:"KeyId"`
	KeySpec           string
	CiphertextBlob    string
	EncryptionContext map[string]string
}

// Start serves until the test ends, and points the SDK there.
func Start(t *testing.T) *Service {
	t.Helper()
	s := &Service{fails: map[string][]string{}, made: map[string]dataKey{}}
	server := httptest.NewServer(http.HandlerFunc(s.serve))
	t.Cleanup(server.Close)
	for name, value := range map[string]string{
		"AWS_ENDPOINT_URL_KMS": server.URL, "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "example", "AWS_SESSION_TOKEN": "",
		"AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null", "AWS_PROFILE": "", "AWS_REGION": "", "AWS_DEFAULT_REGION": "", "AWS_EC2_METADATA_DISABLED": "true",
	} {
		t.Setenv(name, value)
	}
	return s
}

// Fail gives these answers first to an operation: "DisabledException", or with a
// status, "KMSInternalException 500".
func (s *Service) Fail(operation string, answers ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fails[operation] = answers
}

// Calls are the operations asked for since it was last called.
func (s *Service) Calls() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := s.calls
	s.calls = nil
	return out
}

func (s *Service) serve(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	op, ours := strings.CutPrefix(r.Header.Get("X-Amz-Target"), "TrentService.")
	s.calls = append(s.calls, op)
	auth := r.Header.Get("Authorization")
	switch {
	case !ours || r.Method != http.MethodPost || r.Header.Get("Content-Type") != "application/x-amz-json-1.1":
		fault(w, "UnknownOperationException", http.StatusBadRequest)
		return
	case !strings.HasPrefix(auth, "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/") || !strings.Contains(auth, "/eu-west-3/kms/aws4_request") || !strings.Contains(auth, "Signature="):
		fault(w, "IncompleteSignature", http.StatusBadRequest)
		return
	}
	if next := s.fails[op]; len(next) > 0 {
		s.fails[op] = next[1:]
		var kind string
		status := http.StatusBadRequest
		if _, err := fmt.Sscan(next[0], &kind, &status); err != nil {
			kind, status = next[0], http.StatusBadRequest
		}
		fault(w, kind, status)
		return
	}
	var in asked
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		fault(w, "SerializationException", http.StatusBadRequest)
		return
	}
	switch op {
	case "GenerateDataKey":
		s.generate(w, in)
	case "Decrypt":
		s.decrypt(w, in)
	default:
		fault(w, "UnknownOperationException", http.StatusBadRequest)
	}
}

func (s *Service) generate(w http.ResponseWriter, in asked) {
	if in.KeySpec != "AES_256" {
		fault(w, "ValidationException", http.StatusBadRequest)
		return
	}
	plain, blob := random(32), random(184)
	s.made[blob] = dataKey{in.KeyID, plain, in.EncryptionContext}
	answer(w, map[string]string{"CiphertextBlob": blob, "Plaintext": plain, "KeyId": in.KeyID})
}

func (s *Service) decrypt(w http.ResponseWriter, in asked) {
	made, known := s.made[in.CiphertextBlob]
	switch {
	case !known || !maps.Equal(made.context, in.EncryptionContext):
		fault(w, "InvalidCiphertextException", http.StatusBadRequest)
	case made.by != in.KeyID:
		fault(w, "IncorrectKeyException", http.StatusBadRequest)
	default:
		answer(w, map[string]string{"Plaintext": made.plain, "KeyId": made.by, "EncryptionAlgorithm": "SYMMETRIC_DEFAULT"})
	}
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	_ = json.NewEncoder(w).Encode(v)
}

func fault(w http.ResponseWriter, kind string, status int) {
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, `{"__type":%q,"message":"said by the test"}`, kind)
}

func random(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b)
	return base64.StdEncoding.EncodeToString(b)
}
