package watch

import (
	"strings"
	"unicode"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"
)

// Lookalikes knows the team's own domains and tells names that pass for them:
// the domain of the public page and the one that sends. Names are judged, not
// listed: what fraudsters may register is without end, how they deceive is not.
type Lookalikes struct{ own []ownDomain }

type ownDomain struct {
	name   string // registered name, avis-vigie.fr
	label  string // avis-vigie
	suffix string // fr
	plain  string // label without hyphens
	bones  string // its skeleton
}

// Lookalike is a name that passes for one of ours.
type Lookalike struct {
	Name string `json:"name"`
	Of   string `json:"of"`
	Why  string `json:"why"` // homoglyph, typo, other-ending, hyphen, added-word, prefix
}

// NewLookalikes watches over domains, as sub.example.org or example.org. A
// label of fewer than five letters is too short to be told from others.
func NewLookalikes(domains ...string) *Lookalikes {
	l := &Lookalikes{}
	for _, d := range domains {
		d = cleanHost(d)
		registered, label, suffix, ok := parts(d)
		if !ok || len([]rune(label)) < minLabel {
			continue
		}
		l.own = append(l.own, ownDomain{registered, label, suffix, strings.ReplaceAll(label, "-", ""), skeleton(strings.ReplaceAll(label, "-", ""))})
	}
	return l
}

const (
	minLabel  = 5
	longLabel = 9 // from so many letters on, one letter off is no other word
)

// parts cuts a name into its registered name, the label before the public
// suffix and that suffix. gouv.fr is a suffix whose names the State alone has.
func parts(host string) (registered, label, suffix string, ok bool) {
	registered, err := publicsuffix.EffectiveTLDPlusOne(host)
	if err != nil {
		return "", "", "", false
	}
	label, suffix, ok = strings.Cut(registered, ".")
	return registered, label, suffix, ok
}

// Judge tells whether a host passes for one of ours; ours itself, and what is
// below it, does not.
func (l *Lookalikes) Judge(host string) (Lookalike, bool) {
	if l == nil {
		return Lookalike{}, false
	}
	host = cleanHost(host)
	shown, err := idna.Display.ToUnicode(host)
	if err != nil {
		shown = host
	}
	registered, label, suffix, ok := parts(shown)
	if !ok {
		return Lookalike{}, false
	}
	for _, o := range l.own {
		if registered == o.name {
			return Lookalike{}, false
		}
	}
	plain := strings.ReplaceAll(label, "-", "")
	bones := skeleton(plain)
	for _, o := range l.own {
		if why := o.judge(shown, registered, label, suffix, plain, bones); why != "" {
			return Lookalike{Name: host, Of: o.name, Why: why}, true
		}
	}
	return Lookalike{}, false
}

func (o ownDomain) judge(host, registered, label, suffix, plain, bones string) string {
	rest := strings.TrimSuffix(strings.TrimSuffix(host, registered), ".")
	switch {
	case strings.HasSuffix(rest, o.name) || strings.Contains("."+rest+".", "."+o.label+".") && len(o.plain) >= longLabel:
		return "prefix" // avis-vigie.fr.verif.test
	case label == o.label && suffix != o.suffix:
		return "other-ending"
	case plain == o.plain || label == o.label+"-"+strings.ReplaceAll(o.suffix, ".", "-") || plain == o.plain+strings.ReplaceAll(o.suffix, ".", ""):
		return "hyphen" // avisvigie.fr, avis-vigie-fr.com, avis-vigie-gouv-fr.com
	case bones == o.bones:
		return "homoglyph"
	case added(label, o.label):
		return "added-word"
	case typo(plain, o.plain):
		return "typo"
	}
	return ""
}

// added tells whether words that fraudsters add stand around our label.
func added(label, ours string) bool {
	if strings.Contains("-"+label+"-", "-"+ours+"-") {
		return true // our label stands in it as a whole
	}
	for _, w := range baits {
		if label == ours+w || label == w+ours {
			return true
		}
	}
	return false
}

// baits are words that are put beside a body's name.
var baits = []string{"fr", "gouv", "gouvfr", "france", "officiel", "service", "securite", "secure", "verif", "verification", "alerte", "info", "infos", "mon", "compte", "espace", "connexion",
	"login", "contact", "support", "aide", "mail", "courrier", "notification", "www", "portail", "assistance"}

// typo tells whether one letter is dropped, doubled, replaced or swapped with
// its neighbour. Short labels have too many neighbours that are words of their
// own: there only a swap or a doubled letter counts.
func typo(a, b string) bool {
	x, y := []rune(a), []rune(b)
	i := 0
	for i < len(x) && i < len(y) && x[i] == y[i] {
		i++
	}
	j, k := len(x), len(y)
	for j > i && k > i && x[j-1] == y[k-1] {
		j, k = j-1, k-1
	}
	dx, dy := x[i:j], y[i:k]
	switch {
	case len(dx) == 2 && len(dy) == 2:
		return dx[0] == dy[1] && dx[1] == dy[0]
	case len(dx) == 1 && len(dy) == 0: // one more
		return len(y) >= longLabel || i > 0 && x[i-1] == dx[0]
	case len(dx) == 0 && len(dy) == 1, len(dx) == 1 && len(dy) == 1:
		return len(y) >= longLabel && !unicode.IsDigit(firstOf(dx))
	}
	return false
}

func firstOf(r []rune) rune {
	if len(r) == 0 {
		return 'x'
	}
	return r[0]
}

// confusable are letters that are taken for Latin ones (Unicode Technical
// Standard 39), those that domain names may have.
var confusable = map[rune]string{
	'а': "a", 'ɑ': "a", 'α': "a", 'á': "a", 'à': "a", 'â': "a", 'ä': "a", 'ạ': "a", 'å': "a", 'ã': "a", 'с': "c", 'ϲ': "c", 'ç': "c", 'ć': "c", 'ԁ': "d", 'ɗ': "d",
	'е': "e", 'é': "e", 'è': "e", 'ê': "e", 'ë': "e", 'ė': "e", 'ẹ': "e", 'ɡ': "g", 'ġ': "g", 'һ': "h", 'і': "i", 'í': "i", 'ì': "i", 'î': "i", 'ï': "i", 'ı': "i", 'ι': "i", 'l': "i", '1': "i",
	'ӏ': "i", 'ł': "i", 'ј': "j", 'κ': "k", 'к': "k", 'м': "m", 'ո': "n", 'ñ': "n", 'ń': "n", 'п': "n", 'о': "o", 'ο': "o", '0': "o", 'ó': "o", 'ò': "o", 'ô': "o", 'ö': "o", 'ọ': "o", 'õ': "o",
	'р': "p", 'ρ': "p", 'ԛ': "q", 'г': "r", 'ѕ': "s", 'ś': "s", 'š': "s", 'ş': "s", '5': "s", 'т': "t", 'τ': "t", 'υ': "u", 'ü': "u", 'ù': "u", 'û': "u", 'ú': "u", 'ц': "u", 'ν': "v", 'ѵ': "v",
	'ѡ': "w", 'ԝ': "w", 'х': "x", 'χ': "x", 'у': "y", 'ý': "y", 'ÿ': "y", 'ź': "z", 'ż': "z", 'ž': "z", '3': "e", '4': "a",
}

// pairs of letters that are read as one.
var pairs = strings.NewReplacer("rn", "m", "vv", "w", "cl", "d", "ci", "d")

// skeleton writes a label as the eye reads it.
func skeleton(label string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(label) {
		if c, ok := confusable[r]; ok {
			b.WriteString(c)
		} else {
			b.WriteRune(r)
		}
	}
	return pairs.Replace(b.String())
}

// In finds the look-alikes among the hosts that stand in a text.
func (l *Lookalikes) In(text string) (out []Lookalike) {
	if l == nil || len(l.own) == 0 {
		return nil
	}
	seen := map[string]bool{}
	words := strings.FieldsFunc(clip(text, maxText), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '-' && r != '.' })
	for n, h := range words {
		if n > maxLookalikes {
			break
		}
		h = strings.Trim(h, ".-")
		if !strings.Contains(h, ".") {
			continue
		}
		if x, ok := l.Judge(h); ok && !seen[x.Name] {
			seen[x.Name] = true
			out = append(out, x)
		}
	}
	return out
}

const maxLookalikes = 20_000 // words read of one text
