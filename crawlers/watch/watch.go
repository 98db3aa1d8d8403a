// Package watch tells which French public body, supplier or piece of software
// a post of a leak site is about. It watches for entities, not strings: names
// of communes are also names of hotels, families and towns abroad, and a plain
// search for them is wrong more than nine times in ten.
//
// Matching has two steps. A trie of folded words finds every name on the list
// in one pass, whatever its case, accents, hyphens and apostrophes. Then the
// surroundings judge each find: words that announce a public body ("mairie
// de"), the web address by public suffix, the country, words that announce a
// business. What is refused is refused with a reason that an analyst can read.
// Precision comes first: an alert wakes somebody.
package watch

import (
	"sort"
	"strings"

	"vigie/internal/france"
)

// Entity is a body or a product to watch for.
type Entity struct {
	Name    string   `yaml:"name"`
	Kind    string   `yaml:"kind"` // one of Kinds
	Code    string   `yaml:"code"` // "insee:34172", "siren:...", or ""
	Aliases []string `yaml:"aliases"`
	Domains []string `yaml:"domains"` // registered names; their subdomains count too
	By      string   `yaml:"by"`      // of software: the supplier that makes it
	Users   []string `yaml:"users"`   // of software or a supplier: bodies that use it, as in a title, or "kind:school"
	Uses    []string `yaml:"uses"`    // of a body: software and suppliers that it uses
}

// Kinds are the kinds of entity, as alerts and exports name them.
var Kinds = []string{"commune", "epci", "department", "region", "hospital", "university", "school", "syndicate",
	"mission_locale", "ministry", "agency", "supplier", "software", "other"}

// Hit says that a post is about an entity, how sure that is, and why.
type Hit struct {
	Entity     string  `json:"entity"`
	Kind       string  `json:"kind"`
	Code       string  `json:"code"`
	Confidence float64 `json:"confidence"` // 0.5 to 1; a judgement, not a frequency
	Why        string  `json:"why"`
}

// Refusal says that a name was seen and why it does not count.
type Refusal struct {
	Entity string `json:"entity"`
	Why    string `json:"why"`
}

// What one post may cost: longer titles and texts are read up to here.
const (
	maxTitle   = 1 << 10  // bytes
	maxText    = 64 << 10 // bytes
	maxHits    = 20
	maxRefused = 20
)

// Matcher holds the watch-lists. It does not change and may be shared.
type Matcher struct {
	list        []listed
	words       map[string]uint32 // folded word to number, from 1
	edges       map[uint64]uint32 // node and word to node
	ends        map[uint32][]int32
	nodes       uint32
	domains     map[string][]int32
	codes       map[string]int32   // "insee:34172", "siren:..." to entity; a region's begins with "region "
	sirens      map[string][]int32 // nine digits
	departments map[string]int32   // by number, in small letters
	canon       map[string]int32   // names of bodies that are no places, without linking words
	glued       map[string][]int32 // names of places written as one word
	tight       map[string][]int32 // the same without "de", "la", "et"
	sorted      []string           // keys of glued in order, for names cut by a site
	epci        map[string][]int32 // EPCI by the words of their names
	usually     map[string][]int32 // towns by what they are usually called, as one word
	sounds      map[string][]int32 // towns by the sound of their names
	dictionary  *france.Dictionary
	share       func(name string) float64
}

// listed is an entity with what judging it needs.
type listed struct {
	Entity
	place      bool // from the official lists: commune, EPCI, department, region
	population int
	number     string   // of a commune's department, or the department's own, in small letters
	department string   // folded name of a commune's department
	postcodes  []string // of a commune
	words      int      // of its name
}

// New makes a matcher of the built-in lists (communes, EPCI, departments,
// regions; ministries, agencies, hospitals, universities, software) and the
// entities given. An entity with the code of a place of the official lists adds
// its names and domains to that place.
func New(data *france.Data, entities ...Entity) *Matcher {
	m := &Matcher{words: map[string]uint32{}, edges: map[uint64]uint32{}, ends: map[uint32][]int32{}, nodes: 1,
		domains: map[string][]int32{}, codes: map[string]int32{}, sirens: map[string][]int32{}, departments: map[string]int32{},
		canon: map[string]int32{}, glued: map[string][]int32{}, tight: map[string][]int32{}, epci: map[string][]int32{}, usually: map[string][]int32{}, sounds: map[string][]int32{},
		dictionary: data.Dictionary(), share: data.NameShare}
	m.addPlaces(data)
	for _, e := range builtin() {
		m.add(e)
	}
	for _, e := range entities {
		m.add(e)
	}
	m.addArticleless()
	m.addUsual()
	m.addSounds()
	for g := range m.glued {
		m.sorted = append(m.sorted, g)
	}
	sort.Strings(m.sorted)
	return m
}

// Match judges one post. Hits are ordered by confidence: the first is the
// entity the post is about, further ones are true ambiguities or further
// bodies named. country is ISO 3166-1 alpha-2 or "".
func (m *Matcher) Match(title, text, website, country string) ([]Hit, []Refusal) {
	title, text = fanged(undotted(mended(clip(title, maxTitle)))), fanged(mended(clip(text, maxText)))
	hits, refused := m.match(title, text, website, country)
	if len(hits) > 0 {
		return hits, refused
	}
	plain := revealed(title)
	if plain == title {
		return nil, refused
	}
	shown, against := m.match(plain, text, website, country)
	for i := range shown {
		shown[i].Confidence, shown[i].Why = max(shown[i].Confidence-0.1, 0.5), shown[i].Why+", in disguised letters"
	}
	return shown, against
}

func (m *Matcher) match(title, text, website, country string) ([]Hit, []Refusal) {
	p := m.read(title, text, website, country)
	m.judgeHosts(p)
	m.judgeNumbers(p)
	m.judgeWords(p, p.titleLine())
	m.judgeWords(p, line{tokens: p.text, source: p.textS})
	if len(p.hits) == 0 {
		m.judgeCyrillic(p, p.titleLine())
		p.judgeSyndicate()
	}
	if p.unnamed() {
		m.judgeDigest(p)
	}
	return p.result()
}

// unnamed tells a post whose title names nobody.
func (p *post) unnamed() bool {
	for _, t := range p.title {
		if !noise[t.word] && !generic[t.word] && !isNumber(t.word) {
			return false
		}
	}
	return true
}

// maxDigest bounds the lines of a digest that are judged.
const maxDigest = 50

// judgeDigest judges each item of a list of victims, under a title that names
// nobody, as a title of its own: what one says of its country is not said of
// the others.
func (m *Matcher) judgeDigest(p *post) {
	n := 0
	for l := range strings.Lines(p.textS) {
		item := strings.TrimSpace(l)
		bare := strings.TrimLeft(item, "-*•·–—>+ ")
		if bare == item || len(bare) > maxTitle || bare == "" {
			continue
		}
		if n++; n > maxDigest {
			return
		}
		own := m.read(bare, "", "", "")
		m.judgeHosts(own)
		m.judgeWords(own, own.titleLine())
		for _, h := range own.hits {
			h.Confidence, h.Why = max(h.Confidence-0.1, 0.5), h.Why+", in a list of victims"
			p.hits = append(p.hits, h)
		}
		p.refused = append(p.refused, own.refused...)
	}
}

func clip(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	return strings.ToValidUTF8(s[:limit], "")
}

// result orders, drops repeats and weak second thoughts, and bounds.
func (p *post) result() ([]Hit, []Refusal) {
	sort.SliceStable(p.hits, func(i, j int) bool { return p.hits[i].Confidence > p.hits[j].Confidence })
	seen := map[string]bool{}
	var hits []Hit
	for _, h := range p.hits {
		key := h.Kind + h.Code + h.Entity
		if !seen[key] && len(hits) < maxHits {
			seen[key], seen[h.Entity] = true, true
			hits = append(hits, h)
		}
	}
	var refused []Refusal
	for _, r := range p.refused {
		if !seen[r.Entity] && len(refused) < maxRefused {
			seen[r.Entity] = true
			refused = append(refused, r)
		}
	}
	return hits, refused
}
