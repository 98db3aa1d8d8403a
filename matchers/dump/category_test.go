package dump

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"vigie/internal/breach"
)

// classColumns are the columns of invented tables by class of the form; a class
// that text alone shows has none.
var classColumns = map[string][]string{
	"civil_status":      {"birth_name", "given_names", "birth_date", "sex", "nationality", "full_name:sg", "full_name:comma", "birth_name", "given_names:all"},
	"nir":               {"nir", "nir", "nir:masked"},
	"contact":           {"email", "phone", "street", "street", "email", "phone"},
	"access":            {"password", "password_hash", "ip", "token", "mac", "user_agent", "password_hash"},
	"financial":         {"iban", "card", "amount", "iban", "card"},
	"official_document": {"identity_card", "passport", "tax_number"},
	"family":            {"family_status"},
	"income":            {"benefit", "france_travail_number"},
	"health":            {"health"},
	"education":         {"school", "ine", "uai"},
	"employment":        {"employer", "siret", "siren", "occupation"},
	"location":          {"coordinates:lat"},
}

// classTexts are sentences that speak of a class.
var classTexts = map[string][]string{
	"civil_status": {"entretien avec GIVEN SURNAME au sujet de son projet", "M. SURNAME GIVEN a rappelé ce matin pour un rendez-vous", "la mère de GIVEN SURNAME demande un duplicata"},
	"contact":      {"écrire à EMAIL pour la suite du dossier", "le joindre au PHONE après dix-huit heures", "mail EMAIL et portable PHONE à jour"},
	"health": {"suivie pour une dépression depuis le printemps dernier", "il est diabétique et demande un poste adapté", "dossier MDPH déposé en mars, reconnaissance attendue", "épilepsie, pas de conduite ni de travail en hauteur",
		"sous antidépresseurs, suivi au CMP du quartier", "opéré du genou, arrêt de travail de trois mois", "ne voit presque plus de l'œil gauche, dossier en cours", "traitée pour un cancer du sein à l'hôpital", "se déplace avec deux cannes depuis l'hiver", "attend la date de son IRM pour reprendre"},
	"income": {"touche le RSA depuis six mois et cherche un logement", "son dossier à la CAF est bloqué depuis la semaine dernière", "dossier de surendettement déposé le mois dernier",
		"ne paie plus son loyer depuis quatre mois", "vit de l'aide alimentaire et de petits travaux"},
	"offence": {"sorti de prison en juin, suivi par le SPIP du ressort", "condamné à six mois avec sursis pour ce motif", "placé en détention provisoire le mois dernier", "doit pointer chaque lundi devant le juge",
		"porte un bracelet depuis sa sortie", "a cassé la vitrine du voisin, plainte déposée"},
	"nir":       {"son numéro est NIR, à vérifier auprès de la caisse"},
	"financial": {"virement sur IBAN demandé hier au guichet", "a payé par carte CARD, reçu envoyé"},
}

// tell writes a sentence with invented values.
func tell(w *world, sentence string) string {
	h := w.human()
	return strings.NewReplacer("GIVEN", titled(h.given), "SURNAME", titled(h.surname), "EMAIL", h.mailbox+"@example.org", "PHONE", w.pick("06 39 98 ", "06.39.98.", "+33 6 39 98 ", "0639 98")+w.digits(2)+w.pick(" ", ".", "")+w.digits(2),
		"NIR", nirOf("1"+h.born.Format("0601")+h.birth.Code+"123"), "IBAN", ibanOf(w.r.IntN(1e9)), "CARD", cardOf(w.r.IntN(1e9))).Replace(sentence)
}

// seen tells which classes a table shows, and in how many rows.
func seen(rows [][]string, o *Options) (map[string]int64, []breach.Absence) {
	cols := newColumns(len(rows[0]))
	for n, row := range rows {
		for i, v := range row {
			cols[i].add([]byte(v), int64(n+1), o)
		}
	}
	columns := understand(cols, make([]string, len(cols)), o)
	t := TableLayout{Columns: columns, Rows: int64(len(rows)), classes: countClasses(columns, cols)}
	present, absent := classesIn([]TableLayout{t}, Mentions{})
	out := map[string]int64{}
	for _, c := range present {
		out[c.Code] = c.Count
	}
	return out, absent
}

// TestRecall measures the recall that absences state: columns without a header
// among others, and sentences one by one.
func TestRecall(t *testing.T) {
	o := worldOptions()
	found, tried := map[string]float64{}, map[string]float64{}
	for code, columns := range classColumns {
		for try := range 4 * len(columns) {
			w := &world{r: rand.New(rand.NewPCG(uint64(try), 5)), d: franceData(), style: map[string]int{}}
			rows := make([][]string, 60)
			for i := range rows {
				w.row++
				h := w.human()
				rows[i] = []string{fmt.Sprint(100_000 + i), fields[columns[try%len(columns)]](w, h), fields["code:status"](w, h)}
			}
			got, _ := seen(rows, &o)
			tried[code] += 10
			if got[code] > 0 {
				found[code] += 10
			}
		}
	}
	for code, sentences := range classTexts {
		for try := range 15 {
			w := &world{r: rand.New(rand.NewPCG(uint64(try), 6)), d: franceData(), style: map[string]int{}}
			rows := make([][]string, 2*len(sentences))
			for i := range rows {
				rows[i] = []string{fmt.Sprint(100_000 + i), tell(w, sentences[i%len(sentences)])}
			}
			got, _ := seen(rows, &o)
			tried[code] += float64(len(rows))
			found[code] += float64(min(got[code], int64(len(rows))))
		}
	}
	for _, c := range classes {
		if c.lookedFor == "" {
			continue // its absence is never stated
		}
		if tried[c.code] == 0 {
			t.Errorf("%s: nothing tries its detector", c.code)
			continue
		}
		got := found[c.code] / tried[c.code]
		if got < c.recall || got > c.recall+0.05 {
			t.Errorf("%s: recall %.3f of %.0f, stated %.3f", c.code, got, tried[c.code], c.recall)
		}
	}
}

// What is not there is not found, and an absence says over how many rows.
func TestClassesOfHarmlessTables(t *testing.T) {
	o := worldOptions()
	w := &world{r: rand.New(rand.NewPCG(9, 9)), d: franceData(), style: map[string]int{}}
	var rows [][]string
	for i := range 500 {
		rows = append(rows, []string{fmt.Sprint(i), w.pick("nord", "sud", "est"), fmt.Sprintf("%.1f", w.r.Float64()*100), w.pick("la livraison du lot est prévue pour la semaine prochaine au dépôt central", "le relevé du compteur est à refaire par le service technique du site")})
	}
	got, absent := seen(rows, &o)
	if len(got) != 0 {
		t.Errorf("found %v", got)
	}
	for _, a := range absent {
		if a.Rows != 500 || a.LookedFor == "" || a.Recall <= 0.5 || a.Recall > 1 {
			t.Errorf("absence = %+v", a)
		}
	}
	if len(absent) != len(classes)-int(beliefs) {
		t.Errorf("%d absences of %d classes", len(absent), len(classes))
	}
}

// Documents are read as columns of sentences are.
func TestTextSurvey(t *testing.T) {
	o := worldOptions()
	s := newTextSurvey(&o)
	s.add("page 1", []byte("Rapport de réunion.\nLina Martin, joignable à lina@example.org ou au 06 39 98 00 01, est suivie pour un asthme.\n\nLe budget est voté."))
	s.add("page 2", []byte("Carte "+cardOf(7)+" et compte "+ibanOf(11)+"."))
	m := s.counts
	if m.Names != 1 || m.Email != 1 || m.Phone != 1 || m.Health != 1 || m.Card != 1 || m.IBAN != 1 || m.NIR != 0 || m.Crime != 0 {
		t.Errorf("%+v", m)
	}
}
