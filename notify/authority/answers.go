package authority

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"time"
	"unicode"
	"unicode/utf8"

	"vigie/internal/breach"
)

// Answers are what only people of the controller know. An empty answer is
// unknown yet (Art. 33(4)); codes are those of List.
type Answers struct {
	StartedAt time.Time `json:"started_at"`
	EndedAt   time.Time `json:"ended_at"`
	// Ongoing is "yes", "no" or "".
	Ongoing       string `json:"ongoing"`
	Circumstances string `json:"circumstances"` // of the discovery: who (function), where, how
	Certainty     string `json:"certainty"`

	Nature   []string `json:"nature"`
	Origin   []string `json:"origin"`
	Cause    string   `json:"cause"`
	People   []string `json:"people"`
	Supports []string `json:"supports"`

	Confidentiality []string `json:"confidentiality"`
	Integrity       []string `json:"integrity"`
	Availability    []string `json:"availability"`
	Impacts         []string `json:"impacts"` // beside those that follow from the facts

	MeasuresBefore  string `json:"measures_before"`
	MeasuresPlanned string `json:"measures_planned"`
	DelayReason     string `json:"delay_reason"`

	Sector   string `json:"sector"`   // NAF
	Size     string `json:"size"`     // number of employees, as the form asks
	Function string `json:"function"` // of who notifies; never a name
	Reach    string `json:"reach"`    // phone or address of that function
	Bodies   string `json:"bodies"`   // processor, joint controllers

	Means       []string `json:"means"` // how people are told
	CrossBorder string   `json:"cross_border"`
	Complaint   string   `json:"complaint"` // filed with the police: "yes", "no" or ""
	Authorities string   `json:"authorities"`
}

// Limits of what people may answer.
const (
	maxAnswers = 1 << 16 // bytes of JSON
	maxAnswer  = 4000    // characters of a text
)

// ReadAnswers parses answers as JSON. Unknown keys and codes, and what no form
// takes, are ErrInvalid.
func ReadAnswers(r io.Reader) (Answers, error) {
	var a Answers
	data, err := io.ReadAll(io.LimitReader(r, maxAnswers+1))
	if err != nil {
		return a, err
	}
	if len(data) > maxAnswers {
		return a, &breach.RefusedError{Code: "too-long", What: "answers", Hint: fmt.Sprintf("%d bytes at most", maxAnswers)}
	}
	if err := strict(data, &a); err != nil {
		return a, fmt.Errorf("parsing answers: %w: %w", breach.ErrInvalid, err)
	}
	return a, a.Check()
}

// Check refuses codes outside their lists and texts that are too long.
func (a Answers) Check() error {
	refuse := func(code, what, hint string) error {
		return &breach.RefusedError{Code: code, What: "answer " + what, Hint: hint}
	}
	f, err := cnil()
	if err != nil {
		return err
	}
	for _, x := range []struct {
		list  string
		codes []string
	}{
		{"nature", a.Nature}, {"origin", a.Origin}, {"cause", one(a.Cause)}, {"people", a.People}, {"support", a.Supports},
		{"confidentiality", a.Confidentiality}, {"integrity", a.Integrity}, {"availability", a.Availability}, {"impact", a.Impacts},
		{"means", a.Means}, {"certainty", one(a.Certainty)},
	} {
		for _, code := range x.codes {
			if !slices.ContainsFunc(f.Lists[x.list], func(c choice) bool { return c.Code == code }) {
				return refuse("not-in-list", x.list, fmt.Sprintf("%q is not an answer", code))
			}
		}
	}
	for name, v := range map[string]string{"ongoing": a.Ongoing, "cross_border": a.CrossBorder, "complaint": a.Complaint} {
		if v != "" && v != "yes" && v != "no" {
			return refuse("not-in-list", name, "want yes, no or nothing")
		}
	}
	for name, v := range map[string]string{"circumstances": a.Circumstances, "measures_before": a.MeasuresBefore, "measures_planned": a.MeasuresPlanned,
		"delay_reason": a.DelayReason, "sector": a.Sector, "size": a.Size, "function": a.Function, "reach": a.Reach, "bodies": a.Bodies, "authorities": a.Authorities} {
		if utf8.RuneCountInString(v) > maxAnswer || !printable(v) {
			return refuse("text", name, fmt.Sprintf("want printable text of %d characters at most", maxAnswer))
		}
	}
	if !a.EndedAt.IsZero() && (a.Ongoing == "yes" || a.EndedAt.Before(a.StartedAt)) {
		return refuse("order", "ended_at", "an end comes after the start, and not while it goes on")
	}
	return nil
}

func one(code string) []string {
	if code == "" {
		return nil
	}
	return []string{code}
}

func printable(s string) bool {
	for _, r := range s {
		if r == utf8.RuneError || unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t' {
			return false
		}
	}
	return true
}

// parseJSON is used for what was written here before.
func parseJSON(data []byte) (map[string]any, error) {
	var m map[string]any
	if err := json.Unmarshal(data, &m); err != nil {
		return nil, fmt.Errorf("%w: %w", breach.ErrInvalid, err)
	}
	return m, nil
}
