package extract

import (
	"math"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Which group a page lists, and which place in it holds the titles, is chosen
// by a log-linear model: a product of powers of what is seen of each pair of
// them, whose exponents are learnt (TestLearnChoice). Nothing wins that is less
// likely than a page that lists nothing.

// traits are what the model sees of one group with one place of titles. Shares
// stand as logarithms where a part that is missing should weigh heavily.
type traits [traitCount]float64

const (
	tOne       = iota // 1: what a listing must outweigh
	tPresence         // log of the share of records that have the place
	tDifferent        // log of the share of its texts that are different
	tGood             // log of how like titles they are
	tEarly            // log of how early they stand in a record
	tMark             // log of how much their markup speaks for a title
	tCoverage         // log of the share of the page's text in the records
	tNumber           // log of how surely so many records are a list
	tAside            // navigation, footer and the like
	tCell             // records are cells of a table
	tInline           // records are words in a line
	tLoose            // records begin with an element and go on to the next like it
	tDated            // share of records with a date or a countdown
	tDates            // log of the dates in a record, where there are more than one
	tLinked           // share of records with a link
	tSized            // share of records with a size
	tPriced           // share of records with a price
	tSited            // share of records with a site of somebody's
	tSaid             // share of records with a text
	tFact             // share of titles that are facts: states, countries, dates, counters
	tLabel            // share of titles that are labels or end as such
	tColon            // share of titles that are a label and what it labels
	tTelling          // share of titles that tell a size or a date
	tHost             // share of titles that are addresses
	tFirst            // share of titles that are the first words of their record
	tLong             // log of the mean length of titles beyond 60 characters
	tShort            // log of the mean length of titles below 8 characters
	tAll              // share of records whose title is all that they say
	tBody             // log of the mean length of the records beyond their titles
	tPlain            // share of titles without a link or a heading's mark
	tHeaded           // share of records that hold more headings like the title's
	tPicture          // titles are what pictures are called
	tMember           // titles lead to members or are their names
	tSingle           // one record alone
	tAgain            // log of the elements in a record that are made as its title is
	tLower            // share of titles that begin small and are no address
	tNumbered         // titles differ by a number alone, or are chapters
	tClause           // titles are what stands before a divider in a line
	tSentence         // share of titles that are sentences
	tText             // lines of a text
	tReach            // log of the share of the page's text in them, in place of that above
	tParted           // share of them that a gap parts
	tBegun            // they begin alike
	tPost             // 1 for a page as one post: what such a page must outweigh
	tKinds            // how many kinds of evidence it has; this and those below for pages of one post
	tDay              // it has a day or a countdown
	tAmount           // it has a size
	tLeads            // it has links
	tWords            // log of how much the markup of its title speaks for one
	tPlace            // log of how early its title stands
	tProse            // it has sentences
	tForm             // it asks for something to be typed in
	tNote             // it is a note to victims, or the site speaks of itself
	tLabels           // it has several labelled facts
	tFiles            // it offers files
	tFar              // log of the pieces between the title and the text
	tPassed           // log of the pieces between them that could be titles
	tLate             // it stands below a text
	tCalled           // a label calls it a name
	tPosted           // it stands in what the markup calls a post
	tNamed            // the page's own title has it
	tTop              // it is a heading of the first level
	tSpelled          // a link spells it
	tNear             // log of the pieces between it and the next fact
	tBack             // the page leads back to what lists it
	traitCount
)

// weights are the exponents learnt; see TestLearnChoice.
var weights = traits{
	tOne: 2.137, tPresence: 1.562, tDifferent: 2.318, tGood: 1.664, tEarly: 3.303, tMark: 1.875, tCoverage: 3.192, tNumber: 4.151, tAside: -0.526, tCell: -0.222,
	tInline: -0.664, tLoose: -0.481, tDated: 5.163, tDates: -0.895, tLinked: 1.524, tSized: 2.007, tPriced: 1.724, tSited: 2.941, tSaid: -0.026, tFact: -1.264,
	tLabel: -1.177, tColon: 0.011, tTelling: -1.561, tHost: -1.526, tFirst: 1.057, tLong: -0.100, tShort: -4.219, tAll: -1.310, tBody: -0.620, tPlain: -0.464,
	tHeaded: -0.494, tPicture: 1.046, tMember: -0.232, tSingle: -0.066, tAgain: -0.488, tLower: -1.653, tNumbered: -1.135, tClause: -2.248, tSentence: -2.226, tText: -2.649,
	tReach: 2.452, tParted: 0.034, tBegun: 0.014, tPost: -3.829, tKinds: 1.151, tDay: 1.543, tAmount: -0.168, tLeads: 0.111, tWords: 0.349, tPlace: -0.346,
	tProse: 1.555, tForm: -1.494, tNote: -2.363, tLabels: -1.131, tFiles: 0.796, tFar: 0.121, tPassed: -0.196, tLate: -1.801, tCalled: 1.888, tPosted: 1.334,
	tNamed: 1.021, tTop: 0.051, tSpelled: 1.596, tNear: -0.549, tBack: 1.184,
}

func (t *traits) score(w *traits) (sum float64) {
	for i, v := range t {
		sum += v * w[i]
	}
	return sum
}

// likely is how likely a group with a score lists what the page does, beside
// nothing, 0 to 1.
func likely(score float64) float64 { return 1 / (1 + math.Exp(-score)) }

// rate gives a group its titles and its score.
func (d *document) rate(g *group) {
	if g.rated {
		return
	}
	g.rated = true
	best := math.Inf(-1)
	for _, c := range d.choices(g) {
		if s := c.x.score(&weights); s > best {
			best, g.titles, g.x = s, c.titles, c.x
			g.score = likely(s)
		}
	}
}

// choice is a group with one place of titles.
type choice struct {
	titles string
	x      traits
}

// choices are the places of a group that could hold its titles.
func (d *document) choices(g *group) (out []choice) {
	records := sample(g.records)
	of := d.traits(g, records)
	places, keys := d.placesIn(records)
	for _, key := range keys {
		p := places[key]
		n := float64(p.found)
		presence, different := n/float64(len(records)), p.different()
		if presence < .55 || different < .5 || p.found == 2 && different < 1 {
			continue // one name twice is whose they are
		}
		x := of
		if len(records) > 1 && numberedOnly(p.texts, 2*of[tLinked] < 1) {
			x[tNumbered] = 1
		}
		x[tPresence] = math.Log(presence)
		x[tDifferent] = math.Log(different)
		good, length, all, body := 0.0, 0.0, 0.0, 0.0
		again := 0.0
		for i, t := range p.texts {
			if t == "" {
				continue
			}
			again += float64(d.alike(records[i], p.at[i]))
			if whole := d.said(records[i]); lower(t) && whole != strings.ToLower(whole) { // who writes no capitals says nothing by it
				x[tLower] += 1 / n
			}
			if sentence(t) {
				x[tSentence] += 1 / n
			}
			good += d.liked(t)
			length += float64(len([]rune(t)))
			facts := d.facts(t)
			x[tFact] += facts.fact / n
			x[tLabel] += facts.label / n
			x[tColon] += facts.colon / n
			x[tTelling] += facts.telling / n
			x[tHost] += facts.host / n
			whole := d.said(records[i])
			if strings.HasPrefix(whole, t) {
				x[tFirst] += 1 / n
			}
			if len(whole) <= len(t)+2 && !p.picture { // nothing else
				all++
			}
			body += float64(max(0, len(whole)-len(t)))
		}
		x[tGood] = math.Log(good/n + .01)
		x[tEarly] = -math.Log(1 + .12*p.order/n)
		x[tMark] = math.Log(max(p.mark, .05))
		if len(records) > 2 && 3*p.led >= 2*p.found && different > .8 {
			x[tMark] = max(x[tMark], math.Log(.9))
		}
		x[tLong] = math.Log(max(1, length/n/60))
		x[tShort] = math.Log(max(1, 8/(length/n)))
		x[tAll] = all / n
		x[tBody] = math.Log(1 + body/n/20)
		if strings.HasSuffix(key, clauseKey) {
			x[tClause] = 1
		}
		if p.picture {
			x[tPicture] = 1
		}
		if p.member {
			x[tMember] = 1
		}
		x[tAgain] = math.Log(max(1, again/n))
		if p.mark < .6 && !p.picture {
			x[tPlain] = 1
		}
		out = append(out, choice{key, x})
	}
	return out
}

// traits are those of a group, whatever its titles.
func (d *document) traits(g *group, records []record) (x traits) {
	n := float64(len(records))
	x[tOne] = 1
	x[tCoverage] = math.Log(max(float64(g.text)/float64(max(d.total, 1)), 1e-3))
	x[tNumber] = math.Log(1 - math.Pow(.55, float64(len(g.records))))
	if g.aside {
		x[tAside] = 1
	}
	if len(g.records) == 1 {
		x[tSingle] = 1
	}
	if g.host != nil {
		x[tText], x[tParted] = 1, g.parted
		x[tReach], x[tCoverage] = x[tCoverage], 0
		if !strings.HasPrefix(g.way, gapWay) {
			x[tBegun] = 1
		}
	}
	first := g.records[0][0]
	switch {
	case len(g.records[0]) > 1:
		x[tLoose] = 1
	case first.DataAtom == atom.Td || first.DataAtom == atom.Th:
		x[tCell] = 1
	case !block(first) && first.DataAtom != atom.A:
		x[tInline] = 1
	}
	dates := 0.0
	for _, r := range records {
		f := d.recordFacts(r)
		if f.dates > 0 || f.timed {
			x[tDated] += 1 / n
		}
		dates += float64(f.dates)
		if len(f.links) > 0 {
			x[tLinked] += 1 / n
		}
		for i, is := range map[int]bool{tSized: f.sized, tPriced: f.priced, tSited: f.sited, tSaid: f.told} {
			if is {
				x[i] += 1 / n
			}
		}
		if f.headings > 1 {
			x[tHeaded] += 1 / n
		}
	}
	x[tDates] = math.Log(max(1, dates/n))
	return x
}

// lower tells words that begin small and are no address.
func lower(t string) bool {
	first, _ := utf8.DecodeRuneInString(t)
	return unicode.IsLower(first) && !plainHost.MatchString(t)
}

// textFacts are what a would-be title is besides.
type textFacts struct{ fact, label, colon, telling, host float64 }

// entries is how many things stand under a heading: France (3).
var entries = regexp.MustCompile(`\s*[(\[]\d+[)\]]\s*$`)

func (d *document) facts(t string) textFacts {
	if f, ok := d.known[t]; ok {
		return f
	}
	var f textFacts
	if isFact(entries.ReplaceAllString(t, "")) {
		f.fact = 1
	}
	if onlyLabel(t) {
		f.label = 1
	}
	if label, rest := labelOf(t); label != "" && rest != "" && len(strings.Fields(label)) < 3 {
		f.colon = 1
	}
	if sizeWord.MatchString(t) || dateIn(t) != "" {
		f.telling = 1
	}
	if plainHost.MatchString(t) {
		f.host = 1
	}
	d.known[t] = f
	return f
}

// alike counts the elements of a record of the shape and at the place of its
// title.
func (d *document) alike(r record, title *html.Node) int {
	if e := d.info[title]; e != nil {
		return d.recordFacts(r).paths[e.path]
	}
	return 0
}

func (d *document) liked(t string) float64 {
	if v, ok := d.likes[t]; ok {
		return v
	}
	v := titleLike(t)
	d.likes[t] = v
	return v
}

// recordFact is what a record holds.
type recordFact struct {
	text            string
	dates, headings int
	timed, sized    bool
	priced, sited   bool
	told            bool // it has a text
	links           []string
	paths           map[int]int // elements by their path
}

func (d *document) said(r record) string { return d.recordFacts(r).text }

func (d *document) recordFacts(r record) *recordFact {
	key := [2]*html.Node{r[0], r[len(r)-1]}
	if f := d.records[key]; f != nil {
		return f
	}
	f := &recordFact{text: clip(recordText(r), 5*maxCounted), paths: map[int]int{}}
	for t := f.text; f.dates < 8; f.dates++ {
		v, _, to := dateAt(t)
		if v == "" || to <= 0 {
			break
		}
		t = t[to:]
	}
	f.timed = timed(r)
	f.links = recordLinks(r)
	f.sized = sizeWord.MatchString(f.text)
	f.priced = priceIn(f.text, true) != ""
	f.sited = websiteIn(f.text) != ""
	for _, n := range r {
		for _, p := range pieces(n) {
			f.told = f.told || prosaic(p)
		}
	}
	for _, n := range r {
		walk(n, func(c *html.Node) {
			if headingLevel(c) > 0 {
				f.headings++
			}
			if e := d.info[c]; e != nil {
				f.paths[e.path]++
			}
		})
	}
	d.records[key] = f
	return f
}
