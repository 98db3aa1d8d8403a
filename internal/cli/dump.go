package cli

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/user"
	"strings"
	"sync"
	"text/tabwriter"

	"vigie/internal/breach"
	"vigie/internal/france"
	"vigie/matchers/dump"
)

// dumpCmd reads a leaked file.
type dumpCmd struct {
	Inspect dumpInspectCmd `cmd:"" help:"Say what a file is, what its columns mean and which categories of data are in it."`
	Convert dumpConvertCmd `cmd:"" help:"Write what was read as plain CSV or JSON lines."`
}

type dumpInspectCmd struct {
	File string `arg:"" help:"The leaked file."`
	JSON bool   `help:"One JSON document."`
}

// Help shows an example.
func (dumpInspectCmd) Help() string {
	return "Values are printed masked, and only with --json. CSV in any dialect and encoding; other formats are refused with a way out.\n\nExample:\n  vigie dump inspect stolen.csv --json"
}

// Run inspects the file. A refused one has a report as well.
func (c dumpInspectCmd) Run(s *session) error {
	open := opener(c.File)
	layout, profile, err := inspect(s, c.File, open)
	if err != nil {
		var refused *breach.RefusedError
		if c.JSON && errors.As(err, &refused) {
			err = errors.Join(err, s.document(dump.RefusedReport(c.File, refused)))
		}
		return err
	}
	rep, err := dump.NewReport(s, open, c.File, layout, profile)
	if err != nil {
		return about(c.File, err)
	}
	if c.JSON {
		return s.document(rep)
	}
	return showReport(s.std.Out, rep)
}

func showReport(w io.Writer, rep *dump.Report) error {
	tab := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	_, _ = fmt.Fprintf(tab, "format\t%s, %s\nrows\t%d (%d refused)\n", rep.Format, rep.Encoding, rep.Rows, rep.RefusedRow)
	for _, warning := range rep.Warnings {
		_, _ = fmt.Fprintf(tab, "warning\t%s\n", warning)
	}
	_, _ = fmt.Fprint(tab, "\ncolumn\tmeaning\tconfidence\tfilled\n")
	for _, col := range rep.Columns {
		_, _ = fmt.Fprintf(tab, "%s\t%s\t%.2f\t%d\n", col.Name, col.Meaning, col.Confidence, col.Filled)
	}
	_, _ = fmt.Fprint(tab, "\npresent\tcount\n")
	for _, p := range rep.Present {
		_, _ = fmt.Fprintf(tab, "%s\t%d\n", p.Code, p.Count)
	}
	_, _ = fmt.Fprint(tab, "\nnot found in what was examined\tlooked for\trecall of the detector\n")
	for _, a := range rep.Absent {
		_, _ = fmt.Fprintf(tab, "%s\t%s\t%.2f\n", a.Code, a.LookedFor, a.Recall)
	}
	return tab.Flush()
}

// opener opens a file of this machine as often as needed.
func opener(path string) dump.Opener {
	return func() (io.ReadCloser, error) { return input(path) }
}

// inspect reads a file whole with the French dictionaries.
func inspect(ctx context.Context, name string, open dump.Opener) (*dump.Layout, breach.Profile, error) {
	// They take longer to load than many a file to be refused.
	words := sync.OnceValues(func() (*france.Dictionary, error) {
		fr, err := france.Load()
		if err != nil {
			return new(france.Dictionary), err
		}
		return fr.Dictionary(), nil
	})
	the := func() *france.Dictionary { d, _ := words(); return d }
	layout, profile, err := dump.Inspect(ctx, open, dump.Options{
		GivenName: func(s string) float64 { return the().GivenName(s) },
		Surname:   func(s string) float64 { return the().Surname(s) },
		Commune:   func(s string) bool { return the().Commune(s) },
		Now:       now(),
	})
	if err != nil {
		return nil, breach.Profile{}, about(name, err)
	}
	_, err = words()
	return layout, profile, err
}

// about says which file an error is about, unless it does already.
func about(name string, err error) error {
	if err == nil || strings.Contains(err.Error(), name) {
		return err
	}
	return fmt.Errorf("%s: %w", name, err)
}

type dumpConvertCmd struct {
	File   string `arg:"" help:"The leaked file, or the ID of a sealed dump."`
	To     string `help:"What to write: csv or jsonl." enum:"csv,jsonl" default:"csv"`
	Reason string `help:"Why a sealed dump is opened; entered in the chain of custody." placeholder:"TEXT"`
}

// Help shows examples.
func (dumpConvertCmd) Help() string {
	return "Prints leaked values: send them where they are protected. Ragged rows stay ragged; without header the columns are column_1 and so on.\n\nExamples:\n  vigie dump convert stolen.txt > plain.csv\n  vigie dump convert dmp_0123456789 --reason \"case 12, asked by the DPO\" --to jsonl"
}

// Run converts the file; exit status 3 when rows could not be read.
func (c dumpConvertCmd) Run(s *session) error {
	open := opener(c.File)
	if strings.HasPrefix(c.File, "dmp_") && !exists(c.File) {
		a, err := s.existing()
		if err != nil {
			return err
		}
		defer func() { _ = a.Close() }()
		if strings.TrimSpace(c.Reason) == "" {
			return usage("dump %s is sealed: --reason says why it is opened", c.File)
		}
		open = func() (io.ReadCloser, error) {
			return a.Vault.OpenDump(s, breach.DumpID(c.File), operator(), c.Reason)
		}
	}
	layout, _, err := inspect(s, c.File, open)
	if err != nil {
		return err
	}
	out := bufio.NewWriter(s.std.Out)
	refused, err := c.write(s, out, open, layout)
	if err != nil {
		return about(c.File, err)
	}
	if err := out.Flush(); err != nil {
		return err
	}
	if refused > 0 {
		s.note("vigie: %s: %d rows refused: the rest is written; vigie dump inspect tells more", c.File, refused)
		return errRefused
	}
	return nil
}

// operator names whoever runs the command, for the chain of custody.
func operator() string {
	if u, err := user.Current(); err == nil {
		return "system:cli:" + u.Username
	}
	return "system:cli"
}

func (c dumpConvertCmd) write(ctx context.Context, w io.Writer, open dump.Opener, l *dump.Layout) (refused int64, err error) {
	if c.To == "csv" {
		return dump.ConvertCSV(ctx, w, open, l)
	}
	pr, pw := io.Pipe()
	done := make(chan int64, 1)
	go func() {
		n, err := dump.ConvertCSV(ctx, pw, open, l)
		done <- n
		_ = pw.CloseWithError(err)
	}()
	err = jsonLines(w, pr)
	_ = pr.Close()
	return <-done, err
}

// jsonLines turns CSV with a header into objects whose keys keep its order. A
// value beyond the header gets the key column_N, and so does a repeated name.
func jsonLines(w io.Writer, r io.Reader) error {
	in := csv.NewReader(r)
	in.FieldsPerRecord, in.ReuseRecord = -1, true
	header, err := in.Read()
	if err != nil {
		return err
	}
	var keys [][]byte
	seen := map[string]bool{}
	for i, name := range header {
		if seen[name] || name == "" {
			name = fmt.Sprintf("column_%d", i+1)
		}
		seen[name] = true
		key, err := json.Marshal(name)
		if err != nil {
			return err
		}
		keys = append(keys, append(key, ':'))
	}
	var line []byte
	for {
		row, err := in.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		line = append(line[:0], '{')
		for i, v := range row {
			if i == len(keys) {
				keys = append(keys, fmt.Appendf(nil, `"column_%d":`, i+1))
			}
			value, err := json.Marshal(v)
			if err != nil {
				return err
			}
			line = append(append(line, keys[i]...), value...)
			line = append(line, ',')
		}
		line = append(bytes.TrimSuffix(line, []byte{','}), '}', '\n')
		if _, err := w.Write(line); err != nil {
			return err
		}
	}
}
