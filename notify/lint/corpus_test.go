package lint

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"vigie/internal/breach"
)

// The corpus holds invented communications, each by another hand: with marked
// headings, in bold, in capitals, numbered, or without any. Each element of
// Art. 34 stands between [[name| and ]].
var piece = regexp.MustCompile(`(?s)\[\[(\w+)\|(.*?)\]\]`)

func corpus(t *testing.T, dir string) map[string]string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", dir, "*.txt"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no corpus: %v", err)
	}
	all := map[string]string{}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		all[strings.TrimSuffix(filepath.Base(f), ".txt")] = string(data)
	}
	return all
}

func whole(text string) string { return piece.ReplaceAllString(text, "$2") }

func channelOf(name string) breach.Channel {
	switch {
	case strings.Contains(name, "page"):
		return ChannelPage
	case strings.Contains(name, "email"):
		return breach.ChannelEmail
	}
	return breach.ChannelLetter
}

func rulesOf(name, text string) []string {
	var rules []string
	for _, f := range Check(parseText(text), channelOf(name), Options{}) {
		rules = append(rules, f.Rule)
	}
	slices.Sort(rules)
	return slices.Compact(rules)
}

func TestSoundCorpus(t *testing.T) {
	for name, text := range corpus(t, "sound") {
		for ending, s := range map[string]string{"": whole(text), " CRLF": strings.ReplaceAll(whole(text), "\n", "\r\n"), " curly": strings.ReplaceAll(whole(text), "'", "’")} {
			if found := Check(parseText(s), channelOf(name), Options{}); len(found) > 0 {
				t.Errorf("%s%s: false alarms %v", name, ending, found)
			}
		}
	}
}

// TestFined: reconstructions of notices that authorities or the press found
// wanting, with the rules that they break.
func TestFined(t *testing.T) {
	for name, text := range corpus(t, "fined") {
		want, body, _ := strings.Cut(text, "\n")
		got := rulesOf(name, body)
		for _, rule := range strings.Fields(want) {
			if !slices.Contains(got, rule) {
				t.Errorf("%s: %s is not found in %v", name, rule, got)
			}
		}
	}
}

// vague are words that stand for an element and say nothing.
var vague = map[string][]string{
	"nature":       {"Un incident de sécurité est survenu récemment.", "Nous avons été victimes d'un acte de malveillance."},
	"data":         {"Certaines de vos données personnelles sont en cause.", "Des informations vous concernant figurent dans ce fichier."},
	"consequences": {"Cet incident peut avoir des conséquences pour vous.", "Les conséquences sont en cours d'évaluation par nos équipes."},
	"measures":     {"Toutes les mesures nécessaires ont été prises.", "Nous avons réagi sans délai et nos équipes restent mobilisées.", "Nous mettons tout en œuvre pour que cela ne se reproduise pas."},
	"actions":      {"Nous vous recommandons la plus grande vigilance.", "Changez vos mots de passe, surveillez vos comptes et prévenez vos proches dès maintenant, car les escrocs vont vite."},
	"contact":      {"Notre délégué à la protection des données se tient à votre disposition.", "Vous pouvez nous contacter depuis votre espace personnel."},
}

var vagueEnglish = map[string][]string{
	"nature":       {"A security incident recently occurred."},
	"data":         {"Some of your personal data is concerned."},
	"consequences": {"This incident may have consequences for you."},
	"measures":     {"We have taken all appropriate measures.", "We acted promptly and our teams are fully mobilised."},
	"actions":      {"Please remain vigilant.", "Change your passwords, watch your accounts and warn your family today, because thieves are quick."},
	"contact":      {"Our data protection officer is at your disposal."},
}

// added are sentences that must not stand anywhere, with the rule they break.
var added = []struct{ text, rule string }{
	{"Vos données ont peut-être été copiées.", "hedge"},
	{"Il est possible que vos informations soient concernées.", "hedge"},
	{"Vos données pourraient avoir été consultées.", "hedge"},
	{"Certains fichiers auraient été dérobés, et vos données seraient concernées.", "hedge"},
	{"Vos informations ont pu être consultées par un tiers.", "hedge"},
	{"Vous êtes potentiellement concerné par cet incident.", "hedge"},
	{"Vos données sont susceptibles d'avoir été exposées.", "hedge"},
	{"Nous ne pouvons exclure que vos données aient été copiées.", "hedge"},
	{"Une possible compromission de vos données est à l'étude.", "hedge"},
	{"À ce stade, rien n'indique que vos données aient été utilisées.", "no-evidence"},
	{"Nous n'avons pas connaissance d'une utilisation frauduleuse de vos données.", "no-evidence"},
	{"Aucune utilisation malveillante n'a été constatée.", "no-evidence"},
	{"Les mesures appropriées ont été prises par nos équipes.", "vague-measures"},
	{"Nous avons renforcé notre sécurité.", "vague-measures"},
	{"Nous avons fait le nécessaire.", "vague-measures"},
	{"La protection de vos données est notre priorité.", "serious-words"},
	{"Nous attachons la plus grande importance à la sécurité de vos données.", "serious-words"},
	{"Par mesure de précaution, nous vous écrivons.", "minimises"},
	{"Il n'y a pas lieu de vous inquiéter.", "minimises"},
	{"Le risque est très limité.", "minimises"},
	{"Vos mots de passe n'ont pas été compromis.", "not-taken"},
	{"Aucune donnée bancaire n'a été dérobée.", "not-taken"},
	{"Vos données de santé ne sont pas concernées.", "not-taken"},
	{"Merci de nous transmettre une copie de votre pièce d'identité.", "asks-secret"},
	{"Répondez en indiquant votre IBAN.", "asks-secret"},
	{"Connectez-vous et saisissez votre mot de passe pour vérifier.", "asks-secret"},
	{"Pour vérifier votre identité, envoyez-nous le code reçu par SMS.", "asks-secret"},
	{"Cliquez ici pour vérifier vos données.", "click"},
	{"Vérifiez votre situation en cliquant sur le bouton ci-dessous.", "click"},
	{"Flashez le QR code pour vous identifier.", "click"},
	{"La liste des données concernées est disponible sur notre site.", "elsewhere-only"},
	{"Pour connaître les mesures prises, consultez notre page.", "elsewhere-only"},
	{"Sans réponse sous 48 heures, votre compte sera suspendu.", "urgency"},
	{"Profitez de notre offre spéciale de protection.", "advertising"},
	{"Le fichier contient votre numéro 2 69 05 49 588 157 80.", "value-nir"},
	{"Le compte FR76 3000 6000 0112 3456 7890 189 est dans le fichier.", "value-iban"},
	{"La carte 4111 1111 1111 1111 est dans le fichier.", "value-card"},
	{"Le fichier contient alix.exemple@example.org.", "value-email"},
	{"Votre date de naissance, 12/03/1998, figure dans le fichier.", "value-birth"},
	{"Votre compte FR76 **** **** **** 189 figure dans le fichier.", "value-masked"},
	{"Votre téléphone 06 39 98 00 42 figure dans le fichier.", "value-phone"},
	{"Votre mot de passe « soleil2020 » circule.", "value-password"},
	{"Votre adresse est : 12 rue des Lilas, à Orbe.", "value-person"},
	{"Votre identifiant est 12345678.", "value-person"},
	{"Le vol date du 03/03/2026.", "rls-date"},
	{"Bonjour [Prénom],", "hole"},
	{"Bonjour {{name}},", "hole"},
	{"Le vol a touché les infor- mations du service.", "rls-split-word"},
	{"VEUILLEZ LIRE CE MESSAGE AVEC ATTENTION ET SANS DÉLAI.", "rls-capitals"},
	{"Le fichier" + strings.Repeat(" qui contient des lignes", 12) + " est volé.", "long-sentence"},
	{"Your data may have been accessed.", "hedge"},
	{"You could be affected by this incident.", "hedge"},
	{"We cannot rule out that your data was copied.", "hedge"},
	{"We are not aware of any misuse of your data.", "no-evidence"},
	{"There is no indication that your information was used.", "no-evidence"},
	{"We have taken appropriate security measures.", "vague-measures"},
	{"Your privacy is our priority.", "serious-words"},
	{"Out of an abundance of caution, we are writing to you.", "minimises"},
	{"No passwords were stolen.", "not-taken"},
	{"Your bank details were not affected.", "not-taken"},
	{"Reply with your date of birth and a copy of your passport.", "asks-secret"},
	{"Please confirm your bank details.", "asks-secret"},
	{"Click the button below.", "click"},
	{"The list of data involved is available on our website.", "elsewhere-only"},
	{"Your account will be closed.", "urgency"},
}

// TestMutatedCorpus spoils each sound text in every way: recall must be 1.
func TestMutatedCorpus(t *testing.T) {
	total, missed := 0, 0
	want := func(name, what, text, rule string) {
		total++
		if got := rulesOf(name, text); !slices.Contains(got, rule) {
			missed++
			t.Errorf("%s, %s: got %v, want %s", name, what, got, rule)
		}
	}
	sound := corpus(t, "sound")
	for n, name := range slices.Sorted(maps.Keys(sound)) {
		text := sound[name]
		words := vague
		if strings.HasPrefix(name, "en") {
			words = vagueEnglish
		}
		for _, m := range piece.FindAllStringSubmatch(text, -1) {
			want(name, "without "+m[1], whole(strings.Replace(text, m[0], "", 1)), "art34-"+m[1])
			for _, v := range words[m[1]] {
				want(name, "vague "+m[1]+": "+v, whole(strings.Replace(text, m[0], v, 1)), "art34-"+m[1])
			}
			if m[1] == "actions" {
				spoilActions(name, text, m, want)
			}
		}
		for i, a := range added {
			if (i+n)%8 != 0 { // each in two of the texts
				continue
			}
			m := piece.FindStringSubmatch(text)
			want(name, a.text, whole(strings.Replace(text, m[0], a.text+"\n\n"+m[0], 1)), a.rule)
		}
	}
	t.Logf("%d mutated texts, %d missed", total, missed)
	if total < 400 {
		t.Errorf("only %d mutated texts", total)
	}
}

var bullet = regexp.MustCompile(`^(?:\d[.)]|[-•])\s`)

// spoilActions drops items, turns the list over, and makes a paragraph of it.
func spoilActions(name, text string, m []string, want func(name, what, text, rule string)) {
	items := strings.Split(m[2], "\n")
	with := func(items []string) string { return whole(strings.Replace(text, m[0], strings.Join(items, "\n"), 1)) }
	want(name, "two actions", with(items[:2]), "art34-actions")
	var plain []string
	for _, s := range items {
		plain = append(plain, bullet.ReplaceAllString(s, ""))
	}
	want(name, "a paragraph", with([]string{strings.Join(plain, " ")}), "art34-actions")
	turned := slices.Clone(items)
	slices.Reverse(turned)
	if urgency(plain[0]) == 1 && slices.ContainsFunc(plain[1:], func(s string) bool { return urgency(s) > 1 }) {
		want(name, "least urgent first", with(turned), "action-order")
	}
	bare := slices.Clone(items)
	bare[1] = fmt.Sprintf("2. %s", "Prévenez vos proches.")
	want(name, "no when", with(bare), "action-when")
	want(name, "no why", with(bare), "action-why")
}
