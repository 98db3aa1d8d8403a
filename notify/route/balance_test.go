package route

import (
	"fmt"
	"testing"
	"time"
)

// behaviour is how a provider answers a hand-over that begins at some moment.
type behaviour func(at time.Duration) (took time.Duration, v verdict)

func fine(time.Duration) (time.Duration, verdict)    { return 100 * time.Millisecond, well }
func errors5(time.Duration) (time.Duration, verdict) { return 100 * time.Millisecond, bad }
func hangs(time.Duration) (time.Duration, verdict)   { return 20 * time.Second, bad }
func dawdles(time.Duration) (time.Duration, verdict) { return 12 * time.Second, well }

// from is one behaviour until a moment and another after it.
func from(at time.Duration, before, after behaviour) behaviour {
	return func(now time.Duration) (time.Duration, verdict) {
		if now < at {
			return before(now)
		}
		return after(now)
	}
}

// half fails one hand-over of so many, in turn.
func oneIn(n int, how behaviour) behaviour {
	i := 0
	return func(now time.Duration) (time.Duration, verdict) {
		if i++; i%n == 0 {
			return how(now)
		}
		return fine(now)
	}
}

// sim drives a Balance: messages arrive at a steady rate and at most slots are
// in flight. started[i][s] counts hand-overs to provider i in second s.
type sim struct {
	started, failed [2][]int
	waited          int // looks for a provider that found none
}

func simulate(rate, slots int, lasts time.Duration, who ...behaviour) *sim {
	start := time.Unix(1_800_000_000, 0)
	var b Balance
	for i := range who {
		b.all = append(b.all, newStanding(Provider{Name: fmt.Sprint(i), Weight: 51 - 2*i, Slow: 8 * time.Second}))
	}
	type flight struct {
		who   int
		token uint64
		ends  time.Duration
		v     verdict
	}
	out := &sim{}
	for i := range out.started {
		out.started[i] = make([]int, int(lasts/time.Second)+1)
		out.failed[i] = make([]int, int(lasts/time.Second)+1)
	}
	var flying []flight
	var token uint64
	backlog := 0.0
	for now := time.Duration(0); now < lasts; now += 50 * time.Millisecond {
		at := start.Add(now)
		rest := flying[:0]
		for _, f := range flying {
			if f.ends > now {
				rest = append(rest, f)
				continue
			}
			b.end(f.who, f.token, at, f.v, 0)
			if f.v == bad {
				out.failed[f.who][now/time.Second]++
			}
		}
		flying = rest
		for backlog += float64(rate) * 0.05; backlog >= 1 && len(flying) < slots; backlog-- {
			i, _, _ := b.choose(at)
			if i < 0 {
				out.waited++
				break
			}
			token++
			took, v := who[i](now)
			b.begin(i, token, at)
			out.started[i][now/time.Second]++
			flying = append(flying, flight{i, token, now + took, v})
		}
	}
	return out
}

// share is the part of provider 0 among the hand-overs begun in these seconds;
// -1: none began.
func (s *sim) share(from, to int) float64 {
	a, all := 0, 0
	for i := from; i < to; i++ {
		a += s.started[0][i]
		all += s.started[0][i] + s.started[1][i]
	}
	if all == 0 {
		return -1
	}
	return float64(a) / float64(all)
}

// TestFailOver: whichever way a provider breaks and however many messages
// there are, less than a tenth of them goes to it within a minute, and stays so.
func TestFailOver(t *testing.T) {
	const breaks = 120
	for name, how := range map[string]behaviour{
		"errors": errors5, "hangs": hangs, "dawdles": dawdles, "fails every third": oneIn(3, errors5), "fails half": oneIn(2, errors5),
	} {
		for _, rate := range []int{1, 5, 20, 100} {
			s := simulate(rate, 64, 10*time.Minute, from(breaks*time.Second, fine, how), fine)
			if before := s.share(60, breaks); before < 0.45 || before > 0.57 {
				t.Errorf("%s, %d/s: a share of %.2f before it breaks, want its weight", name, rate, before)
			}
			after := 0
			window := max(10, 30/rate) // of thirty messages: fewer tell nothing of a tenth
			for sec := breaks; sec < 600-window; sec++ {
				if sh := s.share(sec, sec+window); sh >= 0.1 {
					after = sec + 1 - breaks
				}
			}
			t.Logf("%s, %d/s: below a tenth for good after %d s", name, rate, after)
			if after > 60 {
				t.Errorf("%s, %d/s: below a tenth only after %d s", name, rate, after)
			}
		}
	}
}

// TestComingBack: a provider that is well again gets its share back, never
// more, in no less than a minute and no more than six.
func TestComingBack(t *testing.T) {
	s := simulate(20, 64, 20*time.Minute, from(60*time.Second, fine, from(300*time.Second, errors5, fine)), fine)
	if sh := s.share(300, 360); sh > 0.1 {
		t.Errorf("a share of %.2f in the first minute", sh)
	}
	if sh := s.share(660, 720); sh < 0.45 {
		t.Errorf("a share of %.2f after six minutes", sh)
	}
	for sec := 300; sec < 1190; sec++ {
		if sh := s.share(sec, sec+10); sh > 0.56 {
			t.Errorf("overshoot: a share of %.2f at %d s", sh, sec)
		}
	}
}

// TestFlapping: one that is well for a minute and down for a minute, for an
// hour, gets ever less: of 72,000 messages fewer than one in a hundred fails.
func TestFlapping(t *testing.T) {
	flaps := func(now time.Duration) (time.Duration, verdict) {
		if now/time.Minute%2 == 1 {
			return errors5(now)
		}
		return fine(now)
	}
	s := simulate(20, 64, time.Hour, flaps, fine)
	failed, turns, up := 0, 0, true
	for sec := range 3590 {
		failed += s.failed[0][sec]
		if sh := s.share(sec, sec+10); up && sh < 0.05 || !up && sh > 0.2 {
			up = !up
			turns++
		}
	}
	t.Logf("%d of 72,000 failed, %d turns of the traffic", failed, turns)
	if failed > 720 {
		t.Errorf("%d of 72,000 failed", failed)
	}
	if turns > 12 {
		t.Errorf("the traffic turned %d times in an hour", turns)
	}
}

// TestAllFail: where both fail alike, nothing moves; where both are down, they
// are probed and not fed; and the first that answers gets the messages.
func TestAllFail(t *testing.T) {
	s := simulate(20, 64, 5*time.Minute, oneIn(3, errors5), oneIn(3, errors5))
	if sh := s.share(60, 290); sh < 0.35 || sh > 0.65 {
		t.Errorf("both fail one in three, and a share of %.2f", sh)
	}
	s = simulate(20, 64, 8*time.Minute, from(time.Minute, fine, errors5), from(time.Minute, fine, from(4*time.Minute, errors5, fine)))
	fed := 0
	for sec := 90; sec < 240; sec++ {
		fed += s.started[0][sec] + s.started[1][sec]
	}
	if fed > 40 {
		t.Errorf("%d messages fed in 150 s to providers that are down", fed)
	}
	got := 0
	for sec := 300; sec < 360; sec++ {
		got += s.started[1][sec]
	}
	if got < 1000 {
		t.Errorf("%d messages in a minute, a minute after one is well again", got)
	}
}

func TestWeights(t *testing.T) {
	b := Balance{all: []*standing{newStanding(Provider{Weight: 3}), newStanding(Provider{Weight: 1})}}
	var got [2]int
	for range 400 {
		i, _, _ := b.choose(time.Unix(1, 0))
		got[i]++
	}
	if got != [2]int{300, 100} {
		t.Errorf("got %v, want 300 and 100", got)
	}
}

func TestPauseAndQuota(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	b := Balance{all: []*standing{newStanding(Provider{PerDay: 2}), newStanding(Provider{})}}
	b.begin(1, 1, now)
	b.end(1, 1, now, busy, 20*time.Second)
	for range 2 {
		if i, _, _ := b.choose(now); i != 0 {
			t.Fatalf("chose %d, which is paused", i)
		}
		b.all[0].pace.take(now)
	}
	if i, wait, quota := b.choose(now); i >= 0 || wait != 20*time.Second || quota {
		t.Errorf("got %d, wait %s, quota %v; want to wait for the pause", i, wait, quota)
	}
	b.begin(1, 2, now)
	b.end(1, 2, now, used, 30*time.Hour)
	if i, wait, _ := b.choose(now); i >= 0 || wait > 24*time.Hour {
		t.Errorf("got %d, wait %s, want to wait for the next day", i, wait)
	}
	if i, _, _ := b.choose(now.Add(24 * time.Hour)); i != 0 {
		t.Errorf("the next day: chose %d", i)
	}
}

func TestPace(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	p := pace{every: every(20)}
	var last time.Duration
	for range 110 {
		last = p.take(now)
	}
	if want := 5 * time.Second; last != want {
		t.Errorf("the 110th goes after %s, want %s: ten at once, then twenty a second", last, want)
	}
	// A provider behind its pace leaves messages to one that is not.
	b := Balance{all: []*standing{newStanding(Provider{PerSecond: 20}), newStanding(Provider{})}}
	for range 60 {
		b.all[0].pace.take(now)
	}
	for range 10 {
		if i, _, _ := b.choose(now); i != 1 {
			t.Fatal("it goes on to one that is behind its pace")
		}
	}
}
