package cli

import (
	"errors"
	"iter"
	"testing"

	"vigie/matchers"
)

// A short dump is kept while the sample is drawn; a long one, or one left in the
// middle, is read again.
func TestBrief(t *testing.T) {
	of := func(n int, err error) iter.Seq2[matchers.Record, error] {
		return func(yield func(matchers.Record, error) bool) {
			for i := range n {
				if !yield(matchers.Record{Row: int64(i + 1)}, err) {
					return
				}
			}
		}
	}
	refused := errors.New("refused")
	for _, test := range []struct {
		name  string
		rows  int
		err   error
		leave int // rows after which the reader is left
		want  int // rows kept; -1 for none
	}{
		{"empty", 0, nil, -1, 0},
		{"short", 3, nil, -1, 3},
		{"short with refused rows", 3, refused, -1, 3},
		{"as many as are kept", briefRows, nil, -1, briefRows},
		{"one more", briefRows + 1, nil, -1, -1},
		{"left", 3, nil, 2, -1},
	} {
		t.Run(test.name, func(t *testing.T) {
			var b brief
			n := 0
			for _, err := range b.keep(of(test.rows, test.err)) {
				if err != nil && !errors.Is(err, test.err) {
					t.Fatal(err)
				}
				if n++; n == test.leave {
					break
				}
			}
			again := b.rows()
			if again == nil {
				if test.want >= 0 {
					t.Fatalf("nothing kept, want %d rows", test.want)
				}
				return
			}
			got := int64(0)
			for rec, err := range again {
				if got++; rec.Row != got || !errors.Is(err, test.err) {
					t.Fatalf("row %d, %v where row %d was due", rec.Row, err, got)
				}
			}
			if int(got) != test.want {
				t.Errorf("%d rows kept, want %d", got, test.want)
			}
		})
	}
}
