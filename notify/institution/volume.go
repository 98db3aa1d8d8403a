package institution

import (
	"fmt"

	"vigie/internal/breach"
	"vigie/internal/i18n"
	"vigie/notify"
)

type span struct {
	Low  int64 `yaml:"low"`
	Mid  int64 `yaml:"mid"`
	High int64 `yaml:"high"`
}

type dayRate struct {
	Day  int `yaml:"day"` // working days after arrival, from 1
	span `yaml:",inline"`
}

type callModel struct {
	Dated   `yaml:",inline"`
	Days    []dayRate `yaml:"days"` // thousandths of the letters
	Minutes span      `yaml:"minutes"`
	Useful  int64     `yaml:"useful"` // minutes of calls per agent and day
}

var calls = read("calls.yaml", func(m callModel) Dated { return m.Dated })

// maxLetters bounds what a volume is worked out for: more than a country.
const maxLetters = 1 << 30

// Day is what one working day after the letters arrive brings.
type Day struct {
	Day                int
	Low, Mid, High     int64 // calls
	Agents, AgentsHigh int64 // at the expected number and at the highest
}

// Volume is how many calls letters bring, day by day, with a range.
type Volume struct {
	Letters        int64
	Days           []Day
	Low, Mid, High int64 // over all days
	Model          Dated
}

// Expect works out the volume of calls. Shares round up: nobody plans for half a
// call. More letters than a country has people are ErrInvalid.
func Expect(letters int64) (Volume, error) {
	m, err := calls()
	if err != nil {
		return Volume{}, err
	}
	if letters < 0 || letters > maxLetters {
		return Volume{}, fmt.Errorf("%d letters: want 0 to %d: %w", letters, maxLetters, breach.ErrInvalid)
	}
	v := Volume{Letters: letters, Model: m.Dated}
	for _, d := range m.Days {
		x := Day{Day: d.Day, Low: up(letters*d.Low, 1000), Mid: up(letters*d.Mid, 1000), High: up(letters*d.High, 1000)}
		x.Agents, x.AgentsHigh = up(x.Mid*m.Minutes.Mid, m.Useful), up(x.High*m.Minutes.High, m.Useful)
		v.Low, v.Mid, v.High = v.Low+x.Low, v.Mid+x.Mid, v.High+x.High
		v.Days = append(v.Days, x)
	}
	return v, nil
}

func up(n, d int64) int64 { return (n + d - 1) / d }

// volume states the model and what it gives.
func (w *writer) volume() notify.Block {
	b := notify.Block{Heading: w.t("volume.heading")}
	v, err := Expect(w.b.Letters)
	if err != nil {
		w.holes = append(w.holes, "letters")
		return b
	}
	if v.Letters == 0 {
		b.Text = []string{w.t("volume.none")}
		return b
	}
	n := func(x int64) string { return i18n.Number(w.lang, x) }
	b.Text = []string{w.t("volume.total", n(v.Letters), n(v.Mid), n(v.Low), n(v.High)), w.t("volume.model", i18n.Date(w.lang, v.Model.From))}
	for _, d := range v.Days {
		b.List = append(b.List, w.t("volume.day", d.Day, n(d.Mid), n(d.Low), n(d.High), n(d.Agents), n(d.AgentsHigh)))
	}
	return b
}
