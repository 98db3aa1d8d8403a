package lint

import (
	"slices"
	"testing"

	"vigie/internal/breach"
	"vigie/notify"
)

// What a lawyer strikes out, and what is said in nearly the same words and may
// stay.
func TestFaults(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"Si vous aviez choisi un mot de passe plus long, cela ne serait pas arrivé.", "blame"},
		{"You should have changed your password when we asked you to.", "blame"},
		{"Ce n'est pas votre faute.", ""},
		{"The account should have been closed in March.", ""},
		{"En signant, vous renoncez à toute réclamation contre la ville.", "waiver"},
		{"You waive any claim for compensation.", "waiver"},
		{"Ne parlez de cette lettre à personne.", "secrecy"},
		{"Please keep this letter confidential.", "secrecy"},
		{"We told the other patient to keep the secret.", ""},
		{"Les copies peuvent être lues sur fuites.example.org.", "whereabouts"},
		{"It is the worst disaster of your life!!", "panic"},
		{"Entrez votre nom sur notre page pour savoir si vous êtes concerné.", "lookup"},
		{"Type your e-mail address to find out whether you are affected.", "lookup"},
		{"If you received nothing by Friday, call us and we will tell you whether you are affected.", ""},
		{"Pour vous remercier, un bon d'achat de 10 euros vous attend.", "advertising"},
		{"The helpline is open day and night.", ""},
		{"Expéditeur : Ville d'Orbe, centre de planification familiale", "envelope-service"},
		{"La lettre est partie chez Mme Alix Exemple, 5 impasse du Lac, qui nous l'a rapportée.", "other-person"},
		{"It went to Mrs Alix Example, who owes £900 to a lender.", "other-person"},
		{"Please open the attached file to see your own details.", "attachment"},
		{"Nous n'envoyons aucun fichier joint : n'en ouvrez pas.", ""},
		{"Le 3 mars, un tableau joint à un courriel (paie.xlsx) est parti par erreur.", ""},
		{"Send us the code that you received.", "asks-secret"},
		{"On 8 March the sender used the passwords to open payslips.", ""},
		{"Whoever has the folder can enter your home with the code.", ""},
		{"Your report lay beside that of Alix Exemple, who is diagnosed with asthma.", "other-person"},
	} {
		var got []string
		for _, f := range Check(notify.Document{Title: "t", Blocks: []notify.Block{{Text: []string{tt.text}}}}, breach.ChannelLetter, Options{}) {
			if messages()[f.Rule].english == "" {
				t.Errorf("%s has no message", f.Rule)
			}
			if slices.Contains([]string{"blame", "waiver", "secrecy", "whereabouts", "panic", "lookup", "advertising", "envelope-service", "other-person", "attachment", "asks-secret"}, f.Rule) {
				got = append(got, f.Rule)
			}
		}
		if (tt.want == "") != (len(got) == 0) || tt.want != "" && !slices.Contains(got, tt.want) {
			t.Errorf("%q: got %v, want %q", tt.text, got, tt.want)
		}
	}
}

// What is promised for a day before that of the letter, and contradictions,
// show only in the whole.
func TestWhole(t *testing.T) {
	for _, tt := range []struct {
		rule, title string
		text        []string
		channel     breach.Channel
	}{
		{"past-promise", "t", []string{"Orbe, le 20 novembre 2026", "Nous vous écrirons avant le 5 novembre 2026."}, breach.ChannelLetter},
		{"", "t", []string{"Orbe, le 20 novembre 2026", "Nous vous écrirons avant le 5 janvier."}, breach.ChannelLetter},
		{"contradiction", "t", []string{"Le fichier contient votre nom, votre date de naissance et votre IBAN.", "Seul votre nom a été copié."}, breach.ChannelLetter},
		{"own-channel", "t", []string{"We are writing to your town mailbox.", "Strangers have opened every mailbox of the town."}, breach.ChannelEmail},
		{"", "t", []string{"We are writing to your private mailbox.", "Strangers have opened every mailbox of the town."}, breach.ChannelEmail},
	} {
		found := Check(notify.Document{Title: tt.title, Blocks: []notify.Block{{Text: tt.text}}}, tt.channel, Options{})
		for _, rule := range []string{"past-promise", "contradiction", "own-channel"} {
			if got := slices.ContainsFunc(found, func(f Finding) bool { return f.Rule == rule }); got != (rule == tt.rule) {
				t.Errorf("%q: %s is %v", tt.text, rule, got)
			}
		}
	}
}
