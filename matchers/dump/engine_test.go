package dump

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vigie/internal/breach"
	"vigie/matchers"
)

var today = time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)

// plain is a format for tests: lines of UTF-8, cut at the commonest of four
// delimiters. The real one is in a child of this package.
type plain struct{}

func (plain) Name() string        { return "csv" }
func (plain) Sniff(*File) float64 { return 0.1 }

func (plain) Read(_ context.Context, f *File, v Visitor) error {
	delim := "\x1f"
	lines := strings.SplitN(string(f.Head), "\n", 12)
	for _, d := range []string{"|", "\t", ",", ";"} {
		n := strings.Count(lines[0], d)
		same := n > 0
		for _, line := range lines[:min(len(lines)-1, 11)] {
			same = same && strings.Count(line, d) >= n
		}
		if same {
			delim = d
		}
	}
	rows, err := v.Table(TableInfo{Encoding: "utf-8", Dialect: Dialect{Delimiter: delim, Quote: `"`, Escape: `"`, Newline: "\n"}})
	if err != nil {
		return err
	}
	in := csv.NewReader(f.Stream())
	in.Comma, in.LazyQuotes, in.FieldsPerRecord = rune(delim[0]), true, -1
	for {
		row, err := in.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		cells := make([][]byte, len(row))
		for i, x := range row {
			cells[i] = []byte(x)
		}
		if err := rows.Row(cells); err != nil {
			return err
		}
	}
}

// bundle is a container for tests: members divided by form feeds, each with its
// name on the first line.
type bundle struct{}

func (bundle) Name() string { return "bundle" }

func (bundle) Sniff(f *File) float64 {
	if bytes.HasPrefix(f.Head, []byte("BUNDLE\f")) {
		return 1
	}
	return 0
}

func (bundle) Read(ctx context.Context, f *File, v Visitor) error {
	all, err := io.ReadAll(f.Stream())
	if err != nil {
		return err
	}
	for _, m := range bytes.Split(all, []byte("\f"))[1:] {
		name, body, _ := bytes.Cut(m, []byte("\n"))
		switch string(name) {
		case "locked":
			v.Unread("locked", CodeEncrypted, "give its password")
			continue
		case "panic":
			panic("a reader with a fault")
		}
		if err := v.Member(ctx, string(name), int64(len(body)), bytes.NewReader(body)); err != nil {
			return err
		}
	}
	return nil
}

func engine(o Options) *Engine {
	if o.Now.IsZero() {
		o.Now = today
	}
	return &Engine{Formats: []Format{plain{}, bundle{}}, Options: o}
}

// inspect returns the first table's layout.
func inspect(t testing.TB, text string, o Options) (*TableLayout, breach.Profile) {
	t.Helper()
	l, r, err := engine(o).Inspect(context.Background(), Bytes(text))
	if err != nil {
		t.Fatal(err)
	}
	return &l.Tables[0], r.Profile()
}

func records(t testing.TB, text string, o Options) []matchers.Record {
	t.Helper()
	l, _, err := engine(o).Inspect(context.Background(), Bytes(text))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(l)
	if err != nil {
		t.Fatal(err)
	}
	var kept Layout // as it comes back from where it rests
	if err := json.Unmarshal(raw, &kept); err != nil {
		t.Fatal(err)
	}
	var out []matchers.Record
	for rec, err := range engine(o).Records(context.Background(), Bytes(text), &kept) {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, rec)
	}
	return out
}

const leak = `N° dossier;Civilité;Nom;Prénom;Date de naissance;Nationalité;Email;Adresse;Code postal;Ville;Téléphone
1001;Mme;MARTINEAU;Lina Zoé;17/05/2009;Française;Lina.M@Example.org;3 rue des Lilas;1000;ORBEVILLE;06 39 98 00 01
1002;M.;N'GUESSAN;Omar;03/12/2001;Ivoirienne;omar@example.org;12 bis av. du Port;34000;AUTREVILLE;+33 (0)6 39 98 00 02
1003;M;LE GOFF;Yann;00/00/1999;Française;NULL;"Lieu dit ""Le Clos""; bât. B";34172;LOIN;0033639980003
`

func TestInspectAndRead(t *testing.T) {
	l, p := inspect(t, leak, Options{})
	want := []string{"row_id", "sex", "birth_name", "given_names", "birth_date", "nationality", "email", "street", "postcode", "city", "phone"}
	if d := cmp.Diff(want, meanings(l)); d != "" {
		t.Error(d)
	}
	if p.Rows != 3 || p.Refused != 0 || !p.Complete || !l.Dialect.Header {
		t.Errorf("profile = %+v", p)
	}
	recs := records(t, leak, Options{})
	var values [][matchers.NumFields]string
	for _, r := range recs {
		values = append(values, r.Values)
	}
	row := func(birth, given, sex, date, nat, mail, tel, str, zip, town string) (v [matchers.NumFields]string) {
		v[matchers.BirthName], v[matchers.GivenNames], v[matchers.Sex], v[matchers.BirthDate], v[matchers.Nationality] = birth, given, sex, date, nat
		v[matchers.Email], v[matchers.Phone], v[matchers.Street], v[matchers.Postcode], v[matchers.City] = mail, tel, str, zip, town
		return v
	}
	if d := cmp.Diff([][matchers.NumFields]string{
		row("MARTINEAU", "Lina Zoé", "F", "2009-05-17", "Française", "lina.m@example.org", "+33639980001", "3 rue des Lilas", "01000", "ORBEVILLE"),
		row("N'GUESSAN", "Omar", "M", "2001-12-03", "Ivoirienne", "omar@example.org", "+33639980002", "12 bis av. du Port", "34000", "AUTREVILLE"),
		row("LE GOFF", "Yann", "M", "1999-00-00", "Française", "", "+33639980003", `Lieu dit "Le Clos"; bât. B`, "34172", "LOIN"),
	}, values); d != "" {
		t.Error(d)
	}
	if recs[2].Row != 3 || recs[2].Table != "" {
		t.Errorf("row %d of %q", recs[2].Row, recs[2].Table)
	}
}

// Members are read one by one; what cannot be read of them is told and the rest
// goes on.
func TestMembers(t *testing.T) {
	text := "BUNDLE\fa.csv\n" + leak + "\flocked\nx\fempty\n\fBUNDLE-not\nx;y\n1;2\n\fa.csv\n" + leak
	l, r, err := engine(Options{}).Inspect(context.Background(), Bytes(text))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"a.csv", "BUNDLE-not", "a.csv#2"}, l.Labels()); d != "" {
		t.Error(d)
	}
	var got []string
	for _, m := range r.Members {
		got = append(got, fmt.Sprintf("%s %s %s %d", m.Path, m.Format, m.Status, len(m.Tables)))
	}
	if d := cmp.Diff([]string{" bundle read 0", "a.csv csv read 1", "empty  empty 0", "BUNDLE-not csv read 1", "a.csv#2 csv read 1"}, got); d != "" {
		t.Error(d)
	}
	if len(r.Unread) != 1 || r.Complete || r.Unread[0].Path != "locked" || !strings.HasPrefix(r.Unread[0].Reason, CodeEncrypted) {
		t.Errorf("unread = %+v, complete %v", r.Unread, r.Complete)
	}
	if d := cmp.Diff([]string{"bundle"}, r.Container); d != "" || r.Format != "csv" || r.Total != 7 {
		t.Errorf("%s, format %s, rows %d", d, r.Format, r.Total)
	}
	recs := records(t, text, Options{})
	if len(recs) < 6 || recs[0].Table != "a.csv" || recs[len(recs)-1].Table != "a.csv#2" {
		t.Errorf("%d records", len(recs))
	}
}

func TestFaults(t *testing.T) {
	e := engine(Options{})
	tests := []struct{ name, text, want string }{
		{"empty", "", CodeEmpty},
		{"blank", " \n\n\r\n", CodeEmpty},
		{"panic", "BUNDLE\fpanic\n", "crashed"},
		{"all locked", "BUNDLE\flocked\n", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, r, err := e.Inspect(context.Background(), Bytes(tt.text))
			var refused *breach.RefusedError
			if !errors.As(err, &refused) || refused.Hint == "" || tt.want != "" && refused.Code != tt.want {
				t.Errorf("got %v, want %s with a hint", err, tt.want)
			}
			raw, err := json.Marshal(r)
			if err != nil || bytes.Contains(raw, []byte("null")) || len(r.Unread) == 0 || r.Complete {
				t.Errorf("report %s, %v", raw, err)
			}
		})
	}
	e.Skip = map[string]string{"a.csv": "memory"}
	_, r, err := e.Inspect(context.Background(), Bytes("BUNDLE\fa.csv\n"+leak+"\fb.csv\n"+leak))
	if err != nil || r.Total != 3 || len(r.Unread) != 1 || !strings.HasPrefix(r.Unread[0].Reason, "memory") {
		t.Errorf("skipping: %v, %+v", err, r)
	}
	if _, _, err := e.Inspect(context.Background(), broken{}); !errors.Is(err, breach.ErrNotFound) {
		t.Errorf("a source that fails: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, _, err := e.Inspect(ctx, Bytes(leak)); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	for _, err := range e.Records(context.Background(), Bytes(leak), &Layout{}) {
		if !errors.Is(err, breach.ErrInvalid) {
			t.Errorf("an empty layout: %v", err)
		}
	}
}

type broken struct{}

func (broken) ReadAt([]byte, int64) (int, error) { return 0, breach.ErrNotFound }
func (broken) Size() int64                       { return 100 }

func TestReportIsMaskedAndComplete(t *testing.T) {
	_, rep, err := engine(Options{}).Inspect(context.Background(), Bytes(leak))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(rep)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"MARTINEAU", "Lina", "example.org", "639980001", "98 00", "Lilas", "17/05"} {
		if bytes.Contains(raw, []byte(secret)) {
			t.Errorf("it tells %q", secret)
		}
	}
	if bytes.Contains(raw, []byte("null")) {
		t.Errorf("unknown is an empty list: %s", raw)
	}
	var got map[string]any
	if err := json.Unmarshal(raw, &got); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"format", "container", "encoding", "dialect", "rows", "complete", "columns", "categories_present", "categories_absent", "members", "unread", "owner_candidates", "recycled", "canaries", "warnings"} {
		if _, ok := got[key]; !ok {
			t.Errorf("%s is missing", key)
		}
	}
	if d := cmp.Diff([]string{"M•••", "N•••'G•••", "L••• G•••"}, rep.Columns[2].Samples); d != "" {
		t.Error(d)
	}
}

func TestConvert(t *testing.T) {
	tests := []struct {
		name, in, want string
		c              Conversion
	}{
		{"semicolons", "Nom;Email\n\"D;A\";a@example.org\nB;b@example.org;x\n", "Nom,Email\r\nD;A,a@example.org\r\nB,b@example.org,x\r\n", Conversion{}},
		{"no header", "a@example.org\tA \"b\"\nb@example.org\tB\n", "column_1,column_2\r\na@example.org,\"A \"\"b\"\"\"\r\nb@example.org,B\r\n", Conversion{}},
		{"lines", "Nom;Email\nB;b@example.org;x\n", `{"Nom":"B","Email":"b@example.org","column_3":"x"}` + "\n", Conversion{JSON: true}},
		{"one of several", "BUNDLE\fa\nNom;Email\nA;a@example.org\n\fb\nNom;Email\nB;b@example.org\n", "Nom,Email\r\nB,b@example.org\r\n", Conversion{Table: "b"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var b strings.Builder
			if refused, err := engine(Options{}).Convert(context.Background(), &b, Bytes(tt.in), tt.c); err != nil || refused != 0 {
				t.Fatal(refused, err)
			}
			if d := cmp.Diff(tt.want, b.String()); d != "" {
				t.Error(d)
			}
		})
	}
	_, err := engine(Options{}).Convert(context.Background(), io.Discard, Bytes(tests[3].in), Conversion{})
	var many *ManyTablesError
	if !errors.As(err, &many) || len(many.Tables) != 2 {
		t.Errorf("several tables: %v", err)
	}
}

// The first answer comes before the end, and states no absence.
func TestFirstAnswer(t *testing.T) {
	var b strings.Builder
	b.WriteString(leak)
	for i := range 40_000 {
		fmt.Fprintf(&b, "%d;M;LE GOFF;Yann;01/02/1999;Française;;;34172;LOIN;\n", 2000+i)
	}
	e := engine(Options{})
	var told []Progress
	e.Progress = func(p Progress) { told = append(told, p) }
	e.early = 1
	_, whole, err := e.Inspect(context.Background(), Bytes(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	var first *Report
	for _, p := range told {
		if p.Report != nil {
			first = p.Report
		}
	}
	if first == nil || (first.Complete || len(first.Absent) > 0 || first.Total >= whole.Total) {
		t.Errorf("first answer: %+v", first)
	}
}
