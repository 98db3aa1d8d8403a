package forecast_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"vigie/internal/breach"
	"vigie/internal/i18n"
	. "vigie/notify/forecast"
	"vigie/notify/letter"
)

const (
	mail = breach.ChannelEmail
	text = breach.ChannelSMS
	post = breach.ChannelLetter
)

func tariff(t *testing.T) Tariff {
	t.Helper()
	list, err := Tariffs()
	if err != nil {
		t.Fatal(err)
	}
	return At(list, time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC))
}

func TestLetterPrice(t *testing.T) {
	x := Tariff{LetterFirstSheet: 10, LetterMoreSheet: 1, Postage: []Step{{3, 100}, {10, 200}}}
	for sheets, want := range map[int]int64{0: 110, 1: 110, 3: 112, 4: 213, 10: 219, 11: 320, 14: 423} {
		if got := x.Letter(sheets); got != want {
			t.Errorf("%d sheets cost %d, want %d", sheets, got, want)
		}
	}
}

// An SMS overseas costs what it costs there, in the shares of the plan; one to a
// number that no operator has is refused and costs nothing.
func TestTextsByTerritory(t *testing.T) {
	m := Limits{EmailRate: 10, SMSRate: 1000, LetterRate: 100, LettersDay: 1000, SMSFrom: 8, SMSTo: 20, Returned: 1000}
	x := Tariff{SMSSegment: 10, SMSTerritories: map[string]int64{"RE": 40, "PF": 90}, LetterFirstSheet: 1, Postage: []Step{{5, 0}}}
	start := time.Date(2026, 11, 20, 9, 0, 0, 0, i18n.Paris())
	for _, tt := range []struct {
		name  string
		steps []breach.Channel
		texts map[string]int64
		parts int
		want  int64
	}{
		{"where is not known", []breach.Channel{text}, nil, 1, 1000},
		{"all at home", []breach.Channel{text}, map[string]int64{"FR": 100}, 1, 1000},
		{"two territories, two parts", []breach.Channel{text}, map[string]int64{"FR": 50, "RE": 30, "PF": 20}, 2, 2 * (500 + 1200 + 1800)},
		{"some refused", []breach.Channel{text}, map[string]int64{"FR": 60, "": 40}, 1, 600},
		{"those of e-mails that come back", []breach.Channel{mail, text}, map[string]int64{"RE": 100}, 1, 400},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f, err := Work(Load{Recipients: []Recipients{{Steps: tt.steps, N: 100}}, Texts: tt.texts, Segments: tt.parts}, start, x, m, letter.Calendar{})
			if err != nil || f.Cost != tt.want {
				t.Errorf("costs %d, want %d; %v", f.Cost, tt.want, err)
			}
		})
	}
}

func TestWork(t *testing.T) {
	c := letter.Calendar{}
	m := Limits{EmailRate: 10, SMSRate: 1, LetterRate: 100, LettersDay: 1000, SMSFrom: 8, SMSTo: 20, Returned: 1000, Verdicts: time.Minute}
	x := Tariff{Email: 1, SMSSegment: 10, LetterFirstSheet: 100, Postage: []Step{{5, 900}}}
	paris := i18n.Paris()
	for _, tt := range []struct {
		name  string
		load  Load
		start time.Time
		cost  int64
		end   time.Time
	}{
		{"nobody", Load{}, time.Date(2026, 11, 20, 9, 0, 0, 0, paris), 0, time.Date(2026, 11, 20, 9, 0, 0, 0, paris)},
		{"e-mails alone, at night", Load{Recipients: []Recipients{{Steps: []breach.Channel{mail}, N: 600}}}, time.Date(2026, 11, 22, 23, 59, 30, 0, paris), 600,
			time.Date(2026, 11, 23, 0, 0, 30, 0, paris)},
		{"an SMS of two parts waits for Monday", Load{Recipients: []Recipients{{Steps: []breach.Channel{text}, N: 60}}, Segments: 2}, time.Date(2026, 11, 21, 20, 0, 0, 0, paris), 1200,
			time.Date(2026, 11, 23, 8, 1, 0, 0, paris)},
		{"SMS over the evening", Load{Recipients: []Recipients{{Steps: []breach.Channel{text}, N: 3600}}}, time.Date(2026, 11, 19, 19, 30, 0, 0, paris), 36000,
			time.Date(2026, 11, 20, 8, 30, 0, 0, paris)},
		{"letters over a holiday", Load{Recipients: []Recipients{{Steps: []breach.Channel{post}, N: 1500}}, Sheets: 2}, time.Date(2026, 12, 23, 10, 0, 0, 0, paris), 1_500_000,
			time.Date(2026, 12, 28, 0, 0, 0, 0, paris)},
		{"those that come back", Load{Recipients: []Recipients{{Steps: []breach.Channel{mail, post}, N: 1000}}}, time.Date(2026, 11, 20, 9, 0, 0, 0, paris), 1000 + 100_000,
			time.Date(2026, 11, 23, 0, 0, 0, 0, paris)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f, err := Work(tt.load, tt.start, x, m, c)
			if err != nil {
				t.Fatal(err)
			}
			if f.Cost != tt.cost || !f.End.Equal(tt.end) {
				t.Errorf("%d by %s, want %d by %s", f.Cost, f.End.In(paris), tt.cost, tt.end)
			}
			if f.Most < f.Cost {
				t.Errorf("at most %d, and %d is expected", f.Most, f.Cost)
			}
		})
	}
	if _, err := Work(Load{}, time.Now(), x, Limits{}, c); !errors.Is(err, breach.ErrInvalid) {
		t.Errorf("limits of nothing: %v", err)
	}
}

// campaign plays a campaign message by message: bounces by chance, a provider
// that is a little slower or faster than it says, SMS that look at the clock,
// and a printer that takes each working day what lay there at the cut-off.
type campaign struct {
	r     *rand.Rand
	m     Limits
	c     letter.Calendar
	x     Tariff
	l     Load
	share float64
}

func (k campaign) play(start time.Time) (cost int64, end time.Time) {
	type one struct {
		steps []breach.Channel
		told  bool
	}
	var people []one
	for _, r := range k.l.Recipients {
		for range r.N {
			people = append(people, one{steps: r.Steps})
		}
	}
	paris := i18n.Paris()
	at, letters := start, []time.Time{}
	for _, ch := range []breach.Channel{mail, text, post} {
		sent := 0
		for i := range people {
			p := &people[i]
			has := false
			for _, s := range p.steps {
				has = has || s == ch
			}
			if !has || p.told {
				continue
			}
			sent++
			rate := map[breach.Channel]float64{mail: k.m.EmailRate, text: k.m.SMSRate, post: k.m.LetterRate}[ch]
			if ch == text {
				for p := at.In(paris); p.Hour() < k.m.SMSFrom || p.Hour() >= k.m.SMSTo || p.Weekday() == time.Sunday || k.c.Holiday(p); p = at.In(paris) {
					at = time.Date(p.Year(), p.Month(), p.Day(), p.Hour()+1, 0, 0, 0, paris)
				}
			}
			at = at.Add(time.Duration((0.9 + 0.2*k.r.Float64()) / rate * float64(time.Second)))
			switch ch {
			case mail:
				cost += k.x.Email
				p.told = k.r.Float64() >= k.share
			case text:
				cost += int64(k.l.Segments) * k.x.SMSSegment
			case post:
				cost += k.x.Letter(k.l.Sheets)
				p.told = true
				letters = append(letters, at)
			}
		}
		if sent > 0 {
			end = at
		}
		if ch == mail && sent > 0 {
			at = at.Add(k.m.Verdicts)
		}
	}
	queue := map[string]int{} // by the day on which they may be printed at the earliest
	for _, t := range letters {
		_, day := k.c.Leaves(t)
		queue[day.Format(time.DateOnly)]++
	}
	waiting := 0
	for day := start.In(paris); len(queue) > 0 || waiting > 0; day = day.AddDate(0, 0, 1) {
		waiting += queue[day.Format(time.DateOnly)]
		delete(queue, day.Format(time.DateOnly))
		if k.c.Working(day) && waiting > 0 {
			waiting -= min(waiting, k.m.LettersDay)
			end = time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, paris)
		}
	}
	return cost, end
}

const runs = 80

// A campaign ends within 10 % of what was forecast, in time and money, for
// loads from a hamlet to a town, begun at any hour of the year.
func TestForecastComesTrue(t *testing.T) {
	x := tariff(t)
	worst := struct{ cost, time float64 }{}
	off := 0
	for seed := range uint64(runs) {
		r := rand.New(rand.NewPCG(seed, 7))
		n := int64(500 + r.IntN(5000))
		k := campaign{r: r, x: x, share: 0.005 + 0.1*r.Float64(),
			m: Limits{EmailRate: 0.5 + 5*r.Float64(), SMSRate: 0.1 + 2*r.Float64(), LetterRate: 0.5 + 20*r.Float64(), LettersDay: 100 + r.IntN(2000),
				SMSFrom: 8 + r.IntN(3), SMSTo: 18 + r.IntN(4), Verdicts: 15 * time.Minute},
			l: Load{Segments: 1 + r.IntN(3), Sheets: 1 + r.IntN(5), Recipients: []Recipients{
				{[]breach.Channel{mail, text, post}, n / 2}, {[]breach.Channel{mail, post}, n / 4}, {[]breach.Channel{text, post}, n / 8}, {[]breach.Channel{post}, n / 8},
				{[]breach.Channel{mail}, n / 16}}}}
		k.m.Returned = int(math.Round(k.share * 10_000))
		start := time.Date(2026, 1, 1+r.IntN(360), r.IntN(24), r.IntN(60), 0, 0, i18n.Paris())
		f, err := Work(k.l, start, x, k.m, k.c)
		if err != nil {
			t.Fatal(err)
		}
		cost, end := k.play(start)
		dc := math.Abs(float64(f.Cost-cost)) / float64(cost)
		dt := math.Abs(f.End.Sub(end).Seconds()) / end.Sub(start).Seconds()
		worst.cost, worst.time = max(worst.cost, dc), max(worst.time, dt)
		if dc > 0.10 {
			t.Errorf("seed %d: forecast %d, spent %d", seed, f.Cost, cost)
		}
		// The date of the last letter is a working day, which is the grain of the
		// answer: a short campaign may miss a cut-off by minutes.
		if dt > 0.10 {
			off++
			if _, next := k.c.Leaves(f.End); !next.Equal(end) {
				if _, next = k.c.Leaves(end); !next.Equal(f.End) {
					t.Errorf("seed %d: from %s, forecast %s, ended %s (%.0f %%)", seed, start, f.End, end, 100*dt)
				}
			}
		}
	}
	if off > runs/20 {
		t.Errorf("%d of %d campaigns ended more than 10 %% away", off, runs)
	}
	t.Logf("worst: cost %.1f %%, time %.1f %%", 100*worst.cost, 100*worst.time)
}

func TestTariffsRefuse(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"nothing", "", "empty"},
		{"no source", "- {from: 2026-01-01, postage: [{sheets: 1, price: 1}]}", "source-missing"},
		{"no day", "- {source: x, postage: [{sheets: 1, price: 1}]}", "date-order"},
		{"a territory without a code", "- {from: 2026-01-01, source: x, sms_territories: {Réunion: 1}, postage: [{sheets: 1, price: 1}]}", "territory"},
		{"a gift", "- {from: 2026-01-01, source: x, email: -1, postage: [{sheets: 1, price: 1}]}", "price"},
		{"no postage", "- {from: 2026-01-01, source: x}", "postage"},
		{"cheaper when heavier", "- {from: 2026-01-01, source: x, postage: [{sheets: 1, price: 2}, {sheets: 2, price: 1}]}", "postage"},
	} {
		var refused *breach.RefusedError
		if _, err := ParseTariffs(strings.NewReader(tt.in)); !errors.As(err, &refused) || refused.Code != tt.want {
			t.Errorf("%s: %v, want %s", tt.name, err, tt.want)
		}
	}
	for _, in := range []string{"a: 1", strings.Repeat("#", 70_000)} {
		if _, err := ParseTariffs(strings.NewReader(in)); !errors.Is(err, breach.ErrInvalid) {
			t.Errorf("%.10q: %v", in, err)
		}
	}
}

func TestEuros(t *testing.T) {
	for micro, want := range map[int64]string{0: "0,00 €", 1: "0,01 €", 1_234_567_890: "1\u00a0234,57 €"} {
		if got := strings.ReplaceAll(Euros("fr", micro), "\u202f", "\u00a0"); got != want {
			t.Errorf("%d: %q, want %q", micro, got, want)
		}
	}
	if got := Euros("en", 1_230_000); got != "€1.23" {
		t.Error(got)
	}
}

func FuzzTariffs(f *testing.F) {
	f.Add("- {from: 2026-01-01, source: x, email: 1, postage: [{sheets: 1, price: 1}]}")
	f.Fuzz(func(t *testing.T, s string) {
		list, err := ParseTariffs(strings.NewReader(s))
		if err != nil {
			return
		}
		for _, x := range list {
			for _, sheets := range []int{-1, 1, 7, 1000} {
				if x.Letter(sheets) < 0 {
					t.Fatal(fmt.Sprint("a letter earns money: ", x))
				}
			}
		}
	})
}
