package cli

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/user"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"vigie/internal/breach"
	"vigie/internal/reading"
	"vigie/matchers/dump"
	"vigie/matchers/dump/jail"
	"vigie/workflows/activity"
)

// dumpCmd reads a leaked file.
type dumpCmd struct {
	Inspect dumpInspectCmd `cmd:"" help:"Say what a file is, what its columns mean and which categories of data are in it."`
	Convert dumpConvertCmd `cmd:"" help:"Write a table of what was read as plain CSV or JSON lines."`
}

// dumpFlags say how a dump is opened.
type dumpFlags struct {
	Passwords  string `help:"File of passwords for encrypted archives and documents, one a line." type:"path" placeholder:"FILE"`
	Reason     string `help:"Why a sealed dump is opened; entered in the chain of custody." placeholder:"TEXT"`
	Unconfined bool   `help:"Read even where the system cannot confine the reading process (no seccomp)."`
}

// openedDump is a dump at hand, and how to read it.
type openedDump struct {
	dump.Source
	close  func() error
	reader *reading.Reader
}

// open opens a file of this machine, or a sealed dump by its ID.
func (f dumpFlags) open(s *session, name string) (*openedDump, error) {
	d := &openedDump{reader: &reading.Reader{Now: now, Jail: jail.Jail{What: name, SpoolDir: os.TempDir(), AllowUnconfined: f.Unconfined}}}
	if f.Passwords != "" {
		list, err := linesOf(f.Passwords)
		if err != nil {
			return nil, err
		}
		d.reader.Passwords = list
	}
	d.reader.Progress = newProgress(s.std.Err, name).told
	if strings.HasPrefix(name, "dmp_") && !exists(name) {
		return d, f.sealed(s, name, d)
	}
	// Looked at before it is opened: opening a pipe waits for its other end.
	if info, err := os.Stat(name); err == nil && !info.Mode().IsRegular() && !info.IsDir() {
		return nil, &breach.RefusedError{Code: "not-a-file", What: name, Hint: "a dump is read more than once: save what comes from a pipe to a file"}
	}
	file, err := input(name)
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err != nil {
		_ = file.Close()
		return nil, err
	}
	d.Source, d.close = plainFile{file, info.Size()}, file.Close
	return d, nil
}

func (f dumpFlags) sealed(s *session, name string, d *openedDump) error {
	if strings.TrimSpace(f.Reason) == "" {
		return usage("dump %s is sealed: --reason says why it is opened", name)
	}
	a, err := s.existing()
	if err != nil {
		return err
	}
	src, err := a.Vault.OpenDump(s, breach.DumpID(name), operator(), f.Reason)
	if err != nil {
		_ = a.Close()
		return err
	}
	d.Source = src
	d.close = func() error { return errors.Join(src.Close(), a.Close()) }
	return nil
}

// plainFile is a file of this machine: the reading process gets its descriptor,
// open for reading alone.
type plainFile struct {
	f    *os.File
	size int64
}

// ReadAt reads from the file.
func (p plainFile) ReadAt(b []byte, off int64) (int, error) { return p.f.ReadAt(b, off) }

// Size is in bytes.
func (p plainFile) Size() int64 { return p.size }

// File is how the jail finds the descriptor.
func (p plainFile) File() *os.File { return p.f }

// linesOf reads a file of lines; empty ones are left out.
func linesOf(path string) ([]string, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, &breach.RefusedError{Code: "unreadable", What: path, Hint: "the system says: " + reason(err)}
	}
	var out []string
	for line := range strings.Lines(string(raw)) {
		if line = strings.TrimRight(line, "\r\n"); line != "" {
			out = append(out, line)
		}
	}
	return out, nil
}

type dumpInspectCmd struct {
	File string `arg:"" help:"The leaked file, or the ID of a sealed dump."`
	JSON bool   `help:"One JSON document."`
	dumpFlags
}

// Help shows an example.
func (dumpInspectCmd) Help() string {
	return "Values are printed masked, and only with --json. A first answer comes within seconds on standard error; what is absent is only said at the end. Exit status 3 when a part could not be read.\n\nExamples:\n  vigie dump inspect stolen.zip\n  vigie dump inspect stolen.zip --passwords found.txt --json"
}

// Run inspects the file. A refused one has a report as well.
func (c dumpInspectCmd) Run(s *session) error {
	d, err := c.open(s, c.File)
	if err != nil {
		return c.refused(s, err)
	}
	defer func() { _ = d.close() }()
	if d.reader.Canaries, err = s.canaries(); err != nil {
		return err
	}
	_, rep, err := d.reader.Inspect(s, d)
	if err == nil {
		err = c.relate(s, rep)
	}
	if rep != nil {
		show := showReport
		if c.JSON {
			show = func(_ io.Writer, rep *dump.Report) error { return s.document(rep) }
		}
		err = errors.Join(err, show(s.std.Out, rep.Named(c.File)))
	}
	if err != nil {
		return about(c.File, err)
	}
	if len(rep.Unread) > 0 || rep.Parts.Unread > 0 {
		s.note("vigie: %s: some of it could not be read: the rest is told", c.File)
		return errRefused
	}
	return nil
}

// relate compares the dump with the registries and the earlier dumps that are
// kept here, if any.
func (c dumpInspectCmd) relate(s *session, rep *dump.Report) error {
	cfg, err := s.load()
	if err != nil || !exists(cfg.Data) {
		return err
	}
	regs := activity.Registries{Dir: filepath.Join(cfg.Data, "registries")}
	shelf := reading.Shelf{Dir: filepath.Join(cfg.Data, "sketches")}
	if !exists(regs.Dir) && !exists(shelf.Dir) {
		return nil
	}
	if regs.Keys, err = openKeys(s, cfg); err != nil {
		return err
	}
	known, err := regs.Known()
	if err != nil {
		return err
	}
	rep.Owners = dump.Owners(rep.Clues, known)
	if rep.Canaries, err = regs.Exports(rep.Canaries); err != nil {
		return err
	}
	shelf.Digest = regs.Keys.Digest
	rep.Recycled, err = shelf.Recycled(rep.Sketch, c.File)
	return err
}

// refused gives a report to a script even when the file cannot be opened.
func (c dumpInspectCmd) refused(s *session, err error) error {
	var refused *breach.RefusedError
	if c.JSON && errors.As(err, &refused) {
		return errors.Join(err, s.document(dump.RefusedReport(refused.Code, refused.Hint).Named(c.File)))
	}
	return err
}

// warnings says what warning codes mean.
var warnings = map[string]string{
	dump.WarningCutInQuotes:      "it ends inside a quoted value: its end is missing",
	dump.WarningCutLastRow:       "its last row is short: its end may be missing",
	dump.CodeCut:                 "it ends before its end",
	dump.WarningMixed:            "some values are UTF-8, others are not",
	dump.WarningPreamble:         "lines stand before a table",
	dump.WarningHeaderAgain:      "a header comes again between rows; it is not counted",
	dump.WarningManyRefused:      "more than one row in twenty could not be read",
	dump.WarningUnparted:         "lines of parts that could not be told apart: nothing is said to be absent",
	dump.WarningDayMonth:         "nothing settles which is the day in the birth dates",
	dump.WarningNoBirthDate:      "no column of birth dates was found",
	dump.WarningNoName:           "no column of surnames was found",
	dump.WarningNumbersDestroyed: "a spreadsheet has rounded numbers: they cannot be had back from this file",
	"repaired-text":              "text damaged by a wrong encoding was repaired",
	"lost-characters":            "an encoding error has destroyed characters for good",
	"hidden-sheet":               "a sheet is hidden from who opens the file; it is read",
	"hidden-rows":                "rows are hidden from who opens the file; they are read",
	"hidden-columns":             "columns are hidden from who opens the file; they are read",
	"trailing-garbage":           "bytes that belong to nothing stand behind the archive",
}

// mostShown bounds the tables and the unread parts that are shown to people.
const mostShown = 20

func showReport(w io.Writer, rep *dump.Report) error {
	tab := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	line := func(format string, args ...any) { _, _ = fmt.Fprintf(tab, format+"\n", args...) }
	line("first table\t%s\nrows\t%d (%d could not be read)\nfiles\t%d (%d parts could not be read)",
		strings.Join(append(append([]string{}, rep.Container...), rep.Format), " > "), rep.Total, rep.Refused, rep.Parts.Files, rep.Parts.Unread)
	for _, code := range rep.Warnings {
		if say := warnings[code]; say != "" {
			code = say
		}
		line("warning\t%s", code)
	}
	showTables(line, rep)
	if len(rep.Present) > 0 {
		line("\npresent\tcount")
		for _, p := range rep.Present {
			line("%s\t%d", p.Code, p.Count)
		}
	}
	if len(rep.Absent) > 0 {
		line("\nnot found (never \"not taken\")\trows examined\tof 100 such, found")
		for _, a := range rep.Absent {
			line("%s\t%d\t%.0f", a.Code, a.Rows, 100*a.Recall)
		}
	}
	if len(rep.Unsought) > 0 {
		line("\nmay be there, and is not said to be absent\t%s", strings.Join(rep.Unsought, " "))
	}
	showOrigin(line, rep)
	if len(rep.Unread) > 0 {
		line("\nnot read\treason")
		for _, u := range rep.Unread[:min(len(rep.Unread), mostShown)] {
			line("%s\t%s", u.Path, u.Reason)
		}
		if n := rep.Parts.Unread - mostShown; n > 0 {
			line("and %d more: --json lists them", n)
		}
	}
	return tab.Flush()
}

func showTables(line func(string, ...any), rep *dump.Report) {
	n := 0
	for _, m := range rep.Members {
		for _, t := range m.Tables {
			if n++; n > mostShown {
				continue
			}
			name := t.Name
			if name == "" {
				name = "the file itself"
			}
			line("\ntable\t%s, %d rows, %s", name, t.Rows, t.Encoding)
			line("column\tmeaning\tsure\tfilled")
			for _, col := range t.Columns {
				line("%s\t%s\t%.2f\t%d", col.Name, col.Meaning, col.Confidence, col.Filled)
			}
		}
	}
	if n > mostShown {
		line("\nand %d tables more: --json lists them", n-mostShown)
	}
}

func showOrigin(line func(string, ...any), rep *dump.Report) {
	if len(rep.Owners)+len(rep.Recycled)+len(rep.Canaries) > 0 {
		line("")
	}
	for _, c := range rep.Canaries {
		doubt := ""
		if !c.Sure {
			doubt = "possible, may be chance: "
		}
		line("export\t%sof %s to %s of %s: %d of %d canaries found, by %s", doubt, c.Registry, c.Recipient, c.PlantedAt.Format(time.DateOnly), c.Persons, c.Planted, strings.Join(c.Fields, ", "))
	}
	for _, o := range rep.Owners[:min(len(rep.Owners), 5)] {
		line("may be of\t%s (%.2f): %s", o.Registry, o.Score, o.Why)
	}
	for _, x := range rep.Recycled {
		line("seen before\t%s: %.0f %% of its people (%.0f to %.0f %%)", x.Dump, 100*x.Share, 100*x.Low, 100*x.High)
	}
	if rep.Quality.Newest != "" {
		line("newest date\t%s: the extract is not older", rep.Quality.Newest)
	}
	if rep.Authentic == nil {
		return
	}
	for _, x := range rep.Authentic.Reasons {
		if x.Suspect {
			line("doubt\t%s: %.2f, in real records %s", x.Say, x.Observed, x.Expected)
		}
	}
}

// about says which file an error is about, unless it does already.
func about(name string, err error) error {
	var refused *breach.RefusedError
	if errors.As(err, &refused) && refused.What == "dump" {
		named := *refused
		named.What = name
		return &named
	}
	if err == nil || strings.Contains(err.Error(), name) {
		return err
	}
	return fmt.Errorf("%s: %w", name, err)
}

type dumpConvertCmd struct {
	File   string `arg:"" help:"The leaked file, or the ID of a sealed dump."`
	To     string `help:"What to write: csv or jsonl." enum:"csv,jsonl" default:"csv"`
	Table  string `help:"Which table, when there are several." placeholder:"NAME"`
	Compat string `help:"notify leaves out hidden sheets, rows and columns." enum:"none,notify" default:"none"`
	dumpFlags
}

// Help shows examples.
func (dumpConvertCmd) Help() string {
	return "Prints leaked values: send them where they are protected. Ragged rows stay ragged; without header the columns are column_1 and so on.\n\nExamples:\n  vigie dump convert stolen.txt > plain.csv\n  vigie dump convert stolen.xlsx --table Feuil2 --to jsonl\n  vigie dump convert dmp_0123456789 --reason \"case 12, asked by the DPO\""
}

// Run converts the file; exit status 3 when rows could not be read.
func (c dumpConvertCmd) Run(s *session) error {
	d, err := c.open(s, c.File)
	if err != nil {
		return err
	}
	defer func() { _ = d.close() }()
	d.reader.Visible = c.Compat == "notify"
	out := bufio.NewWriter(s.std.Out)
	refused, err := d.reader.Convert(s, out, d, dump.Conversion{JSON: c.To == "jsonl", Table: c.Table, Plain: d.reader.Visible})
	var many *dump.ManyTablesError
	if errors.As(err, &many) {
		s.note("vigie: %s: there are several tables: choose one with --table", c.File)
		for _, name := range many.Tables {
			s.note("  %s", name)
		}
		return errRefused
	}
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
