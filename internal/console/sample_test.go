package console_test

import (
	"regexp"
	"strings"
	"testing"

	"vigie/internal/breach"
)

var sampledPair = regexp.MustCompile(`id="pair"[^>]* data-pair="([^"]+)"`)

// Two people judge a pair apart: neither sees what the model or the other says.
func TestSampleIsJudgedBlindByTwo(t *testing.T) {
	s := newSite(t)
	const path = "/incidents/inc_1/sample"
	rose, remi := s.as(t, "rose"), s.as(t, "remi")
	rose.get("/incidents/inc_1").contains(t, path)
	a := rose.get(path)
	a.contains(t, `id="judge"`, `data-open="3"`, "smp_1")
	for _, hint := range []string{"31.4", "31,4", "93.7", "93,7", "93.8", "93,8", "0.9375"} {
		if strings.Contains(a.Body, hint) {
			t.Errorf("the page tells what the model says: %q", hint)
		}
	}
	rose.post(path+"/smp_1", "verdict", "perhaps").want(t, 303, path+"?err=invalid")
	rose.post(path+"/smp_9", "verdict", "same").want(t, 404, "")
	rose.post(path+"/smp_1", "verdict", "same").want(t, 303, path+"?done=judged")
	rose.post(path+"/smp_1", "verdict", "same").want(t, 303, path+"?err=conflict")
	if m := sampledPair.FindStringSubmatch(rose.get(path).Body); m == nil || m[1] != "smp_2" {
		t.Errorf("rose is shown %v after smp_1", m)
	}
	if m := sampledPair.FindStringSubmatch(remi.get(path).Body); m == nil || m[1] != "smp_1" {
		t.Errorf("remi is shown %v first", m)
	}
	remi.post(path+"/smp_1", "verdict", "same").want(t, 303, path+"?done=judged")
	if p := s.Drawn.Pairs[0]; p.State != breach.PairSame {
		t.Errorf("two agree, and the pair is %s", p.State)
	}
	for _, id := range []string{"smp_2", "smp_3"} {
		rose.post(path+"/"+id, "verdict", "other").want(t, 303, path+"?done=judged")
	}
	rose.get(path).contains(t, `id="nothing"`, `data-open="2"`)
}

func TestSampleReveal(t *testing.T) {
	s := newSite(t)
	const path = "/incidents/inc_1/sample"
	b := s.as(t, "rose")
	b.post(path+"/smp_1/reveal", "field", "email", "side", "row").want(t, 303, path+"?err=reveal")
	before := len(s.Events)
	b.post(path+"/smp_1/reveal", "field", "email", "side", "row", "reason", "homonymes").contains(t, `id="shown"`, "ludivine.vauquelin@example.org")
	if e := s.Events[before]; e.Action != "sample.open" || e.Object != "smp_1" || e.Detail != "revealed row email why=homonymes" {
		t.Errorf("event is %+v", e)
	}
	if strings.Contains(b.get(path).Body, "ludivine.vauquelin") {
		t.Error("the value is still shown afterwards")
	}
}

// While a large dump is read the page says so and asks again.
func TestSampleOfALargeDumpWaits(t *testing.T) {
	s := newSite(t)
	s.Drawn.Busy = true
	a := s.as(t, "rose").get("/incidents/inc_1/sample")
	a.contains(t, `id="reading"`)
	if a.Header.Get("Refresh") == "" {
		t.Error("the page does not ask again")
	}
}

// A pair of which one side is gone keeps nobody from the next.
func TestSampleWhoseSideIsGone(t *testing.T) {
	s := newSite(t)
	const path = "/incidents/inc_1/sample"
	b := s.as(t, "rose")
	s.Drawn.Gone = true
	b.get(path).contains(t, `id="gone"`, "smp_1")
	b.post(path+"/smp_1", "verdict", "unclear").want(t, 303, path+"?done=judged")
	s.Drawn.Gone = false
	b.get(path).contains(t, `id="fields"`, "smp_2")
}
