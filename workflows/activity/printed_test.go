package activity

import (
	"bytes"
	"context"
	"encoding/csv"
	"io"
	"iter"
	"strings"
	"testing"

	"vigie/crawlers"
	"vigie/internal/breach"
	"vigie/matchers"
	"vigie/matchers/dump"
)

// tableReader reads a table whose headers are names of fields; the reader of
// dumps itself is tried in internal/reading.
type tableReader struct{ read int }

func (d *tableReader) Inspect(context.Context, dump.Source) (*dump.Layout, *dump.Report, error) {
	return &dump.Layout{}, &dump.Report{}, nil
}

func (d *tableReader) Records(_ context.Context, src dump.Source, _ *dump.Layout) iter.Seq2[matchers.Record, error] {
	d.read++
	raw, _ := io.ReadAll(io.NewSectionReader(src, 0, src.Size()))
	lines, err := csv.NewReader(bytes.NewReader(raw)).ReadAll()
	return func(yield func(matchers.Record, error) bool) {
		if err != nil || len(lines) == 0 {
			yield(matchers.Record{}, err)
			return
		}
		for n, line := range lines[1:] {
			rec := matchers.Record{Row: int64(n + 1)}
			for i, v := range line {
				if f, ok := matchers.ParseField(lines[0][i]); ok {
					rec.Values[f] = v
				}
			}
			if !yield(rec, nil) {
				return
			}
		}
	}
}

const printed = `Proof, first lines:
birth_name;given_names;birth_date;email
Canarival;Lina;1990-05-17;lina@example.org
Canaridal;Omar;1991-05-17;omar@example.org
Kumquat;Zita;1970-02-03;zita@example.org
`

// A post that prints rows is answered at once, by the registry that knows them,
// once, whatever it calls its victim, and nothing of the rows stays.
func TestKeepAnswersPrintedRows(t *testing.T) {
	w := watching(t)
	reader := &tableReader{}
	w.Dumps = reader
	v := crawlers.Visit{Source: "site", At: w.Now(), Posts: []breach.Post{
		{ID: "pst_rows", Source: "site", Title: "A big one", Text: printed, FirstSeenAt: w.Now(), LastSeenAt: w.Now()},
		{ID: "pst_else", Source: "site", Title: "Nobody of ours", Text: strings.NewReplacer("Canari", "Mandari", "lina@", "xena@", "omar@", "yann@", "-05-17", "-11-02").Replace(printed),
			FirstSeenAt: w.Now(), LastSeenAt: w.Now()},
	}}
	for i := range 3 {
		if _, err := w.Keep(t.Context(), v); err != nil {
			t.Fatal(i, err)
		}
	}
	if reader.read != 2 {
		t.Errorf("rows were read %d times, want once a post", reader.read)
	}
	list, err := w.Store.Alerts(t.Context(), breach.AlertNew)
	w.must(err)
	found := map[string]breach.Alert{}
	for _, a := range list {
		found[a.Code] = a
		for _, secret := range []string{"anarival", "Lina", "lina@", "1990"} {
			if strings.Contains(a.Why+a.Entity, secret) {
				t.Errorf("the alert tells %q", secret)
			}
		}
		if a.Post != "pst_rows" {
			t.Errorf("an alert about %s", a.Post)
		}
	}
	if a, ok := found["registry:youth"]; !ok || a.Kind != "registry" || !strings.Contains(a.Why, "of 3 rows") {
		t.Errorf("alerts: %+v", list)
	}
}
