package dump

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vigie/internal/breach"
)

func TestReportIsMaskedAndComplete(t *testing.T) {
	l, p := inspect(t, leak, Options{})
	rep, err := NewReport(context.Background(), from(leak), "leak.csv", l, p)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(rep)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"MARTINEAU", "Lina", "example.org", "639980001", "98 00", "Lilas", "17/05"} {
		if bytes.Contains(raw, []byte(secret)) {
			t.Errorf("it tells %q", secret)
		}
	}
	if bytes.Contains(raw, []byte("null")) {
		t.Errorf("unknown is an empty list: %s", raw)
	}
	var got map[string]any
	if err := json.Unmarshal(raw, &got); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"format", "container", "encoding", "dialect", "rows", "complete", "columns", "categories_present", "categories_absent", "members", "unread", "owner_candidates", "recycled", "canaries", "warnings"} {
		if _, ok := got[key]; !ok {
			t.Errorf("%s is missing", key)
		}
	}
	if d := cmp.Diff([]string{"M•••", "N•••'G•••", "L••• G•••"}, rep.Columns[2].Samples); d != "" {
		t.Error(d)
	}
	raw, err = json.Marshal(RefusedReport("x.zip", &breach.RefusedError{Code: "unsupported-format"}))
	if err != nil || bytes.Contains(raw, []byte("null")) {
		t.Errorf("refused report: %s, %v", raw, err)
	}
}

func TestConvertCSV(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"semicolons", "Nom;Email\n\"D;A\";a@example.org\nB;b@example.org;x\n", "Nom,Email\r\nD;A,a@example.org\r\nB,b@example.org,x\r\n"},
		{"no header", "a@example.org\tA, \"b\"\nb@example.org\tB\n", "column_1,column_2\r\na@example.org,\"A, \"\"b\"\"\"\r\nb@example.org,B\r\n"},
		{"old encoding", "Nom;Email\nZo\xe9;a@example.org\n", "Nom,Email\r\nZoé,a@example.org\r\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l, _ := inspect(t, tt.in, Options{})
			var b strings.Builder
			if refused, err := ConvertCSV(context.Background(), &b, from(tt.in), l); err != nil || refused != 0 {
				t.Fatal(refused, err)
			}
			if d := cmp.Diff(tt.want, b.String()); d != "" {
				t.Error(d)
			}
		})
	}
}
