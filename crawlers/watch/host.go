package watch

import (
	"net/url"
	"strings"
	"unicode"

	"golang.org/x/net/publicsuffix"
)

// host is a web address in a post.
type host struct {
	name    string // lower case, without www
	suffix  string // public suffix
	label   string // what stands before the public suffix in the registered name
	cut     bool   // the site cut it: "ville-saintaffr..."
	primary bool   // the title or the website, not the text
}

// hostsIn finds what is written like a host name: a full stop between letters
// or digits, and all that goes with it on both sides.
func hostsIn(s string, limit int) []string {
	var out []string
	for i := 1; i+1 < len(s) && len(out) < limit; i++ {
		if s[i] != '.' || !hostByte(s[i-1]) || !hostByte(s[i+1]) {
			continue
		}
		from, to := i, i+1
		for from > 0 && hostByte(s[from-1]) {
			from--
		}
		for to < len(s) && (hostByte(s[to]) || s[to] == '.' && to+1 < len(s) && hostByte(s[to+1])) {
			to++
		}
		out = append(out, strings.Trim(s[from:to], "-"))
		i = to
	}
	return out
}

func hostByte(c byte) bool {
	return c == '-' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// cutHost returns a host name that the site cut: "ville-saintaffr...", without
// the dots.
func cutHost(word string) (string, bool) {
	name := strings.TrimRight(strings.TrimSuffix(word, "…"), ".")
	if len(word)-len(name) < 2 {
		return "", false
	}
	name = cleanHost(name)
	for i := range len(name) {
		if !hostByte(name[i]) && name[i] != '.' {
			return "", false
		}
	}
	return name, len(name) >= 8
}

// frenchSuffixes are public suffixes of France and its territories.
var frenchSuffixes = map[string]bool{"fr": true, "re": true, "gp": true, "mq": true, "gf": true, "yt": true, "pm": true, "wf": true, "nc": true,
	"pf": true, "bl": true, "mf": true, "bzh": true, "corsica": true, "alsace": true, "paris": true, "gouv.fr": true, "asso.fr": true, "com.fr": true}

func french(suffix string) bool { return frenchSuffixes[suffix] || strings.HasSuffix(suffix, ".fr") }

// foreign tells whether a public suffix is that of another country.
func foreign(suffix string) bool {
	last := suffix[strings.LastIndexByte(suffix, '.')+1:]
	if french(suffix) || len(last) != 2 {
		return suffix == "edu" || suffix == "mil" || suffix == "gov"
	}
	switch last { // country codes that anybody uses
	case "eu", "io", "co", "me", "tv", "ai", "cc", "ws", "to", "su":
		return false
	}
	return true
}

func cleanHost(s string) string {
	s = strings.ToLower(strings.TrimSpace(s))
	if i := strings.Index(s, "://"); i >= 0 {
		s = s[i+3:]
	}
	s, _, _ = strings.Cut(s, "/")
	s, _, _ = strings.Cut(s, ":")
	return strings.TrimSuffix(strings.TrimPrefix(s, "www."), ".")
}

func newHost(s string, primary bool) (host, bool) {
	h := host{name: cleanHost(s), primary: primary}
	if h.name == "" || !strings.Contains(h.name, ".") || strings.HasSuffix(h.name, ".onion") {
		return host{}, false
	}
	var managed bool
	h.suffix, managed = publicsuffix.PublicSuffix(h.name)
	if !managed && !strings.Contains(h.suffix, ".") {
		return host{}, false // no such top-level domain: a file name, an abbreviation
	}
	registered := strings.TrimSuffix(strings.TrimSuffix(h.name, h.suffix), ".")
	h.label = registered[strings.LastIndexByte(registered, '.')+1:]
	return h, h.label != ""
}

// hosts collects web addresses: the website, those in the title, those in the
// text, and a title that is the beginning of one.
func hosts(title, text, website string) []host {
	var out []host
	seen := map[string]bool{}
	add := func(s string, primary bool) {
		if h, ok := newHost(s, primary); ok && !seen[h.name] {
			seen[h.name] = true
			out = append(out, h)
		}
	}
	if website != "" {
		if u, err := url.Parse(strings.TrimSpace(website)); err == nil && u.Host != "" {
			add(u.Hostname(), true)
		} else {
			add(website, true)
		}
	}
	for _, word := range strings.FieldsFunc(title, func(r rune) bool { return unicode.IsSpace(r) || r == '(' || r == ')' }) {
		if name, ok := cutHost(word); ok {
			label := name
			if i := strings.IndexByte(name, '.'); i > 0 {
				label = name[:i]
			}
			out = append(out, host{name: name, label: label, cut: true, primary: true})
		}
	}
	for _, s := range hostsIn(title, 5) {
		add(s, true)
	}
	for _, s := range hostsIn(text, 20) {
		add(s, false)
	}
	return out
}

// judgeHosts looks at web addresses: domains that entities own, then names of
// places in the registered name.
func (m *Matcher) judgeHosts(p *post) {
	spoken := p.oneHost()
	for _, h := range p.hosts {
		if m.owned(p, h) || !h.primary && h.name != spoken && !p.lists(h) {
			continue
		}
		if h.cut {
			m.judgeCut(p, h)
		} else if !foreign(h.suffix) && p.foreign == "" {
			m.judgeLabel(p, h)
		}
	}
}

// oneHost is a host of the text if all that it names are of one body and the
// body's name says that it is public, such as mairie-x.fr, and nothing else
// has an address.
func (p *post) oneHost() string {
	name, label := "", ""
	for _, h := range p.hosts {
		if h.primary || label != "" && h.label != label {
			return ""
		}
		name, label = h.name, h.label
	}
	if saysPublic(label) {
		return name
	}
	return ""
}

// saysPublic tells a registered name that says itself that a public body has
// it: mairie-x.
func saysPublic(label string) bool {
	for _, prefix := range prefixes {
		if strings.HasPrefix(label, prefix.word+"-") || strings.HasSuffix(label, "-"+prefix.word) || len(prefix.word) >= 6 && strings.HasPrefix(label, prefix.word) {
			return true
		}
	}
	return false
}

// lists tells a host of a public body that stands alone in its line of the
// text, in a post about no business: one of a list of machines.
func (p *post) lists(h host) bool {
	if p.business != "" || !french(h.suffix) || !saysPublic(h.label) {
		return false
	}
	for l := range strings.Lines(p.textS) {
		if cleanHost(strings.Trim(l, " \t\r\n-*•|,;")) == h.name {
			return true
		}
	}
	return false
}

// owned finds the host, or what it is a subdomain of, among the domains of
// entities. The same name under another country's form of the same suffix
// (example.com.au for example.com) is kept with less confidence.
func (m *Matcher) owned(p *post, h host) bool {
	if h.cut {
		return m.ownedCut(p, h)
	}
	for name := h.name; strings.Contains(name, "."); name = name[strings.IndexByte(name, '.')+1:] {
		if list := m.domains[name]; list != nil {
			why := "its domain"
			if name != h.name {
				why = "a subdomain of its domain"
			}
			confidence := 0.98
			if !h.primary {
				confidence = 0.7
				why += ", in the text"
			}
			for _, i := range list {
				p.hit(&m.list[i], confidence, why)
			}
			return true
		}
	}
	if i := strings.LastIndexByte(h.suffix, '.'); i > 0 && h.primary { // such as com.au
		list := m.domains[h.label+"."+h.suffix[:i]]
		for _, j := range list {
			p.hit(&m.list[j], 0.55, "its name under the public suffix "+h.suffix)
		}
		return len(list) > 0
	}
	return false
}

func (m *Matcher) ownedCut(p *post, h host) bool {
	found := int32(-1)
	for name, list := range m.domains {
		if strings.HasPrefix(name, h.name) {
			if found >= 0 && found != list[0] {
				return false
			}
			found = list[0]
		}
	}
	if found >= 0 {
		p.hit(&m.list[found], 0.8, "the beginning of its domain, cut by the site")
	}
	return found >= 0
}
