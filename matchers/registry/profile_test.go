package registry

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// rewritten changes the rows of a crowd, not its header.
func rewritten(t *testing.T, text []byte, change func(row []string) []string) string {
	t.Helper()
	rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for i := range rows[1:] {
		rows[i+1] = change(rows[i+1])
	}
	var b strings.Builder
	if err := csv.NewWriter(&b).WriteAll(rows); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// named gives a crowd names that are frequent and rare, as names are.
func named(row []string) []string {
	var n int
	_, _ = fmt.Sscanf(row[0], "c%d", &n)
	row[1] = []string{"Canarival", "Canaridal", "Canarinel", "Canarimont"}[n*n%17%4]
	row[3] = []string{"Lina", "Omar", "Zoé", "Aya Lou", "Jo"}[n*n%23%5]
	return row
}

func TestWrongFilesAreKnownByTheirColumns(t *testing.T) {
	whole := rewritten(t, crowd(2000), named)
	tests := []struct {
		name   string
		change func(row []string) []string
		want   string
	}{
		{"the same", func(r []string) []string { return r }, ""},
		{"one in ten moved house", func(r []string) []string {
			if strings.HasSuffix(r[0], "3") {
				r[11], r[12] = "9 rue Neuve", "00009"
			}
			return r
		}, ""},
		{"shifted after the date", func(r []string) []string { return append(append(slices.Clone(r[:6]), r[7:]...), "") }, "shifted-columns"},
		{"names and given names swapped", func(r []string) []string { r[1], r[3] = r[3], r[1]; return r }, "shifted-columns"},
		{"e-mail and telephone swapped", func(r []string) []string { r[9], r[10] = r[10], r[9]; return r }, "shifted-columns"},
		{"no e-mails", func(r []string) []string { r[9] = ""; return r }, "emptied-column"},
	}
	dir, keys := t.TempDir(), newKeys(t)
	importText := func(text string, share float64) error {
		o := options(dir, keys, text, "")
		o.Relations, o.MinShare = nil, share
		o.Manifest.Controllers = o.Manifest.Controllers[:1]
		_, _, err := Import(context.Background(), o)
		return err
	}
	if err := importText(whole, 0); err != nil {
		t.Fatal(err)
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			before, _ := InForce(dir)
			err := importText(rewritten(t, []byte(whole), tt.change), 0)
			if tt.want == "" && err != nil || tt.want != "" && !refusedAs(err, tt.want) {
				t.Fatalf("got %v, want %q", err, tt.want)
			}
			if after, _ := InForce(dir); tt.want != "" && after != before {
				t.Errorf("version %d was replaced by %d", before, after)
			}
		})
	}
	lost := rewritten(t, []byte(whole), func(r []string) []string { r[9] = ""; return r })
	if err := importText(lost, -1); err != nil {
		t.Errorf("with the guard lifted: %v", err)
	}
}
