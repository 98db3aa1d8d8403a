package crawlers

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"vigie/internal/breach"
)

func TestClientGuardsAddresses(t *testing.T) {
	asked := 0
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		if r.URL.Path == "/away" {
			http.Redirect(w, r, "http://169.254.169.254/", http.StatusFound)
		}
	}))
	defer srv.Close()
	for _, tt := range []struct {
		name, url string
		local     bool
		want      string // reason of the refusal, or ""
		status    int
	}{
		{"this machine, as configured", srv.URL + "/", true, "", 200},
		{"a redirect is not followed", srv.URL + "/away", true, "", 302},
		{"this machine, not configured", "http://127.0.0.1/", false, "private-address", 0},
		{"a name of this machine", "http://localhost/", false, "private-name", 0},
		{"metadata of a cloud", "http://169.254.169.254/", false, "private-address", 0},
		{"metadata where local is allowed", "http://169.254.169.254/", true, "not-loopback", 0},
		{"another port", "http://example.org:22/", false, "port", 0},
		{"a name of Tor", "http://abc.onion/", false, "onion-needs-proxy", 0},
		{"a user name", "http://a@example.org/", false, "userinfo", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			resp, err := Client(tt.local, 5*time.Second).Get(tt.url)
			if tt.want == "" {
				if err != nil || resp.StatusCode != tt.status {
					t.Fatalf("got %v, %v", resp, err)
				}
				_ = resp.Body.Close()
				return
			}
			var refused *breach.RefusedError
			if !errors.As(err, &refused) || refused.Code != tt.want {
				t.Errorf("error %v, want %s", err, tt.want)
			}
		})
	}
	if asked != 2 {
		t.Errorf("the server was asked %d times", asked)
	}
}
