package extract

import (
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"vigie/crawlers"
	"vigie/internal/breach"
)

// What speaks of a note to victims, and of a site that speaks of itself.
var (
	ransomNote = regexp.MustCompile(`(?i)your (files|data|network) (are|is|was|were|has been|have been) (encrypted|locked|compromised)|restore your (files|data)`)
	askedSign  = regexp.MustCompile(`(?i)^\W*(f\.?a\.?q\.?\b|frequently asked|questions?\b|jobs?\b|careers?\b|vacanc|we are hiring|about\b( us\b)?|contacts?\b|rules?\b|(our |official )?mirrors?\b|pgp\b|terms\b|privacy|how to\b|foire aux questions|questions fréquentes|offres d.emploi|emplois?\b|recrutement|à propos|qui sommes|règles?\b|mentions légales|häufige fragen|stellen(angebote)?\b|über uns|impressum|kontakt|preguntas frecuentes|empleos?\b|trabajo\b|sobre nosotros|contacto|reglas|вопросы|вакансии|о нас|о компании|правила|контакты|常见问题|招聘|关于|规则|联系)|\b(jobs|careers|faq)\W*$`)
)

// stateOf names what a page is. What its server says is a fact; what an answer in
// JSON is, it says; of all others what is seen on them decides, by weights learnt
// from told pages.
func stateOf(p crawlers.Page, d *document, posts []breach.Post, confidence float64) (string, float64) {
	switch {
	case p.Status >= 400:
		return crawlers.StateError, .95
	case d == nil && len(posts) == 0: // JSON
		return answerOf(p.Body)
	case d == nil:
		return crawlers.StateListing, confidence
	}
	d.seen = d.see(p, posts, confidence)
	return stateModel().name(d.seen)
}

// answerOf names an answer in JSON that holds no post.
func answerOf(body []byte) (string, float64) {
	var v any
	if json.Unmarshal(body, &v) != nil {
		return crawlers.StateOther, .5
	}
	o, ok := v.(map[string]any)
	for _, k := range []string{"error", "errors", "exception"} {
		if e := o[k]; e != nil && e != false && e != "" {
			return crawlers.StateError, .85
		}
	}
	if code, _ := o["status"].(float64); code >= 400 {
		return crawlers.StateError, .85
	}
	if bare(v, 4) || ok && len(o) == 0 {
		return crawlers.StateEmpty, .8
	}
	return crawlers.StateOther, .5
}

// bare tells a value that is an empty list or holds one.
func bare(v any, depth int) bool {
	switch v := v.(type) {
	case []any:
		return len(v) == 0
	case map[string]any:
		for _, e := range v {
			if depth > 0 && bare(e, depth-1) {
				return true
			}
		}
	}
	return false
}

// captchaName is how the pictures and fields of captchas are called.
var captchaName = regexp.MustCompile(`(?i)captcha`)

// asks tells a page with a field or a picture of a name.
func (d *document) asks(name *regexp.Regexp) bool {
	return find(d.root, func(n *html.Node) bool {
		return (n.DataAtom == atom.Input || n.DataAtom == atom.Img || n.DataAtom == atom.Div || n.DataAtom == atom.Iframe) &&
			(name.MatchString(attr(n, "name")) || name.MatchString(attr(n, "src")) || name.MatchString(attr(n, "class")))
	}) != nil
}

// vacant tells a page whose markup says that its list is empty.
func (d *document) vacant() bool {
	return find(d.root, func(n *html.Node) bool {
		return n.DataAtom != atom.Html && slices.ContainsFunc(strings.Fields(attr(n, "class")), func(c string) bool {
			return c == "no-results" || c == "no-posts" || c == "empty-state" || c == "no-data" || c == "nothing-found"
		})
	}) != nil
}

// heading is the first heading of the page.
func (d *document) heading() string {
	if n := find(d.root, func(n *html.Node) bool { return headingLevel(n) > 0 && textOf(n) != "" }); n != nil {
		return textOf(n)
	}
	return ""
}

// buyWord is what buttons of shops say.
var buyWord = regexp.MustCompile(`(?i)^\W*(buy|buy now|purchase|order|add to (cart|basket)|acheter|ajouter au panier|commander|kaufen|in den warenkorb|comprar|añadir al carrito|купить|в корзину|购买|加入购物车)\W*$`)

// headOfPage is how many bytes of a page are searched for what laying it out may
// have moved.
const headOfPage = 4 << 10

// parkedHost is how the hosts are called from which parked names take their
// advertisements.
var parkedHost = regexp.MustCompile(`(?i)//[^/]*(parking|parked|sedo|domain-?(market|sale)|buydomain)|/afs/ads|/caf/`)

// leads tells pages that load something from an address of a kind.
func (d *document) leads(where *regexp.Regexp) bool {
	return find(d.root, func(n *html.Node) bool {
		return where.MatchString(attr(n, "src")) || n.DataAtom == atom.Link && where.MatchString(attr(n, "href"))
	}) != nil
}

// squatted tells a name that now shows the page of an ordinary site: it says
// that its proper address is elsewhere, and counts its visitors.
func (d *document) squatted(address string) bool {
	here, err := url.Parse(address)
	if err != nil {
		return false
	}
	proper := ""
	for n := range d.root.Descendants() {
		switch {
		case n.DataAtom == atom.Link && strings.EqualFold(attr(n, "rel"), "canonical"):
			proper = attr(n, "href")
		case n.DataAtom == atom.Meta && proper == "" && attr(n, "property") == "og:url":
			proper = attr(n, "content")
		}
	}
	there, err := url.Parse(proper)
	if err != nil || !ordinaryHost(there.Hostname()) || strings.EqualFold(strings.TrimPrefix(there.Hostname(), "www."), strings.TrimPrefix(here.Hostname(), "www.")) {
		return false
	}
	return d.leads(counters)
}

var counters = regexp.MustCompile(`(?i)//[^/]*(googletagmanager|google-analytics|doubleclick|googlesyndication|facebook\.net|matomo|hotjar)`)

var cartLink = regexp.MustCompile(`(?i)(^|[/?=])(cart|basket|panier|checkout)([/?.&]|$)`)

// leadsTo tells a page with a link of a kind.
func (d *document) leadsTo(where *regexp.Regexp) bool {
	return find(d.root, func(n *html.Node) bool { return n.DataAtom == atom.A && where.MatchString(attr(n, "href")) }) != nil
}

var bundle = regexp.MustCompile(`(?i)(chunk|bundle|vendors|runtime|main|app|index)[-.~][\w-]*\.?(chunk\.)?js|_next/|meteor`)

// fetches tells a script that asks for what it then shows, and loading a page
// that says so meanwhile.
var (
	fetches = regexp.MustCompile(`\bfetch\(|axios\.|XMLHttpRequest|\$\.(get|ajax|getJSON|post)\(|new (WebSocket|EventSource|Worker)\(|\bimport\(`)
	loading = regexp.MustCompile(`(?i)^\W*(loading|chargement|загрузка|加载|wird geladen|cargando|please wait)|\b(loading|chargement)\b(\W*$|\s*(…|\.\.\.))`)
)

func (d *document) title() string {
	if n := find(d.root, func(n *html.Node) bool { return n.DataAtom == atom.Title }); n != nil && n.FirstChild != nil {
		return strings.TrimSpace(n.FirstChild.Data)
	}
	return ""
}

func (d *document) noscript() string {
	n := find(d.root, func(n *html.Node) bool { return n.DataAtom == atom.Noscript })
	if n == nil || n.FirstChild == nil {
		return ""
	}
	return n.FirstChild.Data
}

var jumps = regexp.MustCompile(`(?i)(window|document|top|self)?\.?location(\.href)?\s*=|location\.replace\(`)

// find returns the first element, in document order, that ok accepts.
func find(n *html.Node, ok func(*html.Node) bool) *html.Node {
	for c := range n.Descendants() {
		if c.Type == html.ElementNode && ok(c) {
			return c
		}
	}
	return nil
}
