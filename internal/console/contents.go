package console

import (
	"cmp"
	"maps"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"vigie/internal/breach"
	"vigie/internal/i18n"
)

// contents is the profile of a dump, ready to be read by the watch team. Its
// names (of columns, of bodies) come from the stolen file: they are shown as
// text, clipped, without the characters that would turn a line around.
type contents struct {
	page
	Incident breach.IncidentID
	Dump     breach.Dump
	Profile  breach.Profile
	Unread   []unreadLine
	Owners   []ownerLine
	Seen     []seenLine
	Doubts   []doubtLine
	Known    []breach.Column // whose meaning was recognised
	Others   []breach.Column
	Beyond   int64 // columns that are not listed
}

// unreadLine says how many parts could not be read for one reason.
type unreadLine struct {
	Code string
	N    int64
}

// ownerLine is a body that the file may have been taken from.
type ownerLine struct {
	Kind, Name string // Kind is a code such as "uai", "" for a registry
	Score      float64
	Why        []string
}

// seenLine is an earlier dump, with its incident where that is known.
type seenLine struct {
	breach.Overlap
	Incident breach.IncidentID
	Title    string
}

// doubtLine is a finding against a dump, its figures in words.
type doubtLine struct{ Code, Observed, Expected string }

// maxListed bounds the columns on one page: a file may have thousands.
const maxListed = 500

func newContents(p page, id breach.IncidentID, d breach.Dump) contents {
	c := contents{page: p, Incident: id, Dump: d, Profile: d.Profile}
	for code, n := range c.Profile.Unread {
		c.Unread = append(c.Unread, unreadLine{code, n})
	}
	slices.SortFunc(c.Unread, func(a, b unreadLine) int {
		return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Code, b.Code))
	})
	for _, o := range c.Profile.Owners {
		c.Owners = append(c.Owners, newOwner(p, o))
	}
	for _, x := range c.Profile.Recycled {
		c.Seen = append(c.Seen, seenLine{Overlap: x})
	}
	for _, x := range c.Profile.Doubts {
		c.Doubts = append(c.Doubts, newDoubt(p, x))
	}
	for i, col := range c.Profile.Columns {
		switch {
		case i >= maxListed:
			c.Beyond++
		case col.Meaning == "" || col.Meaning == "unknown" || col.Meaning == "empty":
			c.Others = append(c.Others, col)
		default:
			c.Known = append(c.Known, col)
		}
	}
	return c
}

// Read tells whether the file has been read, be it to find that nothing of it
// can be.
func (c contents) Read() bool {
	p := c.Profile
	return p.Format != "" || p.Files > 0 || p.Rows > 0 || len(p.Unread) > 0
}

// Old tells a profile made before whose the file may be, whether it was seen
// and what speaks against it were looked at: an empty answer is then none.
func (c contents) Old() bool {
	p := c.Profile
	return p.Files == 0 && p.Authenticity == 0 && len(p.Doubts)+len(p.Unread)+len(p.Owners)+len(p.Recycled) == 0
}

// Whole tells whether everything was read to its end.
func (c contents) Whole() bool {
	return c.Profile.Complete && len(c.Unread) == 0 && c.Profile.Refused == 0
}

// UnreadParts counts the parts that could not be read.
func (c contents) UnreadParts() (n int64) {
	for m := range maps.Values(c.Profile.Unread) {
		n += m
	}
	return n
}

// NewestDay is the newest plausible date in the file, in words.
func (c contents) NewestDay() string {
	if at, ok := c.newest(); ok {
		return c.Day(at)
	}
	return clip(c.Profile.Newest)
}

func (c contents) newest() (time.Time, bool) {
	at, err := time.Parse(time.DateOnly, c.Profile.Newest)
	return at, err == nil
}

// Age is how old the extract may be at most, "" where that is not known: an
// extract is not older than the newest date in it.
func (c contents) Age() string {
	at, ok := c.newest()
	days := int64(c.Dump.AcquiredAt.Sub(at).Hours() / 24)
	if !ok || c.Dump.AcquiredAt.IsZero() || days < 0 {
		return ""
	}
	return c.N("contents.age", days)
}

// Score writes a number from 0 to 1 that is no probability.
func (c contents) Score(x float64) string { return decimal(c.Lang, strconv.FormatFloat(x, 'f', 2, 64)) }

// Interval writes a 95 % interval of a share.
func (c contents) Interval(x seenLine) string { return c.Percent(x.Low) + " – " + c.Percent(x.High) }

// Do says what a person can do about parts that could not be read.
func (c contents) Do(code string) string {
	if key := "unread_do." + code; c.c.words.Has(key) {
		return c.T(key)
	}
	return c.T("contents.unread_other")
}

// Means says what may stand behind a finding, "" where nobody wrote it.
func (c contents) Means(code string) string {
	if key := "doubt_means." + code; c.c.words.Has(key) {
		return c.T(key)
	}
	return ""
}

// Name shows a name from the stolen file.
func (c contents) Name(s string) string { return clip(s) }

// newOwner splits the code of a body from its kind: "uai:0340001X".
func newOwner(p page, o breach.Origin) ownerLine {
	line := ownerLine{Name: clip(p.Word("registry", o.Name)), Score: o.Score}
	if kind, code, ok := strings.Cut(o.Name, ":"); ok {
		line.Kind, line.Name = clip(p.Word("owner_kind", kind)), clip(code)
	}
	for _, why := range strings.Split(o.Why, "; ") {
		if why != "" {
			line.Why = append(line.Why, clip(ownerWhy(p, why)))
		}
	}
	return line
}

// The reasons that matchers/dump gives for an owner.
var (
	ownerColumns = regexp.MustCompile(`^(\d+) of its (\d+) columns have the same names$`)
	ownerRows    = regexp.MustCompile(`^([a-z]+) (\S+) in (\d+) of (\d+) rows$`)
)

// ownerWhy puts a reason into words; one of another form stays as it is.
func ownerWhy(p page, why string) string {
	if m := ownerColumns.FindStringSubmatch(why); m != nil {
		return p.T("owner_why.columns", p.digits(m[1]), p.digits(m[2]))
	}
	if m := ownerRows.FindStringSubmatch(why); m != nil {
		return p.T("owner_why.rows", p.Word("owner_kind", m[1]), m[2], p.digits(m[3]), p.digits(m[4]))
	}
	return why
}

// digits writes a number that comes as digits.
func (p page) digits(s string) string {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return s
	}
	return p.Num(n)
}

// newDoubt puts the figures of a finding into words. All are shares but the
// evenness of surnames, which is how many times as frequent one is.
func newDoubt(p page, x breach.Doubt) doubtLine {
	write := p.share
	if x.Code == "surname-evenness" {
		write = func(f float64) string { return "× " + p.figure(f) }
	}
	return doubtLine{Code: x.Code, Observed: write(x.Observed), Expected: clip(expected(p, x.Expected, write))}
}

var (
	oneBound  = regexp.MustCompile(`^(above|below) ([0-9.]+)$`)
	twoBounds = regexp.MustCompile(`^([0-9.]+) to ([0-9.]+)$`)
)

// expected writes what holds of real people; other words stay as they are.
func expected(p page, s string, write func(float64) string) string {
	num := func(s string) string {
		f, err := strconv.ParseFloat(s, 64)
		if err != nil {
			return s
		}
		return write(f)
	}
	if m := oneBound.FindStringSubmatch(s); m != nil {
		return p.T("contents."+m[1], num(m[2]))
	}
	if m := twoBounds.FindStringSubmatch(s); m != nil {
		return p.T("contents.between", num(m[1]), num(m[2]))
	}
	return s
}

// share writes a measured share without digits that mean nothing.
func (p page) share(x float64) string {
	if p.Lang == i18n.French {
		return p.figure(100*x) + "\u00a0%"
	}
	return p.figure(100*x) + "%"
}

func (p page) figure(x float64) string {
	return decimal(p.Lang, strconv.FormatFloat(math.Round(x*100)/100, 'f', -1, 64))
}

func decimal(lang, s string) string {
	if lang == i18n.French {
		return strings.Replace(s, ".", ",", 1)
	}
	return s
}

// maxName is how many characters of a name from the file are shown.
const maxName = 120

// clip keeps a name from the file on its line: what is not printed, or turns
// the direction of writing, becomes a dot, and what is long is cut.
func clip(s string) string {
	var b strings.Builder
	n := 0
	for _, r := range s {
		if n++; n > maxName {
			b.WriteRune('…')
			break
		}
		if r != ' ' && r != '\u00a0' && !unicode.IsPrint(r) {
			r = '·'
		}
		b.WriteRune(r)
	}
	return b.String()
}
