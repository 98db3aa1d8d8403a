package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"text/tabwriter"
	"time"

	"vigie/internal/breach"
	"vigie/internal/france"
	"vigie/matchers/dump"
)

// dumpCmd reads a leaked file without keeping anything.
type dumpCmd struct {
	Inspect dumpInspectCmd `cmd:"" help:"Say what a file is, what its columns mean and which categories of data are in it."`
}

type dumpInspectCmd struct {
	File string `arg:"" help:"The leaked file." type:"existingfile"`
	JSON bool   `help:"One JSON document."`
}

// Help shows an example.
func (dumpInspectCmd) Help() string {
	return "No value of the file is printed. CSV in any dialect and encoding; other formats are refused with a way out.\n\nExample:\n  vigie dump inspect stolen.csv --json"
}

// Run inspects the file.
func (c dumpInspectCmd) Run(s *session) error {
	layout, profile, err := inspect(s, c.File)
	if err != nil {
		return err
	}
	if c.JSON {
		enc := json.NewEncoder(s.std.Out)
		enc.SetIndent("", "  ")
		return enc.Encode(inspection(c.File, layout, profile))
	}
	tab := tabwriter.NewWriter(s.std.Out, 0, 8, 2, ' ', 0)
	_, _ = fmt.Fprintf(tab, "format\t%s, %s\nrows\t%d (%d refused)\n\ncolumn\tmeaning\tconfidence\tfilled\n", profile.Format, profile.Encoding, profile.Rows, profile.Refused)
	for _, col := range profile.Columns {
		_, _ = fmt.Fprintf(tab, "%s\t%s\t%.2f\t%d\n", col.Name, col.Meaning, col.Confidence, col.Filled)
	}
	_, _ = fmt.Fprint(tab, "\npresent\tcount\n")
	for _, p := range profile.Present {
		_, _ = fmt.Fprintf(tab, "%s\t%d\n", p.Code, p.Count)
	}
	_, _ = fmt.Fprint(tab, "\nnot found in what was examined\tlooked for\trecall of the detector\n")
	for _, a := range profile.Absent {
		_, _ = fmt.Fprintf(tab, "%s\t%s\t%.2f\n", a.Code, a.LookedFor, a.Recall)
	}
	return tab.Flush()
}

// inspect reads a file whole with the French dictionaries.
func inspect(s *session, path string) (*dump.Layout, breach.Profile, error) {
	fr, err := france.Load()
	if err != nil {
		return nil, breach.Profile{}, err
	}
	words := fr.Dictionary()
	return dump.Inspect(s, func() (io.ReadCloser, error) { return os.Open(path) }, dump.Options{
		GivenName: words.GivenName, Surname: words.Surname, Commune: words.Commune, Now: time.Now().UTC(),
	})
}

// The shapes of the answer, as scripts rely on them.
type (
	dialect struct {
		Delimiter string `json:"delimiter"`
		Quote     string `json:"quote"`
		Escape    string `json:"escape"`
		Newline   string `json:"newline"`
		Header    bool   `json:"header"`
	}
	inspectedColumn struct {
		breach.Column
		SamplesMasked []string `json:"samples_masked"`
	}
	inspectedTable struct {
		Name     string            `json:"name"`
		Rows     int64             `json:"rows"`
		Encoding string            `json:"encoding"`
		Dialect  dialect           `json:"dialect"`
		Columns  []inspectedColumn `json:"columns"`
	}
	inspectedMember struct {
		Path   string           `json:"path"`
		Status string           `json:"status"`
		Reason string           `json:"reason"`
		Tables []inspectedTable `json:"tables"`
	}
	inspected struct {
		Format    string            `json:"format"`
		Container []string          `json:"container"`
		Encoding  string            `json:"encoding"`
		Dialect   dialect           `json:"dialect"`
		Rows      int64             `json:"rows"`
		Complete  bool              `json:"complete"`
		Columns   []inspectedColumn `json:"columns"`
		Present   []breach.Category `json:"categories_present"`
		Absent    []breach.Absence  `json:"categories_absent"`
		Members   []inspectedMember `json:"members"`
		Unread    []any             `json:"unread"`
		Owners    []any             `json:"owner_candidates"`
		Recycled  []any             `json:"recycled"`
		Canaries  []any             `json:"canaries"`
		Warnings  []string          `json:"warnings"`
	}
)

func inspection(path string, l *dump.Layout, p breach.Profile) inspected {
	d := dialect{l.Delimiter, l.Quote, l.Escape, l.Newline, l.Header}
	cols := make([]inspectedColumn, len(p.Columns))
	for i, c := range p.Columns {
		cols[i] = inspectedColumn{c, []string{}}
	}
	warnings := []string{}
	if p.Refused > 0 {
		warnings = append(warnings, fmt.Sprintf("%d rows could not be read", p.Refused))
	}
	for _, c := range l.Columns {
		if c.Ambiguous {
			warnings = append(warnings, fmt.Sprintf("column %q: nothing settles the order of day and month", c.Name))
		}
	}
	table := inspectedTable{"", p.Rows, p.Encoding, d, cols}
	return inspected{
		Format: p.Format, Container: []string{}, Encoding: p.Encoding, Dialect: d, Rows: p.Rows, Complete: p.Complete,
		Columns: cols, Present: p.Present, Absent: p.Absent,
		Members: []inspectedMember{{Path: path, Status: "read", Tables: []inspectedTable{table}}},
		Unread:  []any{}, Owners: []any{}, Recycled: []any{}, Canaries: []any{}, Warnings: warnings,
	}
}
