package extract

import (
	"math"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"vigie/crawlers"
	"vigie/internal/breach"
)

// sight is what is seen of a page before its state is named: what was looked at,
// and how much of it, mostly 0 to 1.
type sight map[string]float64

// is notes what is there.
func (s sight) is(name string, there bool) {
	if there {
		s[name] = 1
	}
}

// count notes a number by its logarithm: the first weighs most.
func (s sight) count(name string, n int) {
	if n > 0 {
		s[name] = min(math.Log2(float64(1+n))/4, 1)
	}
}

// see looks at a page on which posts were read, with the confidence of their
// choice.
func (d *document) see(p crawlers.Page, posts []breach.Post, confidence float64) sight {
	s := sight{"any": 1}
	d.seeWords(s, posts)
	d.seePosts(s, posts, confidence)
	d.seeForms(s)
	d.seeScripts(s)
	d.seeShape(s, p)
	if v := s["posts priced"] * max(s["buys"], s["says shop"]/2); v > 0 { // a price alone may be a ransom
		s["offers"] = v
	}
	s.is("directory", d.directory(posts))
	return s
}

// brevity is 1 for a page that says little and 0 for one that says much: one word
// names a page of a line, not one of a thousand.
func (d *document) brevity() float64 {
	return min(max(1-math.Log(float64(max(d.total, 1))/200)/math.Log(100), 0), 1)
}

const (
	maxSaid = 3000 // characters: what a page is, it says at once
	maxLine = 60   // characters: a page that says no more is all heading
)

func (d *document) seeWords(s sight, posts []breach.Post) {
	var b strings.Builder
	appendSaid(&b, d.root)
	text := clip(strings.Join(strings.Fields(b.String()), " "), maxSaid)
	var beside strings.Builder // what is written on pictures, fields and buttons
	for _, n := range d.nodes {
		switch n.DataAtom {
		case atom.Input:
			beside.WriteString(" " + attr(n, "placeholder"))
			if t := strings.ToLower(attr(n, "type")); t == "submit" || t == "button" {
				beside.WriteString(" " + attr(n, "value"))
			}
		case atom.Img:
			beside.WriteString(" " + attr(n, "alt"))
		}
		if beside.Len() > maxSaid {
			break
		}
	}
	head := d.title()
	if h := d.heading(); !slices.ContainsFunc(posts, func(p breach.Post) bool { return p.Title == h }) {
		head += " / " + h // and not what a post is called
	}
	if d.total <= maxLine {
		head += " / " + text
	}
	first, said, hidden := spelling(head), spelling(text+" / "+beside.String()), spelling(clip(d.noscript(), maxSaid))
	brief := d.brevity()
	for i, words := range topicWords() {
		name := topics[i].name
		if v := spoken(words, first); v > 0 {
			s["head "+name] = min(v, 2)
		}
		if v := brief * spoken(words, said); v > 0 {
			s["says "+name] = min(v, 3)
		}
		if name == "script" {
			s.is("noscript", spoken(words, hidden) > 0)
		}
	}
	s.is("code in head", errorCode.MatchString(head))
	s.is("code in text", d.total < 600 && errorCode.MatchString(text))
	s.is("folder in head", pathTitle.MatchString(strings.ToLower(d.title())) || pathTitle.MatchString(strings.ToLower(d.heading())))
	s.is("sum", brief > 0 && sumSign.MatchString(text))
	s.is("braces", braces.MatchString(text))
	s.is("own words", brief > 0 && hasLetter(text))
	s.is("key", strings.Contains(text, "-----BEGIN PGP"))
	s.is("one word", d.total > 0 && d.total <= maxLine)
	s.is("name alone", strings.TrimSpace(said) != "" && (said == spelling(d.title()) || said == spelling(d.heading())))
	s.is("no letter", !hasLetter(text))
	s.count("onions", len(onionName.FindAllString(text, 20)))
	s.count("files", len(fileWord.FindAllString(text, 20)))
	s.count("prices", len(priceSign.FindAllString(text, 20)))
	s["brief"] = brief
}

// appendSaid writes the visible text without menus and the like, which speak of
// other pages.
func appendSaid(b *strings.Builder, n *html.Node) {
	for c := n.FirstChild; c != nil && b.Len() < 8*maxSaid; c = c.NextSibling {
		switch {
		case c.Type == html.TextNode:
			b.WriteString(c.Data)
		case c.Type == html.ElementNode && !unseen(c) && (c.DataAtom == atom.Form || !isAside(c)):
			b.WriteByte(' ')
			appendSaid(b, c)
			b.WriteByte(' ')
		}
	}
}

var (
	errorCode = regexp.MustCompile(`(^|[^\d\pL.,:#/-])(4[0-2]\d|50\d|52\d)($|[^\d\pL.,/%-])`)
	sumSign   = regexp.MustCompile(`\d\s*[+×x*÷−–-]\s*\d+\s*=`)
	braces    = regexp.MustCompile(`\{\{[^}]{1,60}\}\}`)
	onionName = regexp.MustCompile(`\b[\w-]{14,56}\.onion\b`)
	fileWord  = regexp.MustCompile(`(?i)[\pL\d_)-]\.(zip|rar|7z|tar|gz|tgz|00\d|txt|csv|sql|pdf|docx?|xlsx?|pptx?|xml|json|jpe?g|png|tif|mp4|bak|log|mdb|pst|eml|dwg|conf)\b`)
	priceSign = regexp.MustCompile(`(?i)[$€£¥￥₽]\s?\d|\d\s?([$€£₽¥]|usdt?\b|eur\b|btc\b|xmr\b|ltc\b|元|руб)`)
)

func (d *document) seePosts(s sight, posts []breach.Post, confidence float64) {
	if len(posts) == 0 {
		return
	}
	s["posts"], s["sure"] = 1, confidence
	s.count("posts beyond one", len(posts)-1)
	s.is("sure choice", confidence >= .9)
	if len(posts) == 1 {
		_, thread := d.thread()
		s.is("thread", thread)
	}
	share := 1 / float64(len(posts))
	for _, p := range posts {
		board := slices.ContainsFunc(p.Links, boardLink.MatchString)
		for name, there := range map[string]bool{
			"dated": p.Date != "", "ending": p.Deadline != "", "sized": p.Size > 0, "sited": p.Website != "", "placed": p.Country != "",
			"priced": p.Price != "", "named as files": fileName.MatchString(p.Title), "linked": len(p.Links) > 0, "filed": len(p.Files) > 0, "told": len(p.Text) > len(p.Title)+40,
			"boards": board, "facts": isFact(p.Title),
		} {
			if there {
				s["posts "+name] += share
			}
		}
	}
}

// seeForms looks at what is asked of the visitor. It weighs less the more the
// page says besides.
func (d *document) seeForms(s sight) {
	fields, passwords, areas, forms, buttons, ticks, searches, pictures := 0, 0, 0, 0, 0, 0, 0, 0
	buys, choices, admits := 0, 0, false
	for _, n := range d.nodes {
		switch n.DataAtom {
		case atom.Form:
			forms++
			admits = admits || entry.MatchString(attr(n, "action"))
			if find(n, func(c *html.Node) bool { return c.DataAtom == atom.Img }) != nil {
				pictures++
			}
		case atom.Textarea:
			areas++
		case atom.Button, atom.A:
			if n.DataAtom == atom.Button {
				buttons++
			}
			if t := textOf(n); len(t) < 60 && buyWord.MatchString(t) {
				buys++
			}
		case atom.Input:
			switch strings.ToLower(attr(n, "type")) {
			case "hidden":
			case "password":
				passwords++
			case "submit", "button":
				buttons++
				if buyWord.MatchString(attr(n, "value")) {
					buys++
				}
			case "image":
				pictures++
			case "checkbox":
				ticks++
			case "radio":
				ticks++
				choices++
			case "search":
				searches++
			default:
				if strings.Contains(strings.ToLower(attr(n, "name")+attr(n, "placeholder")), "search") || attr(n, "name") == "q" {
					searches++
				} else {
					fields++
				}
			}
		}
	}
	brief := d.brevity()
	for name, there := range map[string]bool{
		"form": forms > 0, "form to log in": admits, "password": passwords > 0, "password alone": passwords > 0 && fields == 0, "field": fields > 0, "one field": fields == 1 && passwords == 0,
		"fields": fields > 2, "area": areas > 0, "button alone": buttons > 0 && fields+passwords+searches+areas == 0, "ticks": ticks > 2, "one tick": ticks == 1, "one of several": choices > 1 && fields+passwords+areas == 0,
		"form with a picture": pictures > 0, "pictures to pick": d.picks(), "called captcha": d.asks(captchaName), "search": searches > 0,
	} {
		if there && brief > 0 {
			s[name] = brief
		}
	}
	s.count("buys", buys)
}

// boardLink leads to a board, which holds threads and is none.
var boardLink = regexp.MustCompile(`(?i)/(forums?|boards?|categor(y|ies)|nodes?)[/.-][^/]*\.?\d*/?$|forumdisplay|viewforum|showforum|/forum-|[?&](fid|f|forum|board)=[^&]*$`)

// entry is where forms send who one is.
var entry = regexp.MustCompile(`(?i)log-?in|sign-?in|auth|session`)

// seeScripts looks at what a browser would run, or be sent to. Where the page
// says something itself it says little.
func (d *document) seeScripts(s sight) {
	scant := min(max(1-math.Log(float64(max(d.total, 1))/100)/math.Log(8), 0), 1)
	if scant == 0 {
		return
	}
	for n := range d.root.Descendants() { // what is not seen stands in no list of nodes
		name := ""
		switch n.DataAtom {
		case atom.Script:
			code := ""
			if n.FirstChild != nil {
				code = n.FirstChild.Data
			}
			switch {
			case bundle.MatchString(attr(n, "src")):
				name = "bundle"
			case attr(n, "type") == "module":
				name = "module"
			case fetches.MatchString(code):
				name = "fetches"
			case len(code) < 600 && jumps.MatchString(code):
				name = "jump"
			default:
				name = "script besides"
			}
		case atom.Meta:
			if strings.EqualFold(attr(n, "http-equiv"), "refresh") {
				name = "refresh"
				if strings.Contains(strings.ToLower(attr(n, "content")), "url") {
					name = "refresh away"
				}
			}
		case atom.Iframe, atom.Frame, atom.Frameset:
			name = "frame"
		default:
			switch id := attr(n, "id"); {
			case id == "root" || id == "app" || id == "react-root" || id == "__next" || id == "__nuxt" || id == "svelte":
				name = "root"
			case n.Type == html.ElementNode && strings.Contains(n.Data, "-") && n.FirstChild == nil:
				name = "root" // an element of its own
			}
		}
		for _, a := range n.Attr {
			if strings.HasPrefix(a.Key, "v-") || strings.HasPrefix(a.Key, "x-") || strings.HasPrefix(a.Key, "ng-") {
				s["bound"] = scant
			}
		}
		if name != "" {
			s[name] = scant
		}
	}
	if d.leads(parkedHost) {
		s["advertised"] = scant
	}
	if loading.MatchString(clip(textOf(d.root), 200)) {
		s["loads"] = scant
	}
}

func (d *document) seeShape(s sight, p crawlers.Page) {
	links, away, files, pictures := 0, 0, 0, 0
	for _, n := range d.nodes {
		switch n.DataAtom {
		case atom.A:
			if h := attr(n, "href"); h != "" {
				links++
				if strings.Contains(h, "://") {
					away++
				}
				if t := textOf(n); t != "" && strings.TrimSuffix(t, "/") == nameAt(h) {
					files++
				}
			}
		case atom.Img:
			pictures++
		case atom.Table:
			s.is("hollow", s["hollow"] > 0 || s["fetches"] == 0 && hollow(n))
		}
	}
	s.count("links", links)
	s.count("links away", away)
	s.is("one way out", d.oneWayOut(p.URL))
	if links > 0 {
		s["links named as files"] = float64(files) / float64(links)
	}
	s.count("pictures", pictures)
	s.is("vacant", d.vacant())
	s.is("squatted", d.squatted(p.URL))
	s.is("cart", d.leadsTo(cartLink))
	s.is("columns", d.columns())
	s.is("folder", d.filed())
	raw := strings.ToLower(string(p.Body[:min(len(p.Body), headOfPage)])) // laying it out has moved some
	s.is("tree", strings.Count(raw, "├──")+strings.Count(raw, "└──") > 2 || strings.Count(raw, "📁") > 1)
	s.is("store", strings.Contains(raw, "<listbucketresult"))
}

// hollow tells a table of headings alone.
func hollow(table *html.Node) bool {
	heads := 0
	for n := range table.Descendants() {
		switch n.DataAtom {
		case atom.Th:
			heads++
		case atom.Td:
			if textOf(n) != "" {
				return false
			}
		}
	}
	return heads > 1
}

// oneWayOut tells a page that knows one other host and leads there alone, by links
// or by the name of a hidden service that it says.
func (d *document) oneWayOut(address string) bool {
	here, err := url.Parse(address)
	if err != nil {
		return false
	}
	hosts := map[string]bool{}
	for _, n := range d.nodes {
		h := attr(n, "href")
		if n.DataAtom != atom.A || h == "" || strings.HasPrefix(h, "#") || strings.HasPrefix(strings.ToLower(h), "javascript:") {
			continue
		}
		u, err := here.Parse(h)
		if err != nil || u.Host == "" {
			return false
		}
		hosts[strings.ToLower(u.Host)] = true
	}
	for _, name := range onionName.FindAllString(clip(textOf(d.root), maxSaid), 20) {
		hosts[strings.ToLower(name)] = true
	}
	return len(hosts) == 1 && !hosts[strings.ToLower(here.Host)]
}
