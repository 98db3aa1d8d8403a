package lint

import (
	"regexp"
	"strings"

	"vigie/notify"
)

// pattern matches whatever the case. It is written in lower case and sees the
// text in lower case: a regexp that folds case itself is several times slower.
type pattern struct{ re *regexp.Regexp }

func re(lower string) *pattern { return &pattern{regexp.MustCompile(lower)} }

// MatchString tells whether the pattern stands in a text.
func (p *pattern) MatchString(s string) bool { return p.re.MatchString(strings.ToLower(s)) }

var (
	natureHeading      = re(`passé|s'est produit|nature|happened|incident`)
	dataHeading        = re(`(données|data).*(vol|concern|compromis|stolen|affected|involved)|(vol|concern|stolen|affected).*(données|data)|quelles données|which data`)
	consequenceHeading = re(`conséquence|risque|entraîne|consequence|risks?\b`)
	measureHeading     = re(`mesures|avons fait|faisons|measures|have done|we did|are doing`)
	actionHeading      = re(`devez|pouvez|que faire|recommand|conseil|you (must|can|should)|what to do|advice`)

	dated = re(`\d{1,2}(er)?[\s\x{a0}]+(janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre|january|february|march|april|may|june|july|august|september|october|november|december)|` +
		`date[^.]*(pas connue|inconnue|not known|unknown)`)
	happened = re(`découvert|eu lieu|survenu|constat|inform|produit|vol |discovered|took place|occurred|happened|told|theft`)
	category = re(`\bnoms?\b|prénom|naissance|adresse|téléphone|courriel électronique|sécurité sociale|\bnir\b|\biban\b|bancaire|état civil|coordonnées|identifiant|mots? de passe|santé|` +
		`\bsurname|\bnames?\b|birth|address|phone number|social security|bank|civil status|contact details|password|health`)
	mail     = regexp.MustCompile(`[\p{L}0-9._%+-]+@[\p{L}0-9-]+(?:\.[\p{L}0-9-]+)+`)
	phone    = regexp.MustCompile(`(?:\+33|0)[\s.\x{a0}]?[1-9](?:[\s.\x{a0}]?\d\d){4}`)
	cnil     = re(`\bcnil\b`)
	neverAsk = re(`demand[^.]{0,10} jamais|jamais[^.]{0,20} demand|never ask`)
	dpo      = re(`délégué.{0,6}à la protection|\bdpo\b|\bdpd\b|data protection officer`)
	link     = re(`https?:|www\.|[\p{L}0-9-]\.(fr|com|org|net|eu|gouv|info|link|ly|me|io|app)\b`)

	follows = re(`courrier|lettre|courriel|e-?mail|letter`)
	urgent  = re(`urgen|immédiat|sous \d+ ?h|dernier (rappel|délai)|within \d+ hours|immediately|final notice`)
	when    = re(`^[^.]{0,40}(dès|aujourd|maintenant|cette semaine|ce mois|immédiatement|si |en cas|à chaque|avant|right now|today|this week|this month|if |at each|at once|when )`)
	why     = re(`pourquoi|parce qu|\bcar\b|afin|\bwhy\b|because|so that`)

	sentenceEnd = regexp.MustCompile(`[.!?:;]+(?:\s|$)`)
	hole        = regexp.MustCompile(`\{\{|\}\}|%![a-z(]|⁇|<no value>|\bTODO\b|\bXXX+\b|\[(?:nom|date|name|à compléter)[^\]]*\]|%[sd]\b`)
)

// element is something Art. 34(2) asks for.
type element struct {
	rule    string
	missing string
	present func(notify.Document) bool
}

var elements = []element{
	{"art34-nature", "does not say what happened and when, or that the date is not known", func(d notify.Document) bool {
		return hasText(sectionOf(d, natureHeading), func(s string) bool { return dated.MatchString(s) && happened.MatchString(s) })
	}},
	{"art34-data", "does not list the categories of data concerned", func(d notify.Document) bool {
		return hasText(sectionOf(d, dataHeading), category.MatchString)
	}},
	{"art34-consequences", "does not describe the likely consequences", func(d notify.Document) bool {
		return hasText(sectionOf(d, consequenceHeading), sentence)
	}},
	{"art34-measures", "does not describe the measures taken or proposed", func(d notify.Document) bool {
		return hasText(sectionOf(d, measureHeading), sentence)
	}},
	{"art34-contact", "names no data protection officer, or no way to reach one", func(d notify.Document) bool {
		named, reachable := false, false
		for _, b := range d.Blocks {
			for _, s := range all(b) {
				if dpo.MatchString(s) {
					named = true
					reachable = reachable || mail.MatchString(s) || phone.MatchString(s)
				}
				reachable = reachable || phone.MatchString(s)
			}
		}
		return named && reachable
	}},
	{"rights", "does not name the supervisory authority", func(d notify.Document) bool {
		return anywhere(d, cnil.MatchString)
	}},
	{"recognise", "does not say how to recognise genuine messages", func(d notify.Document) bool {
		return anywhere(d, neverAsk.MatchString)
	}},
}

// sentence tells whether a text says something: five words at least.
func sentence(s string) bool { return len(strings.Fields(s)) >= 5 }

// sectionOf gathers the block whose heading matches, and the headless blocks
// after it.
func sectionOf(d notify.Document, heading *pattern) notify.Block {
	var out notify.Block
	inside := false
	for _, b := range d.Blocks {
		if b.Heading != "" {
			inside = heading.MatchString(b.Heading) && !negated.MatchString(b.Heading)
		}
		if inside {
			out.Text = append(out.Text, b.Text...)
			out.List = append(out.List, b.List...)
		}
	}
	return out
}

// negated is a heading on what was not found, which names categories as well.
var negated = re(`pas trouv|n'avons pas|pas (été )?vol|did not|not (found|taken|stolen)`)

func all(b notify.Block) []string { return append(append([]string{b.Heading}, b.Text...), b.List...) }

func hasText(b notify.Block, ok func(string) bool) bool {
	for _, s := range append(append([]string{}, b.Text...), b.List...) {
		if ok(s) {
			return true
		}
	}
	return false
}

func anywhere(d notify.Document, ok func(string) bool) bool {
	for _, b := range d.Blocks {
		for _, s := range all(b) {
			if ok(s) {
				return true
			}
		}
	}
	return false
}

// phrase is wording that must not stand in a communication.
type phrase struct {
	rule    string
	match   *pattern
	unless  *pattern
	message string
}

var phrases = []phrase{
	{"hedge", re(`peut-être (été )?(concern|touch|impact|vol)|il (est possible|se peut|se pourrait)|potentiellement|éventuellement (été )?(concern|touch)|` +
		`(pourrait|pourraient|auraient pu|aurait pu) (avoir été|être (concern|touch|affect)|concerner)|susceptibles? d'(avoir|être)|` +
		`may have been|might (have|be)|could have been|potentially|possibly affected`), nil,
		"hedges: say what is known and what is not"},
	{"no-evidence", re(`(aucune?|pas (de|d')|sans) (preuve|élément|indice|signe)[^.]{0,40}(utilis|exploit|usage)|no (evidence|indication|sign)[^.]{0,40}(misus|used|exploit)`), nil,
		"absence of evidence of misuse reassures without ground"},
	{"vague-measures", re(`toutes? les? (mesures?|dispositions?) (nécessaires?|utiles?|appropriées?|qui s'imposent)|mesures (nécessaires|appropriées) (ont été|sont|seront) prises|` +
		`all (the )?(necessary|appropriate) (measures|steps)`), nil,
		"vague: the CNIL fined this wording (SAN-2026-001); say which measures"},
	{"serious-words", re(`(prenons|attachons)[^.]{0,60}(sérieu|importance)[^.]{0,40}(sécurité|protection)|takes? [^.]{0,40}(security|privacy)[^.]{0,20}serious`), nil,
		"empty: says nothing the person can use"},
	{"not-taken", re(`(n'ont|n'a) (donc )?pas été (vol|dérob|expos|compromis)|ne sont pas concerné|(were|was) (therefore )?not (stolen|taken|exposed|compromised)`),
		re(`attest|certifi|certif`), "what was not found is not \"not taken\", unless the controller attests it"},
	{"asks-secret", re(`(envoyez|communiquez|transmettez|indiquez|confirmez|saisissez|renseignez)(-nous)?[^.]{0,40}(mot de passe|coordonnées bancaires|numéro de carte|code reçu|pièce d'identité|carte d'identité|\biban\b)|` +
		`(send|give|confirm|enter)( us)? your[^.]{0,30}(password|bank|card number|identity document|iban)`), re(`jamais|never|ne (donnez|communiquez)|n'envoyez`),
		"asks for a secret, as fraudsters do"},
	{"click", re(`cliquez|click (here|on|the)|ouvrez le lien|follow this link`), nil,
		"tells people to open a link: they type the address themselves"},
	{"elsewhere-only", re(`(détail|précision|information|conséquence|mesure)s?[^.]{0,60}(figurent|sont disponibles|sont publiées|à retrouver|à consulter)[^.]{0,40}(site|page|lien|adresse)|` +
		`(details|consequences|measures)[^.]{0,40}(are|is) (available|published|found) (on|at)`), nil,
		"what Art. 34 asks for stands in the message itself, not elsewhere"},
	{"urgency", re(`votre compte (sera|va être) (fermé|suspendu|bloqué)|dernier avertissement|your account will be (closed|suspended)|final warning`), nil,
		"threatens, as fraudsters do"},
}
