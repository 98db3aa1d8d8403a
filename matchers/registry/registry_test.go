package registry

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vigie/internal/breach"
	"vigie/internal/seal"
	"vigie/matchers"
)

const (
	personsHeader   = "id,controller,birth_name,usage_name,given_names,sex,birth_date,birth_place,birth_commune,nationality,email,phone,street,line2,line3,line5,postcode,city,country,civility,deceased_at,regime,protected,elected_street,elected_postcode,elected_city,secret,email_safe,phone_safe,language\n"
	relationsHeader = "person,holder,kind,authority,from,until,deceased,barred,civility,given,name,email,phone,street,line2,line3,line5,postcode,city,country,email_safe,phone_safe\n"
	lina            = "y1,ml-a,Canarival,,Lina Zoé,F,2009-05-17,Orbeville,99999,FR,lina@example.org,+33639980001,3 rue Canariste,Bat B,,,00001,ORBEVILLE,FR,Mme,,,,,,,,1,,fr\n"
	omar            = "y2,ml-b,Canaridal,Usagenom,Omar,M,2004-00-00,Ailleurs,99352,FR,,+33639980002,4 rue Canariste,,,,00001,ORBEVILLE,,M.,unknown,tutelle,1,1 rue du Palais,00002,ELUVILLE,1,,1,ar\n"
	linaMother      = "y1,h1,parent,joint,,,,,Mme,Canarimère,Canarival,mere@example.org,+33639980003,9 rue Autre,,,,00003,LOIN,FR,,\n"
	linaFather      = "y1,h2,parent,withdrawn,2020-01-02,,,1,M.,Canaripère,Canarival,,,,,,,,,,,\n"
)

var day = time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)

func manifest() Manifest {
	return Manifest{
		Name: "youth", Kind: "youth", Purpose: "test", LegalBasis: "test", RetentionDays: 10,
		Controllers: []breach.Controller{{ID: "ml-a", Name: "Canaricontrôleur"}, {ID: "ml-b"}},
	}
}

func newKeys(t testing.TB) *seal.Keyring {
	t.Helper()
	k, err := seal.Create(filepath.Join(t.TempDir(), "keys"))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func options(dir string, keys Sealer, persons, relations string) Options {
	return Options{Dir: dir, Manifest: manifest(), Persons: strings.NewReader(persons),
		Relations: strings.NewReader(relations), Keys: keys, Now: day}
}

// imported builds and opens a registry of Lina and Omar.
func imported(t *testing.T) (string, *seal.Keyring, *Registry) {
	t.Helper()
	dir, keys := t.TempDir(), newKeys(t)
	_, refused, err := Import(context.Background(), options(dir, keys, personsHeader+lina+omar, relationsHeader+linaMother+linaFather))
	if err != nil || refused.Count != 0 {
		t.Fatalf("Import: %v, refused %v", err, refused)
	}
	return dir, keys, open(t, dir, keys)
}

func open(t *testing.T, dir string, keys Sealer) *Registry {
	t.Helper()
	r, err := Open(dir, keys)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	return r
}

func TestImportedPersonsComeBack(t *testing.T) {
	_, _, r := imported(t)
	if err := r.Verify(); err != nil {
		t.Fatal(err)
	}
	var got []matchers.Record
	for rec, err := range r.Records() {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, rec)
	}
	if len(got) != 2 || got[0].ID != "y1" || got[1].Values[matchers.UsageName] != "Usagenom" || got[1].Values[matchers.BirthDate] != "2004-00-00" {
		t.Errorf("records = %+v", got)
	}
	s, err := r.Subject(context.Background(), "y1")
	if err != nil {
		t.Fatal(err)
	}
	want := breach.Subject{
		Registry: "youth", Person: "y1", Controller: "ml-a", BirthDate: time.Date(2009, 5, 17, 0, 0, 0, 0, time.UTC),
		Contact: breach.Contact{Civility: "Mme", Given: "Lina", Name: "Canarival", Email: "lina@example.org", Phone: "+33639980001",
			Address: breach.Address{Line2: "Bat B", Street: "3 rue Canariste", Postcode: "00001", City: "ORBEVILLE", Country: "FR"}, EmailSafe: true, Language: "fr"},
		Relations: []breach.Relation{
			{Person: "y1", Holder: "h1", Kind: breach.RelationParent, Authority: breach.AuthorityJoint,
				Contact: breach.Contact{Civility: "Mme", Given: "Canarimère", Name: "Canarival", Email: "mere@example.org", Phone: "+33639980003",
					Address: breach.Address{Street: "9 rue Autre", Postcode: "00003", City: "LOIN", Country: "FR"}}},
			{Person: "y1", Holder: "h2", Kind: breach.RelationParent, Authority: breach.AuthorityWithdrawn, Barred: true,
				From: time.Date(2020, 1, 2, 0, 0, 0, 0, time.UTC), Contact: breach.Contact{Civility: "M.", Given: "Canaripère", Name: "Canarival"}},
		},
	}
	if d := cmp.Diff(want, s); d != "" {
		t.Error(d)
	}
	s, err = r.Subject(context.Background(), "y2")
	if err != nil {
		t.Fatal(err)
	}
	if !s.Deceased || !s.DeceasedAt.IsZero() || !s.Protected || !s.Secret || s.Regime != breach.RegimeTutelle ||
		s.Elected.City != "ELUVILLE" || s.Contact.Name != "Usagenom" || !s.Contact.PhoneSafe {
		t.Errorf("subject = %+v", s)
	}
	if got := s.BirthDate.Format(time.DateOnly); got != "2004-12-31" {
		t.Errorf("birth day of an unknown day = %s", got)
	}
	if _, err := r.Subject(context.Background(), "y3"); !errors.Is(err, breach.ErrNotFound) {
		t.Errorf("unknown person: %v", err)
	}
}

func TestRowsAreRefusedAndTheRestGoesOn(t *testing.T) {
	bad := func(change ...string) string { return strings.NewReplacer(change...).Replace(lina) }
	tests := []struct{ name, row, want string }{
		{"duplicate id", lina, "duplicate-id"},
		{"no id", bad("y1,", ","), "missing-id"},
		{"id with a control character", bad("y1", "y\x07"), "bad-id"},
		{"31 February", bad("y1", "y9", "2009-05-17", "2009-02-31"), "impossible-date"},
		{"born tomorrow", bad("y1", "y9", "2009-05-17", "2026-11-22"), "impossible-date"},
		{"day without month", bad("y1", "y9", "2009-05-17", "2009-00-17"), "impossible-date"},
		{"French date", bad("y1", "y9", "2009-05-17", "17/05/2009"), "impossible-date"},
		{"sex", bad("y1", "y9", ",F,", ",Q,"), "unknown-sex"},
		{"controller", bad("y1", "y9", "ml-a", "ml-z"), "unknown-controller"},
		{"regime", bad("y1", "y9", "Mme,,,", "Mme,,capable,"), "unknown-regime"},
		{"protected", bad("y1", "y9", "Mme,,,", "Mme,,,peut-être"), "not-boolean"},
		{"no name", bad("y1", "y9", "Canarival", ""), "missing-name"},
		{"too few fields", "y9,ml-a,Nom\n", "field-count"},
		{"stray quote", bad("y1", "y9", "Canarival", `Cana"rival`), "bad-quotes"},
		{"endless field", bad("y1", "y9", "Canarival", strings.Repeat("x", maxValue+1)), "field-too-long"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o := options(t.TempDir(), newKeys(t), personsHeader+lina+omar+tt.row+strings.ReplaceAll(lina, "y1", "y4"), "")
			o.Relations, o.MinShare = nil, 0.5
			info, refused, err := Import(context.Background(), o)
			if err != nil {
				t.Fatal(err)
			}
			want := []Refusal{{"persons.csv", 4, tt.want}}
			if d := cmp.Diff(want, refused.First); d != "" || info.Persons != 3 {
				t.Errorf("persons %d, refused: %s", info.Persons, d)
			}
		})
	}
}

func TestRefusedRelationsLeaveADoubt(t *testing.T) {
	rel := func(person, holder string) string {
		return person + "," + holder + ",parent" + strings.Repeat(",", 19) + "\n"
	}
	tests := []struct {
		name, rows string
		refused    []Refusal
		doubts     int // relations of y1 that a person must look at
	}{
		{"unknown kind", strings.Replace(linaMother, "parent", "cousin", 1), []Refusal{{"relations.csv", 2, "unknown-kind"}}, 1},
		{"unknown authority", strings.Replace(linaMother, "joint", "jointe", 1), []Refusal{{"relations.csv", 2, "unknown-authority"}}, 1},
		{"ends before it begins", strings.Replace(linaFather, "2020-01-02,", "2020-01-02,2019-01-01", 1), []Refusal{{"relations.csv", 2, "impossible-date"}}, 1},
		{"unknown person", rel("y9", "h1"), []Refusal{{"relations.csv", 2, "unknown-person"}}, 0},
		{"self", rel("y1", "y1"), []Refusal{{"relations.csv", 2, "self-relation"}, {"relations.csv", 2, "cycle"}}, 1},
		{"cycle of two", rel("y1", "y2") + rel("y2", "y1"), []Refusal{{"relations.csv", 2, "cycle"}, {"relations.csv", 3, "cycle"}}, 1},
		{"cycle beside a tail", rel("y0", "y1") + rel("y1", "y2") + rel("y2", "y3") + rel("y3", "y1") + rel("y1", "h1"),
			[]Refusal{{"relations.csv", 3, "cycle"}, {"relations.csv", 4, "cycle"}, {"relations.csv", 5, "cycle"}, {"relations.csv", 2, "unknown-person"}, {"relations.csv", 5, "unknown-person"}}, 1},
		{"chain", rel("y1", "y2") + rel("y2", "h3"), []Refusal{}, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir, keys := t.TempDir(), newKeys(t)
			_, refused, err := Import(context.Background(), options(dir, keys, personsHeader+lina+omar, relationsHeader+tt.rows))
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tt.refused, refused.First); d != "" {
				t.Error(d)
			}
			s, err := open(t, dir, keys).Subject(context.Background(), "y1")
			if err != nil {
				t.Fatal(err)
			}
			doubts := 0
			for _, r := range s.Relations {
				if r.Authority == breach.AuthorityUnknown && r.Barred {
					doubts++
				}
			}
			if doubts != tt.doubts {
				t.Errorf("doubts = %d, want %d: %+v", doubts, tt.doubts, s.Relations)
			}
		})
	}
}

func TestLongChainOfGuardians(t *testing.T) {
	var b strings.Builder
	b.WriteString("person,holder,kind\n")
	for i := range 20_000 {
		fmt.Fprintf(&b, "p%d,p%d,tutor\n", i, i+1)
	}
	b.WriteString("p20000,p0,tutor\n")
	v, err := newVault("test", nil)
	if err != nil {
		t.Fatal(err)
	}
	d, err := newDigests(newKeys(t), "youth")
	if err != nil {
		t.Fatal(err)
	}
	s, err := newShelf(t.TempDir(), d, v)
	if err != nil {
		t.Fatal(err)
	}
	var refused Refusals
	m := manifest()
	if err := shelve(s, strings.NewReader(b.String()), &m, &refused); err != nil {
		t.Fatal(err)
	}
	if refused.ByCode["cycle"] != 20_001 {
		t.Errorf("refused = %v", refused.ByCode)
	}
	if err := s.close(); err != nil {
		t.Error(err)
	}
}

func TestFilesAreRefusedBeforeAnythingIsReplaced(t *testing.T) {
	many := func(n int) string {
		var b strings.Builder
		b.WriteString(personsHeader)
		for i := range n {
			b.WriteString(strings.Replace(lina, "y1", fmt.Sprintf("p%d", i), 1))
		}
		return b.String()
	}
	tests := []struct{ name, persons, want string }{
		{"empty", "", "empty"},
		{"header only", personsHeader, "no-person"},
		{"missing column", strings.Replace(personsHeader, "birth_date", "date", 1) + lina, "missing-column"},
		{"same column twice", strings.Replace(personsHeader, "usage_name", "birth_name", 1) + lina, "duplicate-column"},
		{"Windows-1252", personsHeader + strings.Replace(lina, "Zoé", "Zo\xe9", 1), "not-utf8"},
		{"UTF-16 without its mark", "i\x00d\x00\n\x00", "not-utf8"},
		{"ends of lines of old", strings.ReplaceAll(personsHeader+lina, "\n", "\r"), "line-ends"},
		{"UTF-16", "\xff\xfei\x00d\x00\n\x00", "not-utf8"},
		{"zip", "PK\x03\x04\x14\x00\x08\x00\xff\n", "not-utf8"},
		{"JSON", `[{"id":"y1"}]`, "not-csv"},
		{"quote never closed", personsHeader + `y1,"` + strings.Repeat("x\n", maxRecord), "record-too-long"},
		{"cut inside a quote", many(10) + `y1,ml-a,"Cana`, "truncated"},
		{"fewer than the last", many(7), "too-few-persons"},
		{"shifted columns", strings.ReplaceAll(many(10), ",ml-a,", ",x,ml-a,"), "no-person"},
		{"a third refused", many(10) + strings.Repeat("x\n", 5), "too-many-refused"},
		{"NIR without a basis", strings.Replace(personsHeader, "line5", "nir", 1) + lina, "nir-without-basis"},
	}
	dir, keys := t.TempDir(), newKeys(t)
	if _, _, err := Import(context.Background(), options(dir, keys, many(10), "")); !refusedAs(err, "empty") {
		t.Fatalf("empty relations: %v", err)
	}
	if _, _, err := Import(context.Background(), options(dir, keys, many(10), relationsHeader)); err != nil {
		t.Fatal(err)
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, _, err := Import(context.Background(), options(dir, keys, tt.persons, relationsHeader))
			if !refusedAs(err, tt.want) {
				t.Errorf("got %v, want code %s", err, tt.want)
			}
			if strings.Contains(fmt.Sprint(err), "Cana") {
				t.Errorf("the error tells a value: %v", err)
			}
			r := open(t, dir, keys)
			if r.Info().Version != 1 || r.Info().Persons != 10 || r.Verify() != nil {
				t.Errorf("the last version is gone: %+v", r.Info())
			}
		})
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".*")); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

func refusedAs(err error, code string) bool {
	var r *breach.RefusedError
	return errors.As(err, &r) && r.Code == code
}

func TestVersionsAreCountedAndReadersKeepTheirs(t *testing.T) {
	dir, keys, old := imported(t)
	if err := old.Seal("index", func(w io.Writer) error { _, err := w.Write([]byte("one")); return err }); err != nil {
		t.Fatal(err)
	}
	info, _, err := Import(context.Background(), options(dir, keys, "\ufeff"+personsHeader+omar+strings.Replace(lina, "3 rue", "5 rue", 1), relationsHeader))
	if err != nil || info.Version != 2 || info.Persons != 2 || info.Bytes == 0 || info.Key == "" {
		t.Fatalf("Import: %+v, %v", info, err)
	}
	if err := old.Verify(); err != nil {
		t.Errorf("the old version is gone under its reader: %v", err)
	}
	now := open(t, dir, keys)
	s, err := now.Subject(context.Background(), "y1")
	if err != nil || s.Contact.Address.Street != "5 rue Canariste" || len(s.Relations) != 0 {
		t.Errorf("subject = %+v, %v", s, err)
	}
	if err := now.Unseal("index", nil); !errors.Is(err, breach.ErrNotFound) {
		t.Errorf("a new version has no index yet: %v", err)
	}
	var got []byte
	if err := old.Unseal("index", func(r io.Reader) error { got, err = io.ReadAll(r); return err }); err != nil || string(got) != "one" {
		t.Errorf("Unseal = %q, %v", got, err)
	}
	if err := old.Seal("../x", nil); !errors.Is(err, breach.ErrInvalid) {
		t.Errorf("a name that leaves the directory: %v", err)
	}
}

func TestStolenDirectoryTellsNothing(t *testing.T) {
	dir, _, r := imported(t)
	if err := r.Seal("index", func(w io.Writer) error { _, err := io.WriteString(w, "Canariindex"); return err }); err != nil {
		t.Fatal(err)
	}
	files := 0
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files++
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, secret := range []string{"canari", "usagenom", "y1", "ml-a", "example.org", "63998", "orbeville", "2009", "Zoé"} {
			if secret == "y1" && bytes.Contains(raw, []byte(`"y1"`)) || secret != "y1" && bytes.Contains(bytes.ToLower(raw), []byte(strings.ToLower(secret))) {
				t.Errorf("%s tells %q", filepath.Base(path), secret)
			}
		}
		if st, _ := d.Info(); st.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s is open to others: %v", filepath.Base(path), st.Mode())
		}
		return nil
	})
	if err != nil || files != 9 {
		t.Errorf("looked at %d files: %v", files, err)
	}
}

func TestDamage(t *testing.T) {
	dir, keys, r := imported(t)
	if _, err := Open(dir, newKeys(t)); !errors.Is(err, seal.ErrKey) {
		t.Errorf("wrong key: %v", err)
	}
	if _, _, err := Import(context.Background(), options(dir, newKeys(t), personsHeader+lina, relationsHeader)); !errors.Is(err, seal.ErrKey) {
		t.Errorf("import over another key's registry: %v", err)
	}
	if _, err := Open(filepath.Join(dir, "none"), keys); !errors.Is(err, breach.ErrNotFound) {
		t.Errorf("no registry: %v", err)
	}
	version := r.dir
	for _, name := range []string{keyFile, metaFile, recordsFile, boxesFile, indexFile, marksFile, pastFile} {
		path := filepath.Join(version, name)
		whole, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		write := func(b []byte) {
			if err := os.WriteFile(path, b, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		for cut := range 4 {
			write(whole[:len(whole)*cut/4])
			if _, err := Open(dir, keys); err == nil {
				t.Errorf("%s cut to %d/4 opens", name, cut)
			}
		}
		for at := 0; at < len(whole); at += 1 + len(whole)/40 {
			bad := bytes.Clone(whole)
			bad[at] ^= 0x10
			write(bad)
			damaged, err := Open(dir, keys)
			if err == nil {
				err = damaged.Verify()
				_ = damaged.Close()
			}
			if err == nil {
				t.Errorf("%s with a flipped bit at %d verifies", name, at)
			}
		}
		write(whole)
	}
	if err := open(t, dir, keys).Verify(); err != nil {
		t.Errorf("restored: %v", err)
	}
	for content, want := range map[string]string{`{"schema":0,"name":"youth","version":1}`: "old-schema", `{"schema":9,"name":"youth","version":1}`: "old-schema"} {
		if err := os.WriteFile(filepath.Join(dir, currentFile), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(dir, keys); !refusedAs(err, want) {
			t.Errorf("%s: %v", content, err)
		}
	}
}

func TestReadManifest(t *testing.T) {
	const good = `name: youth
kind: youth
purpose: suivi
legal_basis: Art. 6(1)(e)
retention_days: 1095
controllers:
  - {id: ml-a, name: A}
`
	tests := []struct {
		name, text, want string
	}{
		{"good", good, ""},
		{"mapped", good + "columns: {Nom: birth_name}\n", ""},
		{"empty", "", "empty"},
		{"kind", strings.Replace(good, "kind: youth", "kind: club", 1), "unknown-kind"},
		{"no basis", strings.Replace(good, "legal_basis: Art. 6(1)(e)\n", "", 1), "no-basis"},
		{"no retention", strings.Replace(good, "retention_days: 1095\n", "", 1), "no-retention"},
		{"name leaves its directory", strings.Replace(good, "name: youth", "name: ../x", 1), "bad-name"},
		{"unknown meaning", good + "columns: {Nom: nomen}\n", "unknown-meaning"},
		{"NIR without a basis", good + "columns: {NIR: nir}\n", "nir-without-basis"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := ReadManifest(strings.NewReader(tt.text))
			if tt.want == "" && err != nil || tt.want != "" && !refusedAs(err, tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
	if _, err := ReadManifest(strings.NewReader(good + "retension: 1\n")); !errors.Is(err, breach.ErrInvalid) {
		t.Errorf("unknown key: %v", err)
	}
}
