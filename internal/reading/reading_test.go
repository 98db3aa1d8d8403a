package reading

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vigie/internal/breach"
	"vigie/matchers"
	"vigie/matchers/dump"
	"vigie/matchers/dump/jail"
)

// In tests the child knows one format more: files that do to their reader what
// hostile ones try.
func TestMain(m *testing.M) {
	if jail.Child() {
		os.Exit(jail.Serve(handler(func(visible bool) []dump.Format {
			return append([]dump.Format{hostile{}}, formats(visible)...)
		})))
	}
	os.Exit(m.Run())
}

type hostile struct{}

func (hostile) Name() string { return "hostile" }

func (hostile) Sniff(f *dump.File) float64 {
	if bytes.HasPrefix(f.Head, []byte("HOSTILE ")) {
		return 1
	}
	return 0
}

func (hostile) Read(_ context.Context, f *dump.File, _ dump.Visitor) error {
	switch string(f.Head[len("HOSTILE "):]) {
	case "hang":
		for {
			time.Sleep(time.Hour)
		}
	case "eat":
		var held [][]byte
		for {
			b := make([]byte, 8<<20)
			for i := range b {
				b[i] = 1
			}
			held = append(held, b)
			_ = held
		}
	case "thread":
		go panic("in another goroutine nobody recovers")
		time.Sleep(time.Minute)
	case "panic":
		panic("lina@example.org")
	}
	return nil
}

func reader(t *testing.T) *Reader {
	return &Reader{
		Now:  func() time.Time { return time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC) },
		Jail: jail.Jail{SpoolDir: t.TempDir(), Stall: 8 * time.Second, What: "dmp_test"},
	}
}

const people = "N° dossier;Civilité;Nom;Prénom;Date de naissance;Courriel;Téléphone\n" +
	"A-1;Mme;MARTINEAU;Lina Zoé;17/05/2009;lina@example.org;06 39 98 00 01\n" +
	"A-2;M.;LEMAIRE;Omar;13/12/2001;omar@example.org;06 39 98 00 02\n"

func zipOf(t *testing.T, files ...string) dump.Bytes {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		f, err := w.Create(files[i])
		if err == nil {
			_, err = f.Write([]byte(files[i+1]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// The parent lives through whatever a member does to the child, names it, and
// reads the others.
func TestHostileMembers(t *testing.T) {
	src := zipOf(t, "a.csv", people, "eat", "HOSTILE eat", "hang", "HOSTILE hang", "thread", "HOSTILE thread", "panic", "HOSTILE panic", "b.csv", people)
	r := reader(t)
	layout, report, err := r.Inspect(context.Background(), src)
	if err != nil {
		t.Fatal(err)
	}
	var unread []string
	for _, u := range report.Unread {
		code, _, _ := strings.Cut(u.Reason, ":")
		unread = append(unread, u.Path+" "+code)
		if strings.Contains(u.Reason, "lina") {
			t.Errorf("a panic's words come out: %s", u.Reason)
		}
	}
	slices.Sort(unread)
	if d := cmp.Diff([]string{"eat memory", "hang stalled", "panic crashed", "thread crashed"}, unread); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"a.csv", "b.csv"}, layout.Labels()); d != "" || report.Total != 4 || report.Complete {
		t.Errorf("%s, %d rows, complete %v", d, report.Total, report.Complete)
	}
	var tables []string
	for rec, err := range r.Records(context.Background(), src, layout) {
		if err != nil {
			t.Fatal(err)
		}
		tables = append(tables, fmt.Sprint(rec.Table, rec.Row))
	}
	if d := cmp.Diff([]string{"a.csv1", "a.csv2", "b.csv1", "b.csv2"}, tables); d != "" {
		t.Errorf("records: %s", d)
	}
}

// What the child sends is what an engine in this process gives.
func TestSameAsInProcess(t *testing.T) {
	var b strings.Builder
	b.WriteString(people)
	for i := range 30_000 {
		fmt.Fprintf(&b, "B-%d;M.;LEMAIRE;Omar;13/12/2001;o%d@example.org;\n", i, i)
	}
	src := zipOf(t, "x.csv", b.String(), "y.csv", people)
	r := reader(t)
	layout, _, err := r.Inspect(context.Background(), src)
	if err != nil {
		t.Fatal(err)
	}
	e := &dump.Engine{Formats: formats(false), Options: options(&task{Now: r.Now()})}
	here, _, err := e.Inspect(context.Background(), src)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(here.String(), layout.String()); d != "" {
		t.Error(d)
	}
	var want []matchers.Record
	for rec, err := range e.Records(context.Background(), src, here) {
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, rec)
	}
	n := 0
	for rec, err := range r.Records(context.Background(), src, layout) {
		if err != nil {
			t.Fatal(err)
		}
		if rec != want[n] {
			t.Fatalf("record %d differs", n)
		}
		n++
	}
	if n != len(want) || n != 30_004 {
		t.Errorf("%d records, want %d", n, len(want))
	}
	for _, err := range r.Records(context.Background(), src, layout) {
		if err != nil {
			t.Error(err)
		}
		break // a caller may stop early
	}
	var out bytes.Buffer
	if _, err := r.Convert(context.Background(), &out, src, dump.Conversion{Table: "y.csv"}); err != nil || strings.Count(out.String(), "\r\n") != 3 {
		t.Errorf("convert: %v, %d bytes", err, out.Len())
	}
	var many *dump.ManyTablesError
	if _, err := r.Convert(context.Background(), &out, src, dump.Conversion{}); !errors.As(err, &many) || len(many.Tables) != 2 {
		t.Errorf("several tables: %v", err)
	}
}

func TestRefusals(t *testing.T) {
	r := reader(t)
	_, report, err := r.Inspect(context.Background(), dump.Bytes("\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x03\x00\xb7\x00"))
	var refused *breach.RefusedError
	if !errors.As(err, &refused) || refused.Code != dump.CodeNoReader || report == nil || len(report.Unread) != 1 || len(report.Absent) != 0 {
		t.Errorf("a program: %v, %+v", err, report)
	}
	_, report, err = r.Inspect(context.Background(), dump.Bytes("HOSTILE eat"))
	if !errors.As(err, &refused) || refused.Code != jail.CodeMemory || report == nil || len(report.Unread) != 1 {
		t.Errorf("a bomb alone: %v, %+v", err, report)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, _, err := r.Inspect(ctx, dump.Bytes(people)); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	for _, err := range r.Records(context.Background(), dump.Bytes(people), nil) {
		if !errors.Is(err, breach.ErrInvalid) {
			t.Errorf("no layout: %v", err)
		}
	}
}

// Unique words of a dump are in no file that reading leaves: neither beside the
// spool nor in the shelf of sketches.
func TestNothingIsLeft(t *testing.T) {
	var words []string
	var b strings.Builder
	b.WriteString("Nom;Prénom;Courriel;Note\n")
	for i := range 20 {
		w := fmt.Sprintf("ZQXJ%cKWVTRPLM%c", 'A'+i, 'A'+i)
		words = append(words, w)
		for j := range 40 {
			fmt.Fprintf(&b, "%s;Lina;%s%d@example.org;note %s\n", w, strings.ToLower(w), j, w)
		}
	}
	dir := t.TempDir()
	r := reader(t)
	r.Jail.SpoolDir = dir
	// A workbook in an archive is read at random: it goes through the spool.
	_, report, err := r.Inspect(context.Background(), zipOf(t, "a.csv", b.String()))
	if err != nil {
		t.Fatal(err)
	}
	shelf := Shelf{Dir: filepath.Join(dir, "sketches"), Digest: func(purpose string, parts ...string) string {
		return fmt.Sprintf("%032x", len(purpose)+int(parts[0][0])) + "0123456789abcdef"
	}}
	if err := shelf.Keep("dmp_1", report.Sketch); err != nil {
		t.Fatal(err)
	}
	if again, err := shelf.Recycled(report.Sketch, ""); err != nil || len(again) != 1 || again[0].Share != 1 {
		t.Errorf("recycled: %+v, %v", again, err)
	}
	if again, err := shelf.Recycled(report.Sketch, "dmp_1"); err != nil || len(again) != 0 {
		t.Errorf("a dump is not recycled from itself: %+v, %v", again, err)
	}
	err = filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		low := bytes.ToLower(raw)
		for _, w := range words {
			if bytes.Contains(low, []byte(strings.ToLower(w))) {
				t.Errorf("%s holds a value", path)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A child in another's hands cannot make the parent accept nonsense.
func FuzzRecords(f *testing.F) {
	layout := &dump.Layout{Tables: []dump.TableLayout{{Columns: []dump.Column{{Meaning: "email"}, {Meaning: "birth_name"}}}, {Member: "b"}}}
	p := packer{layout: layout, fields: layout.Fields(), tables: map[string]uint64{"b": 2}}
	rec := dump.Packed{Row: 7, Table: "b", Values: []byte("lina@example.org")}
	rec.Ends[matchers.Email] = len(rec.Values)
	_ = p.add(&rec)
	f.Add(p.buf)
	f.Add([]byte{1, 9, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1})
	f.Fuzz(func(t *testing.T, raw []byte) {
		u := unpacker{layout: layout, fields: layout.Fields()}
		for len(raw) > 0 {
			var rec matchers.Record
			rest, err := u.next(raw, &rec)
			if err != nil {
				return
			}
			if len(rest) >= len(raw) || rec.Row < 0 || len(rec.Values[matchers.Email]) > len(raw) {
				t.Fatal("nonsense was accepted")
			}
			raw = rest
		}
	})
}
