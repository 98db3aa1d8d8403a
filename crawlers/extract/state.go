package extract

import (
	"net/url"
	"regexp"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"vigie/crawlers"
	"vigie/internal/breach"
)

// signs of states in a page's own words, looked for only where little else
// is said.
var (
	captchaSign = regexp.MustCompile(`(?i)captcha|are you (a )?human|not a robot|select (all )?images|anti.?crawl|prove you are`)
	gateSign    = regexp.MustCompile(`(?i)ddos|placed in a queue|access queue|waiting (room|queue)|checking your browser|you will be (automatically )?redirected|please wait|anti.?flood|file d.attente|veuillez patienter`)
	loginSign   = regexp.MustCompile(`(?i)log ?in|sign in|password|private key|enter your (id|key|code)|authori[sz]ation|se connecter|mot de passe|client id|chat with`)
	parkedSign  = regexp.MustCompile(`(?i)domain (name )?(is|may be) for sale|buy this domain|domain.{0,30}parked|parked (free|domain)|sedo|domaine.{0,20}à vendre|related searches`)
	errorSign   = regexp.MustCompile(`(?i)^(error\b|\d{3}\b)|(40[0-9]|50[0-9])[^0-9]{0,20}(not found|forbidden|error|bad gateway|unavailable|time-?out)|not found|bad gateway|service unavailable|temporarily (down|unavailable)|internal server error|forbidden|unable to connect|could ?n.t connect|connection (refused|timed out)|welcome to nginx|apache2 .*default page|it works!`)
	errorTitle  = regexp.MustCompile(`(?i)^\W*(error\b|[45]\d\d\b)|not found|bad gateway|unavailable|time-?out|introuvable|^erreur`)
	loginTitle  = regexp.MustCompile(`(?i)\b(log ?in|sign ?in|chat|enter the key|recovery|connexion)\b`)
	ransomNote  = regexp.MustCompile(`(?i)your (files|data|network) (are|is|has been|have been) encrypted|restore your (files|data)`)
	shellSign   = regexp.MustCompile(`(?i)enable javascript|javascript (is )?(required|disabled)|you need to enable|activer javascript`)
)

// stateOf names what a page is. What was extracted speaks first, unless the
// page is a queue, shop or error that happens to repeat something.
func stateOf(p crawlers.Page, d *document, posts []breach.Post, confidence float64) (string, float64) {
	if p.Status >= 400 {
		return crawlers.StateError, .95
	}
	if d == nil { // JSON
		if len(posts) == 0 {
			return crawlers.StateOther, .5
		}
		return crawlers.StateListing, confidence
	}
	words, title := clip(textOf(d.root), 20_000), d.title()
	start := title + " " + clip(words, 3000) // what a page is, it says at once
	low := strings.ToLower(words)
	short := d.total < 1500
	listed := len(posts) > 1 && confidence >= .33 || len(posts) == 1 && confidence >= .5
	waiting := d.total < 400 && gateSign.MatchString(start)
	switch {
	case d.total < 1000 && errorTitle.MatchString(title):
		return crawlers.StateError, .9
	case lists(strings.ToLower(start)):
		return crawlers.StateIndex, .85
	case len(posts) > 0 && sells(low):
		return crawlers.StateMarket, .8
	case listed && !waiting:
		return crawlers.StateListing, confidence
	case short && captchaSign.MatchString(start):
		return crawlers.StateCaptcha, .85
	case short && gateSign.MatchString(start):
		return crawlers.StateGate, .85
	case parkedSign.MatchString(start), d.total < 300 && d.leads(parkedHost), d.squatted(p.URL):
		return crawlers.StateParked, .8
	case d.total < 600 && errorSign.MatchString(strings.TrimSpace(start)):
		return crawlers.StateError, .85
	case d.total < 100 && d.shell():
		return crawlers.StateShell, .8
	case short && (d.has("input", "type", "password") || loginTitle.MatchString(title) || d.has("input", "", "") && loginSign.MatchString(start)),
		ransomNote.MatchString(clip(words, 3000)):
		return crawlers.StateLogin, .8
	case d.redirects() && d.total < 300:
		return crawlers.StateRedirect, .85
	case shellSign.MatchString(d.noscript()+" "+words) && d.total < 400:
		return crawlers.StateShell, .75
	case !hasLetter(words):
		return crawlers.StateEmpty, .9
	}
	return crawlers.StateOther, .5
}

// lists tells a directory as web servers show it.
func lists(low string) bool {
	for _, sign := range []string{"index of /", "index of/", "index de /", "parent directory", "directory listing for"} {
		if strings.Contains(low, sign) {
			return true
		}
	}
	i := strings.Index(low, "file name")
	return i >= 0 && strings.Contains(low[i:min(i+60, len(low))], "file size")
}

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

// sells tells a shop by its buttons.
func sells(low string) bool {
	n := 0
	for _, w := range []string{"add to cart", "buy now", "ajouter au panier", "checkout", "my cart"} {
		n += strings.Count(low, w)
	}
	for _, w := range []string{"become a seller", "become a vendor", "devenir vendeur"} {
		n += 3 * strings.Count(low, w)
	}
	return n >= 3
}

var bundle = regexp.MustCompile(`(?i)(chunk|bundle|vendors|runtime|main|app|index)[-.~][\w-]*\.?(chunk\.)?js|_next/|meteor`)

// shell tells a page whose content comes by JavaScript: an element that waits
// for it, or scripts as build tools name them.
func (d *document) shell() bool {
	return find(d.root, func(n *html.Node) bool {
		switch n.DataAtom {
		case atom.Script:
			return bundle.MatchString(attr(n, "src"))
		case atom.Div:
			switch attr(n, "id") {
			case "root", "app", "react-root", "__next", "__nuxt", "svelte":
				return true
			}
		}
		return false
	}) != nil
}

func (d *document) title() string {
	if n := find(d.root, func(n *html.Node) bool { return n.DataAtom == atom.Title }); n != nil && n.FirstChild != nil {
		return strings.TrimSpace(n.FirstChild.Data)
	}
	return ""
}

// has tells whether an element stands on the page with an attribute's value;
// an empty key asks for the element alone.
func (d *document) has(tag, key, value string) bool {
	return find(d.root, func(n *html.Node) bool {
		return n.Data == tag && (key == "" || strings.EqualFold(attr(n, key), value))
	}) != nil
}

func (d *document) noscript() string {
	n := find(d.root, func(n *html.Node) bool { return n.DataAtom == atom.Noscript })
	if n == nil || n.FirstChild == nil {
		return ""
	}
	return n.FirstChild.Data
}

var jumps = regexp.MustCompile(`(?i)(window|document|top|self)?\.?location(\.href)?\s*=|location\.replace\(`)

// redirects tells pages that only point elsewhere.
func (d *document) redirects() bool {
	return find(d.root, func(n *html.Node) bool {
		switch n.DataAtom {
		case atom.Meta:
			return strings.EqualFold(attr(n, "http-equiv"), "refresh") && strings.Contains(strings.ToLower(attr(n, "content")), "url")
		case atom.Frame, atom.Frameset, atom.Iframe:
			return true
		case atom.Script:
			return n.FirstChild != nil && len(n.FirstChild.Data) < 600 && jumps.MatchString(n.FirstChild.Data)
		}
		return false
	}) != nil
}

// find returns the first element, in document order, that ok accepts.
func find(n *html.Node, ok func(*html.Node) bool) *html.Node {
	for c := range n.Descendants() {
		if c.Type == html.ElementNode && ok(c) {
			return c
		}
	}
	return nil
}
