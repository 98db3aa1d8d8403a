package text

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"vigie/matchers/dump/dumptest"
)

// sampleFile is a file of the dialect corpus and the dialect it is written in.
type sampleFile struct {
	class, delim, quote string
	data                string
}

// invent makes values of the kinds that confuse sniffers.
type invent struct{ *rand.Rand }

func (r invent) of(s ...string) string { return s[r.IntN(len(s))] }

func (r invent) int(n int) string { return fmt.Sprint(r.IntN(n)) }

func (r invent) name() string {
	return r.of("Martineau", "N'Guessan", "Le Goff", "Diallo", "O'Brien", "Müller", "Zoé Bernard", "d'Orbe", "Ibáñez", "Petit-Jean")
}

func (r invent) text() string {
	return r.of("Vu ce jour, rien à signaler", "Dossier complet; à classer", "Rappel: mardi, 10h30", "Ne pas relancer", "dit \"le grand\", absent", "Voir note (2), p. 3; cf. annexe",
		"Le client a demandé, deux fois, un remboursement", "it's 5\" wide", "OK", "")
}

// columns are kinds of columns by their name.
func (r invent) value(kind string) string {
	switch kind {
	case "id":
		return fmt.Sprintf("%05d", r.IntN(100000))
	case "n":
		return r.int(1000)
	case "name":
		return r.name()
	case "date":
		return fmt.Sprintf("%02d/%02d/%d", 1+r.IntN(28), 1+r.IntN(12), 1950+r.IntN(70))
	case "iso":
		return fmt.Sprintf("%d-%02d-%02d", 1950+r.IntN(70), 1+r.IntN(12), 1+r.IntN(28))
	case "stamp":
		return fmt.Sprintf("%d-%02d-%02d %02d:%02d:%02d", 2000+r.IntN(20), 1+r.IntN(12), 1+r.IntN(28), r.IntN(24), r.IntN(60), r.IntN(60))
	case "time":
		return fmt.Sprintf("%02d:%02d", r.IntN(24), r.IntN(60))
	case "decimal":
		return fmt.Sprintf("%d,%02d", r.IntN(500), r.IntN(100))
	case "float":
		return fmt.Sprintf("%d.%03d", r.IntN(500), r.IntN(1000))
	case "money":
		return fmt.Sprintf("%d %03d,%02d €", 1+r.IntN(9), r.IntN(1000), r.IntN(100))
	case "thousands":
		return fmt.Sprintf("%d,%03d", 1+r.IntN(99), r.IntN(1000))
	case "mail":
		return fmt.Sprintf("p.%d@example.org", r.IntN(9999))
	case "mails":
		return fmt.Sprintf("p.%d@example.org; q.%d@example.org", r.IntN(9999), r.IntN(9999))
	case "url":
		return fmt.Sprintf("https://www.example.org/a,%d;b:%d?x=1&y=2|z", r.IntN(99), r.IntN(99))
	case "path":
		return fmt.Sprintf("/srv/data/%d/file_%d.csv", r.IntN(99), r.IntN(99))
	case "list":
		return strings.Join([]string{"rouge", "vert", "bleu"}[:1+r.IntN(3)], r.of(",", ", ", ";"))
	case "json":
		return fmt.Sprintf(`{"a": %d, "b": ["x", "y"], "c": {"d": null}}`, r.IntN(99))
	case "pylist":
		return fmt.Sprintf("['a%d', 'b%d']", r.IntN(99), r.IntN(99))
	case "text":
		return r.text()
	case "lines":
		return "3, rue des Lilas\nBât. B; " + r.int(9) + "e étage"
	case "geo":
		return fmt.Sprintf("48.%04d, 2.%04d", r.IntN(9999), r.IntN(9999))
	case "ip":
		return fmt.Sprintf("192.0.2.%d", r.IntN(255))
	case "mac":
		return fmt.Sprintf("02:00:5e:%02x:%02x:%02x", r.IntN(256), r.IntN(256), r.IntN(256))
	case "phone":
		return fmt.Sprintf("+33 6 39 98 %02d %02d", r.IntN(100), r.IntN(100))
	case "html":
		return `<a href="/x?a=1&b=2" class='y'>Voir, ici</a>`
	case "bool":
		return r.of("true", "false", "", "NULL")
	case "sparse":
		return r.of("", "", "", "", "", r.int(99))
	case "code":
		return fmt.Sprintf("%c%c-%d_%d", 'A'+r.IntN(26), 'A'+r.IntN(26), r.IntN(99), r.IntN(99))
	case "pct":
		return fmt.Sprintf("%d.%d%%", r.IntN(99), r.IntN(9))
	case "word":
		return r.of("Orbe", "Paris", "Lyon", "Nord", "Sud-Est")
	case "quoteword":
		return r.of("'quoted'", "plain", "it's", "'a' or 'b'")
	}
	panic(kind)
}

var schemas = [][]string{
	{"id", "name", "date", "mail", "phone"},
	{"name", "decimal", "decimal", "decimal"},
	{"decimal", "decimal"},
	{"stamp", "time", "n", "float"},
	{"time", "time", "word"},
	{"id", "list", "list", "n"},
	{"n", "json", "iso"},
	{"url", "word", "n"},
	{"url", "url"},
	{"id", "text", "text"},
	{"text", "date"},
	{"sparse", "sparse", "sparse", "sparse", "sparse", "sparse"},
	{"id", "lines", "word"},
	{"mail", "mails", "name"},
	{"geo", "word"},
	{"ip", "mac", "stamp"},
	{"money", "date", "name", "text"},
	{"html", "n", "text"},
	{"n", "n", "n", "n", "n", "n", "n"},
	{"n", "n"},
	{"float", "float", "float"},
	{"code", "path", "bool", "pct"},
	{"word", "word", "word"},
	{"word", "name"},
	{"id", "pylist", "n"},
	{"thousands", "thousands", "word"},
	{"name", "quoteword", "n"},
	{"id", "name", "text", "url", "stamp", "decimal", "sparse", "sparse", "bool", "code", "word", "money"},
}

func (r invent) table(kinds []string, n int, header bool) [][]string {
	var rows [][]string
	if header {
		h := make([]string, len(kinds))
		for i, k := range kinds {
			h[i] = r.of(k, strings.ToUpper(k), k+"_id", "Total ("+k+")", k+" du mois")
		}
		rows = append(rows, h)
	}
	for range n {
		row := make([]string, len(kinds))
		for i, k := range kinds {
			row[i] = r.value(k)
		}
		rows = append(rows, row)
	}
	return rows
}

func corpus() []sampleFile {
	var out []sampleFile
	r := invent{rand.New(rand.NewPCG(3, 9))}
	add := func(class string, s csvStyle, text string) {
		out = append(out, sampleFile{class, s.delim, s.quote, text})
	}
	delims := []string{",", ";", "\t", "|"}
	for round := range 3 {
		for i, kinds := range schemas {
			for _, d := range delims {
				style := csvStyle{d, `"`, `"`, r.of("\n", "\r\n", "\n", "\r"), r.IntN(3) == 0}
				if i%7 == round && d != "|" {
					style.quote, style.escape, style.all = "'", "'", true
				}
				n := []int{60, 12, 200}[round]
				add("schema", style, style.file(r.table(kinds, n, r.IntN(4) > 0)))
				add("few rows", style, style.file(r.table(kinds, 1+r.IntN(3), true)))
				if d == "," || d == ";" {
					title := r.of("Extraction du 3 mars 2024, service des sports\n\n", "Rapport annuel;;;\nService: Écoles\n\n", "Liste des inscrits\nÉdité le 03/03/2024 à 10:30\nPage 1, confidentiel\n", "# export, version 2\n# ne pas diffuser\n")
					style.end = "\n"
					add("preamble", style, title+style.file(r.table(kinds, n, true)))
					add("footer", style, style.file(r.table(kinds, n, true))+"\nSource: mairie, 2024\nTotal: 12, dont 3 absents\n")
				}
			}
		}
	}
	for _, kinds := range schemas {
		if len(kinds) > 2 {
			style := csvStyle{r.of(delims...), `"`, `"`, "\n", false}
			rows := r.table(kinds, 40, true)
			for i := range rows {
				if r.IntN(6) == 0 {
					rows[i] = rows[i][:1+r.IntN(len(kinds)-1)]
				}
			}
			add("ragged", style, style.file(rows))
			style.delim = r.of(delims...)
			add("header only", style, style.file(r.table(kinds, 0, true)))
			style.delim = r.of(delims...)
			add("trailing", style, strings.ReplaceAll(style.file(r.table(kinds, 30, true)), "\n", style.delim+"\n"))
			add("two tables", csvStyle{",", `"`, `"`, "\n", false}, csvStyle{",", `"`, `"`, "\n", false}.file(r.table(kinds, 30, true))+"\n"+csvStyle{",", `"`, `"`, "\n", false}.file(r.table(schemas[0], 20, true)))
			add("comma and space", csvStyle{",", `"`, `"`, "\n", false}, csvStyle{", ", `"`, `"`, "\n", true}.file(r.table(kinds, 30, true)))
		}
	}
	for _, d := range []string{"||", "~", "^", "\x1f", "\x01", "§", "*", "&", "#", ":", "\t\t", "::", "¤", "|~|"} {
		for _, kinds := range [][]string{{"id", "name", "n", "word", "date"}, {"word", "n", "float", "code"}, {"mail", "name", "iso"}, {"name", "decimal", "text"}} {
			for _, n := range []int{3, 40} {
				style := csvStyle{d, `"`, `"`, "\n", n == 40}
				add("rare", style, style.file(r.table(kinds, n, true)))
			}
		}
	}
	for _, kinds := range [][]string{{"n", "float", "float"}, {"code", "n", "date", "ip"}, {"word", "float", "float", "float"}, {"iso", "time", "n"}} {
		for _, n := range []int{8, 60} {
			add("spaces", csvStyle{" ", `"`, "", "", false}, csvStyle{" ", `"`, `"`, "\n", false}.file(r.table(kinds, n, false)))
			var b strings.Builder
			for _, row := range r.table(kinds, n, true) {
				for _, v := range row {
					fmt.Fprintf(&b, "%-18s", strings.ReplaceAll(v, " ", "_"))
				}
				b.WriteString("\n")
			}
			add("aligned", csvStyle{" ", `"`, "", "", false}, b.String())
		}
	}
	for _, kind := range []string{"mail", "name", "time", "stamp", "iso", "n", "phone", "word", "code", "path", "ip", "mac", "float"} {
		add("one column", csvStyle{",", `"`, "", "", false}, csvStyle{",", `"`, `"`, "\n", false}.file(r.table([]string{kind}, 40, true)))
	}
	for _, kind := range []string{"url", "text"} {
		add("one column, commas", csvStyle{"", `"`, "", "", false}, csvStyle{"\x00", "", "", "\n", false}.file(r.table([]string{kind}, 40, false)))
	}
	return out
}

// TestDialects tells the dialect of every file of the corpus and compares
// delimiter and quote, as the judges of dialect detection do.
func TestDialects(t *testing.T) {
	type tally struct{ right, all int }
	classes := map[string]*tally{}
	var order []string
	right, all := 0, 0
	for i, f := range corpus() {
		c := classes[f.class]
		if c == nil {
			c = &tally{}
			classes[f.class] = c
			order = append(order, f.class)
		}
		s := dumptest.Read(context.Background(), New(), "x.csv", []byte(f.data))
		c.all++
		all++
		if s.Err != nil || len(s.Tables) == 0 {
			t.Errorf("file %d (%s): %v", i, f.class, s.Err)
			continue
		}
		d := s.Tables[0].Info.Dialect
		if d.Delimiter == f.delim && d.Quote == f.quote {
			right++
			c.right++
		} else {
			t.Logf("file %d (%s): got %q %q, want %q %q: %.120q", i, f.class, d.Delimiter, d.Quote, f.delim, f.quote, f.data)
		}
	}
	for _, name := range order {
		t.Logf("%-20s %4d of %4d", name, classes[name].right, classes[name].all)
	}
	t.Logf("%d of %d: %.2f %%", right, all, 100*float64(right)/float64(all))
	if float64(right) < 0.985*float64(all) {
		t.Errorf("less than 98.5 %%")
	}
}
