package extract

import (
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
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

// months are English, French, German, Spanish, Italian, Portuguese, Dutch,
// Polish, Turkish and Russian names; monthKey knows them by their first three letters, accents dropped.
const months = `jan(?:uary|vier|v|uar)?|feb(?:ruary|ruar|braio|rero)?|f[ée]v(?:rier|r|ereiro)?|mar(?:ch|s|zo|ço)?|märz?|apr(?:il|ile)?|avr(?:il)?|abr(?:il)?|` +
	`may|mai|mayo|maggio|maio|june?|juin|juni|junio|junho|giugno|july?|juli|julio|julho|luglio|juil(?:let)?|aug(?:ust)?|ago(?:sto)?|ao[uû]t|` +
	`sept?(?:ember|embre|iembre|tembre)?|set(?:tembre|embro)?|oct(?:ober|obre|ubre)?|okt(?:ober)?|ott(?:obre)?|out(?:ubro)?|nov(?:ember|embre|iembre|embro)?|` +
	`dec(?:ember)?|d[ée]c(?:embre)?|dez(?:ember|embro)?|dic(?:iembre|embre)?|ene(?:ro)?|gen(?:naio)?|` +
	`januari|februari|maart|mei|augustus|sty(?:cznia|czeń)|lut(?:ego|y)|marca|kwie(?:tnia|cień)|maja?|czerw(?:ca|iec)|lip(?:ca|iec)|sierp(?:nia|ień)|wrze(?:śnia|sień)|paź(?:dziernika|dziernik)|listopad(?:a)?|grud(?:nia|zień)|ocak|şubat|mart|nisan|mayıs|haziran|temmuz|ağustos|eylül|ekim|kasım|aralık|` +
	`янв(?:аря|арь)?|фев(?:раля|раль)?|мар(?:та|т)?|апр(?:еля|ель)?|мая|май|июн(?:я|ь)?|июл(?:я|ь)?|авг(?:уста|уст)?|сен(?:тября|тябрь)?|окт(?:ября|ябрь)?|ноя(?:бря|брь)?|дек(?:абря|абрь)?`

// The forms of dates, tried only around a year: before it, or from it on.
var (
	isoDate  = regexp.MustCompile(`^(20\d\d)(?:[-/.]|\s?[年년]\s?)(\d{1,2})(?:[-/.]|\s?[月월]\s?)(\d{1,2})(?:\s?[日일])?(?:[T ](\d{2}):(\d{2})(?::(\d{2}))?(?:\.\d+)?(Z|[+-]\d{2}:?\d{2})?)?`)
	dayMonth = regexp.MustCompile(`(?i)\b(\d{1,2})(?:st|nd|rd|th|er)?[ .\-/]+(?:de )?(` + months + `)\.?,?[ \-/]+(?:de )?20\d\d$`)
	monthDay = regexp.MustCompile(`(?i)^(` + months + `)\.?[ \-]+(?:the )?(\d{1,2})(?:st|nd|rd|th)?,?[ \-]+20\d\d$`)
	numeric  = regexp.MustCompile(`\b(\d{1,2})[./-](\d{1,2})[./-]20\d\d$`)
	clock12  = regexp.MustCompile(`(?i)^[, ]+\d{1,2}:\d{2}(:\d{2})? ?[ap]\.?m`)
	monthKey = map[string]time.Month{"jan": 1, "feb": 2, "fev": 2, "mar": 3, "apr": 4, "avr": 4, "may": 5, "mai": 5,
		"jun": 6, "jui": 6, "jul": 7, "aug": 8, "aou": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12,
		"abr": 4, "mag": 5, "giu": 6, "lug": 7, "ago": 8, "set": 9, "okt": 10, "ott": 10, "out": 10, "dez": 12, "dic": 12, "ene": 1, "gen": 1,
		"maa": 3, "mei": 5, "sty": 1, "lut": 2, "kwi": 4, "maj": 5, "cze": 6, "lip": 7, "sie": 8, "wrz": 9, "paź": 10, "lis": 11, "gru": 12,
		"oca": 1, "şub": 2, "nis": 4, "haz": 6, "tem": 7, "ağu": 8, "eyl": 9, "eki": 10, "kas": 11, "ara": 12, "янв": 1, "фев": 2, "мар": 3, "апр": 4, "мая": 5, "май": 5, "июн": 6, "июл": 7, "авг": 8, "сен": 9, "окт": 10, "ноя": 11, "дек": 12}
)

// dateIn finds the first date of a text: RFC 3339 if it tells an hour and its
// zone or none (then UTC), else a day. 03/04/2026 is read as in France, day
// first, unless only the other way makes a date.
func dateIn(text string) string {
	v, _, _ := dateAt(clip(text, 4000))
	return v
}

// The forms of dates whose year has two digits, of this century; short with
// points or strokes only where nothing like them goes on, as in numbers of
// telephones.
var (
	shortYear  = regexp.MustCompile(`(?:^|[^\d./-])(\d{1,2})([./-])(\d{1,2})([./-])(\d\d)(?:$|[^\d./-]|[./-](?:\D|$))`)
	shortMonth = regexp.MustCompile(`(?i)(?:^|[^\pL\d])(\d{1,2})[ -](` + months + `)[ -]['’]?(\d\d)(?:$|[^\pL\d:])`)
	monthShort = regexp.MustCompile(`(?i)(?:^|[^\pL\d])(` + months + `) (\d{1,2})(?:st|nd|rd|th)?, ['’]?(\d\d)(?:$|[^\pL\d:])`)
)

// shortDate is the first date of a text that has no other, with a year of two
// digits, and where it stands. The forms are tried only around two digits that
// could be one.
func shortDate(text string) (value string, from, to int) {
	for i := 3; i+1 < len(text); i++ {
		if !isDigit(text[i]) || !isDigit(text[i+1]) || i+2 < len(text) && isDigit(text[i+2]) {
			continue
		}
		start := max(0, i-shortest)
		near := text[start:min(i+4, len(text))]
		switch c := text[i-1]; {
		case c == '.' || c == '/' || c == '-' && isDigit(text[i-2]):
			value, from, to = shortNumbers(near)
		case c == ' ' || c == '-' || c == '\'' || c == '\x99':
			if before := strings.TrimRight(text[start:i], " -'’"); strings.HasSuffix(before, ",") || endsInMonth(before) {
				value, from, to = shortWords(near)
			}
		}
		if value != "" {
			return value, start + from, start + to
		}
	}
	return "", 0, 0
}

// shortest is how many bytes before its year such a date may begin.
const shortest = 24

func shortNumbers(near string) (value string, from, to int) {
	m := shortYear.FindStringSubmatchIndex(near)
	if m == nil || near[m[4]:m[5]] != near[m[8]:m[9]] {
		return "", 0, 0
	}
	d, mo, y := near[m[2]:m[3]], near[m[6]:m[7]], "20"+near[m[10]:m[11]]
	if near[m[4]] != '/' && (len(d) != 2 || len(mo) != 2) {
		return "", 0, 0 // a version or a score
	}
	if value = day(y, mo, d); value == "" {
		value = day(y, d, mo)
	}
	return value, m[2], m[11]
}

func shortWords(near string) (value string, from, to int) {
	if m := shortMonth.FindStringSubmatchIndex(near); m != nil {
		return day("20"+near[m[6]:m[7]], month(near[m[4]:m[5]]), near[m[2]:m[3]]), m[2], m[7]
	}
	if m := monthShort.FindStringSubmatchIndex(near); m != nil {
		return day("20"+near[m[6]:m[7]], month(near[m[2]:m[3]]), near[m[4]:m[5]]), m[2], m[7]
	}
	return "", 0, 0
}

// dateAt is the first date of a text and where it stands.
func dateAt(text string) (value string, from, to int) {
	for at := 0; ; {
		i := strings.Index(text[at:], "20")
		if i < 0 || at+i+4 > len(text) {
			return shortDate(text)
		}
		at += i
		if isDigit(text[at+2]) && isDigit(text[at+3]) && (at+4 == len(text) || !isDigit(text[at+4])) {
			if value, from, to = dateNear(text, at); value != "" {
				return value, from, to
			}
		}
		at += 2
	}
}

// farthest is how many bytes before its year a written date may begin.
const farthest = 40

// dateNear is the date whose year stands at i.
func dateNear(text string, i int) (value string, from, to int) {
	if i == 0 || !isDigit(text[i-1]) {
		if m := isoDate.FindStringSubmatch(text[i:min(i+farthest, len(text))]); m != nil {
			if v := iso(m); v != "" {
				return v, i, i + len(m[0])
			}
		}
	}
	start := max(0, i-farthest)
	near, year := text[start:i+4], text[i:i+4]
	if i == 0 || !strings.ContainsAny(text[i-1:i], " -/.") {
		return "", 0, 0
	}
	before := strings.TrimRight(near[:len(near)-4], " -/.,")
	last := strings.LastIndexAny(before, "0123456789")
	if last < 0 {
		return "", 0, 0
	}
	// The forms are slow to search with: each is tried only from right before
	// where it would begin.
	digit := last == len(before)-1
	if !digit && endsInMonth(before) {
		if m := dayMonth.FindStringSubmatch(near[max(0, last-2):]); m != nil {
			if v := day(year, month(m[2]), m[1]); v != "" {
				return v, i + 4 - len(m[0]), i + 4
			}
		}
	}
	if digit || len(before)-last == 3 && ordinalDay.MatchString(before[last:]) {
		if at := monthBefore(before[:last]); at >= 0 {
			if m := monthDay.FindStringSubmatch(near[at:]); m != nil {
				if v := day(year, month(m[1]), m[2]); v != "" {
					return v, start + at, i + 4
				}
			}
		}
	}
	if !digit {
		return "", 0, 0
	}
	if m := numeric.FindStringSubmatch(near[max(0, len(near)-len("x31/12/2026")):]); m != nil {
		d, mo := m[1], m[2]
		if clock12.MatchString(text[i+4 : min(i+24, len(text))]) { // who counts hours so names the month first
			d, mo = mo, d
		}
		v := day(year, mo, d)
		if v == "" {
			v = day(year, d, mo)
		}
		if v != "" {
			return v, i + 4 - len(m[0]), i + 4
		}
	}
	return "", 0, 0
}

var ordinalDay = regexp.MustCompile(`(?i)\d(st|nd|rd|th)$`)

// endsInMonth tells a text that ends with a month's name, or one and "de".
func endsInMonth(s string) bool {
	s = strings.TrimRight(strings.TrimSuffix(s, " de"), " -/.,")
	return month(s[len(strings.TrimRightFunc(s, unicode.IsLetter)):]) != ""
}

// monthBefore is where the month's name begins that a text ends with, digits
// of a day behind it; -1 without one.
func monthBefore(s string) int {
	s = strings.TrimRight(strings.TrimRight(s, "0123456789"), " .-")
	if n := len(s) - len("the"); n > 0 && strings.EqualFold(s[n:], "the") {
		s = strings.TrimRight(s[:n], " .-")
	}
	at := len(strings.TrimRightFunc(s, unicode.IsLetter))
	if month(s[at:]) == "" {
		return -1
	}
	return at
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func iso(m []string) string {
	d := day(m[1], m[2], m[3])
	if d == "" || m[4] == "" {
		return d
	}
	sec, zone := m[6], m[7]
	if sec == "" {
		sec = "00"
	}
	if zone == "" {
		zone = "Z"
	}
	if len(zone) == 5 {
		zone = zone[:3] + ":" + zone[3:]
	}
	full := d + "T" + m[4] + ":" + m[5] + ":" + sec + zone
	if _, err := time.Parse(time.RFC3339, full); err != nil {
		return d
	}
	return full
}

// day joins the parts of a date, or returns "" if there is no such day.
func day(y, m, d string) string {
	t, err := time.Parse("2006-1-2", y+"-"+m+"-"+strings.TrimLeft(d, "0"))
	if err != nil {
		return ""
	}
	return t.Format(time.DateOnly)
}

var bareMonth = strings.NewReplacer("é", "e", "û", "u", "ä", "a", "ç", "c")

func month(word string) string {
	w := []rune(bareMonth.Replace(strings.ToLower(word)))
	if len(w) < 3 {
		return ""
	}
	if strings.HasPrefix(string(w), "juil") {
		return "7"
	}
	if m := monthKey[string(w[:3])]; m != 0 {
		return strconv.Itoa(int(m))
	}
	return ""
}

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
