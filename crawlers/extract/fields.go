package extract

import (
	"net/url"
	"regexp"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/publicsuffix"
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// linksOf lists where a part of a page leads, verbatim and in order.
func linksOf(n *html.Node) []string {
	var out []string
	seen := map[string]bool{}
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.ElementNode {
			for _, l := range []string{attr(n, "href"), attr(n, "data-href"), fromClick(attr(n, "onclick"))} {
				if l != "" && !seen[l] && len(out) < maxLinks && n.Data != "link" && n.Data != "base" {
					seen[l] = true
					out = append(out, l)
				}
			}
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
	}
	if n != nil {
		walk(n)
	}
	return out
}

var click = regexp.MustCompile(`(?:location(?:\.href)?\s*=\s*|window\.open\(|location\.assign\()\s*['"]([^'"]{1,1000})['"]`)

func fromClick(js string) string {
	if m := click.FindStringSubmatch(js); m != nil {
		return m[1]
	}
	return ""
}

var domain = regexp.MustCompile(`(?i)\b(?:https?://)?(?:www\.)?[a-z0-9](?:[a-z0-9-]{0,62}\.)+[a-z]{2,18}\b(?:/[^\s<>"'()]*)?`)

// websiteOf is the body's own site: a link to elsewhere whose words are an
// address, or failing that the first address in text.
func websiteOf(n *html.Node, text string) string {
	found := ""
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		if found != "" {
			return
		}
		if n.Data == "a" && n.Type == html.ElementNode {
			u, err := url.Parse(strings.TrimSpace(attr(n, "href")))
			if err == nil && (u.Scheme == "http" || u.Scheme == "https") && ordinaryHost(u.Hostname()) && !fileName.MatchString(u.Path) {
				words := strings.ToLower(textOf(n))
				bare := strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.")
				if strings.Contains(words, bare) && !deep(u) || strings.Contains(words, "website") || strings.Contains(words, "site web") {
					found = strings.TrimSpace(attr(n, "href"))
				}
			}
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
	}
	if n != nil {
		walk(n)
	}
	if found == "" && text != "" {
		found = websiteIn(text)
	}
	return found
}

// websiteIn finds an address written out in text.
func websiteIn(text string) string {
	text = clip(text, 4000)
	if !dotted(text) {
		return ""
	}
	for _, m := range domain.FindAllStringIndex(text, 5) {
		s := strings.TrimRight(text[m[0]:m[1]], ".,;:")
		if m[0] > 0 && text[m[0]-1] == '@' {
			continue // an e-mail address
		}
		u, err := url.Parse("http://" + strings.TrimPrefix(strings.TrimPrefix(s, "https://"), "http://"))
		if err == nil && ordinaryHost(u.Hostname()) && !fileName.MatchString(u.Path) && !deep(u) {
			return s
		}
	}
	return ""
}

// deep tells an address that is one page of many and no body's first: what is
// kept elsewhere has such.
func deep(u *url.URL) bool {
	return u.RawQuery != "" || strings.ContainsAny(u.Path, "0123456789")
}

// dotted tells whether a point stands between letters, as in every domain: it
// spares most texts the pattern.
func dotted(text string) bool {
	for i := 1; i+1 < len(text); i++ {
		if text[i] == '.' && text[i-1] != ' ' && ('a' <= text[i+1]|0x20 && text[i+1]|0x20 <= 'z' || isDigit(text[i+1])) {
			return true
		}
	}
	return false
}

// ordinaryHost leaves out hidden services, file hosts by their habits, and
// words that only look like a domain.
func ordinaryHost(host string) bool {
	host = strings.ToLower(host)
	i := strings.LastIndexByte(host, '.')
	if i <= 0 {
		return false
	}
	switch host[i+1:] {
	case "onion", "i2p", "html", "htm", "php", "zip", "rar", "gz", "tar", "txt", "csv", "sql", "xlsx", "xls", "docx", "doc",
		"pdf", "jpg", "png", "gif", "exe", "js", "css", "json", "xml", "bak", "mdb", "db", "pst", "log", "dll":
		return false
	}
	if suffix, known := publicsuffix.PublicSuffix(host); suffix == host || !known && !strings.Contains(suffix, ".") && !invented[suffix] {
		return false // gouv.fr is nobody's, and nothing ends with .xi
	}
	for _, w := range []string{"anonfiles", "mega.nz", "mega.co", "sendspace", "gofile", "t.me", "telegram", "twitter.com", "youtube", "torproject", "wikipedia", "google."} {
		if strings.Contains(host, w) {
			return false
		}
	}
	return true
}

// invented are the endings kept for examples and for names at home.
var invented = wordsOf("example|test|invalid|local|localhost|lan|internal|home|corp|intra|intranet")

var (
	countryWord = regexp.MustCompile(`(?i)\b(?:country|location|pays|headquarters?)\s*[:\-–]\s*(\p{L}[\p{L} .'’-]{1,40})`)
	// countryStems are what stands in whatever countryWord finds.
	countryStems = stemsOf("country", "location", "pays", "headquarter")

	flagName = regexp.MustCompile(`(?i)(?:^|[/_\- ])(?:flags?|fi|country)[/_\- ](?:icon[/_\- ])?(?:\w+/)?([a-z]{2})(?:$|[. ])`)
	// countries maps names in the languages of such sites to ISO 3166-1 alpha-2 codes.
	countries = sync.OnceValue(func() map[string]string {
		out := map[string]string{"usa": "US", "u.s.": "US", "u.s.a.": "US", "uk": "GB", "england": "GB", "uae": "AE", "south korea": "KR", "russia": "RU"}
		for _, tag := range []language.Tag{language.English, language.French, language.German, language.Spanish, language.Italian, language.Portuguese, language.Russian, language.Chinese} {
			names := display.Regions(tag)
			for a := 'A'; a <= 'Z'; a++ {
				for b := 'A'; b <= 'Z'; b++ {
					r, err := language.ParseRegion(string(a) + string(b))
					if err == nil && r.IsCountry() && r.Canonicalize() == r && r.String() == string(a)+string(b) && names.Name(r) != "" {
						out[strings.ToLower(names.Name(r))] = r.String()
					}
				}
			}
		}
		return out
	})
)

// countryOf reads a country from a flag or from words such as "Country: ".
// A name in running text says nothing: it may be a customer's.
func countryOf(n *html.Node, text string) string {
	found := ""
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		for _, key := range []string{"class", "src", "alt", "title"} {
			v := attr(n, key)
			if !strings.Contains(v, "f") && !strings.Contains(v, "F") && !strings.Contains(v, "country") {
				continue // no flag
			}
			if m := flagName.FindStringSubmatch(v); m != nil && found == "" {
				if r, err := language.ParseRegion(m[1]); err == nil && r.IsCountry() {
					found = r.Canonicalize().String()
				}
			}
			if (key == "alt" || key == "title") && found == "" && n.Data == "img" {
				found = countries()[strings.ToLower(strings.TrimSpace(v))]
			}
		}
		for c := n.FirstChild; c != nil && found == ""; c = c.NextSibling {
			walk(c)
		}
	}
	if n != nil {
		walk(n)
	}
	if found != "" {
		return found
	}
	if e := flagEmoji(text); e != "" {
		return e
	}
	if n != nil {
		if c := countryAlone(n); c != "" {
			return c
		}
	}
	if m := inParentheses.FindStringSubmatch(clip(text, 300)); m != nil {
		if c := countries()[strings.ToLower(m[1])]; c != "" {
			return c
		}
	}
	text = clip(text, 4000)
	if !countryStems.in(text) {
		return ""
	}
	m := countryWord.FindStringSubmatch(text)
	if m == nil {
		return ""
	}
	w := strings.Fields(strings.ToLower(m[1]))
	for k := min(len(w), 5); k > 0; k-- { // the longest name that is one
		if c := countries()[strings.Trim(strings.Join(w[:k], " "), " -–")]; c != "" {
			return c
		}
	}
	return ""
}

var inParentheses = regexp.MustCompile(`[(\[]\s*(\p{L}[\p{L} .'’-]{1,40})\s*[)\]]`)

// countryAlone is the country that is all an element says.
func countryAlone(n *html.Node) string {
	for c := range n.Descendants() {
		if c.Type != html.TextNode || len(c.Data) > 80 || headingLevel(c.Parent) > 0 {
			continue
		}
		word := strings.ToLower(strings.TrimFunc(c.Data, func(r rune) bool { return !unicode.IsLetter(r) && r != '.' }))
		if country := countries()[word]; country != "" && word != "" {
			return country
		}
	}
	return ""
}

// flagEmoji reads two regional indicator symbols.
func flagEmoji(text string) string {
	first := rune(0)
	for _, r := range text {
		if r < 0x1F1E6 || r > 0x1F1FF {
			first = 0
			continue
		}
		if first != 0 {
			if reg, err := language.ParseRegion(string('A'+first-0x1F1E6) + string('A'+r-0x1F1E6)); err == nil && reg.IsCountry() {
				return reg.Canonicalize().String()
			}
		}
		first = r
	}
	return ""
}
