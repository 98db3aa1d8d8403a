package authority

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"vigie/internal/breach"
	"vigie/internal/i18n"
)

// The types of a notification, as the form names them.
const (
	typeInitial       = "initiale"
	typeComplementary = "complémentaire"
	typeComplete      = "complète"
)

// Fill fills the form in. Facts without an incident or a controller, and
// answers outside the form's lists, are ErrInvalid; everything else may be
// unknown yet (Art. 33(4)).
func Fill(d Dossier) (Form, error) {
	f, a := d.Facts, d.Answers
	if f.Incident == "" || f.Controller.Name == "" {
		return Form{}, fmt.Errorf("dossier: facts without an incident or a controller: %w", breach.ErrInvalid)
	}
	lists, err := cnil()
	if err == nil {
		err = a.Check()
	}
	if err != nil {
		return Form{}, fmt.Errorf("dossier of %s: %w", f.Incident, err)
	}
	severity, err := d.severity(lists)
	if err != nil {
		return Form{}, fmt.Errorf("dossier of %s: %w", f.Incident, err)
	}
	form := Form{
		Form: lists.Name, Incident: string(f.Incident), Version: f.Version, DrawnUpAt: d.At.UTC(),
		Organism: d.organism(), Chronology: d.chronology(lists),
		Nature: lists.labels("nature", orElse(a.Nature, "confidentiality")), Origin: lists.labels("origin", a.Origin),
		Cause: lists.label("cause", cmp.Or(a.Cause, "unknown")), Supports: lists.labels("support", a.Supports), // nobody guesses who did it, or how
		Data: lists.labels("data", classes(f)), Records: f.Concerned(),
		People: People{Groups: lists.labels("people", orElse(a.People, concerned(f.Controller)...)), Number: f.Persons, Low: f.Low, High: f.High, Class: lists.size(f.Persons), Basis: d.basis()},
		Before: a.MeasuresBefore,
		Effects: Effects{Confidentiality: lists.labels("confidentiality", a.Confidentiality), Integrity: lists.labels("integrity", a.Integrity),
			Availability: lists.labels("availability", a.Availability)},
		Consequences: d.words("consequence.", f.Consequences), Impacts: lists.labels("impact", append(lists.impacts(f.Consequences), a.Impacts...)),
		Severity: severity, Measures: d.words("measure.", f.Measures), Planned: a.MeasuresPlanned,
		Information: d.information(lists), Notifications: d.notifications(lists), Deadline: d.deadline(lists),
	}
	if d.Read.Override.Name != "" {
		form.Override = &Override{d.Read.Override, d.Read.Findings}
	}
	form.Unknown = form.unknown(a)
	form.Type = typeInitial
	switch {
	case len(d.Sent) > 0:
		form.Type, form.InitialNumber = typeComplementary, d.Sent[0].Number
	case !d.NotifiedAt.IsZero():
		form.Type = typeComplementary
	case len(form.Unknown) == 0:
		form.Type = typeComplete
	}
	return form, nil
}

func orElse(codes []string, others ...string) []string {
	if len(codes) > 0 {
		return codes
	}
	return others
}

func (d Dossier) organism() Organism {
	c, a := d.Facts.Controller, d.Answers
	return Organism{Name: c.Name, SIREN: c.SIREN, Address: strings.ReplaceAll(c.Address, "|", ", "), DPO: c.DPO, Phone: c.Phone,
		Sector: a.Sector, Size: a.Size, Function: a.Function, Reach: a.Reach, Bodies: a.Bodies}
}

func (d Dossier) chronology(lists *form) Chronology {
	f, a := d.Facts, d.Answers
	start := a.StartedAt
	if start.IsZero() {
		start = f.OccurredAt
	}
	certainty := a.Certainty
	if certainty == "" {
		certainty = "established" // the stolen file was read and compared
		if f.Persons == 0 {
			certainty = "suspected"
		}
	}
	return Chronology{OccurredAt: known(start), EndedAt: known(a.EndedAt), Ongoing: a.Ongoing, DiscoveredAt: known(f.DiscoveredAt), Circumstances: a.Circumstances,
		AwareAt: known(d.awareAt()), AwareReason: d.Case.AwareReason, Certainty: lists.label("certainty", certainty), Summary: f.Summary[i18n.French], System: f.System}
}

// nobodyWords are the decisions about rows of nobody, in the form's language.
var nobodyWords = map[string]string{
	breach.NobodySearch: "recherche dans les archives et les sauvegardes",
	breach.NobodyPublic: "communication publique (RGPD, article 34, paragraphe 3, point c)",
	breach.NobodyOthers: "ce ne sont pas des personnes de l'organisme",
}

// basis says how the people concerned are known.
func (d Dossier) basis() (list []Basis) {
	decision := nobodyWords[d.Nobody]
	if decision != "" && d.NobodyWhy != "" {
		decision += " : " + d.NobodyWhy
	}
	for _, b := range d.Facts.Bases {
		list = append(list, Basis{AsOf: b.AsOf.UTC(), Listed: b.Listed, By: b.By, At: b.At.UTC(), Reference: b.Reference, Taken: b.Taken, Seen: b.Seen,
			NotSeen: b.Taken - b.Seen, Outside: b.Outside, Nobody: b.Nobody, Rows: b.Rows, Decision: decision})
	}
	return list
}

// severity scores the factors that a person confirmed, else the proposal.
func (d Dossier) severity(lists *form) (SeverityPart, error) {
	factors := ProposeFactors(d.Facts)
	if d.Factors != nil {
		factors = *d.Factors
	}
	s, err := Assess(factors)
	if err != nil {
		return SeverityPart{}, err
	}
	history := d.History
	if history == nil {
		history = []Assessment{}
	}
	return SeverityPart{Proposed: s, Confirmed: d.Factors != nil, Gravity: lists.label("gravity", s.Level), History: history}, nil
}

func (d Dossier) awareAt() time.Time {
	if !d.Case.AwareAt.IsZero() {
		return d.Case.AwareAt
	}
	return d.Facts.AwareAt
}

func (d Dossier) words(prefix string, codes []string) []string {
	list := []string{}
	for _, code := range codes {
		text := code
		if d.Words != nil {
			if w, ok := d.Words(prefix + code); ok {
				text = w
			}
		}
		list = append(list, text)
	}
	return list
}

func (d Dossier) information(lists *form) Information {
	i := Information{Reason: d.Case.Reason, Exemption: d.Case.Exemption, PublicURL: d.Facts.PageURL, Unreached: d.Facts.Unreached, Means: lists.labels("means", d.Answers.Means),
		ToldAt: known(d.ToldAt), Number: d.Told, Elsewhere: d.Elsewhere}
	answer := "unknown"
	switch {
	case d.Case.Decision == breach.DecisionTell && d.Told > 0:
		answer = "told"
	case d.Case.Decision == breach.DecisionTell:
		answer = "soon"
	case d.Case.Decision == breach.DecisionRefuse:
		answer = "no"
	}
	if d.Case.Decision == breach.DecisionTell {
		i.Text = d.Text
	}
	i.Answer = lists.label("information", answer)
	if p := d.Precision; p.Told > 0 {
		mille := func(x float64) int64 { return int64(1000*x + .5) }
		i.Accuracy = &Accuracy{Recipients: p.Told, Wrong: p.Wrong, Pending: p.Pending, Share: mille(p.Share()), Low: mille(p.Low()), High: mille(p.High())}
	}
	return i
}

func (d Dossier) notifications(lists *form) Notifications {
	codes := []string{"cnil"}
	if d.Answers.CrossBorder == "yes" {
		codes = append(codes, "cross_border")
	}
	if d.Answers.Authorities != "" {
		codes = append(codes, "other")
	}
	return Notifications{List: lists.labels("notification", codes), Authorities: d.Answers.Authorities, Complaint: d.Answers.Complaint}
}

// deadline works out the 72 hours and, when they are over, drafts the reasons.
func (d Dossier) deadline(lists *form) Deadline {
	aware := d.awareAt()
	if aware.IsZero() {
		return Deadline{NotifiedAt: known(d.NotifiedAt)}
	}
	due, reached := breach.Deadline(aware), d.NotifiedAt
	if reached.IsZero() {
		reached = d.At
	}
	out := Deadline{DueAt: known(due), NotifiedAt: known(d.NotifiedAt), Late: reached.After(due)}
	if out.Late {
		out.Reasons = d.reasons(lists, aware, due, reached)
	}
	return out
}

// maxMoments bounds how much of the log the reasons tell.
const maxMoments = 12

// reasons drafts why the notification is late, from the log of what happened.
// Only people know the rest, so the draft says that it is one until they wrote
// it.
func (d Dossier) reasons(lists *form, aware, due, reached time.Time) string {
	fr := i18n.French
	hours := int64((reached.Sub(due) + time.Hour - 1) / time.Hour)
	text := []string{fmt.Sprintf("%s a eu connaissance de la violation le %s. L'échéance de 72 heures était le %s ; elle est dépassée de %s heure(s).",
		d.Facts.Controller.Name, i18n.DateTime(fr, aware), i18n.DateTime(fr, due), i18n.Number(fr, hours))}
	if d.Facts.Records > 0 {
		text = append(text, fmt.Sprintf("Le fichier en cause compte %s enregistrements.", i18n.Number(fr, d.Facts.Records)))
	}
	log := slices.DeleteFunc(slices.Clone(d.Log), func(m Moment) bool { return lists.Log[m.Code] == "" || m.At.After(reached) })
	slices.SortStableFunc(log, func(a, b Moment) int { return a.At.Compare(b.At) })
	for _, m := range log[:min(len(log), maxMoments)] {
		text = append(text, fmt.Sprintf("Le %s, %s.", i18n.DateTime(fr, m.At), lists.Log[m.Code]))
	}
	if d.Answers.DelayReason == "" {
		return "Projet de motif, à compléter par le responsable du traitement. " + strings.Join(text, " ") + " Motif propre à l'organisme : …"
	}
	return strings.Join(text, " ") + " " + d.Answers.DelayReason
}

func known(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

// unknown lists the fields of the form that nobody has filled yet.
func (f Form) unknown(a Answers) []string {
	list := []string{}
	for _, x := range []struct {
		name    string
		missing bool
	}{
		{"organism.siren", f.Organism.SIREN == ""}, {"organism.dpo", f.Organism.DPO == ""},
		{"organism.function", a.Function == ""},
		{"chronology.occurred_at", f.Chronology.OccurredAt == nil}, {"chronology.ongoing", a.Ongoing == "" && a.EndedAt.IsZero()},
		{"chronology.discovered_at", f.Chronology.DiscoveredAt == nil}, {"chronology.circumstances", a.Circumstances == ""},
		{"chronology.aware_at", f.Chronology.AwareAt == nil}, {"chronology.summary", f.Chronology.Summary == ""},
		{"nature", len(a.Nature) == 0}, {"origin", len(a.Origin) == 0}, {"cause", a.Cause == "" || a.Cause == "unknown"}, {"supports", len(a.Supports) == 0},
		{"records", f.Records == 0}, {"people.number", f.People.Number == 0}, {"people.groups", len(a.People) == 0},
		{"measures_before", a.MeasuresBefore == ""},
		{"effects", len(a.Confidentiality)+len(a.Integrity)+len(a.Availability) == 0},
		{"consequences", len(f.Consequences) == 0}, {"severity", !f.Severity.Confirmed}, {"measures", len(f.Measures) == 0},
		{"information", f.Information.Answer == "Non déterminé pour le moment"}, {"notifications.complaint", a.Complaint == ""},
		{"deadline.reasons", f.Deadline.Late && a.DelayReason == ""},
	} {
		if x.missing {
			list = append(list, x.name)
		}
	}
	return list
}
