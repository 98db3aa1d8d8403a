package demo

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"vigie/internal/app"
	"vigie/internal/breach"
	"vigie/internal/store"
)

// Summary is what a demo ends with.
type Summary struct {
	People   int               `json:"people"`
	Seed     uint64            `json:"seed"`
	Rows     int64             `json:"rows"`
	Incident breach.IncidentID `json:"incident"`
	// AlertSeconds is from the post's appearance to its alert.
	AlertSeconds float64        `json:"alert_seconds"`
	Before       []Accuracy     `json:"before_review"`
	After        []Accuracy     `json:"after_review"`
	Reviewed     int64          `json:"reviewed"`
	Controllers  []Told         `json:"controllers"`
	Messages     []MessageCount `json:"messages"`
	Reasons      []ReasonCount  `json:"reasons"`
	Outbox       OutboxCount    `json:"outbox"`
	Stages       []StageTime    `json:"stages"`
	Seconds      float64        `json:"seconds"`
	RowsPerSec   float64        `json:"match_rows_per_second"`
	MsgsPerSec   float64        `json:"messages_per_second"`
	AuditEntries int64          `json:"audit_entries"`
	AuditOK      bool           `json:"audit_ok"`
	Where        []Place        `json:"where"`
}

// Accuracy compares links with the known truth, by dump row and person.
type Accuracy struct {
	Registry  breach.RegistryID `json:"registry"`
	True      int64             `json:"true"`    // pairs there are
	Linked    int64             `json:"linked"`  // pairs said
	Correct   int64             `json:"correct"` // pairs rightly said
	Precision float64           `json:"precision"`
	Recall    float64           `json:"recall"`
	Low       int64             `json:"low"` // 95 % interval of persons concerned
	High      int64             `json:"high"`
	Persons   int64             `json:"persons"` // truly concerned
}

// Told is how one controller's people were told.
type Told struct {
	Controller breach.ControllerID `json:"controller"`
	Decision   breach.Decision     `json:"decision"`
	Persons    int64               `json:"persons"`
	Told       int64               `json:"told"`     // by e-mail or letter
	Reached    int64               `json:"reached"`  // by a human, in the danger lane
	NotTold    int64               `json:"not_told"` // refused by the controller, or listed by person
}

// MessageCount counts ledger rows.
type MessageCount struct {
	Channel breach.Channel      `json:"channel"`
	State   breach.MessageState `json:"state"`
	N       int64               `json:"n"`
}

// ReasonCount counts why recipients were, or were not, told.
type ReasonCount struct {
	Reason string `json:"reason"`
	N      int64  `json:"n"`
}

// StageTime is how long one stage took in this run.
type StageTime struct {
	Stage   string  `json:"stage"`
	Seconds float64 `json:"seconds"`
}

// Place is where to look.
type Place struct {
	What  string `json:"what"`
	Where string `json:"where"`
}

// pair is a dump row and a person of a registry.
type pair struct {
	row    int64
	person breach.PersonID
}

// truth is what the inventor of the leak knows, by registry.
type truth map[breach.RegistryID]map[pair]bool

// readTruth reads truth.csv.
func readTruth(path string) (truth, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	r := csv.NewReader(f)
	head, err := r.Read()
	if err != nil {
		return nil, fmt.Errorf("reading the truth: %w", err)
	}
	row, civil, youth := slices.Index(head, "row"), slices.Index(head, "person_civil"), slices.Index(head, "person_youth")
	if row < 0 || civil < 0 || youth < 0 {
		return nil, fmt.Errorf("reading the truth: columns %v", head)
	}
	out := truth{"civil": {}, "youth": {}}
	for {
		rec, err := r.Read()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, fmt.Errorf("reading the truth: %w", err)
		}
		n, err := strconv.ParseInt(rec[row], 10, 64)
		if err != nil {
			return nil, fmt.Errorf("reading the truth: %w", err)
		}
		if rec[civil] != "" {
			out["civil"][pair{n, breach.PersonID(rec[civil])}] = true
		}
		if rec[youth] != "" {
			out["youth"][pair{n, breach.PersonID(rec[youth])}] = true
		}
	}
}

// accuracy compares what was linked with the truth.
func (t truth) accuracy(reg breach.RegistryID, linked []pair) Accuracy {
	a := Accuracy{Registry: reg, True: int64(len(t[reg])), Linked: int64(len(linked))}
	persons := map[breach.PersonID]bool{}
	for p := range t[reg] {
		persons[p.person] = true
	}
	a.Persons = int64(len(persons))
	for _, p := range linked {
		if t[reg][p] {
			a.Correct++
		}
	}
	a.Precision, a.Recall = share(a.Correct, a.Linked), share(a.Correct, a.True)
	return a
}

func share(part, whole int64) float64 {
	if whole == 0 {
		return 1
	}
	return float64(part) / float64(whole)
}

// linked reads the pairs of an incident that are links: those the band decided
// (before review), or all of them (after).
func linked(ctx context.Context, s *store.Store, id breach.IncidentID, reg breach.RegistryID, beforeReview bool) ([]pair, error) {
	var out []pair
	f := store.CandidateFilter{State: breach.CandidateLinked, Registry: reg, Limit: 5000}
	for {
		page, err := s.Candidates(ctx, id, f)
		if err != nil {
			return nil, err
		}
		for _, c := range page {
			f.After = c.ID
			if !beforeReview || c.Band == breach.BandLink {
				out = append(out, pair{c.Row, c.Person})
			}
		}
		if len(page) < f.Limit {
			return out, nil
		}
	}
}

// found fills what was found, before and after review.
func (s *Summary) found(ctx context.Context, a *app.App, t truth, id breach.IncidentID) error {
	sums, err := a.Store.Summaries(ctx, id)
	if err != nil {
		return err
	}
	for _, m := range sums {
		s.Rows = m.Rows
		for _, before := range []bool{true, false} {
			pairs, err := linked(ctx, a.Store, id, m.Registry, before)
			if err != nil {
				return err
			}
			acc := t.accuracy(m.Registry, pairs)
			acc.Low, acc.High = m.Low, m.High
			if before {
				s.Before = append(s.Before, acc)
			} else {
				s.After = append(s.After, acc)
			}
		}
		s.Reviewed += m.Reviews
	}
	return nil
}

// told fills who was told, by which channel and why.
func (s *Summary) told(ctx context.Context, a *app.App, id breach.IncidentID) error {
	cases, err := a.Store.Cases(ctx, id)
	if err != nil {
		return err
	}
	totals, err := a.Store.Told(ctx, id, "")
	if err != nil {
		return err
	}
	for _, c := range cases {
		line := Told{Controller: c.Controller, Decision: c.Decision, Persons: c.Persons}
		for _, t := range totals {
			if t.Controller == c.Controller {
				line.Told, line.Reached, line.NotTold = t.Told, t.Reached, t.Persons-t.Told-t.Reached-t.Elsewhere
			}
		}
		s.Controllers = append(s.Controllers, line)
	}
	counts, err := a.Store.MessageTotals(ctx, id, "")
	if err != nil {
		return err
	}
	sum := map[MessageCount]int64{}
	for _, m := range counts {
		sum[MessageCount{Channel: m.Channel, State: m.State}] += m.N
	}
	for k, n := range sum {
		s.Messages = append(s.Messages, MessageCount{k.Channel, k.State, n})
	}
	slices.SortFunc(s.Messages, func(a, b MessageCount) int {
		return strings.Compare(string(a.Channel)+string(a.State), string(b.Channel)+string(b.State))
	})
	return s.reasons(ctx, a, id, cases)
}

// reasons counts the reason codes of every recipient.
func (s *Summary) reasons(ctx context.Context, a *app.App, id breach.IncidentID, cases []breach.Case) error {
	count := map[string]int64{}
	for _, c := range cases {
		seen := map[string]bool{}
		for from := int64(1); ; from += 5000 {
			rows, err := a.Store.Messages(ctx, id, c.Controller, from, from+4999)
			if err != nil {
				return err
			}
			for _, m := range rows {
				key := string(m.Registry) + "|" + string(m.Subject) + "|" + m.Recipient
				if seen[key] {
					continue
				}
				seen[key] = true
				for why := range strings.SplitSeq(m.Why, ",") {
					if why != "" {
						count[why]++
					}
				}
			}
			if len(rows) == 0 {
				break
			}
		}
	}
	for why, n := range count {
		s.Reasons = append(s.Reasons, ReasonCount{why, n})
	}
	slices.SortFunc(s.Reasons, func(a, b ReasonCount) int {
		if a.N != b.N {
			return int(b.N - a.N)
		}
		return strings.Compare(a.Reason, b.Reason)
	})
	return nil
}

// Write prints the summary for a person.
func (s *Summary) Write(w io.Writer) error {
	tab := tabwriter.NewWriter(w, 0, 8, 2, ' ', tabwriter.AlignRight)
	p := func(format string, args ...any) { _, _ = fmt.Fprintf(tab, format, args...) }
	p("\nFound in the dump of %d rows, before and after review, against the truth\n", s.Rows)
	p("\tregistry\ttrue\tlinked\tright\tprecision\trecall\tpersons\t95 %%\t\n")
	for i, a := range s.Before {
		p("before\t%s\t%d\t%d\t%d\t%.4f\t%.4f\t%d\t%d-%d\t\n", a.Registry, a.True, a.Linked, a.Correct, a.Precision, a.Recall, a.Persons, a.Low, a.High)
		b := s.After[i]
		p("after\t%s\t%d\t%d\t%d\t%.4f\t%.4f\t\t\t\n", b.Registry, b.True, b.Linked, b.Correct, b.Precision, b.Recall)
	}
	p("\nWho was told (%d pairs reviewed by people)\n", s.Reviewed)
	p("\tcontroller\tdecision\tpersons\ttold\treached\tnot told\t\n")
	for _, c := range s.Controllers {
		p("\t%s\t%s\t%d\t%d\t%d\t%d\t\n", c.Controller, c.Decision, c.Persons, c.Told, c.Reached, c.NotTold)
	}
	p("\nMessages\n\tchannel\tstate\tcount\t\n")
	for _, m := range s.Messages {
		p("\t%s\t%s\t%d\t\n", m.Channel, m.State, m.N)
	}
	p("\nWhy (recipients)\n")
	for _, r := range s.Reasons {
		p("\t%s\t%d\t\n", r.Reason, r.N)
	}
	p("\nOutbox as an independent reader counts it\n\te-mails\tSMS\tletters\ttwice\t\n\t%d\t%d\t%d\t%d\t\n",
		s.Outbox.Emails, s.Outbox.SMS, s.Outbox.Letters, s.Outbox.Twice)
	p("\nTime\n")
	for _, st := range s.Stages {
		p("\t%s\t%.2f s\t\n", st.Stage, st.Seconds)
	}
	p("\tall\t%.2f s\t\n", s.Seconds)
	p("\tpost to alert\t%.2f s\t\n\tmatching\t%.0f rows/s\t\n\tsending\t%.0f messages/s\t\n", s.AlertSeconds, s.RowsPerSec, s.MsgsPerSec)
	p("\taudit log\t%d entries, ok: %t\t\n", s.AuditEntries, s.AuditOK)
	if err := tab.Flush(); err != nil {
		return err
	}
	_, _ = fmt.Fprintln(w, "\nWhere to look")
	for _, pl := range s.Where {
		if _, err := fmt.Fprintf(w, "  %-14s %s\n", pl.What, pl.Where); err != nil {
			return err
		}
	}
	return nil
}
