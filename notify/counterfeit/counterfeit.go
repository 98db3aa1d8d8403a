// Package counterfeit holds a message that somebody reports against what the
// team really sends: its templates, its marks, its domains. Fraudsters copy a
// true notice and change one thing: a link, a number, a demand. So likeness to
// a template proves nothing by itself; what was changed does.
//
// A verdict is for people to read. It names rules, never what stood in the
// message.
package counterfeit

import (
	"crypto/ed25519"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"vigie/notify/mark"
)

// Template is a text of ours.
type Template struct{ Name, Text string }

// Known is what the team really sends.
type Known struct {
	Templates []Template
	Domains   []string // names that our messages may write, such as cnil.fr
	Key       ed25519.PublicKey
	// Issued tells whether a code is on one of our messages; nil: none is.
	Issued func(code string) bool
}

// The verdicts.
const (
	False     = "counterfeit" // something in it never stands in a message of ours
	Like      = "like-ours"   // nothing speaks against it: compare date, channel and sender
	Unclear   = "unclear"     // it resembles ours in part
	Unrelated = "unrelated"   // it is nothing like ours
)

// Verdict is what the comparison says.
type Verdict struct {
	Kind     string   `json:"kind"`
	Why      []string `json:"why"`      // rules, the gravest first
	Template string   `json:"template"` // most alike; "" for none
	Likeness float64  `json:"likeness"` // share of the message's runs of four words that the template has
	Code     string   `json:"code"`     // none, known, unknown
	Mark     string   `json:"mark"`     // none, genuine, forged
}

const (
	maxText  = 64 << 10 // bytes read
	maxCodes = 20
	run      = 4 // words
)

var (
	payload = regexp.MustCompile(`VIGIE1 \S{1,20} \S{1,80} \d{8} \S{1,80} [A-Za-z0-9_-]{86}`)
	code    = regexp.MustCompile(`(?i)\b[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{4}\b`)
	host    = regexp.MustCompile(`(?i)\b(?:[a-z0-9\p{L}](?:[a-z0-9\p{L}-]{0,62})\.)+(?:[a-z]{2,24})\b`)
	link    = regexp.MustCompile(`(?i)https?://|www\.`)
	demands = []struct {
		rule  string
		match *regexp.Regexp
	}{
		{"asks-secret", regexp.MustCompile(`(?i)(envoy|communiqu|transme|indiqu|confirm|saisi|renseign|fourni|compl[ée]t|send|give|confirm|enter|provide|submit)[^.!?\n]{0,60}(mots? de passe|codes? (re[çc]u|secret|sms)|coordonn[ée]es bancaires|\biban\b|\brib\b|carte bancaire|pi[èe]ce d'identit[ée]|password|bank details|card number|\bpin\b)`)},
		{"asks-money", regexp.MustCompile(`(?i)(pay|r[ée]gl|vers|virement|r[èe]glement)[^.!?\n]{0,40}(€|eur|frais|amende|montant|fee|fine)|\d+([.,]\d\d)? ?(€|euros?)\b`)},
		{"click", regexp.MustCompile(`(?i)\bcliqu(ez|er)|\bclick\b|(ouvr|suiv)(ez|re) (le|ce) lien|(lien|bouton) (ci-dessous|suivant)|\b(follow|open) (this|the) link|flash(ez|er)|scan(nez)? (the|le|ce)`)},
		{"urgency", regexp.MustCompile(`(?i)sous \d+ ?(h|heures)\b|dernier (rappel|avertissement)|compte sera (suspendu|bloqu|ferm)|within \d+ hours|will be (suspended|closed|blocked)`)},
	}
	denied = regexp.MustCompile(`(?i)\b(jamais|never|n'ouvrez|ne\b[^.!?\n]{0,30}\bpas|do not|don't|aucun)\b`)
)

// Judge compares a message with what the team sends. Only its first 64 KiB are
// read.
func Judge(text string, k Known) Verdict {
	text = strings.ToValidUTF8(text[:min(len(text), maxText)], "")
	v := Verdict{Code: "none", Mark: "none", Why: []string{}}
	v.alike(text, k.Templates)
	v.marks(text, k)
	straight := strings.ReplaceAll(text, "’", "'")
	for _, d := range demands {
		if slices.ContainsFunc(sentences(straight), func(s string) bool { return d.match.MatchString(s) && !denied.MatchString(s) }) {
			v.Why = append(v.Why, d.rule)
		}
	}
	if link.MatchString(text) && foreign(text, k.Domains) {
		v.Why = append(v.Why, "foreign-link")
	}
	switch {
	case v.Mark == "forged" || v.Code == "unknown" || len(v.Why) > 0:
		v.Kind = False
	case v.Likeness >= 0.6:
		v.Kind = Like
	case v.Likeness >= 0.2 || v.Code == "known" || v.Mark == "genuine":
		v.Kind = Unclear
	default:
		v.Kind = Unrelated
	}
	return v
}

func (v *Verdict) marks(text string, k Known) {
	for _, p := range payload.FindAllString(text, maxCodes) {
		v.Mark = "genuine"
		if _, err := mark.Read(k.Key, p); err != nil {
			v.Mark = "forged"
			v.Why = append(v.Why, "forged-mark")
			break
		}
	}
	for _, c := range code.FindAllString(text, maxCodes) {
		if k.Issued != nil && k.Issued(c) {
			v.Code = "known"
			continue
		}
		if strings.ContainsAny(c, "0123456789") || c == strings.ToUpper(c) {
			v.Code = "unknown"
			v.Why = append(v.Why, "unknown-code")
			break
		}
	}
}

// foreign tells whether a host stands in the text that is none of ours.
func foreign(text string, ours []string) bool {
	return slices.ContainsFunc(host.FindAllString(text, 200), func(h string) bool {
		h = strings.ToLower(h)
		return !slices.ContainsFunc(ours, func(d string) bool { return h == d || strings.HasSuffix(h, "."+d) })
	})
}

func sentences(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == '.' || r == '!' || r == '?' || r == '\n' || r == ';' })
}

// alike finds the template that shares most runs of words with the message.
func (v *Verdict) alike(text string, list []Template) {
	mine := runs(text)
	if len(mine) == 0 {
		return
	}
	for _, t := range list {
		theirs, both := runs(t.Text), 0
		for r := range mine {
			if theirs[r] {
				both++
			}
		}
		if x := float64(both) / float64(len(mine)); x > v.Likeness {
			v.Likeness, v.Template = x, t.Name
		}
	}
}

func runs(text string) map[string]bool {
	words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) })
	out := map[string]bool{}
	for i := 0; i+run <= len(words); i++ {
		out[strings.Join(words[i:i+run], " ")] = true
	}
	return out
}
