package console

import (
	"testing"
	"time"

	"vigie/internal/breach"
)

func TestTally(t *testing.T) {
	now := time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC)
	large := map[breach.CandidateState]int64{breach.CandidateOpen: tallyFrom}
	var x tally
	x.keep("small", now, map[breach.CandidateState]int64{breach.CandidateOpen: tallyFrom - 1})
	if _, ok := x.recall("small", now); ok {
		t.Error("a small count is remembered")
	}
	x.keep("large", now, large)
	x.move("large", breach.CandidateOpen, breach.CandidateLinked)
	got, ok := x.recall("large", now.Add(tallyLife-1))
	if !ok || got[breach.CandidateOpen] != tallyFrom-1 || got[breach.CandidateLinked] != 1 {
		t.Errorf("remembered %v, %v", got, ok)
	}
	if large[breach.CandidateOpen] != tallyFrom {
		t.Error("the caller's map changed")
	}
	if _, ok := x.recall("large", now.Add(tallyLife)); ok {
		t.Error("a count outlives its time")
	}
}
