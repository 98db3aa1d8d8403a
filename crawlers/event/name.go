package event

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/net/publicsuffix"
	"golang.org/x/text/unicode/norm"

	"vigie/internal/breach"
)

// maxTitle bounds what is read of a title, in bytes.
const maxTitle = 600

// name is who a title speaks of, freed from what sites hang on it.
type name struct {
	words  []string // folded, without decoration; empty says nothing of who
	solid  string   // the words without spaces
	domain string   // registered name, from the post's website or the title
	label  string   // its first label without punctuation
	cut    bool     // the site cut the title short
	masked bool     // the site hides the name
	part   bool     // the title says that it continues another
}

var (
	hosts  = regexp.MustCompile(`(?i)(?:https?://)?(?:www\.)?((?:[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?\.)+[a-z]{2,18})\b`)
	parted = regexp.MustCompile(`\b(?:parts?|pt|partie|volume|vol|tome|day|jour|chapter|chapitre|batch|lot|chunk|portion|tranche|update|upd|suite|maj)\b[\s#:.-]*(?:n|no)?\s*(?:\d+|[ivx]+)?(?:\s*(?:/|of|sur|\+|-|&)\s*\d+)*\b`)
	sizes  = regexp.MustCompile(`\b\d+(?:[.,]\d+)?\s?(?:[kmgt]i?b|[kmgt]o|bytes|files|records|rows|lines|lignes)\b`)
	stamps = regexp.MustCompile(`\b(?:20\d\d[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]20\d\d|20(?:1[5-9]|2\d|3[0-5]))\b|\b\d{1,3}\s?%`)
	// initials are letters with dots, such as those of a legal form.
	initials = regexp.MustCompile(`\b[a-z](?:\.[a-z]\b)+`)
	stars    = regexp.MustCompile(`\*{2,}|█|\[(?:hidden|redacted|name)\]|#{3,}|x{4,}`)
)

// decoration are words that sites put beside a name: they tell the state of
// the leak, not who leaked. Legal forms and articles differ between tellings.
var decoration = wordSet(`data database databases db dump dumps leak leaks leaked leaking hacked hack breach breached files file published publish
	publication encrypted fichiers donnees fuite sale selling sell sold vente vendu final sample samples proof proofs free download archive archives new full
	complete all more hot fresh updated big huge announcement with and nda sources information documents docs sql csv txt zip combo list private base bdd
	re fwd the of a an le la les de du des d l et aux au en for
	inc llc ltd limited gmbh sa sas sasu sarl eurl srl spa sl ag bv nv plc co corp corporation company cie kg oy ab as pty pvt kft lp llp`)

func wordSet(s string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(s) {
		out[w] = true
	}
	return out
}

// plain lowers a text and drops its accents.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFKD.String(s))
}

// nameOf reads who a post speaks of. A domain in the title says it best, then
// the words beside it, then the post's website.
func nameOf(p breach.Post) name {
	title := p.Title
	if len(title) > maxTitle {
		title = strings.ToValidUTF8(title[:maxTitle], "")
	}
	s := strings.TrimSpace(plain(title))
	n := name{masked: stars.MatchString(s), cut: strings.HasSuffix(s, "...") || strings.HasSuffix(s, "…")}
	s = initials.ReplaceAllStringFunc(s, func(m string) string { return strings.ReplaceAll(m, ".", "") })
	bare := parted.ReplaceAllString(s, " ")
	n.part = bare != s
	bare = stamps.ReplaceAllString(sizes.ReplaceAllString(bare, " "), " ")
	if m := hosts.FindStringSubmatchIndex(bare); m != nil && !n.cut {
		if n.domain = registered(bare[m[2]:m[3]]); n.domain != "" {
			bare = bare[:m[0]] + " " + bare[m[1]:]
		}
	}
	n.words = tokens(bare)
	if n.domain != "" && len(n.words) == 0 { // the title is the domain
		n.words = tokens(firstLabel(n.domain))
	}
	if n.domain == "" {
		n.domain = registered(p.Website)
	}
	n.label = solid(firstLabel(n.domain))
	n.solid = strings.Join(n.words, "")
	return n
}

func tokens(s string) []string {
	out := strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	return slices.DeleteFunc(out, func(w string) bool { return decoration[w] })
}

func solid(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, s)
}

// registered is the name under which a site is registered, by the public
// suffixes that ICANN knows: example.co.uk for www.example.co.uk.
func registered(site string) string {
	site = strings.ToLower(strings.TrimSpace(site))
	if site == "" {
		return ""
	}
	if !strings.Contains(site, "://") {
		site = "http://" + site
	}
	u, err := url.Parse(site)
	if err != nil {
		return ""
	}
	host := strings.TrimSuffix(u.Hostname(), ".")
	suffix, icann := publicsuffix.PublicSuffix(host)
	if !icann && !strings.Contains(suffix, ".") && suffix != "test" {
		return "" // no such top-level domain
	}
	out, err := publicsuffix.EffectiveTLDPlusOne(host)
	if err != nil {
		return ""
	}
	return out
}

func firstLabel(domain string) string {
	first, _, _ := strings.Cut(domain, ".")
	return first
}
