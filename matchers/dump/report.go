package dump

import (
	"fmt"
	"slices"
	"strings"

	"vigie/internal/breach"
	"vigie/matchers"
)

// Report is what vigie dump inspect --json prints (commands.md). It holds
// masked samples, which are still personal data: it is shown to whoever asked
// and kept nowhere.
type Report struct {
	Format    string   `json:"format"`
	Container []string `json:"container"` // formats around the first table, from the outside in
	Table
	Complete bool              `json:"complete"` // everything was read to its end
	Present  []breach.Category `json:"categories_present"`
	Absent   []breach.Absence  `json:"categories_absent"`
	Unsought []string          `json:"categories_unsought"` // of the form, neither present nor absent: no detector, or none that was measured
	Members  []Member          `json:"members"`
	Unread   []Unread          `json:"unread"`
	// Parts counts the files in the dump, and those that could not be read: the
	// lists above end at 10,000.
	Parts     Parts           `json:"parts"`
	Owners    []Owner         `json:"owner_candidates"`
	Recycled  []Recycled      `json:"recycled"`
	Canaries  []FoundCanaries `json:"canaries"`
	Text      Mentions        `json:"text"`  // what running text says of people, in counts
	Clues     *Clues          `json:"clues"` // what Owners ranks
	Authentic *Authenticity   `json:"authenticity"`
	Warnings  []string        `json:"warnings"`
	Refused   int64           `json:"refused"` // rows of all tables that could not be read
	Total     int64           `json:"total_rows"`

	// Sketch is never printed: its digests are not keyed yet.
	Sketch *Sketch `json:"-"`
}

// Table is one table of a file.
type Table struct {
	Name     string           `json:"name"`
	Rows     int64            `json:"rows"`
	Encoding string           `json:"encoding"`
	Dialect  Dialect          `json:"dialect"`
	Columns  []ReportColumn   `json:"columns"`
	Quality  TableQuality     `json:"quality"`
	Refused  map[string]int64 `json:"refused_rows,omitempty"` // by reason code; counted in rows
}

// ReportColumn is a column with masked samples.
type ReportColumn struct {
	Column
	Quality Quality  `json:"quality"`
	Samples []string `json:"samples_masked"`
}

// Member is one file of a dump; a bare file is its own member.
type Member struct {
	Path     string   `json:"path"`
	Format   string   `json:"format"`
	Status   string   `json:"status"` // read, partial, refused, empty
	Reason   string   `json:"reason"`
	Tables   []Table  `json:"tables"`
	Warnings []string `json:"warnings"`
}

// Parts counts files.
type Parts struct {
	Files  int `json:"files"`
	Unread int `json:"unread"`
}

// Unread is a part that could not be read.
type Unread struct {
	Path   string `json:"path"`
	Reason string `json:"reason"` // code: hint
}

// Owner is a registry or a body whose data this may be.
type Owner struct {
	Registry string  `json:"registry"` // a registry's ID, or the body's name or code
	Score    float64 `json:"score"`    // 0 to 1
	Why      string  `json:"why"`
}

// Recycled is an earlier dump that shares rows with this one.
type Recycled struct {
	Dump  string  `json:"dump"`
	Share float64 `json:"share"` // of this dump's rows
	Low   float64 `json:"low"`   // 95 % interval
	High  float64 `json:"high"`
}

const maxSamples = 3

// Named gives the dump itself, which has no name of its own, the name of the
// file it was read from.
func (r *Report) Named(name string) *Report {
	for i := range r.Members {
		if r.Members[i].Path == "" {
			r.Members[i].Path = name
		}
	}
	for i := range r.Unread {
		if r.Unread[i].Path == "" {
			r.Unread[i].Path = name
		}
	}
	return r
}

// RefusedReport is the report of a dump of which nothing was read.
func RefusedReport(code, hint string) *Report {
	s := newSurvey(&Options{})
	s.begin(&File{}, "")
	s.unread("", code, hint)
	return s.report(s.layout(), true)
}

// report says what was found so far.
func (s *survey) report(l *Layout, whole bool) *Report {
	r := &Report{Format: l.Format, Container: []string{}, Table: Table{Columns: []ReportColumn{}}, Complete: whole && s.lost == 0,
		Members: []Member{}, Unread: append([]Unread{}, s.unreads...), Owners: []Owner{}, Recycled: []Recycled{}, Warnings: l.Warnings}
	r.Present, r.Absent = classesIn(l.Tables, s.texts.counts)
	r.Unsought = unsought(r.Present)
	examined := s.textual()
	for i := range l.Tables {
		examined += l.Tables[i].Rows - total(l.Tables[i].Refused)
	}
	if !whole || examined == 0 || slices.ContainsFunc(l.Tables, func(t TableLayout) bool { return slices.Contains(t.Warnings, WarningUnparted) }) {
		r.Absent = []breach.Absence{} // a beginning never states an absence, nor does what was not read or not understood
	}
	byMember := map[string][]Table{}
	for i := range l.Tables {
		t := &l.Tables[i]
		byMember[t.Member] = append(byMember[t.Member], t.report())
		r.Total += t.Rows
		if n := total(t.Refused); n > 0 {
			r.Refused += n
			r.Complete = false
			r.Unread = append(r.Unread, Unread{t.Label(), t.refusals()})
		}
		if slices.ContainsFunc(t.Warnings, cut) {
			r.Complete = false
		}
	}
	for _, tables := range byMember {
		for i := range tables {
			if tables[i].Name == "" && len(l.Tables) > 1 {
				tables[i].Name = unnamedTable
			}
		}
	}
	for _, m := range s.members {
		if slices.ContainsFunc(m.warnings, cut) {
			r.Complete = false
		}
		if len(r.Members) == maxListed {
			continue
		}
		x := Member{Path: m.path, Format: m.format, Status: "read", Tables: byMember[m.path], Warnings: append([]string{}, m.warnings...)}
		if x.Tables == nil {
			x.Tables = []Table{}
		}
		if m.code != "" {
			x.Status, x.Reason = "refused", m.code+": "+m.hint
			switch {
			case len(x.Tables) > 0 || m.texts > 0:
				x.Status = "partial"
			case m.code == CodeEmpty:
				x.Status = "empty"
			}
		}
		r.Members = append(r.Members, x)
	}
	r.Parts = Parts{len(s.members), s.lost}
	r.Text = s.texts.counts
	r.Clues = s.clues.conclude(l.Tables)
	r.Owners = Owners(r.Clues, nil)
	r.Authentic = s.same.judge()
	r.Sketch = s.sketch.done()
	if len(l.Tables) > 0 {
		r.Table = l.Tables[0].report()
		r.Container = s.around(l.Tables[0].Member)
		r.Format = s.byPath[l.Tables[0].Member].format
	}
	r.Canaries = s.watch.found(r.Total)
	return r
}

// around lists the formats of the containers a member stands in, from the
// outside in.
func (s *survey) around(path string) []string {
	out := []string{}
	at := s.byPath[path]
	for i, depth := len(s.members)-1, -1; i >= 0; i-- {
		m := s.members[i]
		if m == at {
			depth = m.depth
		}
		if depth >= 0 && m.depth == depth-1 {
			depth--
			out = append([]string{m.format}, out...)
		} else if m == at {
			continue
		}
	}
	return out
}

// cut tells warnings that say that an end is missing.
func cut(warning string) bool {
	return warning == WarningCutInQuotes || warning == WarningCutLastRow || warning == CodeCut
}

// refusals says how many rows could not be read and why.
func (t *TableLayout) refusals() string {
	var why []string
	for code, n := range t.Refused {
		why = append(why, fmt.Sprintf("%d %s", n, code))
	}
	slices.Sort(why)
	return fmt.Sprintf("rows: %d of %d rows could not be read (%s)", total(t.Refused), t.Rows, strings.Join(why, ", "))
}

func (t *TableLayout) report() Table {
	out := Table{Name: t.Label(), Rows: t.Rows, Encoding: t.Encoding, Dialect: t.Dialect, Columns: []ReportColumn{}, Quality: t.Quality, Refused: t.Refused}
	for i, c := range t.Columns {
		x := ReportColumn{Column: c, Quality: t.quality[i], Samples: []string{}}
		for _, v := range t.samples[i] {
			x.Samples = append(x.Samples, matchers.Mask(c.Meaning, v))
		}
		out.Columns = append(out.Columns, x)
	}
	return out
}

// Profile is what the report says about the incident, without samples and
// without the names of files, which may be of people.
func (r *Report) Profile() breach.Profile {
	p := breach.Profile{Format: r.Format, Encoding: r.Encoding, Rows: r.Total, Refused: r.Refused,
		Complete: r.Complete, Present: r.Present, Absent: r.Absent,
		Files: r.Parts.Files, Unread: map[string]int64{}, Authenticity: 1}
	for _, m := range r.Members {
		p.Tables += len(m.Tables)
		for _, t := range m.Tables {
			p.Newest = max(p.Newest, t.Quality.Newest)
		}
		if len(m.Tables) == 0 && m.Status == "read" {
			p.Texts++
		}
		for _, t := range m.Tables {
			for _, c := range t.Columns {
				p.Columns = append(p.Columns, breach.Column{Name: c.Name, Meaning: c.Meaning, Confidence: c.Confidence, Filled: c.Filled})
			}
		}
	}
	for _, u := range r.Unread {
		code, _, _ := strings.Cut(u.Reason, ":")
		p.Unread[code]++
	}
	for _, o := range r.Owners {
		p.Owners = append(p.Owners, breach.Origin{Name: o.Registry, Score: o.Score, Why: o.Why})
	}
	for _, x := range r.Recycled {
		p.Recycled = append(p.Recycled, breach.Overlap{Dump: breach.DumpID(x.Dump), Share: x.Share, Low: x.Low, High: x.High})
	}
	if r.Authentic != nil {
		p.Authenticity = r.Authentic.Score
		for _, x := range r.Authentic.Reasons {
			if x.Suspect {
				p.Doubts = append(p.Doubts, breach.Doubt{Code: x.Code, Observed: x.Observed, Expected: x.Expected})
			}
		}
	}
	return p
}
