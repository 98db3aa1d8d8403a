package console_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"vigie/internal/breach"
	"vigie/internal/console/consoletest"
)

const reviewPath = "/incidents/inc_1/review"

var (
	shownPair = regexp.MustCompile(`id="pair"[^>]* data-candidate="([^"]+)" data-version="(\d+)"`)
	nextPair  = regexp.MustCompile(`data-next="([^"]*)"`)
)

// seen reads which pair a page shows, and its version.
func seen(t *testing.T, a answer) (id, version string) {
	t.Helper()
	m := shownPair.FindStringSubmatch(a.Body)
	if m == nil {
		t.Fatal("the page shows no pair")
	}
	return m[1], m[2]
}

// A whole shift by forms alone: every pair is decided once, none is shown
// twice, then the review can be closed and nothing more be done.
func TestReviewToTheEnd(t *testing.T) {
	s := newSite(t)
	b := s.as(t, "rose")
	decided := map[string]bool{}
	for i := range 12 {
		b.post(reviewPath+"/close").want(t, 303, reviewPath+"?err=conflict")
		id, version := seen(t, b.get(reviewPath))
		if decided[id] {
			t.Fatalf("pair %s is shown again", id)
		}
		decided[id] = true
		decision := map[bool]string{true: "link", false: "reject"}[i%2 == 0]
		done := map[string]string{"link": "linked", "reject": "rejected"}[decision]
		b.post(reviewPath+"/"+id, "version", version, "decision", decision).want(t, 303, reviewPath+"?done="+done)
	}
	a := b.get(reviewPath)
	a.contains(t, `data-open="0"`, `id="close"`, `data-closed="false"`)
	b.post(reviewPath+"/close").want(t, 303, reviewPath+"?done=closed")
	b.get(reviewPath).contains(t, `data-closed="true"`)
	b.post(reviewPath+"/undo", "candidate", "cand_01").want(t, 303, reviewPath+"?candidate=cand_01&err=conflict")
	n, err := s.CountCandidates(t.Context(), "inc_1")
	if err != nil || n[breach.CandidateLinked] != 6 || n[breach.CandidateRejected] != 6 {
		t.Errorf("counts are %v", n)
	}
	if len(s.Nudged) != 1 { // only closing changes what the workflow may do
		t.Errorf("%d nudges, want 1", len(s.Nudged))
	}
}

func TestTwoReviewersOnOnePair(t *testing.T) {
	s := newSite(t)
	rose, remi := s.as(t, "rose"), s.as(t, "remi")
	first := rose.post(reviewPath+"/cand_05", "version", "1", "decision", "link")
	first.want(t, 303, reviewPath+"?done=linked")
	second := remi.post(reviewPath+"/cand_05", "version", "1", "decision", "reject")
	second.want(t, 303, reviewPath+"?err=conflict")
	remi.get(second.Location).contains(t, `id="fault"`)
	if k, err := s.Candidate(t.Context(), "cand_05"); err != nil || k.State != breach.CandidateLinked || k.DecidedBy != "rose" {
		t.Errorf("pair is %s by %s", k.State, k.DecidedBy)
	}
	remi.post(reviewPath+"/undo", "candidate", "cand_05").want(t, 303, reviewPath+"?candidate=cand_05&err=forbidden")
}

func TestDecideRefuses(t *testing.T) {
	s := newSite(t)
	b := s.as(t, "rose")
	for _, tt := range []struct {
		name, path string
		fields     []string
		code       int
		location   string
	}{
		{"no decision", "/cand_01", []string{"version", "1"}, 303, reviewPath + "?err=invalid"},
		{"unknown decision", "/cand_01", []string{"version", "1", "decision", "maybe"}, 303, reviewPath + "?err=invalid"},
		{"no version", "/cand_01", []string{"decision", "link"}, 303, reviewPath + "?err=invalid"},
		{"unknown pair", "/cand_99", []string{"version", "1", "decision", "link"}, 404, ""},
	} {
		t.Run(tt.name, func(t *testing.T) { b.post(reviewPath+tt.path, tt.fields...).want(t, tt.code, tt.location) })
	}
	if a := b.post("/incidents/inc_2/review/cand_01", "version", "1", "decision", "link"); a.Code != 404 {
		t.Errorf("a pair of another incident: status %d, want 404", a.Code)
	}
}

func TestUndoTenDeep(t *testing.T) {
	s := newSite(t)
	b := s.as(t, "rose")
	for i := range 11 {
		s.Pass(1e9)
		b.post(fmt.Sprintf("%s/cand_%02d", reviewPath, i+1), "version", "1", "decision", "link", "reason", "même adresse")
	}
	a := b.get(reviewPath)
	if n := strings.Count(a.Body, `action="`+reviewPath+`/undo"`); n != 10 {
		t.Errorf("%d decisions can be undone, want 10", n)
	}
	for i := 10; i > 0; i-- {
		id := fmt.Sprintf("cand_%02d", i+1)
		b.post(reviewPath+"/undo", "candidate", id).want(t, 303, reviewPath+"?candidate="+id+"&done=undone")
	}
	if n, err := s.CountCandidates(t.Context(), "inc_1"); err != nil || n[breach.CandidateOpen] != 11 {
		t.Errorf("counts after undoing are %v", n)
	}
	if id, version := seen(t, b.get(reviewPath+"?candidate=cand_03")); id != "cand_03" || version != "3" {
		t.Errorf("the page shows %s version %s, want cand_03 version 3", id, version)
	}
}

func TestSkipWalksTheQueue(t *testing.T) {
	s := newSite(t)
	b := s.as(t, "rose")
	skip := regexp.MustCompile(`id="skip" href="([^"]+)"`)
	a := b.get(reviewPath)
	shown := map[string]bool{}
	for strings.Contains(a.Body, `id="pair"`) {
		id, _ := seen(t, a)
		if shown[id] {
			t.Fatalf("skipping showed %s again", id)
		}
		shown[id] = true
		a = b.get(skip.FindStringSubmatch(a.Body)[1])
	}
	a.contains(t, `id="nothing"`, `data-open="12"`)
	if strings.Contains(a.Body, `id="close"`) {
		t.Error("skipped pairs do not keep the review from being closed")
	}
}

// The next pair's address shows another pair, so that it can be made ready.
func TestNextIsAnotherPair(t *testing.T) {
	s := newSite(t)
	b := s.as(t, "rose")
	a := b.get(reviewPath)
	now, _ := seen(t, a)
	next, _ := seen(t, b.get(strings.ReplaceAll(nextPair.FindStringSubmatch(a.Body)[1], "&amp;", "&")))
	if now == next {
		t.Errorf("next is %s again", now)
	}
}

func TestReviewersAreSpread(t *testing.T) {
	s := newSite(t)
	one, _ := seen(t, s.as(t, "rose").get(reviewPath))
	two, _ := seen(t, s.as(t, "remi").get(reviewPath))
	if one == two {
		t.Errorf("both reviewers look at %s", one)
	}
}

func TestOpeningAPairIsAudited(t *testing.T) {
	s := newSite(t)
	b := s.as(t, "rose")
	id, _ := seen(t, b.get(reviewPath))
	e := s.Events[len(s.Events)-1]
	if e.Action != "candidate.open" || e.Object != id || e.Who != "rose" {
		t.Errorf("last event is %+v", e)
	}
}

func TestRevealShowsOneValueOnceWithAReason(t *testing.T) {
	s := newSite(t)
	b := s.as(t, "rose")
	path := reviewPath + "/cand_04/reveal"
	for _, tt := range []struct {
		name   string
		fields []string
	}{
		{"no reason", []string{"field", "email", "side", "row"}},
		{"unknown field", []string{"field", "shoe", "side", "row", "reason", "doute"}},
		{"unknown side", []string{"field", "email", "side", "both", "reason", "doute"}},
	} {
		b.post(path, tt.fields...).want(t, 303, reviewPath+"?candidate=cand_04&err=reveal")
	}
	before := len(s.Events)
	a := b.post(path, "field", "email", "side", "row", "reason", "homonymes")
	a.contains(t, `id="shown"`, "ludivine.vauquelin@example.org", `data-candidate="cand_04"`)
	for _, other := range consoletest.Secrets {
		if strings.Contains(strings.ReplaceAll(a.Body, "ludivine.vauquelin@example.org", ""), other) {
			t.Errorf("revealing the e-mail shows %q as well", other)
		}
	}
	if e := s.Events[before]; e.Action != "candidate.open" || e.Object != "cand_04" || e.Detail != "revealed row email why=homonymes" {
		t.Errorf("event is %+v", e)
	}
	if strings.Contains(b.get(reviewPath+"?candidate=cand_04").Body, "ludivine.vauquelin") {
		t.Error("the value is still shown afterwards")
	}
}

// BenchmarkReview is the time to show a pair, without the store's: the bar is
// 100 ms at 1 million open pairs.
func BenchmarkReview(b *testing.B) {
	t := &testing.T{}
	s := newSite(t)
	rose := s.as(t, "rose")
	b.ResetTimer()
	for range b.N {
		if a := rose.get(reviewPath); a.Code != 200 {
			b.Fatal(a.Code)
		}
	}
}
