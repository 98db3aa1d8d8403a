package crawlers

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vigie/internal/breach"
)

var noon = time.Date(2031, 3, 29, 12, 0, 0, 0, time.UTC)

func at(d time.Duration) time.Time { return noon.Add(d) }

func TestOrderOfMirrors(t *testing.T) {
	src := breach.Source{URL: "a", Mirrors: []string{"b", "c", "b", ""}}
	for _, tc := range []struct {
		name string
		mem  map[string]*Reach
		want []string
	}{
		{"nothing known: as configured, each once", nil, []string{"a", "b", "c"}},
		{"healthy ones take turns", map[string]*Reach{
			"a": {Ups: 9, Tries: 9, TriedAt: at(-time.Hour)}, "b": {Ups: 9, Tries: 9, TriedAt: at(-2 * time.Hour)}, "c": {Ups: 9, Tries: 9, TriedAt: at(-3 * time.Hour)},
		}, []string{"c", "b", "a"}},
		{"down just now comes last", map[string]*Reach{
			"a": {Ups: 9, Tries: 10, TriedAt: at(-time.Minute), DownSince: at(-time.Minute)}, "b": {Ups: 3, Tries: 9}, "c": {Ups: 9, Tries: 9},
		}, []string{"c", "b", "a"}},
		{"an outage that may have ended comes before one that lasts", map[string]*Reach{
			"a": {Ups: 9, Tries: 10, TriedAt: at(-24 * time.Hour), DownSince: at(-25 * time.Hour)},
			"b": {Ups: 9, Tries: 10, TriedAt: at(-time.Minute), DownSince: at(-25 * time.Hour)}, "c": {Ups: 9, Tries: 9},
		}, []string{"c", "a", "b"}},
		{"measured up-time decides", map[string]*Reach{
			"a": {Ups: 2, Tries: 20}, "b": {Ups: 19, Tries: 20}, "c": {Ups: 10, Tries: 20},
		}, []string{"b", "c", "a"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			m := &Memory{Addresses: tc.mem}
			if d := cmp.Diff(tc.want, m.Order(src, noon)); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestMemoryLearnsOutages(t *testing.T) {
	m := &Memory{}
	up := func(d time.Duration) {
		m.Note(Visit{At: at(d), State: StateListing, Posts: []breach.Post{{}}, Attempts: []Attempt{{URL: "a", At: at(d), State: StateListing}}}, 0)
	}
	down := func(d time.Duration) {
		m.Note(Visit{At: at(d), State: StateError, Fault: "stalled", Alarm: AlarmDown, Attempts: []Attempt{{URL: "a", At: at(d), State: StateError, Fault: "stalled"}}}, 0)
	}
	up(0)
	down(time.Hour)
	if m.Alarm != "" {
		t.Errorf("alarm %q at the start of an outage", m.Alarm)
	}
	down(time.Hour + longOutage)
	if m.Alarm != AlarmDown || !m.AlarmedAt.Equal(at(time.Hour+longOutage)) {
		t.Errorf("alarm %q at %s after the usual outage", m.Alarm, m.AlarmedAt)
	}
	up(5 * time.Hour)
	if m.Alarm != "" || len(m.Outages) != 1 || m.Outages[0] != 4*time.Hour || !m.DownSince.IsZero() {
		t.Errorf("%+v", m)
	}
	// A site whose outages last a day does not alarm after three hours.
	clock := 6 * time.Hour
	for range outagesNeeded {
		down(clock)
		clock += 24 * time.Hour
		up(clock)
		clock += time.Hour
	}
	down(clock)
	down(clock + 20*time.Hour)
	if m.Alarm != "" || m.Patience() < 24*time.Hour {
		t.Errorf("alarm %q with patience %s", m.Alarm, m.Patience())
	}
	down(clock + 60*time.Hour)
	if m.Alarm != AlarmDown {
		t.Errorf("no alarm after 60 h, patience %s", m.Patience())
	}
}

func TestSilenceAlarmsAtOnce(t *testing.T) {
	m := &Memory{}
	m.Note(Visit{At: noon, State: StateListing, Posts: []breach.Post{{}}}, 1)
	m.Note(Visit{At: at(time.Hour), State: StateOther, Alarm: AlarmSilent}, 0)
	if m.Alarm != AlarmSilent || m.Silent != 1 {
		t.Errorf("%+v", m)
	}
	m.Note(Visit{At: at(2 * time.Hour), State: StateCaptcha, Alarm: AlarmPerson}, 0)
	if m.Alarm != AlarmPerson {
		t.Errorf("%+v", m)
	}
}

// A clock that is set back or forward must not break what is learnt.
func TestMemoryWithAClockThatJumps(t *testing.T) {
	m := &Memory{}
	for _, d := range []time.Duration{0, 24 * time.Hour, -24 * time.Hour, time.Hour, -48 * time.Hour, 0} {
		m.Note(Visit{At: at(d), State: StateError, Fault: "stalled", Alarm: AlarmDown, Attempts: []Attempt{{URL: "a", At: at(d), Fault: "stalled"}}}, 0)
		if w := m.recovery(at(d), .2); w <= 0 || w > 24*time.Hour {
			t.Errorf("at %s: wait %s", d, w)
		}
		if o := m.odds("a", at(d)); o < 0 || o > 1 {
			t.Errorf("at %s: odds %f", d, o)
		}
		m.Note(Visit{At: at(d), State: StateListing, Posts: []breach.Post{{}}}, 1)
		if m.Rate() <= 0 || m.Watched < 0 || m.Gain < 0 {
			t.Errorf("at %s: %+v", d, m)
		}
	}
	for _, o := range m.Outages {
		if o <= 0 {
			t.Errorf("an outage of %s", o)
		}
	}
}
