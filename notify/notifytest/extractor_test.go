package notifytest

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
	"golang.org/x/text/unicode/norm"
)

// said is what an extractor finds in a document; "" where it does not say.
type said struct {
	Version, Persons, Occurred, Discovered, Aware, Attested, Contact, Complaint string
	Data                                                                        []string
}

// words are the catalogue's texts by language, read as a file: the extractor
// knows the words and nothing of the program that chooses among them.
func words(t *testing.T, lang string) map[string]any {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("..", "wording", "messages", lang+".yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var tree map[string]any
	if err := yaml.Unmarshal(raw, &tree); err != nil {
		t.Fatal(err)
	}
	return tree
}

// extractor reads plain text in one language.
type extractor struct {
	data, absent, after                          string // headings
	version, persons, occurred, discovered, know *regexp.Regexp
	untaken                                      *regexp.Regexp
	categories                                   map[string]string // words to code
	months                                       []string
}

func newExtractor(t *testing.T, lang string) extractor {
	t.Helper()
	tree := words(t, lang)
	heading := tree["heading"].(map[string]any)
	x := extractor{data: heading["data"].(string), absent: heading["absent"].(string), after: heading["consequences"].(string), categories: map[string]string{}}
	for code, w := range tree["category"].(map[string]any) {
		x.categories[squeeze(w.(string))] = code
	}
	day := `(\d{1,2}(?:er)? \p{L}+ \d{4})`
	if lang == "fr" {
		x.version, x.persons = regexp.MustCompile(`\(version (\d+)\)`), regexp.MustCompile(`Le fichier volé concerne ([\d ]+) personnes?`)
		x.occurred, x.discovered, x.know = regexp.MustCompile(`Le vol a eu lieu le `+day), regexp.MustCompile(`Le vol a été découvert le `+day), regexp.MustCompile(`l'a appris le `+day)
		x.untaken = regexp.MustCompile(`n'ont (?:donc )?pas été volées|n'a pas été volée|non volées`)
		x.months = strings.Fields("janvier février mars avril mai juin juillet août septembre octobre novembre décembre")
		return x
	}
	x.version, x.persons = regexp.MustCompile(`\(version (\d+)\)`), regexp.MustCompile(`stolen file concerns ([\d,]+) (?:person|people)`)
	x.occurred, x.discovered, x.know = regexp.MustCompile(`theft took place on `+day), regexp.MustCompile(`theft was discovered on `+day), regexp.MustCompile(`learnt of it on `+day)
	x.untaken = regexp.MustCompile(`not stolen|were not taken`)
	x.months = strings.Fields("January February March April May June July August September October November December")
	return x
}

// squeeze makes one line of what a renderer broke over several.
func squeeze(s string) string {
	s = strings.Map(func(c rune) rune {
		switch c {
		case '\u00ad', '\u200b':
			return -1
		case '’':
			return '\''
		case '•', '–', '\f':
			return ' '
		}
		return c
	}, norm.NFKC.String(s))
	return strings.Join(strings.Fields(s), " ")
}

func (x extractor) read(text string) said {
	text = squeeze(text)
	one := func(re *regexp.Regexp) string {
		m := re.FindStringSubmatch(text)
		if m == nil {
			return ""
		}
		return m[1]
	}
	s := said{Version: one(x.version), Persons: digits(one(x.persons)), Occurred: x.day(one(x.occurred)), Discovered: x.day(one(x.discovered)), Aware: x.day(one(x.know))}
	end := between(text, x.data, x.absent)
	if end == "" {
		end = between(text, x.data, x.after)
	}
	s.Data = x.codes(end)
	if i := x.untaken.FindStringIndex(text); i != nil {
		rest := text[i[1]:]
		if j := strings.Index(rest, x.after); j >= 0 {
			rest = rest[:j]
		}
		s.Attested = strings.Join(x.codes(rest), " ")
	}
	for _, url := range regexp.MustCompile(`https://plainte-\d+\.example\.org`).FindAllString(text, 1) {
		s.Complaint = url
	}
	s.Contact = strings.Join(regexp.MustCompile(`dpo\d+@[a-z.]+`).FindAllString(text, 1), "")
	return s
}

func between(text, from, to string) string {
	i := strings.Index(text, squeeze(from))
	if i < 0 {
		return ""
	}
	rest := text[i+len(squeeze(from)):]
	if j := strings.Index(rest, squeeze(to)); j >= 0 {
		return rest[:j]
	}
	return ""
}

// codes finds the categories named in a text: the longest words first, so that
// one does not hide in another.
func (x extractor) codes(text string) []string {
	var names []string
	for w := range x.categories {
		names = append(names, w)
	}
	slices.SortFunc(names, func(a, b string) int { return len(b) - len(a) })
	var found []string
	for _, w := range names {
		if strings.Contains(text, w) {
			found, text = append(found, x.categories[w]), strings.ReplaceAll(text, w, "¤")
		}
	}
	slices.Sort(found)
	return found
}

func (x extractor) day(s string) string {
	p := strings.Fields(s)
	if len(p) != 3 {
		return ""
	}
	d, _ := strconv.Atoi(strings.TrimSuffix(p[0], "er"))
	return fmt.Sprintf("%s-%02d-%02d", p[2], slices.Index(x.months, p[1])+1, d)
}

func digits(s string) string {
	return strings.Map(func(c rune) rune {
		if c < '0' || c > '9' {
			return -1
		}
		return c
	}, s)
}
