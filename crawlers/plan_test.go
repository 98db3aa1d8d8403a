package crawlers

import (
	"testing"
	"time"

	"vigie/internal/breach"
)

func up(every time.Duration, gain float64) Known {
	return Known{breach.Source{Every: every}, &Memory{Visits: 9, Outcome: Outcome{At: noon}, GoodAt: noon, Gain: gain, Watched: (30 * 24 * time.Hour).Seconds()}}
}

func TestPlan(t *testing.T) {
	// All alike: each at its own interval.
	alike := []Known{up(time.Hour, 1), up(time.Hour, 1), up(time.Hour, 1)}
	Plan(alike)
	for _, k := range alike {
		if w := k.Memory.Due(time.Hour, noon).Round(time.Second); w != time.Hour {
			t.Errorf("alike: %s", w)
		}
	}
	// Who publishes much is visited often, and all together as often as asked.
	mixed := []Known{up(time.Hour, 400), up(time.Hour, 20), up(time.Hour, 0), up(time.Hour, 0)}
	Plan(mixed)
	sum := 0.0
	for i, k := range mixed {
		w := k.Memory.Due(time.Hour, noon)
		sum += float64(time.Hour) / float64(w)
		if w > mostRarely*time.Hour+time.Second || w < time.Hour/mostOften {
			t.Errorf("source %d waits %s", i, w)
		}
	}
	a, b, c := mixed[0].Memory.Due(time.Hour, noon), mixed[1].Memory.Due(time.Hour, noon), mixed[2].Memory.Due(time.Hour, noon)
	if a >= b || b >= c || sum < 3.9 || sum > 4.1 {
		t.Errorf("waits %s %s %s, %.2f visits an hour, want 4", a, b, c, sum)
	}
	// What those that are down leave goes to the others, within bounds.
	dark := []Known{up(time.Hour, 1), up(time.Hour, 1)}
	dark[1].Memory.DownSince = noon.Add(-48 * time.Hour)
	Plan(dark)
	if w := dark[0].Memory.Due(time.Hour, noon); w > 40*time.Minute {
		t.Errorf("the one that is up waits %s", w)
	}
	if w := dark[1].Memory.Due(time.Hour, noon); w < 6*time.Hour || w > nightAtMost {
		t.Errorf("the one that is down waits %s", w)
	}
	// Nothing known: at once; a clock set back: at once.
	fresh := []Known{{breach.Source{Every: time.Hour}, &Memory{}}, up(time.Hour, 1)}
	Plan(fresh)
	if fresh[0].Memory.Due(time.Hour, noon) != 0 || fresh[1].Memory.Due(time.Hour, noon.Add(-time.Minute)) != 0 {
		t.Error("a new source, or one from the future, waits")
	}
}

// On an invented year half the requests bring posts sooner than rounds do.
func TestPlanBeatsRounds(t *testing.T) {
	const anchor = 4362 * time.Second
	base, plan := rounds(inventWorld(7, anchor, 6), anchor, 6), planned(inventWorld(7, 90*time.Minute, 6), 6)
	if plan.requests > base.requests*6/10 || median(plan.delays) > median(base.delays)/2 || mean(plan.delays) > mean(base.delays) {
		t.Errorf("%d requests for %d, median %s for %s, mean %s for %s", plan.requests, base.requests,
			median(plan.delays), median(base.delays), mean(plan.delays), mean(base.delays))
	}
}
