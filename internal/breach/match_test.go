package breach

import "testing"

func TestPlanted(t *testing.T) {
	for _, c := range []struct {
		name string
		sum  MatchSummary
		want bool
	}{
		{"nobody", MatchSummary{}, false},
		{"one row each", MatchSummary{Candidates: 5000, Hit: 5000, Crowd: 1}, false},
		{"a family line of logs", MatchSummary{Candidates: 90_000, Hit: 3000, Crowd: 200}, false},
		{"one person alone, a few rows", MatchSummary{Candidates: 12, Hit: 1, Crowd: 12}, false},
		{"every row about one", MatchSummary{Candidates: 1000, Hit: 1, Crowd: 1000}, true},
		{"hidden among others", MatchSummary{Candidates: 6000, Hit: 5001, Crowd: 1000}, true},
	} {
		if got := c.sum.Planted(); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}
