package lint

import (
	"encoding/json"
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vigie/internal/breach"
	"vigie/notify"
)

// sound is a complete communication, written by hand.
const sound = `# Vos données personnelles ont été volées

La mairie d'Orbe vous écrit parce que des données qui vous concernent ont été volées.

## Ce qui s'est passé

Un fichier du service des familles a été mis en vente. Le vol a été découvert le 3 mars 2026.

## Les données volées

Le fichier contient :
- nom et prénoms
- date de naissance

## Les données que nous n'avons pas trouvées

- numéro de sécurité sociale (cherché dans 12 000 lignes)

La directrice atteste que le système ne contenait pas les mots de passe. Ils n'ont donc pas été volés.

## Les conséquences

- Des escrocs envoient de faux messages qui citent de vraies informations.

## Ce que nous avons fait

- L'accès utilisé pour le vol a été fermé le soir même.

## Ce que vous devez faire

1. Dès maintenant : n'ouvrez aucun lien reçu par message. Pourquoi : les escrocs citent des données exactes.
2. Cette semaine : prévenez vos proches. Pourquoi : ils reçoivent aussi de faux messages.
3. Si vous êtes victime : gardez les preuves. Pourquoi : elles servent à la plainte.

## Comment reconnaître nos messages

Nous ne demandons jamais de mot de passe ni de coordonnées bancaires.

## Nous contacter

Délégué à la protection des données : dpo@orbe.example.org, 01 99 00 12 34.

Vous pouvez saisir la CNIL.
`

func lint(t *testing.T, text string) []string {
	t.Helper()
	d, err := Parse(strings.NewReader(text), breach.ChannelLetter)
	if err != nil {
		t.Fatal(err)
	}
	var rules []string
	for _, f := range Check(d, breach.ChannelLetter, Options{}) {
		if f.Where == "" || f.Message == "" {
			t.Errorf("a finding without a place or a message: %+v", f)
		}
		rules = append(rules, f.Rule)
	}
	slices.Sort(rules)
	return slices.Compact(rules)
}

func TestSound(t *testing.T) {
	if got := lint(t, sound); len(got) > 0 {
		t.Errorf("a sound communication is refused: %v", got)
	}
}

// without drops a section of the sound text.
func without(heading string) string {
	before, rest, ok := strings.Cut(sound, "## "+heading+"\n")
	if !ok {
		panic("no section " + heading)
	}
	if i := strings.Index(rest, "\n## "); i >= 0 {
		return before + rest[i+1:]
	}
	return before
}

func TestMutations(t *testing.T) {
	swap := func(old, text string) string {
		if !strings.Contains(sound, old) {
			panic("nothing to swap: " + old)
		}
		return strings.Replace(sound, old, text, 1)
	}
	say := func(text string) string { return swap("## Les données volées", text+"\n\n## Les données volées") }
	for _, tt := range []struct{ name, text, want string }{
		{"no nature", without("Ce qui s'est passé"), "art34-nature"},
		{"no data", without("Les données volées"), "art34-data"},
		{"no consequences", without("Les conséquences"), "art34-consequences"},
		{"an empty section of consequences", swap("- Des escrocs envoient de faux messages qui citent de vraies informations.", "- Fraude"), "art34-consequences"},
		{"no measures", without("Ce que nous avons fait"), "art34-measures"},
		{"no actions", without("Ce que vous devez faire"), "art34-actions"},
		{"two actions", swap("3. Si vous êtes victime : gardez les preuves. Pourquoi : elles servent à la plainte.\n", ""), "art34-actions"},
		{"actions in a paragraph", strings.NewReplacer("1. Dès", "Dès", "\n2. Cette", " Cette", "\n3. Si", " Si").Replace(sound), "art34-actions"},
		{"no contact", swap("Délégué à la protection des données : dpo@orbe.example.org, 01 99 00 12 34.", ""), "art34-contact"},
		{"an officer nobody can reach", swap("dpo@orbe.example.org, 01 99 00 12 34", "à la mairie"), "art34-contact"},
		{"all necessary measures", say("Toutes les mesures nécessaires ont été prises."), "vague-measures"},
		{"perhaps concerned", say("Vous êtes peut-être concerné."), "hedge"},
		{"potentially", say("Vos données ont potentiellement été vues."), "hedge"},
		{"may have been", say("Your data may have been seen."), "hedge"},
		{"no evidence of misuse", say("Nous n'avons aucune preuve d'une utilisation de vos données."), "no-evidence"},
		{"takes security seriously", say("Nous prenons très au sérieux la sécurité de vos données."), "serious-words"},
		{"not taken, said by nobody", say("Vos coordonnées bancaires n'ont pas été volées."), "not-taken"},
		{"asks for a password", say("Confirmez votre mot de passe sur le site."), "asks-secret"},
		{"click here", say("Cliquez sur le bouton."), "click"},
		{"denies it with no name", say("Il est acquis que vos coordonnées bancaires n'ont été ni enregistrées ni téléchargées."), "not-taken"},
		{"a certificate is no attestation", say("Votre certificat médical s'y trouve. Il est sûr que vos photos n'ont pas été volées."), "not-taken"},
		{"a file to open", say("Ouvrez le fichier joint et remplissez-le."), "attachment"},
		{"a named file", say("A form is attached (Claim_Form.doc)."), "attachment"},
		{"only elsewhere", say("Les conséquences et les mesures figurent sur notre site."), "elsewhere-only"},
		{"a threat", say("Sans réponse, votre compte sera fermé."), "urgency"},
		{"an IBAN", say("Votre compte FR76 3000 6000 0112 3456 7890 189 est en cause."), "value-iban"},
		{"a NIR", say("Votre numéro 2 69 05 49 588 157 80 est en cause."), "value-nir"},
		{"a NIR of Corsica without its key", say("Votre numéro 185052A004036 est en cause."), "value-nir"},
		{"a card", say("Votre carte 4111 1111 1111 1111 est en cause."), "value-card"},
		{"somebody's mailbox", say("Le fichier contient alix@example.org."), "value-email"},
		{"a hole", say("Bonjour {{.Name}},"), "hole"},
		{"a template without its value", say("Bonjour <no value>,"), "hole"},
		{"an invisible mark", say("Bonjour\u202e,"), "character"},
		{"a long sentence", say(strings.Repeat("mot ", 41) + "."), "long-sentence"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := lint(t, tt.text); !slices.Contains(got, tt.want) {
				t.Errorf("got %v, want %s among them", got, tt.want)
			} else if len(got) > 1 && !strings.HasPrefix(tt.want, "art34-actions") {
				t.Errorf("false alarms beside %s: %v", tt.want, got)
			}
		})
	}
}

// TestAdvice: what the law does not ask for refuses nothing, and is said.
func TestAdvice(t *testing.T) {
	swap := func(old, text string) string { return strings.Replace(sound, old, text, 1) }
	for _, tt := range []struct {
		name, text, want string
		channel          breach.Channel
	}{
		{"nothing to add", sound, "", ChannelPage},
		{"no date", regexp.MustCompile(`\d+ \p{L}+ 20\d\d`).ReplaceAllString(sound, "ce jour"), "nature-date", breach.ChannelLetter},
		{"an action without when", swap("Cette semaine : prévenez", "Prévenez"), "item-when", breach.ChannelLetter},
		{"an action without why", swap(" Pourquoi : ils reçoivent aussi de faux messages.", ""), "item-why", breach.ChannelLetter},
		{"a sentence of 42 words, in clauses", swap("Le vol a été découvert le 3 mars 2026.", "Le vol a été découvert le 3 mars 2026, "+strings.Repeat("mot ", 17)+", "+strings.Repeat("mot ", 17)+"."), "shorter", breach.ChannelLetter},
		{"a page that does not tell our messages from false ones", without("Comment reconnaître nos messages"), "recognise", ChannelPage},
		{"a page that does not name the authority", swap("Vous pouvez saisir la CNIL.", ""), "rights", ChannelPage},
	} {
		found, advice := Review(parseText(tt.text), tt.channel, Options{})
		var rules []string
		for _, f := range advice {
			rules = append(rules, f.Rule)
		}
		if got := strings.Join(rules, " "); got != tt.want || len(found) > 0 {
			t.Errorf("%s: advice %q, want %q; refused by %v", tt.name, got, tt.want, found)
		}
	}
}

func TestNumbersThatAreNoValues(t *testing.T) {
	for _, text := range []string{"Référence FR12 ABCD.", "Dossier 1234 5678 9012 3456.", "Appelez le 01 99 00 12 34.", "Le fichier compte 12 345 678 lignes."} {
		if got := lint(t, strings.Replace(sound, "Un fichier du", text+" Un fichier du", 1)); len(got) > 0 {
			t.Errorf("%s: %v", text, got)
		}
	}
}

func TestContacts(t *testing.T) {
	d, err := Parse(strings.NewReader(sound), breach.ChannelEmail)
	if err != nil {
		t.Fatal(err)
	}
	if got := Check(d, breach.ChannelEmail, Options{Contacts: []string{"DPO@orbe.example.org"}}); len(got) > 0 {
		t.Errorf("the contact point is refused: %v", got)
	}
	if got := Check(d, breach.ChannelEmail, Options{Contacts: []string{"else@example.org"}}); len(got) != 1 || got[0].Rule != "value-email" {
		t.Errorf("somebody else's address passes: %v", got)
	}
}

// A body writes its own street; any other beside what was taken is a leaked value.
func TestStreets(t *testing.T) {
	const own = "12 rue du Lavoir|39990 MONTREVEL-SUR-ORBE"
	for _, tt := range []struct {
		name, text string
		want       bool
	}{
		{"own", "12 rue du Lavoir, 39990 MONTREVEL-SUR-ORBE : le service tient là le fichier de vos données et de votre date de naissance.", false},
		{"reader's", "Dans votre dossier, les voleurs ont lu votre adresse de domicile, 4 rue des Acacias, et votre date de naissance.", true},
		{"both", "Le fichier, copié au 12 rue du Lavoir, 39990 MONTREVEL-SUR-ORBE, contient votre adresse de domicile, 4 rue des Acacias, et votre nom.", true},
		{"own again", "Le fichier, copié au 12 rue du Lavoir, 39990 MONTREVEL-SUR-ORBE, contient votre adresse de domicile et votre nom de naissance.", false},
	} {
		c := &checker{o: Options{Contacts: []string{own}}}
		c.values("block 1", tt.text)
		if got := len(c.found) > 0; got != tt.want {
			t.Errorf("%s: %v", tt.name, c.found)
		}
	}
}

func TestSMS(t *testing.T) {
	count := func(s string) (string, int, int) { return "", len(s), len(s)/160 + 1 }
	const good = "Mairie d'Orbe : un courrier vous informe d'un incident de sécurité. Questions : 01 99 00 12 34, numéro publié sur notre site."
	for _, tt := range []struct{ name, text, want string }{
		{"sound", good, ""},
		{"sound, neutral", "Service public : un courrier important vous est adressé. Ce SMS ne contient aucun lien et n'attend pas de réponse.", ""},
		{"sound, English", "Orbe Town Council: a letter about a security incident is on its way. Do not reply to this text. Questions: 01 99 00 12 34, the number on our website.", ""},
		{"sound, young people", "La Mission Locale du Val d'Orbe vous envoie une lettre cette semaine. Réf. ML-2026. Numéro publié sur notre site : 01 99 00 12 34.", ""},
		{"nobody", "Un courrier vous informe d'un incident de sécurité.", "sms-who"},
		{"a code", good + " Entrez le code reçu.", "sms-answer"},
		{"an answer", good + " Répondez OUI.", "sms-answer"},
		{"perhaps", good + " Vos données ont peut-être été volées.", "hedge"},
		{"a deadline", good + " Lisez-le sous 24 h.", "sms-urgency"},
		{"a shortener", good + " bit.ly/x1", "sms-link"},
		{"a domain in English", good + " See orbe.example.org", "sms-link"},
		{"bank", good + " Vos coordonnées bancaires sont en cause.", "sms-category"},
		{"a secret", good + " Envoyez votre IBAN.", "sms-category asks-secret"},
		{"empty", " ", "sms-empty"},
		{"a link", good + " https://example.org/x", "sms-link"},
		{"a domain", good + " orbe.fr", "sms-link"},
		{"a category", good + " Votre date de naissance est en cause.", "sms-category"},
		{"points at nothing", "Mairie d'Orbe : un incident de sécurité.", "sms-pointer"},
		{"urgency", good + " Urgent.", "sms-urgency"},
		{"too long", good + strings.Repeat(" Lisez ce courrier.", 30), "sms-length"},
		{"a value", good + " FR7630006000011234567890189", "value-iban"},
		{"a control", good + "\x07", "character"},
	} {
		d, err := Parse(strings.NewReader(tt.text), breach.ChannelSMS)
		if err != nil {
			t.Fatal(err)
		}
		var rules []string
		for _, f := range Check(d, breach.ChannelSMS, Options{Count: count}) {
			rules = append(rules, f.Rule)
		}
		if got := strings.Join(rules, " "); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestParse(t *testing.T) {
	d := notify.Document{Version: 1, Title: "t", Blocks: []notify.Block{{Heading: "h", Text: []string{"a"}, List: []string{"x"}, Ordered: true}}}
	data, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{string(data), "\ufefft\n\nh\n---\na\n1. x\n", "# t\n## h\na\n1) x"} {
		got, err := Parse(strings.NewReader(text), breach.ChannelLetter)
		if err != nil || len(got.Blocks) != 1 || got.Title != "t" || got.Blocks[0].Heading != "h" || got.Blocks[0].Text[0] != "a" || !got.Blocks[0].Ordered || got.Blocks[0].List[0] != "x" {
			t.Errorf("%q: %+v, %v", text, got, err)
		}
	}
	for _, text := range []string{"{", strings.Repeat("x", maxText+1)} {
		if _, err := Parse(strings.NewReader(text), breach.ChannelLetter); !errors.Is(err, breach.ErrInvalid) {
			t.Errorf("got %v, want ErrInvalid", err)
		}
	}
}

func TestParseHTML(t *testing.T) {
	d, err := Parse(strings.NewReader(`<html><head><title>T</title><style>p{}</style></head><body><nav><p>Menu</p></nav>
		<h1>Vol de <b>données</b></h1><h2>À faire</h2><p>Voici :</p><ol><li><p>Raccrochez.</p></li><li>Appelez</li></ol><p hidden>caché</p></body></html>`), ChannelPage)
	want := notify.Document{Title: "Vol de données", Blocks: []notify.Block{{Heading: "À faire", Text: []string{"Voici :"}, List: []string{"Raccrochez.", "Appelez"}, Ordered: true}}}
	if diff := cmp.Diff(want, d); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
}

func FuzzLint(f *testing.F) {
	f.Add(sound)
	f.Add("<html><h1>a</h1><ul><li><p>b</p></li></ul><table><tr><td>c")
	f.Add("a\n---\n- b\n1. c\n#\n{\x00")
	f.Fuzz(func(t *testing.T, text string) {
		for _, ch := range []breach.Channel{breach.ChannelLetter, breach.ChannelSMS} {
			d, err := Parse(strings.NewReader(text), ch)
			if err != nil {
				continue
			}
			Check(d, ch, Options{})
		}
	})
}

func BenchmarkCheck(b *testing.B) {
	d := parseText(sound)
	for b.Loop() {
		Check(d, breach.ChannelLetter, Options{})
	}
}

// What another hand wrote blind, and the linter judged wrongly: the rule, not
// the phrase, has to hold.
func TestWrittenByAnotherHand(t *testing.T) {
	for _, tt := range []struct{ rule, text string }{
		{"vague-measures", "Nos équipes se sont pleinement mobilisées et tout a été mis en œuvre pour remédier à la situation."},
		{"vague-measures", "Nous nous sommes aussitôt mobilisés."},
		{"asks-secret", "Maintenant : communique ton mot de passe à ton conseiller, pour qu'il le change."},
		{"asks-secret", "Ce soir, envoie une copie de ta carte d'identité."},
		{"asks-secret", "Rappelez-nous muni de votre code de carte bancaire pour que nous contrôlions vos frais."},
		{"asks-secret", "Today, call us with your card number and its security code so that we can block it."},
		{"asks-secret", "Sign in at https://body.example.org/reset using your current password."},
		{"click", "Within seven days: click https://body.example.org/verify to confirm your identity."},
		{"click", "Connectez-vous sur https://organisme.example.org/verif."},
		{"value-person", "Your postal address (12 rue des Lilas) was copied."},
	} {
		if got := Check(notify.Document{Title: "t", Blocks: []notify.Block{{Text: []string{tt.text}}}}, breach.ChannelLetter, Options{}); !slices.ContainsFunc(got, func(f Finding) bool { return f.Rule == tt.rule }) {
			t.Errorf("%q passes %s", tt.text, tt.rule)
		}
	}
	for _, text := range []string{
		"Ne communique jamais ton mot de passe.", "Ton conseiller t'envoie un nouveau mot de passe par la poste.", "Rien n'indique la date du vol.",
		"Call us if somebody asks for your card number.", "Type the address of your bank yourself.",
	} {
		for _, f := range Check(notify.Document{Title: "t", Blocks: []notify.Block{{Text: []string{text}}}}, breach.ChannelLetter, Options{}) {
			if f.Rule == "asks-secret" || f.Rule == "click" {
				t.Errorf("%q: %v", text, f)
			}
		}
	}
	for heading, want := range map[string]section{
		"Your steps, most urgent first": actions, "Vos démarches": actions, "Our action": measures, "Notre travail depuis": measures,
		"What went wrong": nature, "Le déroulement": nature, "How it began": nature, "What was copied": data,
	} {
		if got := sectionOf(heading); got != want {
			t.Errorf("%q opens section %d, want %d", heading, got, want)
		}
	}
}

// What is easy to read is in the active voice and in the present.
func TestEasyVoiceAndTense(t *testing.T) {
	for text, want := range map[string]string{
		"Le fichier a été volé par une personne.": "easy-passive", "Votre mot de passe est connu par un voleur.": "easy-passive",
		"The file was stolen by somebody.": "easy-passive", "Nous vous dirons tout.": "", "Vous recevrez une lettre.": "", "Vous serez prévenu.": "easy-future",
		"Il appellera demain.": "easy-future", "Ils donneront une réponse.": "easy-future", "You will get a letter.": "easy-future",
		"Vous entrez dans la mairie.": "", "Nous montrons le fichier.": "", "Vous retirez votre argent.": "", "Un voleur a pris le fichier.": "", "C'est vrai.": "",
		"Il a peur.": "", "La caméra est là.": "", "Elle opère ici.": "",
	} {
		found := ""
		for _, f := range Check(notify.Document{Title: "t", Blocks: []notify.Block{{Text: []string{text}}}}, breach.ChannelLetter, Options{Easy: true}) {
			if strings.HasPrefix(f.Rule, "easy-") {
				found = f.Rule
			}
		}
		if found != want {
			t.Errorf("%q: %q, want %q", text, found, want)
		}
	}
}
