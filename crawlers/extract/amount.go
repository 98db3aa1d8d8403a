package extract

import (
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// dated is a date found in a text.
type dated struct {
	value string
	sure  float64
	at    int
}

// maxDates bounds the dates looked at in one post.
const maxDates = 12

var (
	endWord  = regexp.MustCompile(`(?i)(deadline|until|expir\w*|ends?( on| at)?|time ?out|due( date)?|will be (published|released|sold|leaked)( on)?|before|closes?|jusqu.au|échéance|date limite|avant le|sera publié\w* le)[\s:–—-]*$`)
	dateWord = regexp.MustCompile(`(?i)(published|posted|publication|added|updated?|date|released|discovered|created|uploaded|uploaded on|publiée?|ajoutée?|mise? en ligne|mise? à jour|опубликован\pL*|добавлен\pL*)( on| at| le)?[\s:–—-]*$`)
)

// What stands in whatever endWord and dateWord find.
var (
	endStems  = stemsOf("deadline", "until", "expir", "end", "time", "due", "will be", "before", "close", "jusqu", "ance", "date limite", "avant", "sera publi")
	dateStems = stemsOf("publi", "posted", "added", "update", "date", "released", "discovered", "created", "uploaded", "ajout", "mis")
)

// datesOf tells the date of a post from the deadline it sets, by the words
// before each; of several dates the one called so, else the first.
func datesOf(text string) (date, deadline dated) {
	for _, d := range allDates(clip(text, 4000)) {
		before := text[max(0, d.at-40):d.at]
		switch {
		case endStems.in(before) && endWord.MatchString(before):
			if deadline.value == "" {
				deadline = dated{d.value, sureLabelled, d.at}
			}
		case dateStems.in(before) && dateWord.MatchString(before):
			if date.sure < sureLabelled {
				date = dated{d.value, sureLabelled, d.at}
			}
		case date.value == "":
			date = dated{d.value, sureBare, d.at}
		}
	}
	return date, deadline
}

// allDates lists the dates of a text in order.
func allDates(text string) []dated {
	var out []dated
	for at := 0; len(out) < maxDates; {
		v, from, to := dateAt(text[at:])
		if v == "" {
			break
		}
		out = append(out, dated{value: v, at: at + from})
		at += to
	}
	return out
}

const amountText = `\d{1,3}(?:[ ,.\x{00a0}\x{202f}]\d{3})+(?:[.,]\d{1,2})?|\d+(?:[.,]\d+)?`

// amount reads 1,200.50 and 1 200,50 and 1.2.
func amount(s string) float64 {
	s = strings.NewReplacer(" ", "", "\u00a0", "", "\u202f", "").Replace(s)
	last := strings.LastIndexAny(s, ".,")
	if last < 0 {
		v, _ := strconv.ParseFloat(s, 64)
		return v
	}
	whole := strings.NewReplacer(".", "", ",", "").Replace(s[:last])
	rest := s[last+1:]
	if len(rest) == 3 && len(whole) <= 9 && (strings.Count(s, ".")+strings.Count(s, ",") > 1 || whole != "0") {
		v, _ := strconv.ParseFloat(whole+rest, 64) // thousands
		return v
	}
	v, _ := strconv.ParseFloat(whole+"."+rest, 64)
	return v
}

var (
	sizes     = regexp.MustCompile(`^(` + amountText + `)\s?((?i:[kmgtp]i?b|terabytes?|gigabytes?|megabytes?|kilobytes?|bytes|octets)|[KMGTP]o)($|[^\pL\d])`)
	sizeLabel = regexp.MustCompile(`(?i)(size|data|volume|leak(ed)?|amount|archive|files?|taille|poids|données|dump|total)[^\d\n]{0,20}$`)
	units     = map[byte]float64{'k': 1e3, 'm': 1e6, 'g': 1e9, 't': 1e12, 'p': 1e15, 'b': 1, 'o': 1}
)

// sizeOf is the amount of data a post claims, in bytes (a GB is 10^9): the one
// called so, else the first.
func sizeOf(text string) (bytes int64, sure float64) {
	text = clip(text, 4000)
	for i := 0; i < len(text); i++ {
		if !isDigit(text[i]) || i > 0 && (isDigit(text[i-1]) || text[i-1] == '.' || text[i-1] == ',') {
			continue
		}
		m := sizes.FindStringSubmatch(text[i:min(i+48, len(text))])
		if m == nil {
			continue
		}
		v := amount(m[1]) * units[strings.ToLower(m[2][:1])[0]]
		if v <= 0 || v > 1e18 {
			continue
		}
		if sizeLabel.MatchString(text[max(0, i-30):i]) {
			return int64(v), sureLabelled
		}
		if bytes == 0 {
			bytes, sure = int64(v), sureBare
		}
		i += len(m[1])
	}
	return bytes, sure
}

var (
	money = regexp.MustCompile(`(?i)^(?:([$€£])\s?(` + amountText + `)\s?(k|m|mln|million)?(?:\s?(usd|eur|gbp))?\b|(` + amountText + `)\s?(k|m|mln|million)?\s?([$€£]|usdt?|eur(?:os?)?|gbp|btc|xmr|eth|bitcoins?|monero|dollars?)(?:$|[^\pL]))`)
	// priced and earned tell what an amount is: what is asked, or what the
	// body earns.
	priced = regexp.MustCompile(`(?i)(price|ransom|costs?|buy( now)?|sell(ing)?|sale|start(ing)?|blitz|bid|deposit|offer|demand|for|prix|rançon|vente|download data)[^\d\pL]{0,12}(\(?(usd|eur|btc|xmr)\)?[^\d\pL]{0,6})?$`)
	earned = regexp.MustCompile(`(?i)(revenue|turnover|income|capital|worth|budget|profit|earn\w*|chiffre d.affaires|assets|sales of|employees)[^\n]{0,30}$`)
	coins  = map[string]string{"$": "USD", "€": "EUR", "£": "GBP", "usd": "USD", "usdt": "USDT", "eur": "EUR", "euro": "EUR", "euros": "EUR", "gbp": "GBP",
		"btc": "BTC", "bitcoin": "BTC", "bitcoins": "BTC", "xmr": "XMR", "monero": "XMR", "eth": "ETH", "dollar": "USD", "dollars": "USD"}
)

// priceIn reads what a post asks, as "95272 USD". Without a word before it an
// amount counts only if it is all of the text.
func priceIn(text string, labelled bool) string {
	text = clip(text, 4000)
	if !worth.in(text) {
		return ""
	}
	if m := bareUnit.FindStringSubmatch(text); m != nil { // Price (USD) : 5 000
		return money1(m[2], "", m[1])
	}
	for i, r := range text {
		if !strings.ContainsRune("0123456789$€£", r) || i > 0 && (isDigit(text[i-1]) || text[i-1] == '.' || text[i-1] == ',') && r < utf8.RuneSelf && isDigit(text[i]) {
			continue
		}
		m := money.FindStringSubmatch(text[i:min(i+64, len(text))])
		if m == nil {
			continue
		}
		before := text[max(0, i-50):i]
		if earned.MatchString(before) || labelled && !priced.MatchString(before) || !labelled && strings.TrimSpace(text) != strings.TrimSpace(m[0]) {
			continue
		}
		if m[2] != "" {
			return money1(m[2], m[3], m[1])
		}
		return money1(m[5], m[6], m[7])
	}
	return ""
}

// worth is what every price has: it spares the rest the patterns.
var worth = stemsOf("$", "€", "£", "usd", "eur", "gbp", "btc", "xmr", "eth", "bitcoin", "monero", "dollar")

var bareUnit = regexp.MustCompile(`(?i)\b(?:price|prix|cost|ransom)\s?\(?(usd|eur|btc|xmr)\)?\s?:\s?(` + amountText + `)`)

func money1(sum, times, unit string) string {
	v := amount(sum)
	switch strings.ToLower(times) {
	case "k":
		v *= 1e3
	case "m", "mln", "million":
		v *= 1e6
	}
	if v <= 0 || v > 1e12 {
		return ""
	}
	return strconv.FormatFloat(v, 'f', -1, 64) + " " + coins[strings.ToLower(unit)]
}

// seen are the ways in which sites count views; never changed.
var seen = []*regexp.Regexp{
	regexp.MustCompile(`(?i)\b(?:views?|visits?|visitors|vues|hits|reads)\s?[:：]?\s?(\d{1,3}(?:[ ,.]\d{3})+|\d+)(\s?k\b)?`),
	regexp.MustCompile(`(?i)просмотр\pL*\s?:?\s?(\d{1,3}(?:[ ,.]\d{3})+|\d+)(\s?k\b)?`),
	regexp.MustCompile(`(?i)(?:^|[^\d.,])(\d{1,3}(?:[,.]\d{3})+|\d+)(\s?k)?\s(?:views?|visits?|visitors|vues|hits|просмотр)`),
}

var viewWord = stemsOf("view", "visit", "vues", "hits", "reads")

// viewsOf is how often a post was seen, as the site counts.
func viewsOf(text string) int64 {
	text = clip(text, 4000)
	if !viewWord.in(text) {
		return 0
	}
	for _, re := range seen {
		m := re.FindStringSubmatch(text)
		if m == nil {
			continue
		}
		v, err := strconv.ParseInt(strings.NewReplacer(" ", "", ",", "", ".", "").Replace(m[1]), 10, 64)
		if err != nil {
			continue
		}
		if strings.TrimSpace(m[2]) != "" {
			v *= 1000
		}
		if v < 1e12 {
			return v
		}
	}
	return 0
}
