package breach_test

import (
	"testing"

	"vigie/internal/breach"
)

func TestSettle(t *testing.T) {
	const s, o, u = breach.PairSame, breach.PairOther, breach.PairUnclear
	for _, tt := range []struct {
		name string
		says []breach.PairState
		want breach.PairState
	}{
		{"nobody", nil, breach.PairOpen},
		{"one", []breach.PairState{s}, breach.PairOpen},
		{"two agree", []breach.PairState{s, s}, s},
		{"two agree it is another", []breach.PairState{o, o}, o},
		{"two disagree", []breach.PairState{s, o}, breach.PairOpen},
		{"the third decides", []breach.PairState{s, o, o}, o},
		{"one cannot tell", []breach.PairState{s, u}, breach.PairOpen},
		{"one cannot tell, the third agrees", []breach.PairState{u, s, s}, s},
		{"two cannot tell", []breach.PairState{u, u}, breach.PairOpen},
		{"all differ", []breach.PairState{s, o, u}, u},
		{"two cannot tell of three", []breach.PairState{u, u, s}, u},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var list []breach.Verdict
			for _, x := range tt.says {
				list = append(list, breach.Verdict{Says: x})
			}
			if got := breach.Settle(list); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}
