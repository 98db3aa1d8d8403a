package breach

import (
	"math"
	"testing"
)

// The interval is Wilson's: it holds for no error at all, and for few people.
func TestPrecision(t *testing.T) {
	for _, tt := range []struct {
		p                Precision
		share, low, high float64
	}{
		{Precision{Told: 400, Wrong: 1}, .9975, .98599, .99956},
		{Precision{Told: 10}, 1, .72247, 1},
		{Precision{Told: 3, Wrong: 3}, 0, 0, .56150},
		{Precision{}, 1, 0, 1},
	} {
		for what, d := range map[string]float64{"share": tt.p.Share() - tt.share, "low": tt.p.Low() - tt.low, "high": tt.p.High() - tt.high} {
			if math.Abs(d) > 1e-4 {
				t.Errorf("%+v: %s is off by %g", tt.p, what, d)
			}
		}
	}
}
