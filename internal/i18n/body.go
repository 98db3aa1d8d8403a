package i18n

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Body is the name of a body as an argument of a message. French messages take
// it with its article, contracted with the preposition before it: "auprès de
// %s" gives "auprès de la Mission Locale du Val d'Orbe" or "auprès du CCAS de
// Vesle". Where the message begins with it and goes on, the article has a
// capital; before a colon the name is a label and stands alone. Other
// languages, and names whose gender is not known, take it as it is.
type Body string

// bodyMark stands on both sides of a Body until the words around it are known.
const bodyMark = "\x00"

// marked puts marks around the bodies among args, for settle. No other argument
// keeps the mark: what people typed would be taken for a name.
func marked(args []any) (out []any, ok bool) {
	for _, a := range args {
		switch a := a.(type) {
		case Body:
			ok = true
			out = append(out, bodyMark+strings.ReplaceAll(string(a), bodyMark, "")+bodyMark)
		case string:
			out = append(out, strings.ReplaceAll(a, bodyMark, ""))
		default:
			out = append(out, a)
		}
	}
	return out, ok
}

// settle puts each marked name into its French form.
func settle(text string) string {
	parts := strings.Split(text, bodyMark)
	var b strings.Builder
	for i, part := range parts {
		if i%2 == 0 { // words of the message
			b.WriteString(part)
			continue
		}
		before, after := b.String(), parts[i+1]
		article := articleOf(part)
		switch {
		case before == "" && (after == "" || strings.HasPrefix(strings.TrimLeft(after, " \u00a0\u202f"), ":")):
		case strings.HasSuffix(before, " de "):
			b.Reset()
			b.WriteString(strings.TrimSuffix(before, "de ") + article.of())
			if article == none && elides(part) {
				b.Reset()
				b.WriteString(strings.TrimSuffix(before, "e ") + "'")
			}
		case strings.HasSuffix(before, " à "):
			b.Reset()
			b.WriteString(strings.TrimSuffix(before, "à ") + article.at())
		case before == "" || strings.HasSuffix(before, ". "):
			b.WriteString(capital(string(article)))
		default:
			b.WriteString(string(article))
		}
		b.WriteString(part)
	}
	return b.String()
}

type article string

const (
	none    article = ""
	him     article = "le "
	her     article = "la "
	elision article = "l'"
)

func (a article) of() string {
	if a == him {
		return "du "
	}
	return "de " + string(a)
}

func (a article) at() string {
	if a == him {
		return "au "
	}
	return "à " + string(a)
}

// Heads of the names of bodies by gender, folded to lower case. A head that
// begins with a vowel is elided, whatever its gender.
var (
	masculine = words("campus ccas centre cfa cias cio cnfpt collège comité conseil crous département domaine foyer gcs ght groupement " +
		"groupe lycée ministère musée ogec parc pays pôle rectorat réseau samu sdis secours secrétariat service sivom sivu smur syndicat " +
		"théâtre tribunal chu chru ch chi cdg club comite college departement lycee ministere musee pole reseau secretariat theatre")
	feminine = words("banque bibliothèque caf caisse carsat chambre clinique commune communauté compagnie coopérative cpam crèche cité " +
		"direction fédération fondation halte-garderie ligue mairie maison maternité mdph médiathèque métropole mission msa mutuelle " +
		"paroisse piscine plateforme préfecture présidence régie région résidence société sous-préfecture trésorerie ville " +
		"bibliotheque communaute cooperative creche cite federation maternite mediatheque metropole prefecture regie region residence societe sous-prefecture")
	elided = words("académie agence amicale antenne assemblée association atelier école établissement espace état état-major " +
		"hôpital hôtel institut institution internat intercommunalité office opac opérateur orchestre organisme unité union université urssaf " +
		"academie assemblee ecole etablissement hopital hotel intercommunalite universite unite ehpad epci esat ime itep iut ufr aphp ap-hp ars")
)

func words(list string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(list) {
		set[w] = true
	}
	return set
}

// articleOf is the article of a body by the first word of its name.
func articleOf(name string) article {
	head, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(name)), " ")
	switch {
	case masculine[head]:
		return him
	case feminine[head]:
		return her
	case elided[head]:
		return elision
	}
	return none
}

// elides tells whether "de" before a name without an article becomes "d'". An
// h may be aspirated, so it is left alone.
func elides(name string) bool {
	r, _ := utf8.DecodeRuneInString(name)
	return strings.ContainsRune("aeiouyàâäéèêëîïôöùûü", unicode.ToLower(r))
}

func capital(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	if size == 0 {
		return s
	}
	return string(unicode.ToUpper(r)) + s[size:]
}
