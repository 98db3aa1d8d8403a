package crawlers

import (
	"math"
	"slices"
	"time"

	"vigie/internal/breach"
)

// Memory is what earlier visits of a source have taught: which of its mirrors
// answer, how long its outages last, how often it publishes, and the session
// it knows us by. It holds cookies: whoever keeps it seals it.
type Memory struct {
	Addresses map[string]*Reach `json:"addresses"`
	Session   string            `json:"session"` // at the proxy: one circuit for as long as it works
	Cookies   []Cookie          `json:"cookies"`
	Outages   []time.Duration   `json:"outages"` // the last ones that ended, oldest first
	DownSince time.Time         `json:"down_since"`
	Outcome   Outcome           `json:"outcome"`
	GoodAt    time.Time         `json:"good_at"`    // the last visit that read a post
	NewAt     time.Time         `json:"new_at"`     // the last visit that brought a new one
	NotBefore time.Time         `json:"not_before"` // asked for by the site (Retry-After)
	Gain      float64           `json:"gain"`       // new posts, older ones fading
	Watched   float64           `json:"watched"`    // seconds during which they came, fading alike
	AlarmedAt time.Time         `json:"alarmed_at"` // since when Alarm stands
	Alarm     string            `json:"alarm"`      // as the history has it (Judge)
	Silent    int               `json:"silent"`     // visits in a row that answered without a post
	Visits    int               `json:"visits"`     // all of them
	DueAt     time.Time         `json:"due_at"`     // set by Plan
	Proposed  []Proposal        `json:"proposed,omitempty"`

	History History `json:"-"` // of its pages; nil reads each as if it were the first

	rhythm time.Duration // between visits while it is up, by Plan
}

// Outcome is how the last visit ended.
type Outcome struct {
	At      time.Time `json:"at"`
	Address string    `json:"address"`
	State   string    `json:"state"`
	Fault   string    `json:"fault"`
	Posts   int       `json:"posts"`
}

// Reach is what is known of one address.
type Reach struct {
	Ups       float64   `json:"ups"`   // visits that got a page of the site, older ones fading
	Tries     float64   `json:"tries"` // all visits, fading alike
	TriedAt   time.Time `json:"tried_at"`
	SeenAt    time.Time `json:"seen_at"`
	DownSince time.Time `json:"down_since"`
	State     string    `json:"state"`
	Fault     string    `json:"fault"`
}

const (
	// usualOutage is the median of 7,729 outages of leak sites measured over
	// 125 days; 77 % of them ended within 2.5 hours.
	usualOutage = 117 * time.Minute
	// longOutage is past what is usual of a site that has not taught its own.
	longOutage = 3 * time.Hour
	// outagesKept and outagesNeeded bound what is learnt, and from when on it
	// replaces the numbers above.
	outagesKept, outagesNeeded = 32, 5
	// fading is the weight that one more visit leaves to all earlier ones.
	fading = 0.97
	// gainHalf is after what time a new post counts half.
	gainHalf = 14 * 24 * time.Hour
	// priorGain posts in priorWatch are assumed of a site never seen: the mean
	// of 122 groups.
	priorGain, priorWatch = 0.5, 7 * 24 * time.Hour
	// gainCap bounds what one visit teaches: a site that republishes all it has
	// does not publish that often.
	gainCap = 5
)

// median is how long this source's outages last.
func (m *Memory) median() time.Duration {
	if len(m.Outages) < outagesNeeded {
		return usualOutage
	}
	return max(quantile(m.Outages, .5), time.Minute)
}

// Patience is how long this source may be down before that is an alarm: its
// own outages' 90th percentile (decisions.md 28).
func (m *Memory) Patience() time.Duration {
	if len(m.Outages) < outagesNeeded {
		return longOutage
	}
	return max(quantile(m.Outages, .9), m.median()*3/2)
}

func quantile(list []time.Duration, q float64) time.Duration {
	sorted := slices.Sorted(slices.Values(list))
	return sorted[int(q*float64(len(sorted)-1)+.5)]
}

// Order sorts the addresses of a source by what a visit of each is expected to
// gain: how often it answered, and whether an outage it was in may have ended.
// Healthy ones take turns, so that a mirror that shows an old copy does not
// hide what is new.
func (m *Memory) Order(src breach.Source, now time.Time) []string {
	all := addresses(src)
	odds := make(map[string]float64, len(all))
	best := 0.0
	for _, a := range all {
		odds[a] = m.odds(a, now)
		best = max(best, odds[a])
	}
	slices.SortStableFunc(all, func(a, b string) int {
		ra, rb := m.reach(a), m.reach(b)
		healthy := odds[a] >= .9*best && odds[b] >= .9*best
		switch {
		case healthy && !ra.TriedAt.Equal(rb.TriedAt):
			return ra.TriedAt.Compare(rb.TriedAt)
		case odds[a] > odds[b]:
			return -1
		case odds[a] < odds[b]:
			return 1
		}
		return 0
	})
	return all
}

// addresses are the URL and the mirrors, each once.
func addresses(src breach.Source) []string {
	var out []string
	for _, a := range append([]string{src.URL}, src.Mirrors...) {
		if a != "" && !slices.Contains(out, a) {
			out = append(out, a)
		}
	}
	return out
}

func (m *Memory) reach(address string) Reach {
	if r := m.Addresses[address]; r != nil {
		return *r
	}
	return Reach{}
}

// odds is the chance that an address answers now. Outages are taken to end as
// in a log-logistic law with the source's median h: of those that lasted x, the
// share (y-x)/(h+y) has ended at y. Few numbers are needed, and a site that was
// never up is asked ever more rarely.
func (m *Memory) odds(address string, now time.Time) float64 {
	r := m.reach(address)
	share := (r.Ups + 2) / (r.Tries + 2.5) // hopeful: what was never tried is worth a try
	if r.DownSince.IsZero() {
		return share
	}
	h := m.median().Seconds()
	x := max(r.TriedAt.Sub(r.DownSince).Seconds(), 0)
	y := max(now.Sub(r.DownSince).Seconds(), x)
	return share * (y - x) / (h + y)
}

// recover is how long to wait for an outage to have ended with a chance of q:
// odds solved for the time.
func (m *Memory) recovery(now time.Time, q float64) time.Duration {
	age := max(now.Sub(m.DownSince), 0)
	return time.Duration(q / (1 - q) * float64(m.median()+age))
}

// Note learns from a visit that brought that many new posts.
func (m *Memory) Note(v Visit, fresh int) {
	if m.Addresses == nil {
		m.Addresses = map[string]*Reach{}
	}
	for _, a := range v.Attempts {
		m.note(a)
	}
	before := m.Outcome
	m.Visits++
	// What a person gave and this visit was not allowed to use is kept.
	unused := slices.DeleteFunc(m.Cookies, func(c Cookie) bool { return !c.Given || v.given })
	m.Session, m.Cookies = v.session, append(v.cookies, unused...)
	m.Outcome = Outcome{At: v.At, Address: v.Address, State: v.State, Fault: v.Fault, Posts: len(v.Posts)}
	m.NotBefore = v.NotBefore
	m.propose(v.Proposed)
	m.noteOutage(v)
	m.noteGain(v, fresh, before.At)
	m.judge(v)
}

func (m *Memory) note(a Attempt) {
	r := m.Addresses[a.URL]
	if r == nil {
		r = &Reach{}
		m.Addresses[a.URL] = r
	}
	r.Ups, r.Tries, r.TriedAt = r.Ups*fading, r.Tries*fading+1, a.At
	r.State, r.Fault = a.State, a.Fault
	if a.up() {
		r.Ups, r.SeenAt, r.DownSince = r.Ups+1, a.At, time.Time{}
	} else if r.DownSince.IsZero() || a.At.Before(r.DownSince) {
		r.DownSince = a.At
	}
}

func (m *Memory) noteOutage(v Visit) {
	switch {
	case v.Fault != "" && (m.DownSince.IsZero() || v.At.Before(m.DownSince)): // a clock set back begins anew
		m.DownSince = v.At
	case v.Fault == "" && !m.DownSince.IsZero():
		if d := v.At.Sub(m.DownSince); d > 0 {
			m.Outages = append(m.Outages, d)
			m.Outages = m.Outages[max(0, len(m.Outages)-outagesKept):]
		}
		m.DownSince = time.Time{}
	}
}

// noteGain learns how often a source publishes. The first listing ever seen
// tells nothing of that.
func (m *Memory) noteGain(v Visit, fresh int, before time.Time) {
	if len(v.Posts) == 0 {
		return
	}
	first := m.GoodAt.IsZero()
	m.GoodAt = v.At
	if first {
		return
	}
	passed := min(max(v.At.Sub(before), 0), gainHalf)
	fade := math.Exp2(-float64(passed) / float64(gainHalf))
	m.Gain = m.Gain*fade + float64(min(fresh, gainCap))
	m.Watched = m.Watched*fade + passed.Seconds()
	if fresh > 0 {
		m.NewAt = v.At
	}
}

// Rate is how many posts a second this source is expected to bring.
func (m *Memory) Rate() float64 {
	return (m.Gain + priorGain) / (m.Watched + priorWatch.Seconds())
}

// judge sets the alarm that stands after a visit (decisions.md 28).
func (m *Memory) judge(v Visit) {
	alarm := v.Alarm
	if v.Alarm == AlarmSilent {
		m.Silent++
	} else if len(v.Posts) > 0 {
		m.Silent = 0
	}
	if v.Alarm == AlarmDown && v.At.Sub(m.DownSince) < m.Patience() {
		alarm = "" // such an outage is usual here
	}
	if alarm != m.Alarm {
		m.Alarm, m.AlarmedAt = alarm, v.At
	}
	if alarm == "" {
		m.AlarmedAt = time.Time{}
	}
}
