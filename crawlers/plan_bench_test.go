package crawlers

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"vigie/internal/breach"
)

// worlds of sites that go up and down and publish, invented after the numbers
// measured of real ones: 225 addresses of 122 groups, 84 never up, the others
// up 85 % of the time at the median, outages of 117 minutes at the median and
// 77 % under 2.5 hours, posts by the hundred, most of them by a few groups.
type inventedSite struct {
	source  breach.Source
	outages map[string][][2]time.Time // by address
	posts   []time.Time
}

const (
	worldDays   = 40
	worldGroups = 122
)

func inventWorld(seed uint64, every time.Duration) []inventedSite {
	r := rand.New(rand.NewPCG(seed, 5))
	end := noon.Add(worldDays * 24 * time.Hour)
	var sites []inventedSite
	addresses, dead := 225, 84
	for g := range worldGroups {
		s := inventedSite{source: breach.Source{ID: breach.SourceID(fmt.Sprint("group", g)), Every: every}, outages: map[string][][2]time.Time{}}
		n := 1
		if spare := addresses - (worldGroups - g); spare > 0 && g < 19 {
			n += min(spare, 1+r.IntN(10))
		}
		addresses -= n
		for i := range n {
			a := fmt.Sprintf("http://group%d-%d.test/", g, i)
			if i == 0 {
				s.source.URL = a
			} else {
				s.source.Mirrors = append(s.source.Mirrors, a)
			}
			if g >= 19 && dead > 0 && r.Float64() < .8 || i > 0 && dead > 0 && r.Float64() < .3 {
				dead--
				s.outages[a] = [][2]time.Time{{noon.Add(-time.Hour), end}}
				continue
			}
			s.outages[a] = inventOutages(r, noon, end)
		}
		if len(s.outages[s.source.URL]) != 1 || len(s.source.Mirrors) > 0 {
			// Zipf: the k-th group publishes 1/k as much as the first.
			for range int(math.Round(180 / float64(1+g/2))) {
				s.posts = append(s.posts, noon.Add(time.Duration(r.Int64N(int64(worldDays*24*time.Hour)))))
			}
			slices.SortFunc(s.posts, time.Time.Compare)
		}
		sites = append(sites, s)
	}
	return sites
}

// inventOutages draws log-normal outages of the measured median and quantile.
func inventOutages(r *rand.Rand, from, to time.Time) [][2]time.Time {
	share := .6 + .39*math.Sqrt(r.Float64())
	var out [][2]time.Time
	for at := from; at.Before(to); {
		down := time.Duration(117 * math.Exp(.34/.74*r.NormFloat64()) * float64(time.Minute))
		if r.Float64() < .1 {
			down *= time.Duration(2 + r.IntN(40))
		}
		up := time.Duration(float64(down) * share / (1 - share) * r.ExpFloat64())
		at = at.Add(up)
		out = append(out, [2]time.Time{at, at.Add(down)})
		at = at.Add(down)
	}
	return out
}

func (s inventedSite) up(address string, at time.Time) bool {
	list := s.outages[address]
	i, _ := slices.BinarySearchFunc(list, at, func(o [2]time.Time, at time.Time) int { return o[1].Compare(at) })
	return i == len(list) || at.Before(list[i][0])
}

// patrol is what a way of visiting cost and found.
type patrol struct {
	requests int
	delays   []time.Duration // from publication to the visit that found it, while the site could be reached
	back     []time.Duration // from the end of a site's outage to the first visit after it
}

// found takes the posts out since the last visit that worked.
func (p *patrol) found(s *inventedSite, seen map[breach.SourceID]int, now time.Time) int {
	n := 0
	for i := seen[s.source.ID]; i < len(s.posts) && !s.posts[i].After(now); i++ {
		p.delays = append(p.delays, now.Sub(s.posts[i]))
		n++
	}
	seen[s.source.ID] += n
	return n
}

// rounds asks every address in every round, as the trackers do.
func rounds(sites []inventedSite, every time.Duration) (p patrol) {
	seen := map[breach.SourceID]int{}
	wasUp := map[breach.SourceID]bool{}
	last := map[breach.SourceID]time.Time{}
	for at := noon; at.Before(noon.Add(worldDays * 24 * time.Hour)); at = at.Add(every) {
		for i := range sites {
			s, any := &sites[i], false
			for _, a := range addresses(s.source) {
				p.requests++
				any = any || s.up(a, at)
			}
			if any {
				p.found(s, seen, at)
				p.returned(s, wasUp, last, at)
			}
			wasUp[s.source.ID], last[s.source.ID] = any, at
		}
	}
	return p
}

// returned measures how long a site was back before it was noticed.
func (p *patrol) returned(s *inventedSite, wasUp map[breach.SourceID]bool, last map[breach.SourceID]time.Time, now time.Time) {
	if wasUp[s.source.ID] || last[s.source.ID].IsZero() {
		return
	}
	since := now
	for _, a := range addresses(s.source) {
		for i := len(s.outages[a]) - 1; i >= 0; i-- {
			if o := s.outages[a][i]; !o[1].After(now) {
				if o[1].After(last[s.source.ID]) && o[1].Before(since) {
					since = o[1]
				}
				break
			}
		}
	}
	p.back = append(p.back, now.Sub(since))
}

// planned visits as Plan and Order have it.
func planned(sites []inventedSite) (p patrol) {
	seen := map[breach.SourceID]int{}
	wasUp := map[breach.SourceID]bool{}
	last := map[breach.SourceID]time.Time{}
	known := make([]Known, len(sites))
	for i := range sites {
		known[i] = Known{sites[i].source, &Memory{}}
	}
	const tick = time.Minute
	for at := noon; at.Before(noon.Add(worldDays * 24 * time.Hour)); at = at.Add(tick) {
		visited := false
		for i, k := range known {
			if k.Memory.Due(k.Source.Every, at) > 0 {
				continue
			}
			visited = true
			s, v, n := &sites[i], Visit{At: at, Fault: "stalled", Alarm: AlarmDown}, 0
			for _, a := range k.Memory.Order(k.Source, at)[:min(DefaultLimits().Tries, 1+len(k.Source.Mirrors))] {
				p.requests++
				try := Attempt{URL: a, At: at, State: StateError, Fault: "stalled"}
				if s.up(a, at) {
					try.State, try.Fault = StateListing, ""
					v.Fault, v.Alarm, v.Posts = "", "", []breach.Post{{}}
					n = p.found(s, seen, at)
					p.returned(s, wasUp, last, at)
				}
				v.Attempts = append(v.Attempts, try)
				if v.Fault == "" {
					break
				}
			}
			wasUp[s.source.ID], last[s.source.ID] = v.Fault == "", at
			k.Memory.Note(v, n)
		}
		if visited {
			Plan(known)
		}
	}
	return p
}

func median(list []time.Duration) time.Duration {
	if len(list) == 0 {
		return 0
	}
	return quantile(list, .5)
}

func mean(list []time.Duration) time.Duration {
	sum := time.Duration(0)
	for _, d := range list {
		sum += d
	}
	return sum / time.Duration(max(len(list), 1))
}

// BenchmarkSchedule compares rounds over all addresses every 72.7 minutes, as
// measured of a public tracker, with plans at as many requests and at half.
func BenchmarkSchedule(b *testing.B) {
	const anchor = 4362 * time.Second
	for b.Loop() {
		base := rounds(inventWorld(1, anchor), anchor)
		report := func(name string, p patrol) {
			b.Logf("%-22s %7d requests, posts wait median %5.1f min, mean %6.1f, p90 %6.1f; back noticed median %5.1f min, mean %6.1f (%d)", name, p.requests,
				median(p.delays).Minutes(), mean(p.delays).Minutes(), quantile(p.delays, .9).Minutes(), median(p.back).Minutes(), mean(p.back).Minutes(), len(p.back))
		}
		report("rounds", base)
		for _, every := range []time.Duration{anchor * 2 / 3, anchor, 90 * time.Minute} {
			report("planned, every "+every.Round(time.Minute).String(), planned(inventWorld(1, every)))
		}
	}
}
