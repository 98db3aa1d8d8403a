package authority

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"vigie/internal/breach"
)

// MadisEntry is a violation under the field names of Madis, the register that
// shared data protection officers of French local authorities keep (svs-step/
// madis, src/Domain/Registry/Model/Violation.php). The misspelt codes are its own.
type MadisEntry struct {
	Date                          string   `json:"date"` // 2006-01-02
	InProgress                    bool     `json:"inProgress"`
	ViolationNature               string   `json:"violationNature"` // one; others stand in the comment
	Origins                       []string `json:"origins"`
	Cause                         string   `json:"cause"`
	ConcernedDataNature           []string `json:"concernedDataNature"`
	ConcernedPeopleCategories     []string `json:"concernedPeopleCategories"`
	NbAffectedRows                int64    `json:"nbAffectedRows"`
	NbAffectedPersons             int64    `json:"nbAffectedPersons"`
	PotentialImpactsNature        []string `json:"potentialImpactsNature"`
	Gravity                       string   `json:"gravity"`
	Communication                 string   `json:"communication"`
	CommunicationPrecision        string   `json:"communicationPrecision"`
	AppliedMeasuresAfterViolation string   `json:"appliedMeasuresAfterViolation"`
	Notification                  string   `json:"notification"`
	NotificationDetails           string   `json:"notificationDetails"` // 255 characters at most
	Comment                       string   `json:"comment"`
}

// Limits of what is taken in.
const (
	maxEntries     = 10_000
	maxMadis       = 32 << 20
	maxMadisText   = 20_000
	maxMadisDetail = 255
)

// madisColumns are the fields in Madis's order; lists are apart by a bar.
var madisColumns = []string{"date", "inProgress", "violationNature", "origins", "cause", "concernedDataNature", "concernedPeopleCategories",
	"nbAffectedRows", "nbAffectedPersons", "potentialImpactsNature", "gravity", "communication", "communicationPrecision",
	"appliedMeasuresAfterViolation", "notification", "notificationDetails", "comment"}

// Madis writes a form as Madis has it. What Madis has no code for goes into
// the comment, in words, rather than being lost.
func Madis(form Form, sent []breach.Notification) (MadisEntry, error) {
	lists, err := cnil()
	if err != nil {
		return MadisEntry{}, err
	}
	e := MadisEntry{InProgress: form.Chronology.Ongoing == "yes", NbAffectedRows: form.Records, NbAffectedPersons: form.People.Number,
		AppliedMeasuresAfterViolation: strings.Join(append(slices.Clone(form.Measures), one(form.Planned)...), "\n"), Notification: "cnil"}
	for _, at := range []*time.Time{form.Chronology.OccurredAt, form.Chronology.DiscoveredAt, form.Chronology.AwareAt, &form.DrawnUpAt} {
		if at != nil && e.Date == "" {
			e.Date = at.Format(time.DateOnly)
		}
	}
	comment := []string{"Vigie, incident " + form.Incident + ", version " + strconv.Itoa(form.Version) + " des faits.", form.Chronology.Summary}
	list := func(name string, labels []string) []string {
		codes, rest := lists.madis(name, labels)
		comment = append(comment, rest...)
		return codes
	}
	natures := list("nature", form.Nature)
	if len(natures) > 0 {
		e.ViolationNature = natures[0]
		for _, n := range natures[1:] {
			comment = append(comment, lists.Lists["nature"][slices.IndexFunc(lists.Lists["nature"], func(c choice) bool { return c.Madis == n })].Label+".")
		}
	}
	e.Origins, e.ConcernedDataNature = list("origin", form.Origin), list("data", form.Data)
	e.ConcernedPeopleCategories, e.PotentialImpactsNature = list("people", form.People.Groups), list("impact", form.Impacts)
	e.Cause, e.Gravity = first(list("cause", one(form.Cause))), first(list("gravity", one(form.Severity.Gravity)))
	e.Communication = first(list("information", one(form.Information.Answer)))
	e.CommunicationPrecision = form.Information.Reason
	for _, n := range sent {
		e.NotificationDetails = strings.TrimSpace(e.NotificationDetails + " " + n.Number)
	}
	e.NotificationDetails = cut(e.NotificationDetails, maxMadisDetail)
	e.Comment = strings.TrimSpace(strings.Join(comment, "\n"))
	return e, nil
}

// madis turns labels into Madis's codes; labels without one come back.
func (f *form) madis(name string, labels []string) (codes, rest []string) {
	codes = []string{}
	for _, c := range f.Lists[name] {
		switch {
		case !slices.Contains(labels, c.Label):
		case c.Madis == "":
			rest = append(rest, c.Label+".")
		case !slices.Contains(codes, c.Madis):
			codes = append(codes, c.Madis)
		}
	}
	return codes, rest
}

func first(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

func cut(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n])
}

// Check refuses codes that Madis does not have, and values out of bounds.
func (e MadisEntry) Check() error {
	lists, err := cnil()
	if err != nil {
		return err
	}
	refuse := func(field, hint string) error {
		return &breach.RefusedError{Code: "not-madis", What: "field " + field, Hint: hint}
	}
	if _, err := time.Parse(time.DateOnly, e.Date); err != nil {
		return refuse("date", "want 2006-01-02")
	}
	for _, x := range []struct {
		field, list string
		codes       []string
	}{
		{"violationNature", "nature", one(e.ViolationNature)}, {"origins", "origin", e.Origins}, {"cause", "cause", one(e.Cause)},
		{"concernedDataNature", "data", e.ConcernedDataNature}, {"concernedPeopleCategories", "people", e.ConcernedPeopleCategories},
		{"potentialImpactsNature", "impact", e.PotentialImpactsNature}, {"gravity", "gravity", one(e.Gravity)},
		{"communication", "information", one(e.Communication)}, {"notification", "notification", one(e.Notification)},
	} {
		for _, code := range x.codes {
			if code == "" || !slices.ContainsFunc(lists.Lists[x.list], func(c choice) bool { return c.Madis == code }) {
				return refuse(x.field, fmt.Sprintf("%q is no code of Madis", code))
			}
		}
	}
	if e.NbAffectedRows < 0 || e.NbAffectedPersons < 0 {
		return refuse("nbAffectedRows, nbAffectedPersons", "want 0 or more")
	}
	for _, s := range []string{e.CommunicationPrecision, e.AppliedMeasuresAfterViolation, e.Comment, e.NotificationDetails} {
		if utf8.RuneCountInString(s) > maxMadisText || !printable(s) {
			return refuse("text", fmt.Sprintf("want printable text of %d characters at most", maxMadisText))
		}
	}
	return nil
}

// WriteMadis writes a register as CSV (RFC 4180) under Madis's field names.
func WriteMadis(w io.Writer, list []MadisEntry) error {
	out := csv.NewWriter(w)
	if err := out.Write(madisColumns); err != nil {
		return err
	}
	for _, e := range list {
		row := []string{e.Date, strconv.FormatBool(e.InProgress), e.ViolationNature, strings.Join(e.Origins, "|"), e.Cause, strings.Join(e.ConcernedDataNature, "|"),
			strings.Join(e.ConcernedPeopleCategories, "|"), strconv.FormatInt(e.NbAffectedRows, 10), strconv.FormatInt(e.NbAffectedPersons, 10),
			strings.Join(e.PotentialImpactsNature, "|"), e.Gravity, e.Communication, e.CommunicationPrecision, e.AppliedMeasuresAfterViolation,
			e.Notification, e.NotificationDetails, e.Comment}
		for i := range row {
			row[i] = inert(row[i])
		}
		if err := out.Write(row); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// inert keeps a spreadsheet from taking a text for a formula.
func inert(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}

// ReadMadis reads a register in Madis's field names, as CSV with a header in
// any order or as a JSON list. A row that Madis would not take is refused with
// its number, and nothing is taken in.
func ReadMadis(r io.Reader) ([]MadisEntry, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxMadis+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxMadis {
		return nil, &breach.RefusedError{Code: "too-long", What: "register", Hint: fmt.Sprintf("%d bytes at most", maxMadis)}
	}
	list, err := decodeMadis(data)
	if err != nil {
		return nil, err
	}
	if len(list) > maxEntries {
		return nil, &breach.RefusedError{Code: "too-many", What: "register", Hint: fmt.Sprintf("%d entries at most", maxEntries)}
	}
	for i, e := range list {
		if err := e.Check(); err != nil {
			return nil, fmt.Errorf("entry %d: %w", i+1, err)
		}
	}
	return list, nil
}

func decodeMadis(data []byte) ([]MadisEntry, error) {
	if text := strings.TrimSpace(string(data)); strings.HasPrefix(text, "[") {
		var list []MadisEntry
		if err := strict([]byte(text), &list); err != nil {
			return nil, fmt.Errorf("parsing a register: %w: %w", breach.ErrInvalid, err)
		}
		return list, nil
	}
	in := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(data), "\ufeff")))
	header, err := in.Read()
	if err != nil {
		return nil, fmt.Errorf("parsing a register: %w: %w", breach.ErrInvalid, err)
	}
	for _, name := range header {
		if !slices.Contains(madisColumns, name) {
			return nil, &breach.RefusedError{Code: "not-madis", What: "header", Hint: fmt.Sprintf("want columns of %s", strings.Join(madisColumns, ","))}
		}
	}
	var list []MadisEntry
	for {
		row, err := in.Read()
		if errors.Is(err, io.EOF) {
			return list, nil
		}
		if err != nil {
			return nil, fmt.Errorf("parsing a register: %w: %w", breach.ErrInvalid, err)
		}
		e, err := madisRow(header, row)
		if err != nil {
			return nil, fmt.Errorf("entry %d: %w", len(list)+1, err)
		}
		list = append(list, e)
		if len(list) > maxEntries {
			return list, nil // refused above
		}
	}
}

func madisRow(header, row []string) (MadisEntry, error) {
	fields := map[string]any{}
	for i, name := range header {
		v := row[i]
		if len(v) > 1 && v[0] == '\'' && strings.ContainsRune("=+-@\t\r", rune(v[1])) {
			v = v[1:]
		}
		switch name {
		case "origins", "concernedDataNature", "concernedPeopleCategories", "potentialImpactsNature":
			fields[name] = strings.FieldsFunc(v, func(r rune) bool { return r == '|' })
		case "inProgress":
			fields[name] = v == "true" || v == "1"
		case "nbAffectedRows", "nbAffectedPersons":
			n, err := strconv.ParseInt(strings.TrimSpace(v), 10, 64)
			if v != "" && err != nil {
				return MadisEntry{}, &breach.RefusedError{Code: "not-madis", What: "field " + name, Hint: "want a number"}
			}
			fields[name] = n
		default:
			fields[name] = v
		}
	}
	data, err := json.Marshal(fields)
	if err != nil {
		return MadisEntry{}, err
	}
	var e MadisEntry
	return e, strict(data, &e)
}
