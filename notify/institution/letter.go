package institution

import (
	"cmp"
	"slices"
	"time"

	"vigie/internal/breach"
	"vigie/internal/i18n"
	"vigie/notify"
)

type head struct {
	To    words `yaml:"to"`
	Call  words `yaml:"call"`
	Close words `yaml:"close"`
}

type headList struct {
	Dated `yaml:",inline"`
	Heads map[string]head `yaml:"heads"`
}

var heads = read("heads.yaml", func(l headList) Dated { return l.Dated })

// headOf is how the head of an institution is addressed; a kind nobody knows is
// addressed without a title.
func headOf(kind string) (head, error) {
	list, err := heads()
	if err != nil {
		return head{}, err
	}
	if h, ok := list.Heads[kind]; ok {
		return h, nil
	}
	return list.Heads["other"], nil
}

// Step is one thing an institution must do, and by when.
type Step struct {
	Code     string    `yaml:"code"`
	Hours    int       `yaml:"hours"`    // since the hour of awareness
	Deadline bool      `yaml:"deadline"` // of Art. 33 itself
	Before   string    `yaml:"before"`   // letters, public
	Basis    string    `yaml:"basis"`    // article, or "team" for our practice
	FR       string    `yaml:"fr"`
	EN       string    `yaml:"en"`
	By       time.Time `yaml:"-"` // zero: not known yet
}

type stepList struct {
	Dated `yaml:",inline"`
	Steps []Step `yaml:"steps"`
}

var steps = read("steps.yaml", func(l stepList) Dated { return l.Dated })

// Steps lists what an institution must do, in order of time: first what counts
// from the hour of awareness, then what comes before its letters and the public
// page.
func Steps(b Brief) ([]Step, error) {
	list, err := steps()
	if err != nil {
		return nil, err
	}
	out := slices.Clone(list.Steps)
	for i := range out {
		switch s := &out[i]; {
		case s.Before == "letters":
			s.By = b.FirstAt
		case s.Before == "public":
			s.By = b.PublicAt
		case b.Case.AwareAt.IsZero():
		case s.Deadline:
			s.By = breach.Deadline(b.Case.AwareAt)
		default:
			s.By = b.Case.AwareAt.Add(time.Duration(s.Hours) * time.Hour)
		}
	}
	if !b.Case.AwareAt.IsZero() {
		slices.SortStableFunc(out, func(x, y Step) int {
			if x.By.IsZero() || y.By.IsZero() {
				return cmp.Compare(boolean(x.By.IsZero()), boolean(y.By.IsZero()))
			}
			return x.By.Compare(y.By)
		})
	}
	return out, nil
}

func boolean(b bool) int {
	if b {
		return 1
	}
	return 0
}

// letter tells the head of the institution, before the public, what happened,
// what its own clock says and what to do in which order.
func (w *writer) letter() []notify.Block {
	h, err := headOf(w.Controller.Kind)
	if err != nil {
		w.holes = append(w.holes, "heads")
		return nil
	}
	opening := notify.Block{Text: []string{h.To[w.lang], h.Call[w.lang], w.t("letter.opening", w.body()), w.t("letter.first")}}
	end := notify.Block{Heading: w.t("letter.help"), Text: []string{w.t("letter.team", cmp.Or(w.b.Team, w.t("team"))), w.t("letter.list"), h.Close[w.lang]}}
	if w.b.TeamPhone != "" {
		end.Text = slices.Insert(end.Text, 1, w.t("letter.phone", phone(w.b.TeamPhone)))
	}
	return []notify.Block{opening, w.nature(), w.data(), w.clock(), w.todo(), w.enclosed(), w.panel(w.b.Region, true), end}
}

// clock is the institution's own 72 hours.
func (w *writer) clock() notify.Block {
	b := notify.Block{Heading: w.t("clock.heading")}
	if due := w.due(); due.IsZero() {
		b.Text = []string{w.t("clock.unset"), w.t("clock.rule")}
	} else {
		b.Text = []string{w.t("clock.aware", w.body(), i18n.DateTime(w.lang, w.b.Case.AwareAt)),
			w.t("clock.due", i18n.DateTime(w.lang, due)), w.t("clock.rule")}
	}
	return b
}

// todo lists the steps, each with its hour.
func (w *writer) todo() notify.Block {
	b := notify.Block{Heading: w.t("todo.heading"), Ordered: true}
	list, err := Steps(w.b)
	if err != nil {
		w.holes = append(w.holes, "steps")
	}
	for _, s := range list {
		text := s.FR
		if w.lang == i18n.English {
			text = s.EN
		}
		b.List = append(b.List, w.t("todo.item", w.when(s), text))
	}
	return b
}

func (w *writer) when(s Step) string {
	switch {
	case s.Before != "" && s.By.IsZero():
		return w.t("todo.before_" + s.Before)
	case s.Before != "":
		return w.t("todo.before_at", i18n.Date(w.lang, s.By))
	case s.By.IsZero() && s.Deadline:
		return w.t("todo.within", int64(72))
	case s.By.IsZero():
		return w.t("todo.within", int64(s.Hours))
	}
	return w.t("todo.by", i18n.DateTime(w.lang, s.By))
}

func (w *writer) enclosed() notify.Block {
	return notify.Block{Heading: w.t("enclosed.heading"), List: []string{w.t("enclosed.intranet"), w.t("enclosed.faq"),
		w.t("enclosed.calls"), w.t("enclosed.press"), w.t("enclosed.dossier")}}
}
