package text

import (
	"context"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vigie/internal/charset"
)

// keeping takes rows as text.
type keeping struct {
	nothing
	rows [][]string
}

func (k *keeping) Row(cells [][]byte) error {
	row := make([]string, len(cells))
	for i, v := range cells {
		row[i] = string(v)
	}
	k.rows = append(k.rows, row)
	return nil
}

// A row is decoded alike with and without the line it was cut from.
func TestOnlyWhatNeedsItIsDecoded(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 3))
	pieces := []string{"a", "Bc", ";", ";", "é", "Ã©", "\xe9", "&eacute;", "&amp;", "No?l", "?", " ", "", "1234567890"}
	for _, name := range []string{"utf-8", "windows-1252"} {
		whole, cells := &keeping{}, &keeping{}
		a := &feed{ctx: context.Background(), rows: whole, decode: charset.NewDecoder(charset.Guess{Name: name})}
		b := &feed{ctx: context.Background(), rows: cells, decode: charset.NewDecoder(charset.Guess{Name: name})}
		for range 20_000 {
			var line []byte
			for range r.IntN(12) {
				line = append(line, pieces[r.IntN(len(pieces))]...)
			}
			once, _ := cut(nil, line, ';', 100)
			again, _ := cut(nil, line, ';', 100)
			_ = a.row(once, line)
			_ = b.row(again, nil)
		}
		if diff := cmp.Diff(cells.rows, whole.rows); diff != "" {
			t.Error(name, diff)
		}
		got, want := a.decode.Stats(), b.decode.Stats()
		if got.Valid, want.Valid = min(got.Valid, 1), min(want.Valid, 1); got.Valid == 0 {
			t.Error(name, "nothing beyond ASCII was met")
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(name, diff)
		}
	}
}
