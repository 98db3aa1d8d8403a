package linkage

import (
	"strings"
	"testing"

	"vigie/matchers"
)

// Rows wait for each other by thousands, but not with more than some megabytes:
// long ones make shorter waves.
func TestFeedBoundsWhatWaits(t *testing.T) {
	long := strings.Repeat("x", 1<<20)
	rows := func(yield func(matchers.Record, error) bool) {
		for range 200 {
			var r matchers.Record
			r.Values[matchers.Street] = long
			if !yield(r, nil) {
				return
			}
		}
	}
	todo, order := make(chan *work), make(chan *work, 1)
	go func() {
		for range todo {
		}
	}()
	go feed(t.Context(), rows, 1000, todo, order)
	total := 0
	for w := range order {
		if total += len(w.rows); len(w.rows) > mostBytes>>20 {
			t.Errorf("%d rows of a megabyte wait together", len(w.rows))
		}
	}
	if total != 200 {
		t.Errorf("%d of 200 rows came", total)
	}
}
