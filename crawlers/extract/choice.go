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
	tFact             // share of titles that are facts: states, countries, dates, counters
	tLabel            // share of titles that are labels or end as such
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
	tSentence         // share of titles that are sentences
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
	tBack             // the page leads back to what lists it
	traitCount
)

// weights are the exponents learnt; see TestLearnChoice.
var weights = traits{
	tOne: 1.122, tPresence: 0.880, tDifferent: 3.024, tGood: 3.841, tEarly: 2.855, tMark: 1.026, tCoverage: 1.498, tNumber: 4.214, tAside: -1.500,
	tCell: 0.274, tInline: 2.917, tLoose: -1.273, tDated: 4.190, tDates: -0.487, tLinked: 1.269, tSized: 2.378, tFact: -2.252, tLabel: -0.867,
	tHost: -0.231, tFirst: 1.097, tLong: -1.510, tShort: -4.265, tAll: -1.346, tBody: 0.345, tPlain: -1.196, tHeaded: -0.791, tPicture: 0.860,
	tMember: -0.186, tSingle: -0.292, tAgain: -0.559, tLower: -2.472, tSentence: -2.141, tPost: -4.100, tKinds: 0.825, tDay: 1.881, tAmount: -0.011,
	tLeads: 0.330, tWords: 0.480, tPlace: 0.033, tProse: 1.652, tForm: -1.748, tNote: -2.538, tLabels: -1.471, tFiles: 0.521, tFar: 0.229,
	tPassed: -0.484, tLate: -2.083, tCalled: 1.698, tPosted: 1.182, tNamed: 0.781, tTop: -0.217, tBack: 1.501,
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
		if presence < .55 || different < .5 || len(records) > 1 && numberedOnly(p.texts, 2*of[tLinked] < 1) {
			continue
		}
		x := of
		x[tPresence] = math.Log(presence)
		x[tDifferent] = math.Log(different)
		good, length, all, body := 0.0, 0.0, 0.0, 0.0
		again := 0.0
		for i, t := range p.texts {
			if t == "" {
				continue
			}
			again += float64(d.alike(records[i], p.at[i]))
			if lower(t) {
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
		if f.sized {
			x[tSized] += 1 / n
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
type textFacts struct{ fact, label, host float64 }

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
	links           []string
	paths           map[int]int // elements by their path
}

func (d *document) said(r record) string { return d.recordFacts(r).text }

func (d *document) recordFacts(r record) *recordFact {
	key := [2]*html.Node{r[0], r[len(r)-1]}
	if f := d.records[key]; f != nil {
		return f
	}
	f := &recordFact{text: clip(recordText(r), maxCounted), paths: map[int]int{}}
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
