package dump

import (
	"bytes"
	"strings"
)

// textLeast is the shortest value in bytes that is read as running text.
const textLeast = 24

// maxTextWords bounds the words that one value or piece of a document has
// looked up in dictionaries; check digits are searched in all of it.
const maxTextWords = 400

// Mentions counts what running text says about people. A text counts once for
// each kind, however often it mentions it.
type Mentions struct {
	Texts  int64 `json:"texts"` // values or pieces that were read
	Names  int64 `json:"names"` // a given name beside a surname
	NIR    int64 `json:"nir"`
	IBAN   int64 `json:"iban"`
	Card   int64 `json:"card"`
	Email  int64 `json:"email"`
	Phone  int64 `json:"phone"`
	Health int64 `json:"health"`
	Social int64 `json:"social"`
	Crime  int64 `json:"crime"`
}

// textSurvey reads running text: documents, and columns of sentences.
type textSurvey struct {
	o       *Options
	counts  Mentions
	scratch []byte
	word    []byte
}

func newTextSurvey(o *Options) *textSurvey { return &textSurvey{o: o} }

// add reads a piece of a document; where says where it stands, such as "page
// 3", and is not kept.
func (s *textSurvey) add(_ string, text []byte) { s.readAll(text) }

// readAll reads text of any length, paragraph by paragraph.
func (s *textSurvey) readAll(text []byte) {
	for line := range bytes.SplitSeq(text, []byte{'\n'}) {
		for len(line) > 0 {
			n := min(len(line), 4096)
			if n < len(line) {
				if i := bytes.LastIndexByte(line[:n], ' '); i > 0 {
					n = i
				}
			}
			s.read(line[:n])
			line = line[n:]
		}
	}
	var f found
	f, s.scratch = search(text, s.scratch)
	s.counts.NIR += int64(when(f.nir))
	s.counts.IBAN += int64(when(f.iban))
	s.counts.Card += int64(when(f.card))
}

// read reads one value or line for what stands in words: what check digits
// prove is counted by the caller.
func (s *textSurvey) read(v []byte) {
	if len(v) == 0 {
		return
	}
	s.counts.Texts++
	var health, social, crime, name, mail, phone bool
	before := "" // the word before, when it may be half of a name
	words := 0
	for i := 0; i < len(v) && words < maxTextWords; {
		from := i
		for i < len(v) && !isGap(v[i]) {
			i++
		}
		w := v[from:i]
		i++
		if len(w) < 2 {
			if len(w) == 1 && w[0] >= '0' && w[0] <= '9' {
				before = ""
			}
			continue
		}
		words++
		if bytes.IndexByte(w, '@') > 0 {
			mail = mail || isEmail(bytes.Trim(w, ".,;:()<>[]\"'"))
			continue
		}
		if b := w[0]; b >= '0' && b <= '9' || b == '+' {
			phone = phone || isSpokenPhone(v[from:])
			before = ""
			continue
		}
		if len(w) > 24 {
			before = ""
			continue
		}
		s.word = appendKey(s.word[:0], bytes.Trim(w, ".,;:!?()\"'"))
		k := string(s.word)
		health = health || healthText()[k]
		social = social || socialText()[k]
		crime = crime || crimeText()[k]
		if !name {
			name, before = s.named(before, k, w)
		}
	}
	count := func(n *int64, ok bool) { *n += int64(when(ok)) }
	count(&s.counts.Health, health)
	count(&s.counts.Social, social)
	count(&s.counts.Crime, crime)
	count(&s.counts.Names, name)
	count(&s.counts.Email, mail)
	count(&s.counts.Phone, phone)
}

// named tells a given name and a surname beside each other, both with a capital.
func (s *textSurvey) named(before, word string, as []byte) (found bool, next string) {
	if s.o.GivenName == nil || s.o.Surname == nil || len(word) < 3 || as[0] >= 'a' && as[0] <= 'z' {
		return false, ""
	}
	given, surname := s.o.GivenName(word) > 5e-6, s.o.Surname(word) > 1e-6
	switch {
	case before == "":
	case before[0] == 'g' && surname || before[0] == 's' && given && !(surname && before[1] == 'w'):
		return true, ""
	}
	switch {
	case given:
		return false, "g" + word
	case surname:
		return false, "s" + word
	}
	return false, ""
}

func isGap(c byte) bool {
	return c == ' ' || c == '\t' || c == ',' || c == ';' || c == '/' || c == '(' || c == ')' || c == '\r'
}

// isSpokenPhone tells a telephone number at the beginning of text.
func isSpokenPhone(v []byte) bool {
	n := 0
	for n < len(v) && n < 24 && (v[n] >= '0' && v[n] <= '9' || strings.IndexByte(" .-+()", v[n]) >= 0) {
		n++
	}
	v = bytes.TrimRight(v[:n], " .-(+")
	digits := countDigits(v)
	return (digits >= 10 && digits <= 13) && (v[0] == '+' || v[0] == '0') && isPhone(v)
}

var healthText = wordSet("ASTHME|ASTHMATIQUE|DIABETE|DIABETIQUE|EPILEPSIE|EPILEPTIQUE|CANCER|DEPRESSION|DEPRESSIF|DEPRESSIVE|HYPERTENSION|ALLERGIE|ALLERGIQUE|HANDICAP|HANDICAPE|HANDICAPEE|MDPH|RQTH|ALD|VIH|HIV|HEPATITE|AUTISME|AUTISTE|DYSLEXIE|DYSLEXIQUE|SCHIZOPHRENIE|BIPOLAIRE|ANXIETE|ANXIEUX|MIGRAINES|INSULINE|GROSSESSE|ENCEINTE|INVALIDITE|" +
	"MALADIE|MALADE|PATHOLOGIE|TRAITEMENT|MEDICAMENT|MEDICAMENTS|CHIMIOTHERAPIE|ADDICTION|ALCOOLISME|TOXICOMANIE|PARKINSON|ALZHEIMER|SCLEROSE|INFARCTUS|AVC|TUBERCULOSE|PSYCHIATRIE|PSYCHIATRIQUE|PSYCHIATRE|PSYCHOLOGUE|HOSPITALISATION|HOSPITALISE|HOSPITALISEE|HOPITAL|SEROPOSITIF|ANOREXIE|DIALYSE|OPERATION|CHIRURGIE|SANTE|MEDICAL|MEDICALE|MEDECIN|SUICIDE|SUICIDAIRE|IVG|AVORTEMENT|DIAGNOSTIC|SYNDROME|TROUBLES|AAH")

var socialText = wordSet("RSA|AAH|APL|CAF|CPAM|ALLOCATION|ALLOCATIONS|ALLOCATAIRE|CHOMAGE|BOURSE|BOURSIER|SURENDETTEMENT|EXPULSION|HEBERGEMENT|SDF|DIVORCE|SEPARATION|TUTELLE|CURATELLE|ASE|AEMO|PLACEMENT|VIOLENCES|GARDE|PENSION|CELIBATAIRE|VEUVE|ADOPTION|ADOPTE|ADOPTEE|MONOPARENTALE|IMPAYES|DETTE|DETTES|SIGNALEMENT")

var crimeText = wordSet("CONDAMNE|CONDAMNEE|CONDAMNATION|PRISON|INCARCERE|INCARCEREE|INCARCERATION|DETENTION|DETENU|DETENUE|SURSIS|PROBATION|SPIP|GARDE-A-VUE|INFRACTION|INFRACTIONS|DELIT|ESCROQUERIE|STUPEFIANTS|VOL|AGRESSION|CASIER|JUDICIAIRE|PLAINTE|BRACELET|PARQUET|TRIBUNAL|MISE-EN-EXAMEN|RECIDIVE|CAMBRIOLAGE|HOMICIDE|VIOL")
