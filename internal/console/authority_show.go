package console

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"time"

	"vigie/internal/breach"
	"vigie/internal/i18n"
)

// The fields of the answers form, by shape. The keys are those of the JSON.
var (
	answerTexts = []string{"circumstances", "measures_before", "measures_planned", "delay_reason", "function", "reach", "sector", "size", "bodies", "authorities"}
	answerYes   = []string{"ongoing", "cross_border", "complaint"}
	answerOne   = []answerList{{"cause", "cause"}, {"certainty", "certainty"}}
	answerMany  = []answerList{{"nature", "nature"}, {"origin", "origin"}, {"people", "people"}, {"supports", "support"}, {"confidentiality", "confidentiality"},
		{"integrity", "integrity"}, {"availability", "availability"}, {"impacts", "impact"}, {"means", "means"}}
	answerTimes = []string{"started_at", "ended_at"}
)

// answerList is a field whose answers are those of a closed list.
type answerList struct{ Key, List string }

type authorityView struct {
	bodyPage
	Dossier Dossier
	None    bool // nothing is known yet
	answers map[string]any
}

// authorityShow shows the notification to the authority: what is unknown yet,
// what was sent, the files to send, and the forms that complete it.
func (c *console) authorityShow(w http.ResponseWriter, r *http.Request) error {
	body, err := c.bodyPage(r, "authority.title")
	if err != nil {
		return err
	}
	v := authorityView{bodyPage: body}
	v.Dossier, err = c.Bodies.Dossier(r.Context(), v.Case.Incident, v.Case.Controller)
	if v.None = isKind(err, breach.ErrNotFound); err != nil && !v.None {
		return err
	}
	if len(v.Dossier.Answers) > 0 {
		if err := json.Unmarshal(v.Dossier.Answers, &v.answers); err != nil {
			return err
		}
	}
	return c.show(w, http.StatusOK, "authority", v)
}

// Texts, YesNo, Singles, Multiples and Instants are the fields of the form.
func (authorityView) Texts() []string { return answerTexts }

// YesNo lists the questions answered with yes or no.
func (authorityView) YesNo() []string { return answerYes }

// Singles lists the fields with one answer of a list.
func (authorityView) Singles() []answerList { return answerOne }

// Multiples lists the fields with any number of answers of a list.
func (authorityView) Multiples() []answerList { return answerMany }

// Instants lists the fields with a date and an hour.
func (authorityView) Instants() []string { return answerTimes }

// Types lists the types of data that are scored, Circumstances what is added.
func (authorityView) Types() []string {
	return []string{"simple", "behavioural", "financial", "sensitive"}
}

// Circumstances lists what is added to the score.
func (authorityView) Circumstances() []string {
	return []string{"confidentiality", "integrity", "availability", "malice"}
}

// Factor tells whether a factor of the severity has a value, written as the form
// has it.
func (v authorityView) Factor(name, value string) bool { return v.Dossier.Factors[name] == value }

// Steps are the scores of a type of data; 0 is none.
func (authorityView) Steps() []string { return []string{"0", "1", "2", "3", "4"} }

// Quarters are the steps of what is added.
func (authorityView) Quarters(name string) []string {
	if name == "malice" {
		return []string{"0", "0.5"}
	}
	return []string{"0", "0.25", "0.5"}
}

// Ease are the steps of the ease of identification.
func (authorityView) Ease() []string { return []string{"0.25", "0.5", "0.75", "1"} }

// Said is the text stated in a field.
func (v authorityView) Said(key string) string {
	s, _ := v.answers[key].(string)
	return s
}

// Instant is a stated hour as the form takes it.
func (v authorityView) Instant(key string) string {
	at, err := time.Parse(time.RFC3339, v.Said(key))
	if err != nil || at.IsZero() {
		return ""
	}
	return at.In(i18n.Paris()).Format("2006-01-02T15:04")
}

// Chosen tells whether a code was stated in a field.
func (v authorityView) Chosen(key, code string) bool {
	list, _ := v.answers[key].([]any)
	return slices.Contains(list, any(code)) || v.Said(key) == code
}

// authorityFile gives out one file of the dossier.
func (c *console) authorityFile(w http.ResponseWriter, r *http.Request) error {
	id, controller, _ := casePath(r)
	if c.Bodies == nil {
		return breach.ErrNotFound
	}
	data, media, err := c.Bodies.DossierFile(r.Context(), id, controller, r.PathValue("file"))
	if err != nil {
		return err
	}
	return download(w, r.PathValue("file"), media, data)
}

// authorityAnswer keeps what people of the controller know, with the reason
// for the change: a new version, which the next complement compares with what
// was sent.
func (c *console) authorityAnswer(w http.ResponseWriter, r *http.Request) error {
	id, controller, here := casePath(r)
	if c.Bodies == nil {
		return breach.ErrNotFound
	}
	reason, ok := field(r, "reason")
	if !ok {
		return back(w, r, here+"/authority", "err", "reason")
	}
	said := map[string]any{}
	for _, key := range append(slices.Clone(answerTexts), answerYes...) {
		text, ok := field(r, key)
		if !ok && r.PostForm.Get(key) != "" {
			return back(w, r, here+"/authority", "err", "invalid")
		}
		said[key] = text
	}
	for _, x := range answerOne {
		said[x.Key] = r.PostForm.Get(x.Key)
	}
	for _, x := range answerMany {
		said[x.Key] = r.PostForm[x.Key]
	}
	for _, key := range answerTimes {
		at, ok := instant(r, key)
		if !ok && r.PostForm.Get(key) != "" {
			return back(w, r, here+"/authority", "err", "invalid")
		}
		said[key] = at
	}
	data, err := json.Marshal(said)
	if err != nil {
		return err
	}
	return answer(w, r, here+"/authority", "answers", c.Bodies.Answer(r.Context(), id, controller, data, reason, who(r).ID))
}

// authorityAssess keeps a version of the severity's factors.
func (c *console) authorityAssess(w http.ResponseWriter, r *http.Request) error {
	id, controller, here := casePath(r)
	if c.Bodies == nil {
		return breach.ErrNotFound
	}
	reason, ok := field(r, "reason")
	if !ok {
		return back(w, r, here+"/authority", "err", "reason")
	}
	dpc, cb := map[string]int{}, map[string]float64{}
	for _, kind := range []string{"simple", "behavioural", "financial", "sensitive"} {
		n, err := strconv.Atoi(r.PostForm.Get(kind))
		if err != nil {
			return back(w, r, here+"/authority", "err", "invalid")
		}
		dpc[kind] = n
	}
	for _, kind := range []string{"confidentiality", "integrity", "availability", "malice"} {
		x, err := strconv.ParseFloat(r.PostForm.Get(kind), 64)
		if err != nil {
			return back(w, r, here+"/authority", "err", "invalid")
		}
		cb[kind] = x
	}
	ei, err := strconv.ParseFloat(r.PostForm.Get("ei"), 64)
	if err != nil {
		return back(w, r, here+"/authority", "err", "invalid")
	}
	data, err := json.Marshal(map[string]any{"dpc": dpc, "ei": ei, "cb": cb})
	if err != nil { // not a number
		return back(w, r, here+"/authority", "err", "invalid")
	}
	return answer(w, r, here+"/authority", "assessed", c.Bodies.Assess(r.Context(), id, controller, data, reason, who(r).ID))
}
