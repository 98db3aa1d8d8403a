package authority

import (
	"bytes"
	"encoding/csv"
	"io"
	"strconv"
	"strings"
	"time"

	"vigie/internal/breach"
	"vigie/internal/i18n"
)

// Entry is one breach in the register of GDPR Art. 33(5): its facts, its effects
// and what was done, whether it was notified or not.
type Entry struct {
	Controller breach.ControllerID   `json:"controller"`
	Form       *Form                 `json:"form"`  // nil for one taken in from elsewhere
	Madis      MadisEntry            `json:"madis"` // the same under Madis's names
	Sent       []breach.Notification `json:"sent"`
	// NotNotified is why the authority was not told, or not yet.
	NotNotified string `json:"not_notified"`
	Source      string `json:"source"` // vigie, or where it was taken in from
}

// NewEntry enters a dossier in the register.
func NewEntry(d Dossier) (Entry, error) {
	form, err := Fill(d)
	if err != nil {
		return Entry{}, err
	}
	e := Entry{Controller: d.Facts.Controller.ID, Form: &form, Sent: d.Sent, Source: "vigie"}
	if len(d.Sent) == 0 && d.NotifiedAt.IsZero() {
		e.NotNotified = "pas encore notifiée"
		if form.Deadline.DueAt == nil {
			e.NotNotified = "pas encore notifiée ; l'heure de connaissance n'est pas fixée"
		}
	}
	e.Madis, err = Madis(form, d.Sent)
	if e.NotNotified != "" {
		e.Madis.Comment = strings.TrimSpace(e.Madis.Comment + "\n" + strings.ToUpper(e.NotNotified[:1]) + e.NotNotified[1:] + ".")
	}
	return e, err
}

// WriteRegister writes the register as CSV: one row a breach.
func WriteRegister(w io.Writer, list []Entry) error {
	out := csv.NewWriter(w)
	rows := [][]string{{"source", "incident", "controller", "date", "aware_at", "due_at", "facts", "data", "people", "records", "effects", "severity", "measures",
		"information", "notified_at", "numbers", "not_notified"}}
	for _, e := range list {
		rows = append(rows, e.row())
	}
	for _, row := range rows {
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

func (e Entry) row() []string {
	m := e.Madis
	if e.Form == nil {
		return []string{e.Source, "", string(e.Controller), m.Date, "", "", m.Comment, strings.Join(m.ConcernedDataNature, "|"), strconv.FormatInt(m.NbAffectedPersons, 10),
			strconv.FormatInt(m.NbAffectedRows, 10), strings.Join(m.PotentialImpactsNature, "|"), m.Gravity, m.AppliedMeasuresAfterViolation, m.Communication, "", m.NotificationDetails, ""}
	}
	f := e.Form
	return []string{e.Source, f.Incident, string(e.Controller), m.Date, stamp(f.Chronology.AwareAt), stamp(f.Deadline.DueAt), f.Chronology.Summary,
		strings.Join(f.Data, "|"), strconv.FormatInt(f.People.Number, 10), strconv.FormatInt(f.Records, 10), strings.Join(f.Impacts, "|"), f.Severity.Gravity,
		strings.Join(f.Measures, "|"), f.Information.Answer, stamp(f.Deadline.NotifiedAt), e.Numbers(), e.NotNotified}
}

// Numbers are those of its notifications.
func (e Entry) Numbers() string {
	var list []string
	for _, n := range e.Sent {
		list = append(list, n.Number)
	}
	return strings.Join(list, "|")
}

func stamp(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// PrintRegister writes the register as one page that prints well.
func PrintRegister(list []Entry, at time.Time) ([]byte, error) {
	t, err := parsed()
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = t.ExecuteTemplate(&out, "register.html", registerView{List: list, At: i18n.DateTime(i18n.French, at)})
	return out.Bytes(), err
}

type registerView struct {
	view
	List []Entry
	At   string
}
