package extract

import (
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
)

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
