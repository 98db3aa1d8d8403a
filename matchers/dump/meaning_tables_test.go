package dump

import (
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"vigie/internal/france"
)

// A world invents tables of many shapes: the order, the spelling and the
// disorder of the columns vary, and no header is given.

var franceData = sync.OnceValue(func() *france.Data {
	d, err := france.Load()
	if err != nil {
		panic(err)
	}
	return d
})

var worldOptions = sync.OnceValue(func() Options {
	x := franceData().Dictionary()
	return Options{GivenName: x.GivenName, Surname: x.Surname, Commune: x.Commune, Now: today, Territory: "FR"}
})

type world struct {
	r      *rand.Rand
	d      *france.Data
	style  map[string]int // how this table writes a thing
	abroad bool
	row    int
}

func (w *world) pick(words ...string) string { return words[w.r.IntN(len(words))] }

// way is a choice that holds for a whole table.
func (w *world) way(what string, n int) int {
	if _, ok := w.style[what]; !ok {
		w.style[what] = w.r.IntN(n)
	}
	return w.style[what]
}

type human struct {
	given, second, surname, usage, sex string
	born                               time.Time
	birth, home                        france.Commune
	mailbox                            string
}

var usGiven = map[string][]string{
	"M": strings.Fields("James John Robert Michael William David Richard Joseph Thomas Charles Daniel Matthew Anthony Donald Mark Paul Steven Andrew Kenneth Joshua Kevin Brian George Edward Ronald Timothy Jason Jeffrey Ryan Jacob Gary Eric Stephen Jonathan Larry Justin Scott Brandon Benjamin Samuel Frank Gregory Raymond Alexander Patrick Jack Dennis Jerry Tyler Aaron"),
	"F": strings.Fields("Mary Patricia Jennifer Linda Elizabeth Barbara Susan Jessica Sarah Karen Nancy Lisa Margaret Betty Sandra Ashley Dorothy Kimberly Emily Donna Michelle Carol Amanda Melissa Deborah Stephanie Rebecca Laura Sharon Cynthia Kathleen Amy Shirley Angela Helen Anna Brenda Pamela Nicole Ruth Katherine Samantha Christine Emma Catherine Debra Virginia Rachel Carolyn Janet"),
}
var usSurnames = strings.Fields("Smith Johnson Williams Brown Jones Garcia Miller Davis Rodriguez Martinez Hernandez Lopez Gonzalez Wilson Anderson Thomas Taylor Moore Jackson Martin Lee Perez Thompson White Harris Sanchez Clark Ramirez Lewis Robinson Walker Young Allen King Wright Scott Torres Nguyen Hill Flores Green Adams Nelson Baker Hall Rivera Campbell Mitchell Carter Roberts Gomez Phillips Evans Turner Diaz Parker Cruz Edwards Collins Reyes Stewart Morris Morales Murphy Cook Rogers Gutierrez Ortiz Morgan Cooper Peterson Bailey Reed Kelly Howard Ramos Kim Cox Ward Richardson Watson Brooks Chavez Wood Bennett Gray Mendoza Ruiz Hughes Price Alvarez Castillo Sanders Patel Myers Long Ross Foster Whitaker Holloway Stanfield Osterman Kowalczyk Lindqvist Haverty Dunleavy Pruitt Eckhart")
var usCities = strings.Split("Houston|Los Angeles|Chicago|Springfield|Columbus|Austin|Denver|Portland|Memphis|Tampa|Atlanta|Boston|Seattle|Phoenix|San Diego|San Antonio|Fort Worth|Oklahoma City|Philadelphia|Cleveland|Minneapolis|Kansas City|Las Vegas|New York|Jacksonville|Raleigh|Omaha|Tulsa|Wichita|Arlington|Aurora|Anaheim|Buffalo|Newark|Lincoln|Plano|Toledo|Madison|Reno|Norfolk|Irving|Chandler|Garland|Glendale|Hialeah|Laredo|Scottsdale|Baton Rouge|Spokane|Tacoma|Fremont|Boise|Richmond|Des Moines|Modesto|Fayetteville|Shreveport|Akron|Yonkers|Augusta|Mobile|Little Rock|Amarillo|Huntsville|Grand Rapids|Salt Lake City|Tallahassee|Worcester|Knoxville|Brownsville|Providence|Fort Lauderdale|Chattanooga|Tempe|Cape Coral|Sioux Falls|Eugene|Peoria|Springdale|Lancaster|Palmdale|Salem|Hayward|Corona|Cedar Grove|Mount Pleasant", "|")
var usStates = strings.Fields("TX CA IL MO OH CO OR TN FL GA MA WA AZ OK PA MN NV NY NC NE KS VA WI MI IN KY LA AL AR UT SC NJ MD IA CT MS NM WV ID HI")

func (w *world) human() *human {
	h := &human{sex: w.pick("M", "F")}
	h.born = time.Date(1935+w.r.IntN(75), time.Month(1+w.r.IntN(12)), 1+w.r.IntN(28), 0, 0, 0, 0, time.UTC)
	if young := w.way("young", 4); young == 0 {
		h.born = time.Date(1996+w.r.IntN(14), h.born.Month(), h.born.Day(), 0, 0, 0, 0, time.UTC)
	}
	if w.abroad {
		h.given, h.second = w.pick(usGiven[h.sex]...), w.pick(usGiven[h.sex]...)
		h.surname = w.pick(usSurnames...)
	} else {
		h.given, h.second = w.d.GivenName(w.r, h.sex, h.born.Year()), w.d.GivenName(w.r, h.sex, h.born.Year())
		h.surname = w.d.Surname(w.r)
	}
	if h.sex == "F" && w.r.IntN(2) == 0 {
		h.usage = w.d.Surname(w.r)
	}
	h.birth, h.home = w.commune(), w.commune()
	ascii := func(s string) string {
		return strings.ToLower(strings.NewReplacer(" ", "", "-", "", "'", "").Replace(key([]byte(s))))
	}
	switch w.r.IntN(5) {
	case 0:
		h.mailbox = ascii(h.given) + "." + ascii(h.surname)
	case 1:
		h.mailbox = ascii(h.surname) + "." + ascii(h.given) + fmt.Sprint(w.r.IntN(99))
	case 2:
		h.mailbox = ascii(h.given)[:1] + ascii(h.surname) + fmt.Sprint(w.r.IntN(999))
	case 3:
		h.mailbox = w.syllables(3) + fmt.Sprint(w.r.IntN(99))
	default:
		h.mailbox = ascii(h.given) + fmt.Sprint(h.born.Year())
	}
	return h
}

// commune draws by population, a little flattened.
func (w *world) commune() france.Commune {
	for range 40 {
		c := w.d.Communes[w.r.IntN(len(w.d.Communes))]
		if len(c.Postcodes) > 0 && w.r.IntN(20_000) < 300+c.Population {
			return c
		}
	}
	return w.d.Communes[0]
}

func (w *world) syllables(n int) string {
	var b strings.Builder
	for range n {
		b.WriteString(w.pick("ba", "ko", "ri", "mo", "ta", "zen", "lu", "shi", "fer", "dan", "po", "qui", "ve", "gra", "ny"))
	}
	return b.String()
}

// casing writes names as the table does: capitals, or not, with accents or not.
func (w *world) name(what, s string) string {
	switch w.way("case-"+what, 4) {
	case 0:
		return strings.ToUpper(s)
	case 1:
		return key([]byte(s))
	case 2:
		return strings.ToLower(s)
	}
	return titled(s)
}

func titled(s string) string {
	b := []rune(strings.ToLower(s))
	up := true
	for i, r := range b {
		if up {
			b[i] = []rune(strings.ToUpper(string(r)))[0]
		}
		up = r == ' ' || r == '-' || r == '\''
	}
	return string(b)
}

var dateWays = []string{"02/01/2006", "2006-01-02", "02-01-2006", "02.01.2006", "20060102", "02/01/06", "2006-01-02 00:00:00", "01/02/2006", "2/1/2006", "2 January 2006", "02012006"}

func (w *world) digits(n int) string {
	var b strings.Builder
	for range n {
		b.WriteByte(byte('0' + w.r.IntN(10)))
	}
	return b.String()
}

func (w *world) luhned(body string) string {
	for c := '0'; ; c++ {
		if luhn([]byte(body + string(c))) {
			return body + string(c)
		}
	}
}

func (w *world) hexed(n int) string {
	b := make([]byte, n/2)
	for i := range b {
		b[i] = byte(w.r.Uint32())
	}
	return hex.EncodeToString(b)
}

func (w *world) phone() string {
	n := w.pick("06", "07", "01", "02", "03", "04", "05", "09") + w.digits(8)
	if w.abroad {
		return fmt.Sprintf("%d-555-%04d", 201+w.r.IntN(700), w.r.IntN(10000))
	}
	g := func(sep string) string { return strings.Join([]string{n[:2], n[2:4], n[4:6], n[6:8], n[8:]}, sep) }
	switch w.way("phone", 6) {
	case 0:
		return g(" ")
	case 1:
		return g(".")
	case 2:
		return "+33" + n[1:]
	case 3:
		return n[1:]
	case 4:
		return "+33 " + g(" ")[1:]
	}
	return n
}

func (w *world) streetName() string {
	if w.abroad {
		return w.pick("Oak", "Maple", "Cedar", "Fairview", "Poplar", "Lakeland", "Sunset", "Hill Haven", "Rosewood", "Emerson", "Kildeer", "Bird Spring", "Goff", "Mulberry") + " " + w.pick("Street", "Road", "Lane", "Drive", "Avenue", "Court", "Way", "Circle")
	}
	return w.pick("rue", "rue", "rue", "avenue", "boulevard", "chemin", "place", "impasse", "allée", "route", "av.", "bd") + " " + w.pick("des Lilas", "Victor Hugo", "de la République", "Jean Jaurès", "du Moulin", "de l'Église", "Pasteur", "du 8 Mai 1945", "des Écoles", "de Paris", "du Général de Gaulle", "Émile Zola", "de la Gare", "du Stade", "des Prés verts")
}

var passwords = strings.Fields("azerty 123456 soleil marseille doudou loulou password motdepasse chouchou qwerty iloveyou bonjour camille princesse")

func (w *world) password(h *human) string {
	switch w.r.IntN(6) {
	case 0:
		return w.pick(passwords...)
	case 1:
		return strings.ToLower(h.given) + fmt.Sprint(h.born.Year())
	case 2:
		return titled(w.syllables(2)) + w.digits(2) + w.pick("!", "?", "*", "$", "@1")
	case 3:
		return w.syllables(1) + titled(w.syllables(1)) + w.digits(1) + w.syllables(1)
	case 4:
		return w.syllables(3) + w.digits(2+w.r.IntN(3))
	}
	var b strings.Builder
	for range 8 + w.r.IntN(4) {
		b.WriteByte("abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"[w.r.IntN(57)])
	}
	return b.String()
}

// shapes of tables: columns in their order; one in brackets may be missing.
var tableShapes = []string{
	"row_id [code:status] birth_name [usage_name] given_names sex birth_date [birth_place] [nationality] [email] phone street postcode city [date:time]",
	"code:shape birth_name given_names birth_date nir [email] phone street postcode city [country]",
	"sex birth_name usage_name given_names:all birth_date birth_commune birth_place nationality street postcode city commune_code",
	"full_name:sg birth_date street postcode city phone email [benefit]",
	"full_name:gs email phone employer [occupation] city",
	"full_name:comma birth_date nir [health]",
	"ine birth_name given_names birth_date sex uai school [commune_code] [boolean]",
	"email password", "email password_hash", "login password", "email login password_hash ip date:time", "login email password", "url login password", "password", "email", "row_id login email password_hash [date:time] [boolean]",
	"birth_name given_names iban [amount] [date]", "birth_name given_names rib_bank rib_branch rib_account rib_key", "row_id full_name:gs card amount date", "nir birth_name given_names birth_date iban",
	"ip user_agent url date:time [uuid]", "uuid mac ip date:unix", "uuid email token [boolean]",
	"commune_code city postcode department [department:name] number:population coordinates:lat coordinates:lon", "city postcode", "postcode commune_code city", "department department:name number:population", "commune_code city",
	"siren employer [siret] street postcode city [date]", "siret employer street postcode city", "uai school street postcode city commune_code [coordinates:lat] [coordinates:lon]", "finess employer street postcode city",
	"birth_name given_names birth_day birth_month birth_year", "birth_name given_names birth_year sex [postcode]", "birth_year birth_month birth_day birth_name given_names city",
	"france_travail_number birth_name given_names birth_date [email] [phone] benefit", "tax_number birth_name given_names birth_date street postcode city", "identity_card birth_name given_names birth_date birth_place sex", "passport birth_name given_names nationality birth_date",
	"birth_name given_names birth_date family_status number:age street postcode city phone phone [free_text]",
	"row_id birth_name given_names free_text date", "birth_name given_names health birth_date free_text", "given_names birth_name email", "given_names birth_name login email password date:time ip",
	"birth_name given_names birth_date:serial [sex] postcode city", "nir:masked birth_name given_names birth_date",
	"row_id sex given_names birth_name street city code:state postcode country email login password user_agent phone birth_date number:age card employer url:domain health uuid coordinates:lat coordinates:lon code:color number:weight code:ups occupation",
	"row_id sex given_names birth_name street city postcode country email login password phone birth_date:us number:age card number:big occupation employer uuid",
	"row_id given_names birth_name email sex ip [country]",
	"row_id:jump birth_name given_names birth_date street postcode city phone email date:time amount",
	"full_name:sg number:mark number:mark [number:mark] [free_text]",
	"row_id number:age number:rate [number:rate] code:status",
}

// invented is a table with what its columns mean.
type invented struct {
	meanings []string
	ways     []string
	rows     [][]string
}

// invent writes a table of a shape.
func invent(seed uint64, n int) invented {
	return inventShape(tableShapes[int(seed)%len(tableShapes)], seed, n)
}

func inventShape(shape string, seed uint64, n int) invented {
	w := &world{r: rand.New(rand.NewPCG(seed, 77)), d: franceData(), style: map[string]int{}}
	columns := strings.Fields(shape)
	var kept []string
	for _, c := range columns {
		if name, optional := strings.CutPrefix(c, "["); !optional {
			kept = append(kept, c)
		} else if w.r.IntN(3) > 0 {
			kept = append(kept, strings.TrimSuffix(name, "]"))
		}
	}
	w.abroad = slices.Contains(kept, "code:color") || slices.Contains(kept, "number:big") && w.r.IntN(2) == 0
	if !w.abroad && w.r.IntN(6) == 0 { // columns change places
		i, j := w.r.IntN(len(kept)), w.r.IntN(len(kept))
		if !strings.HasPrefix(kept[i], "rib") && !strings.HasPrefix(kept[i], "birth_") && !strings.HasPrefix(kept[j], "birth_") && !strings.HasPrefix(kept[j], "rib") {
			kept[i], kept[j] = kept[j], kept[i]
		}
	}
	t := invented{ways: kept}
	empties := make([]int, len(kept))
	for i, c := range kept {
		m, _, _ := strings.Cut(c, ":")
		t.meanings = append(t.meanings, m)
		empties[i] = []int{0, 0, 0, 5, 10, 30}[w.r.IntN(6)]
	}
	for range n {
		w.row++
		h := w.human()
		row := make([]string, len(kept))
		for i, c := range kept {
			if w.r.IntN(100) < empties[i] && c != "row_id" && !strings.HasPrefix(c, "rib") {
				continue
			}
			row[i] = fields[c](w, h)
			if w.r.IntN(300) == 0 { // a typing error
				row[i] = w.pick("?", "x", "voir dossier", row[i]+" ", "")
			}
		}
		t.rows = append(t.rows, row)
	}
	return t
}

// read gives a table to its columns as the survey does.
func (t invented) read(o *Options) []Column {
	cols := newColumns(len(t.meanings))
	for n, row := range t.rows {
		for i, v := range row {
			cols[i].add([]byte(v), int64(n+1), o)
		}
	}
	return understand(cols, make([]string, len(cols)), o)
}

// score counts what was right, by meaning.
type score struct {
	right, said, real map[string]float64
	sure              [2][11]float64 // right and all, by stated confidence in tenths
	wrong             map[string]int
}

func newScore() *score {
	return &score{right: map[string]float64{}, said: map[string]float64{}, real: map[string]float64{}, wrong: map[string]int{}}
}

func (s *score) add(want string, got Column) {
	s.real[want]++
	s.said[got.Meaning]++
	bin := int(got.Confidence * 20)
	bin = max(0, bin-10)
	if got.Meaning != MeaningUnknown && got.Meaning != MeaningEmpty {
		s.sure[1][bin]++
		if want == got.Meaning {
			s.sure[0][bin]++
		}
	}
	if want == got.Meaning {
		s.right[want]++
	}
}

func (s *score) macro() (f1 float64, worst []string) {
	for m, n := range s.real {
		p, r := 0.0, s.right[m]/n
		if s.said[m] > 0 {
			p = s.right[m] / s.said[m]
		}
		f := 0.0
		if p+r > 0 {
			f = 2 * p * r / (p + r)
		}
		f1 += f
		if f < 0.97 {
			worst = append(worst, fmt.Sprintf("%s %.3f (p %.2f, r %.2f, %v)", m, f, p, r, n))
		}
	}
	slices.Sort(worst)
	return f1 / float64(len(s.real)), worst
}

// tries is how often each shape is written.
const tries = 2

// TestMeaningsOfManyTables measures how well columns are understood that have
// no header, and whether the stated confidence keeps its word.
func TestMeaningsOfManyTables(t *testing.T) {
	o := worldOptions()
	s := newScore()
	for seed := range uint64(len(tableShapes) * tries) {
		table := invent(seed, 40+int(seed%5)*60)
		got := table.read(&o)
		for i, want := range table.meanings {
			s.add(want, got[i])
			if got[i].Meaning != want {
				s.wrong[table.ways[i]+" taken for "+got[i].Meaning]++
				if testing.Verbose() {
					t.Logf("%d %s (%d) taken for %s %.2f in %v", seed, table.ways[i], i, got[i].Meaning, got[i].Confidence, table.ways)
				}
			}
		}
	}
	f1, worst := s.macro()
	t.Logf("macro F1 %.4f over %d meanings", f1, len(s.real))
	if f1 < 0.97 {
		t.Errorf("macro F1 %.4f; %s", f1, strings.Join(worst, "; "))
	}
	// A confidence is at most what it states: no bin of some size is wrong more
	// often than its lower bound says.
	for bin, all := range s.sure[1] {
		stated, right := 0.5+float64(bin)/20, s.sure[0][bin]/max(1, all)
		if all >= 30 && right < stated-0.03 {
			t.Errorf("stated %.2f: right %.3f of %.0f", stated, right, all)
		}
	}
}
