package registry

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"vigie/matchers"
)

// readIn imports a text and returns the first record and the refusals' codes.
func readIn(t *testing.T, text string, m func(*Manifest)) (matchers.Record, Refusals, error) {
	t.Helper()
	dir, keys := t.TempDir(), newKeys(t)
	o := options(dir, keys, text, "")
	o.Relations, o.MinShare = nil, -1
	o.Manifest.Controllers = o.Manifest.Controllers[:1]
	if m != nil {
		m(&o.Manifest)
	}
	_, refused, err := Import(context.Background(), o)
	if err != nil {
		return matchers.Record{}, refused, err
	}
	r := open(t, dir, keys)
	if err := r.Verify(); err != nil {
		t.Fatal(err)
	}
	for rec, err := range r.Records() {
		return rec, refused, err
	}
	return matchers.Record{}, refused, nil
}

// A letter to somebody whose export writes FRANCE is addressed as at home.
func TestCountriesInWords(t *testing.T) {
	for word, want := range map[string]string{"FRANCE": "FR", "Belgique": "BE", "": "", "Atlantide": "Atlantide"} {
		r := &row{}
		r.cells[matchers.Country] = word
		if got := r.address().Country; got != want {
			t.Errorf("%q is read as %q, want %q", word, got, want)
		}
	}
}

func TestUsualExportsAreRead(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"semicolons", "id;birth_name;given_names;birth_date\n1;Canari;Lina, Zoé;2009-05-17\n", "Canari||Lina, Zoé|2009-05-17"},
		{"delimiter said first", "SEP=;\r\nid;birth_name;given_names;birth_date\r\n1;Canari;Lina, Zoé, Ada, Eva, Noa;2009-05-17\r\n", "Canari||Lina, Zoé, Ada, Eva, Noa|2009-05-17"},
		{"tabs", "id\tbirth_name\tgiven_names\tbirth_date\n1\tCanari\tLina;Zoé\t2009-05-17\n", "Canari||Lina;Zoé|2009-05-17"},
		{"French", "N° dossier;NOM;Prénom(s);Date de naissance\n1;Canari;Lina;17/05/2009\n", "Canari||Lina|2009-05-17"},
		{"nom is the usage name", "identifiant,Nom,Nom de naissance,Prénom,Né(e) le\n1,Épousenom,Canari,Lina,17.5.2009\n", "Canari|Épousenom|Lina|2009-05-17"},
		{"nom d'usage", "id_usager,nom,nom d'usage,prenoms,date_naissance\n1,Canari,Usagenom,Lina,17-05-2009\n", "Canari|Usagenom|Lina|2009-05-17"},
		{"English", "person_id,Last Name,First Name,Date of Birth\n1,Canari,Lina,20090517\n", "Canari||Lina|2009-05-17"},
		{"midnight", "id,nom,prenom,dob\n1,Canari,Lina,2009-05-17 00:00:00\n", "Canari||Lina|2009-05-17"},
		{"unknown day", "id,nom,prenom,dob\n1,Canari,Lina,00/05/2009\n2,Canari,Omar,31/05/2009\n", "Canari||Lina|2009-05-00"},
		{"a standard header first", "id,nom,birth_name,usage_name,given_names,birth_date,prenom\n1,no,Canari,,Lina,2009-05-17,no\n", "Canari||Lina|2009-05-17"},
		{"JSON lines", `{"id":1,"nom":"Canari","prenom":"Lina"}` + "\n\n" + `{"id":2,"nom":"Canari","prenom":"Lina","date_naissance":"2009-05-17","email":null,"other":{"x":1}}`, "Canari||Lina|"},
		{"two telephones", "id,nom,prenom,dob,tel,portable\n1,Canari,Lina,2009-05-17,1,2\n", "refused: duplicate-column"},
		{"month first", "id,nom,prenom,dob\n1,Canari,Lina,05/17/2009\n", "refused: month-first-dates"},
		{"day or month", "id,nom,prenom,dob\n1,Canari,Lina,05/06/2009\n2,Canari,Lina,07/07/2009\n", "refused: ambiguous-dates"},
		{"JSON that is none", "{\n", "refused: not-json"},
		{"JSON in Windows-1252", "{\"id\":1,\"nom\":\"Canari\",\"prenom\":\"Ren\xe9\",\"dob\":\"2009-05-17\"}\n", "refused: not-utf8"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			rec, refused, err := readIn(t, tt.text, nil)
			got := strings.Join([]string{rec.Values[matchers.BirthName], rec.Values[matchers.UsageName], rec.Values[matchers.GivenNames], rec.Values[matchers.BirthDate]}, "|")
			if code, ok := strings.CutPrefix(tt.want, "refused: "); ok {
				if !refusedAs(err, code) {
					t.Fatalf("got %q, %v, want %s", got, err, tt.want)
				}
			} else if err != nil || refused.Count > 0 || got != tt.want {
				t.Errorf("got %q, want %q; %v %v", got, tt.want, refused.ByCode, err)
			}
		})
	}
}

func TestTheManifestSettlesDates(t *testing.T) {
	for order, want := range map[string]string{"dmy": "2009-06-05", "mdy": "2009-05-06"} {
		rec, _, err := readIn(t, "id,nom,prenom,dob\n1,Canari,Lina,05/06/2009\n", func(m *Manifest) { m.Dates = order })
		if got := rec.Values[matchers.BirthDate]; err != nil || got != want {
			t.Errorf("%s: got %q, %v, want %q", order, got, err, want)
		}
	}
	m := manifest()
	m.Dates = "ymd"
	if err := m.Check(); !refusedAs(err, "unknown-dates") {
		t.Errorf("unknown order: %v", err)
	}
}

func TestRowsInAnotherStyleAreRefused(t *testing.T) {
	tests := []struct{ name, row, want string }{
		{"another hour may hide another day", "9,Canari,Lina,16/05/2009 22:00:00\n", "impossible-date"},
		{"ISO among the others", "9,Canari,Lina,2009-05-17\n", "impossible-date"},
		{"month first among the others", "9,Canari,Lina,05/17/2009\n", "impossible-date"},
		{"two digits", "9,Canari,Lina,17/05/09\n", "impossible-date"},
		{"31 April", "9,Canari,Lina,31/04/2009\n", "impossible-date"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, refused, err := readIn(t, "id,nom,prenom,dob\n1,Canari,Lina,17/05/2009\n"+tt.row, nil)
			if err != nil || refused.Count != 1 || refused.ByCode[tt.want] != 1 {
				t.Errorf("refused %v, %v", refused.ByCode, err)
			}
		})
	}
	for row, want := range map[string]string{`{"id":2,`: "bad-json", `{"id":2,"nom":["x"]}`: "not-flat", `{"id":2,"nom":"x"} {}`: "bad-json", `[1]`: "bad-json"} {
		_, refused, err := readIn(t, `{"id":1,"nom":"Canari","prenom":"Lina","dob":"2009-05-17"}`+"\n"+row, nil)
		if err != nil || refused.ByCode[want] != 1 {
			t.Errorf("%s: refused %v, %v", row, refused.ByCode, err)
		}
	}
}

// A key that means something, after rows that did not have it, is told.
func TestKeysThatComeLate(t *testing.T) {
	text := strings.Repeat(`{"id":1,"nom":"Canari","prenom":"Lina","dob":"2009-05-17"}`+"\n", 6000) + `{"id":2,"nom":"Canari","prenom":"Lina","dob":"2009-05-17","email":"x@example.org"}`
	_, refused, err := readIn(t, text, nil)
	if err != nil || refused.ByCode["late-key"] != 1 || refused.ByCode["duplicate-id"] != 5999 {
		t.Errorf("refused %v, %v", refused.ByCode, err)
	}
}

func TestAnImportStops(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	dir, keys := t.TempDir(), newKeys(t)
	o := options(dir, keys, "", "")
	o.Relations, o.Persons = nil, &endless{text: []byte(persons(1000, 1)), stop: stop}
	_, _, err := Import(ctx, o)
	if ctx.Err() == nil || err == nil {
		t.Fatalf("Import: %v", err)
	}
	if v, _ := InForce(dir); v != 0 {
		t.Errorf("version %d is in force", v)
	}
}

// endless gives the same rows again and again, and stops the import when it
// has given enough to fill every buffer on the way.
type endless struct {
	text []byte
	at   int
	n    int
	stop func()
}

func (e *endless) Read(p []byte) (int, error) {
	n := copy(p, e.text[e.at:])
	if e.at += n; e.at == len(e.text) {
		e.at = len(personsHeader)
	}
	if e.n += n; e.n > 8<<20 {
		e.stop()
		time.Sleep(time.Millisecond)
	}
	return n, nil
}

// A file that knows nobody of the last version is another registry's, or its
// ids were given anew.
func TestAFileOfOtherPeopleIsRefused(t *testing.T) {
	dir, keys := t.TempDir(), newKeys(t)
	shifted := func(by int) string {
		var b strings.Builder
		b.WriteString(personsHeader)
		for i := range 30 {
			b.WriteString(strings.Replace(lina, "y1", fmt.Sprintf("p%d", i+by), 1))
		}
		return b.String()
	}
	for _, tt := range []struct {
		name    string
		by      int
		share   float64
		refused bool
	}{
		{"first", 0, 0, false}, {"nobody known", 100, 0, true}, {"few known", 26, 0, true}, {"two thirds new", 20, 0, false}, {"asked for", 200, -1, false},
	} {
		o := options(dir, keys, shifted(tt.by), relationsHeader)
		o.MinShare = tt.share
		if _, _, err := Import(context.Background(), o); refusedAs(err, "other-people") != tt.refused || !tt.refused && err != nil {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}
