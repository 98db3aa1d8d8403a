package console_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"vigie/internal/breach"
	"vigie/internal/console/consoletest"
	"vigie/internal/i18n"
)

const contentsPath = "/incidents/inc_1/contents"

// reading sets what reading the incident's dump showed and returns its page,
// in words.
func reading(t *testing.T, lang, path string, p breach.Profile) (answer, string) {
	t.Helper()
	s := newSite(t)
	d, _, err := s.Dump(t.Context(), "dump_1")
	if err != nil {
		t.Fatal(err)
	}
	d.Profile = p
	s.SetDump(d)
	s.SetDump(breach.Dump{ID: "dump_0", Incident: "inc_0"})
	s.SetIncident(breach.Incident{ID: "inc_0", Title: "Similo, un an plus tôt", Stage: breach.StageDone})
	a := s.as(t, "ana").do("GET", path, nil, "Accept-Language", lang)
	doc, err := html.Parse(strings.NewReader(a.Body))
	if err != nil || a.Code != 200 {
		t.Fatalf("status %d, parsing: %v", a.Code, err)
	}
	checkNesting(t, a.Body)
	checkDocument(t, doc)
	if strings.Contains(a.Body, i18n.Missing) || strings.Contains(a.Body, "%!") || strings.Contains(a.Body, "%%") {
		t.Error("page has a message that is missing or wrong")
	}
	return a, strings.ReplaceAll(text(doc), "\u00a0", " ")
}

// The order is what a tired reader needs first.
func TestContentsInOrder(t *testing.T) {
	want := map[string][]string{
		"fr": {"Ce que contient le fichier", "Ce qu’il y a dedans", "état civil", "revenus et prestations sociales", "class_of_tomorrow",
			"Non trouvées dans ce qui a été examiné", "ne veut pas dire « pas volé »", "ce qui n’a pas été lu peut contenir", "nombres de 15 caractères", "99,0 %", "maladies", "78,0 %", "words of another version", "non mesurée",
			"Ce qui n’a pas pu être lu", "17 parties", "3 lignes refusées", "image ou son", "reconnaissance de texte", "mot de passe nécessaire", "reason-of-tomorrow", "À faire regarder par une personne", "Récupérer tous les volumes",
			"À qui peut être le fichier", "jeunes", "0,82", "17 de ses 21 colonnes", "domaine orbe.example.org dans 1 940 lignes sur 2 045", "établissement scolaire (UAI) 0340001X", "planet",
			"Déjà vu", "Similo, un an plus tôt", "62,0 %", "57,0 % – 66,0 %", "dump_gone",
			"Ce qui parle contre", "jamais une preuve", "0,09 sur 1", "date de naissance de la ligne", "41 %", "plus de 97 %", "30 %", "moins de 0,1 %", "× 1,6", "de × 4 à × 12", "check-of-tomorrow",
			"Fraîcheur", "9 octobre 2026", "43 jours",
			"Colonnes et leur sens", "NOM", "nom de naissance", "99,0 %", "N_CAF", "numéro d’allocataire CAF", "of_tomorrow", "3 colonnes de sens inconnu", "X1"},
		"en": {"What is in the file", "What is in it", "civil status", "income and social benefits", "class_of_tomorrow",
			"Not found in what was examined", "does not mean “not taken”", "what was not read may hold", "numbers of 15 characters", "99.0%", "illnesses", "78.0%", "words of another version", "not measured",
			"What could not be read", "17 parts", "3 rows refused", "picture or sound", "text recognition", "a password is needed", "reason-of-tomorrow", "Have a person look", "Fetch every volume",
			"Whose the file may be", "young people", "0.82", "17 of its 21 columns", "domain orbe.example.org in 1,940 of 2,045 rows", "school (UAI) 0340001X", "planet",
			"Seen before", "Similo, un an plus tôt", "62.0%", "57.0% – 66.0%", "dump_gone",
			"What speaks against", "never a proof", "0.09 out of 1", "birth date of their row", "41%", "above 97%", "30%", "below 0.1%", "× 1.6", "× 4 to × 12", "check-of-tomorrow",
			"How fresh", "9 October 2026", "43 days",
			"Columns and their meaning", "NOM", "birth name", "99.0%", "N_CAF", "family allowance number", "of_tomorrow", "3 columns of unknown meaning", "X1"},
	}
	for _, lang := range i18n.Languages() {
		t.Run(lang, func(t *testing.T) {
			a, words := reading(t, lang, contentsPath, consoletest.FullProfile())
			rest := words
			for _, x := range want[lang] {
				_, after, ok := strings.Cut(rest, x)
				if !ok {
					t.Fatalf("page lacks %q where it belongs", x)
				}
				rest = after
			}
			a.contains(t, `href="/incidents/inc_0"`, `data-unread="scan" data-n="12"`, `data-category="nir"`, `data-meaning="caf_number"`)
		})
	}
}

// What the stolen file calls things is shown as text, on its line.
func TestContentsHostileNames(t *testing.T) {
	a, _ := reading(t, "fr", contentsPath, consoletest.FullProfile())
	a.contains(t, "&lt;script&gt;alert(1)", "turned ·gnp.exe", "long …")
	for _, bad := range []string{"<script>alert", "<img src=x", "\u202e", strings.Repeat("long ", 30)} {
		if strings.Contains(a.Body, bad) {
			t.Errorf("page has %q", bad)
		}
	}
}

func TestContentsOfLittle(t *testing.T) {
	plain := breach.Profile{Format: "csv", Files: 1, Tables: 1, Rows: 40, Complete: true, Authenticity: 1}
	many := plain
	many.Columns = make([]breach.Column, 620)
	for _, tt := range []struct {
		name      string
		profile   breach.Profile
		want, not []string
	}{
		{"not read", breach.Profile{}, []string{"has not been read yet"}, []string{"Everything was read", "What is in it", "How fresh"}},
		{"old", consoletest.OldProfile(), []string{"earlier version of Vigie", "civil status", "columns of latitude", "Everything was read", "birth name"},
			[]string{"out of 1", "Whose the file may be", "How fresh", "Files, containers", "0.00"}},
		{"nothing found", plain, []string{"No known class", "Nothing is stated", "Everything was read", "points to a body", "No file read here before", "No check found", "No plausible date", "No column"},
			[]string{"earlier version", "may hold these data"}},
		{"nothing readable", breach.Profile{Files: 1, Unread: map[string]int64{"encrypted": 1}, Authenticity: 1}, []string{"1 part could not be read", "Look for the password"}, []string{"Everything was read", "has not been read yet"}},
		{"many columns", many, []string{"500 columns of unknown meaning", "120 more columns are not shown"}, nil},
		{"odd date", breach.Profile{Format: "csv", Files: 1, Newest: "spring 2026", Authenticity: 1}, []string{"spring 2026"}, []string{"days old"}},
		{"date after the file", breach.Profile{Format: "csv", Files: 1, Newest: "2031-01-01", Authenticity: 1}, []string{"1 January 2031"}, []string{"days old"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, words := reading(t, "en", contentsPath, tt.profile)
			for _, x := range tt.want {
				if !strings.Contains(words, x) {
					t.Errorf("page lacks %q", x)
				}
			}
			for _, x := range tt.not {
				if strings.Contains(words, x) {
					t.Errorf("page has %q", x)
				}
			}
		})
	}
}

// The incident's page says the same at a glance, and leads to the whole.
func TestIncidentShowsContentsAtAGlance(t *testing.T) {
	for _, tt := range []struct {
		name, lang string
		profile    breach.Profile
		want       []string
	}{
		{"full, fr", "fr", consoletest.FullProfile(), []string{"17 parties n’ont pas pu être lues", "numéro de sécurité sociale (NIR), santé", "pas volé", "62,0 % des personnes", "4 indices", "jamais une preuve", "9 octobre 2026", "en détail"}},
		{"full, en", "en", consoletest.FullProfile(), []string{"17 parts could not be read", "social security number (NIR), health", "not taken", "62.0% of the people", "4 findings", "never a proof", "9 October 2026", "in detail"}},
		{"old", "en", consoletest.OldProfile(), []string{"civil status", "earlier version of Vigie"}},
		{"empty", "en", breach.Profile{}, []string{"has not been read yet"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a, words := reading(t, tt.lang, "/incidents/inc_1", tt.profile)
			a.contains(t, `href="/incidents/inc_1/contents"`)
			for _, x := range tt.want {
				if !strings.Contains(words, x) {
					t.Errorf("page lacks %q", x)
				}
			}
		})
	}
}

// An incident whose file is not there yet has a page all the same.
func TestContentsWithoutDump(t *testing.T) {
	s := newSite(t)
	s.SetIncident(breach.Incident{ID: "inc_0", Title: "Sans fichier", Stage: breach.StageAcquire})
	s.as(t, "ana").get("/incidents/inc_0/contents").contains(t, "n’a pas encore été lu")
}

// Every code that the reader of dumps gives has words: its sources are read,
// since the console may not import it.
func TestReaderCodesHaveWords(t *testing.T) {
	words, err := i18n.New(os.DirFS("."))
	if err != nil {
		t.Fatal(err)
	}
	const reader = "../../matchers/dump"
	for _, tt := range []struct {
		list, files, pattern string
		least                int // fewer found: the pattern is out of date
	}{
		{"field", "meaning_names.go", `\bMeaning\w+ += "(\w+)"`, 40},
		{"field", "../matchers.go", `(?m)^\t"([a-z_", ]+)",$`, 3},
		{"unread", "file.go", `\bCode\w+ += "([a-z-]+)"`, 13},
		{"unread", "*/*.go", `\b(?:Code[A-Z]\w*|codeNotText|codeHTML) += "([a-z-]+)"`, 8},
		{"doubt", "authentic.go", `(?:check\(c\.\w+, |Code: )"([a-z-]+)"`, 8},
		{"category", "category.go", `(?m)^\t\{"([a-z_]+)", `, 12},
		{"looked_for", "category.go", `(?m)(?:^\t\t|, )"((?:columns|numbers|IBAN|words)[^"]+)", \d`, 13},
	} {
		t.Run(tt.list+" "+tt.files, func(t *testing.T) {
			for _, code := range codesIn(t, filepath.Join(reader, tt.files), tt.pattern, tt.least) {
				if key := tt.list + "." + code; !words.Has(key) {
					t.Errorf("no words for %q", key)
				}
			}
		})
	}
}

func codesIn(t *testing.T, glob, pattern string, least int) (codes []string) {
	t.Helper()
	files, err := filepath.Glob(glob)
	if err != nil {
		t.Fatal(err)
	}
	lines := 0
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(pattern).FindAllStringSubmatch(string(data), -1) {
			lines++
			codes = append(codes, strings.Split(m[1], `", "`)...)
		}
	}
	if lines < least {
		t.Fatalf("%s: %s", glob, fmt.Sprintf("%d codes found, want at least %d", lines, least))
	}
	return codes
}
