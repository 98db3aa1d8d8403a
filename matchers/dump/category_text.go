package dump

import (
	"bytes"
	"strings"

	"vigie/internal/ident"
)

// textLeast is the shortest value in bytes that is read as running text, textBlanks
// how many blanks it has at least.
const (
	textLeast  = 24
	textBlanks = 4
)

// maxTextWords bounds the words that one value or piece of a document has
// looked up in dictionaries; check digits are searched in all of it.
const maxTextWords = 400

// Mentions counts what running text says about people. A text counts once for
// each kind, however often it mentions it.
type Mentions struct {
	Texts   int64 `json:"texts"` // values or pieces that were read
	Names   int64 `json:"names"` // a given name beside a surname
	NIR     int64 `json:"nir"`
	IBAN    int64 `json:"iban"`
	Card    int64 `json:"card"`
	Email   int64 `json:"email"`
	Phone   int64 `json:"phone"`
	Contact int64 `json:"contact"` // an address or a number, or both
	Health  int64 `json:"health"`
	Social  int64 `json:"social"`
	Crime   int64 `json:"crime"`
	Births  int64 `json:"births"`  // a date of birth that is said to be one
	Secrets int64 `json:"secrets"` // a password behind its word, a token
}

// textSurvey reads running text: documents, and columns of sentences.
type textSurvey struct {
	o      *Options
	counts Mentions
	word   []byte
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
			m := s.read(line[:n])
			s.counts.NIR += int64(when(m.Has(ident.NIR)))
			s.counts.IBAN += int64(when(m.Has(ident.IBAN)))
			s.counts.Card += int64(when(m.Has(ident.Card)))
			line = line[n:]
		}
	}
}

// read reads one value or line for what stands in words: what check digits
// prove is counted by the caller.
func (s *textSurvey) read(v []byte) (found ident.Set) {
	if len(v) == 0 {
		return 0
	}
	s.counts.Texts++
	ident.Scan(v, func(m ident.Mention) {
		if m.Proved || m.Kind == ident.Email || m.Kind == ident.Phone || m.Kind == ident.BirthDate || m.Kind == ident.Secret {
			found |= 1 << m.Kind
		}
	})
	var health, social, crime, name, bare bool
	said := false // that a NIR comes
	before := ""  // the word before, when it may be half of a name
	words := 0
	for i := 0; i < len(v) && words < maxTextWords; {
		from := i
		for i < len(v) && !isGap(v[i]) {
			i++
		}
		w := v[from:i]
		i++
		if len(w) < 2 {
			continue
		}
		words++
		if b := w[0]; len(w) > 24 || b >= '0' && b <= '9' || b == '+' {
			before = ""
			if d := bytes.Trim(w, ".,;:!?()"); said && len(d) == 13 && isNIRBody(d) {
				bare = true
			}
			continue
		}
		s.word = appendKey(s.word[:0], bytes.Trim(w, ".,;:!?()\"'"))
		k := string(s.word)
		said = said || k == "NIR" || k == "SECU" || k == "SS" || k == "NSS"
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
	count(&s.counts.NIR, bare && !found.Has(ident.NIR))
	count(&s.counts.Births, found.Has(ident.BirthDate))
	count(&s.counts.Secrets, found.Has(ident.Secret))
	count(&s.counts.Contact, found.Has(ident.Email) || found.Has(ident.Phone))
	count(&s.counts.Email, found.Has(ident.Email))
	count(&s.counts.Phone, found.Has(ident.Phone))
	return found
}

// isNIRBody tells the thirteen digits of a NIR without its key, of a month of the
// calendar.
func isNIRBody(v []byte) bool {
	p, ok := ident.ParseNIR(v)
	return ok && p.Month >= 1 && p.Month <= 12 && (v[0] == '1' || v[0] == '2')
}

// named tells a given name and a surname beside each other, both with a capital.
func (s *textSurvey) named(before, word string, as []byte) (found bool, next string) {
	if s.o.GivenName == nil || s.o.Surname == nil || len(word) < 3 || as[0] >= 'a' && as[0] <= 'z' {
		return false, ""
	}
	first, _, _ := strings.Cut(word, "-") // Marie-José is known by her first half
	given, surname := s.o.GivenName(word) > 5e-6 || s.o.GivenName(first) > 5e-5, s.o.Surname(word) > 1e-6
	switch {
	case before == "":
	case before[0] == 'g' && surname || before[0] == 's' && given && (!surname || before[1] != 'w'):
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

// isCrime tells words for offences and sentences.
func isCrime(words []string) bool {
	for _, w := range words {
		if crimeText()[w] {
			return true
		}
	}
	return false
}

var healthText = wordSet(illnesses + "|ANTIDEPRESSEURS|CMP|HANDICAPS|AVEUGLE|SOURD|ASTHME|ASTHMATIQUE|DIABETE|DIABETIQUE|EPILEPSIE|EPILEPTIQUE|CANCER|DEPRESSION|DEPRESSIF|DEPRESSIVE|HYPERTENSION|ALLERGIE|ALLERGIQUE|HANDICAP|HANDICAPE|HANDICAPEE|MDPH|RQTH|ALD|VIH|HIV|HEPATITE|AUTISME|AUTISTE|DYSLEXIE|DYSLEXIQUE|SCHIZOPHRENIE|BIPOLAIRE|ANXIETE|ANXIEUX|MIGRAINES|INSULINE|GROSSESSE|INVALIDITE|" +
	"MALADIE|PATHOLOGIE|MEDICAMENT|MEDICAMENTS|CHIMIOTHERAPIE|ADDICTION|ALCOOLISME|TOXICOMANIE|PARKINSON|ALZHEIMER|SCLEROSE|INFARCTUS|AVC|TUBERCULOSE|PSYCHIATRIE|PSYCHIATRIQUE|PSYCHIATRE|PSYCHOLOGUE|HOSPITALISATION|HOSPITALISE|HOSPITALISEE|SEROPOSITIF|ANOREXIE|DIALYSE|CHIRURGIE|SUICIDE|SUICIDAIRE|IVG|AVORTEMENT|AAH")

var socialText = wordSet("RSA|AAH|APL|CAF|CPAM|ALLOCATION|ALLOCATIONS|ALLOCATAIRE|CHOMAGE|BOURSIER|SURENDETTEMENT|EXPULSION|HEBERGEMENT|SDF|DIVORCE|TUTELLE|CURATELLE|ASE|AEMO|VIOLENCES|CELIBATAIRE|VEUVE|ADOPTION|ADOPTE|ADOPTEE|MONOPARENTALE|IMPAYES")

var crimeText = wordSet("CONDAMNE|CONDAMNEE|CONDAMNATION|PRISON|INCARCERE|INCARCEREE|INCARCERATION|DETENTION|DETENU|DETENUE|SURSIS|PROBATION|SPIP|GARDE-A-VUE|INFRACTION|INFRACTIONS|DELIT|ESCROQUERIE|STUPEFIANTS|CASIER|BRACELET|MISE-EN-EXAMEN|RECIDIVE|CAMBRIOLAGE|HOMICIDE|VIOLS|RECEL|OUTRAGE|REBELLION|CONTRAVENTION|CONTREVENANT|NATINF|ALCOOLEMIE|VERBALISE|VERBALISEE|ECROU|DEFERE|PENAL|PENALE|MALTRAITANCE|CONVICTED|IMPRISONED")
