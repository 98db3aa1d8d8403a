package notifytest

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"vigie/internal/blob"
	"vigie/internal/breach"
	"vigie/notify"
	"vigie/notify/authority"
	"vigie/notify/email"
	"vigie/notify/letter"
	"vigie/notify/lint"
	"vigie/notify/page"
	"vigie/notify/recipient"
	"vigie/notify/sms"
	"vigie/notify/wording"
)

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// facts uses every code that the catalogue has words for, in turn.
func facts(present ...string) notify.Facts {
	f := notify.Facts{
		Incident: "inc_1", Version: 1, Controller: Envelope("x").From, System: "Similo",
		Summary:      map[string]string{"fr": "Un fichier extrait du logiciel a été mis en vente sur un site de fuites.", "en": "A file taken from the software was put on sale on a leak site."},
		DiscoveredAt: noon.AddDate(0, 0, -2), AwareAt: noon.AddDate(0, 0, -1),
		NotFound: []breach.Absence{{Code: "offence", LookedFor: "x", Rows: 1234, Recall: 0.99}}, Attested: []string{"genetic"}, AttestedBy: "La directrice",
		Measures: []string{"access_closed", "passwords_reset", "two_factor", "authority_notified", "authority_pending", "complaint_filed",
			"supplier_told", "system_checked", "watch", "file_examined", "front_desk"},
		Records: 5000, Persons: 4321, Complaint: "none", PageURL: "https://vigie.example.org/inc_1/",
	}
	for _, code := range present {
		f.Present = append(f.Present, breach.Category{Code: code, Count: 1})
	}
	return wording.Propose(f)
}

// TestWordsPassTheLinter: no false alarm on what we write ourselves, for every
// variant, language, state of the complaint and set of categories.
func TestWordsPassTheLinter(t *testing.T) {
	contacts := lint.Options{Contacts: []string{Envelope("x").From.DPO}, Count: sms.Count}
	sets := [][]string{{"civil_status", "contact"}, {"nir", "financial"}, {"access", "health"}, {"name", "address"}}
	for i, state := range []string{"none", "announced", "open", "withdrawn"} {
		f := facts(sets[i]...)
		f.Complaint, f.ComplaintURL = state, "plainte.example.org"
		variants := notify.Variants()
		if i > 0 { // what is left of the text does not depend on the variant
			variants = variants[:1]
		}
		for _, lang := range []string{"fr", "en"} {
			for _, v := range variants {
				r := notify.Recipient{Variant: v, About: "Zoé", Neutral: i%2 == 1, Contact: breach.Contact{Language: lang}}
				d, err := wording.Render(f, r)
				if err != nil {
					t.Fatal(err)
				}
				if d.Short, err = sms.Prepare(d.Short, sms.Transliterate); err != nil {
					t.Fatal(err)
				}
				for _, ch := range []breach.Channel{breach.ChannelLetter, breach.ChannelSMS} {
					for _, x := range lint.Check(d, ch, contacts) {
						t.Errorf("%s %s %s %s: %+v", state, lang, v, ch, x)
					}
				}
			}
		}
	}
}

// TestEachElementIsMissed: every section taken out of our own words is found
// missing.
func TestEachElementIsMissed(t *testing.T) {
	d, err := wording.Render(facts("civil_status", "contact"), notify.Recipient{Variant: notify.VariantAdult})
	if err != nil {
		t.Fatal(err)
	}
	for heading, rule := range map[string]string{
		"Ce qui s'est passé": "art34-nature", "Les données volées": "art34-data", "Les conséquences": "art34-consequences",
		"Ce que nous avons fait": "art34-measures", "Ce que vous devez faire": "art34-actions", "Nous contacter": "art34-contact",
		"Comment reconnaître nos messages": "recognise",
	} {
		cut := d
		cut.Blocks = nil
		for _, b := range d.Blocks {
			if b.Heading != heading {
				cut.Blocks = append(cut.Blocks, b)
			}
		}
		found := false
		refused, advised := lint.Review(cut, lint.ChannelPage, lint.Options{})
		for _, x := range slices.Concat(refused, advised) {
			found = found || x.Rule == rule
		}
		if len(cut.Blocks) != len(d.Blocks)-1 || !found {
			t.Errorf("without %q: %s is not found", heading, rule)
		}
	}
}

// TestEasyWordsPassTheLinter: every code has easy words, and what is easy to
// read says all that Art. 34 asks for.
func TestEasyWordsPassTheLinter(t *testing.T) {
	for _, lang := range []string{"fr", "en"} {
		for _, reviewed := range []bool{false, true} {
			f := facts()
			f.Actions, f.Consequences = nil, nil
			for _, code := range notify.CategoryCodes() {
				f.Present = append(f.Present, breach.Category{Code: code, Count: 1})
			}
			f.Attested = nil
			f.Measures = wording.Measures()
			d, err := wording.Easy(wording.Propose(f), lang, reviewed)
			if err != nil {
				t.Fatal(err)
			}
			for _, x := range lint.Check(d, lint.ChannelPage, lint.Options{Easy: true, Contacts: []string{f.Controller.DPO}}) {
				t.Errorf("%s: %+v", lang, x)
			}
			child, err := wording.Child(lang, 1, reviewed)
			if err != nil {
				t.Fatal(err)
			}
			for _, x := range lint.Check(child, breach.ChannelLetter, lint.Options{Easy: true}) {
				if !strings.HasPrefix(x.Rule, "art34-") || x.Rule == "art34-actions" {
					t.Errorf("%s, child: %+v", lang, x)
				}
			}
			if draft := strings.Contains(d.Blocks[0].Text[0], "brouillon") || strings.Contains(d.Blocks[0].Text[0], "draft"); draft == reviewed {
				t.Errorf("%s: reviewed %v, draft %v", lang, reviewed, draft)
			}
		}
	}
}

// TestEasyReadersAndChildren: once people have read the texts over, whoever
// reads easy words gets a complete communication in them, by every channel; a
// minor who is told gets words a minor understands; a child's own text stands
// in the letter to who represents it. Before, nobody gets a draft.
func TestEasyReadersAndChildren(t *testing.T) {
	f := facts("civil_status", "contact", "nir")
	f.Groups = []notify.Group{{Code: notify.GroupMinors, Present: []string{"contact"}}}
	write := func(variant, lang string, read []string) notify.Document {
		t.Helper()
		r := notify.Recipient{Variant: variant, Role: "self", Contact: breach.Contact{Language: lang}}
		doc, err := wording.Write(f, r, breach.ChannelLetter, read, nil)
		if err != nil {
			t.Fatal(err)
		}
		return doc
	}
	for _, state := range []string{"none", "announced", "open", "withdrawn"} {
		f.Complaint, f.ComplaintURL = state, "https://plainte.example.org/vol"
		for _, variant := range []string{notify.VariantEasy, notify.VariantYoung} {
			for _, lang := range []string{"fr", "en"} {
				doc := write(variant, lang, wording.Texts())
				other, french := wording.Halves(doc)
				if lang == "fr" {
					other, french = doc, doc
				}
				for _, half := range []notify.Document{other, french} {
					for _, x := range lint.Check(half, breach.ChannelLetter, lint.Options{Easy: true, Contacts: []string{f.Controller.DPO, f.Controller.Phone}}) {
						t.Errorf("%s, %s, %s: %+v", state, variant, lang, x)
					}
				}
				for _, large := range []bool{false, true} {
					e := Envelope("msg_1")
					e.Doc, e.Language, e.Easy = doc, lang, large
					if _, err := letter.Render(e, letter.Options{}); err != nil {
						t.Errorf("%s, %s: %v", variant, lang, err)
					}
				}
			}
		}
	}
	for _, variant := range []string{notify.VariantEasy, notify.VariantYoung, notify.VariantChild} {
		if d := fmt.Sprint(write(variant, "fr", nil)); d == fmt.Sprint(write(variant, "fr", wording.Texts())) || strings.Contains(d, "tromper") {
			t.Errorf("%s: the reading over changes nothing", variant)
		}
	}
	for _, read := range [][]string{nil, {wording.FrenchEasy}, {wording.FrenchChild}} {
		if plain := fmt.Sprint(write(notify.VariantYoung, "fr", nil)); fmt.Sprint(write(notify.VariantYoung, "fr", read)) != plain {
			t.Errorf("a minor gets words that children, or people concerned, have not read over: %v", read)
		}
	}
	young := fmt.Sprint(write(notify.VariantYoung, "fr", wording.Texts()))
	if strings.Contains(young, "sécurité sociale") || !strings.Contains(young, "3018") {
		t.Error("a young person is told of data of other people, or not whom to call")
	}
	child := write(notify.VariantChild, "fr", wording.Texts())
	for _, x := range lint.Check(child, breach.ChannelLetter, lint.Options{Contacts: []string{f.Controller.DPO, f.Controller.Phone}}) {
		t.Errorf("with a child's text: %+v", x)
	}
	if !strings.Contains(fmt.Sprint(child), "Un adulte peut le montrer") && !strings.Contains(fmt.Sprint(child), "un adulte peut le montrer") {
		t.Error("the child's own text is not in the letter")
	}
	if d := fmt.Sprint(write(notify.VariantChild, "tr", wording.Texts())); !strings.Contains(d, "seninle") {
		t.Error("no text for the child in another language")
	}
}

// TestFromFamilyToEnvelope runs the whole room: a family with a barred parent
// goes in, letters and messages come out, and nothing of the barred parent or
// of one parent stands in what another receives.
func TestFromFamilyToEnvelope(t *testing.T) {
	person := func(given string, house int) breach.Contact {
		return breach.Contact{Given: given, Name: "Exemple", Email: strings.ToLower(given) + "@example.org", Phone: fmt.Sprintf("+336399800%02d", house), EmailSafe: true, PhoneSafe: true,
			Address: breach.Address{Street: fmt.Sprintf("%d rue des %ss", house, given), Postcode: "99100", City: "Orbe"}}
	}
	subject := breach.Subject{Person: "P1", BirthDate: noon.AddDate(-16, 0, 0), Contact: person("Camille", 1), Relations: []breach.Relation{
		{Holder: "A", Kind: breach.RelationParent, Authority: breach.AuthorityJoint, Contact: person("Andrea", 2)},
		{Holder: "B", Kind: breach.RelationParent, Authority: breach.AuthorityJoint, Contact: person("Bao", 3), Barred: true},
		{Holder: "D", Kind: breach.RelationDelegate, Contact: person("Dominique", 4)},
	}}
	values := map[string][]string{}
	for _, c := range []breach.Contact{subject.Contact, subject.Relations[0].Contact, subject.Relations[1].Contact, subject.Relations[2].Contact} {
		values[c.Given] = []string{c.Email, c.Phone, c.Address.Street, strings.ToUpper(c.Address.Street)}
	}
	dir := t.TempDir()
	store, err := blob.OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	letters := letter.NewShelf(store, letter.Options{NeutralSender: []string{"Service du courrier"}}, letter.Calendar{}, time.Now)
	pointers, err := sms.NewDirectory(dir)
	if err != nil {
		t.Fatal(err)
	}
	d := recipient.Resolve(subject, noon)
	if len(d.Recipients) != 3 || d.Listed {
		t.Fatalf("%+v", d)
	}
	for i, r := range d.Recipients {
		doc, err := wording.Render(facts("civil_status", "contact"), r)
		if err != nil {
			t.Fatal(err)
		}
		e := notify.Envelope{Key: fmt.Sprintf("msg_%d", i), To: r.Contact, From: facts("name").Controller, Neutral: r.Neutral, Language: "fr", Doc: doc}
		if _, err := letters.Send(t.Context(), e); err != nil {
			t.Fatal(err)
		}
		if _, err := pointers.Send(t.Context(), e); err != nil {
			t.Fatal(err)
		}
		raw, err := email.Config{From: "notification@vigie.example.org", Domain: "vigie.example.org", NeutralName: "Information"}.Message(e, noon)
		if err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(filepath.Join(dir, e.Key+".json"))
		if err != nil {
			t.Fatal(err)
		}
		all := string(raw) + string(text) + fmt.Sprint(e.Doc)
		if lines, err := letter.Address(e.To); err != nil {
			t.Fatal(err)
		} else {
			all += strings.Join(lines, "\n")
		}
		for whose, list := range values {
			for _, v := range list {
				if whose != r.Contact.Given && strings.Contains(all, v) {
					t.Errorf("what %s receives bears a value of %s", r.Contact.Given, whose)
				}
			}
		}
	}
}

// TestOneRecord: page, letter and dossier say the same numbers and names.
func TestOneRecord(t *testing.T) {
	f := facts("civil_status", "contact")
	dir := t.TempDir()
	if err := page.Build(filepath.Join(dir, "page"), page.Site{Facts: []notify.Facts{f}, Texts: page.Plain(wording.Page)}, noon); err != nil {
		t.Fatal(err)
	}
	d := authority.Dossier{Facts: f, At: noon, Words: wording.Say, Case: breach.Case{Decision: breach.DecisionTell, AwareAt: f.AwareAt}}
	if err := authority.Write(filepath.Join(dir, "dossier"), d); err != nil {
		t.Fatal(err)
	}
	doc, err := wording.Render(f, notify.Recipient{Variant: notify.VariantAdult})
	if err != nil {
		t.Fatal(err)
	}
	read := func(name string) string {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return strings.NewReplacer("&#39;", "'", "\u00a0", " ", "&nbsp;", " ").Replace(string(data))
	}
	for name, text := range map[string]string{"page": read("page/index.html"), "dossier": read("dossier/dossier.html"),
		"letter": strings.ReplaceAll(fmt.Sprint(doc), "\u00a0", " ")} {
		for _, want := range []string{"4 321", "Mission Locale du Val d'Orbe", "Un fichier extrait du logiciel", "L'accès utilisé pour le vol a été fermé.", "dpo@ml-val-d-orbe.example.org"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s does not say %q", name, want)
			}
		}
	}
}
