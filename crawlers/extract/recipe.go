package extract

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/andybalholm/cascadia"
	"vigie/crawlers"
	"vigie/internal/breach"
	"vigie/internal/setting"
)

// What a recipe may hold.
const (
	maxRecipe   = 1 << 20 // bytes
	maxCases    = 100
	maxSelector = 500 // characters
	maxPattern  = 200 // characters
)

// RecipeHelp shows what a recipe looks like.
const RecipeHelp = `A recipe is YAML; whatever it does not name is read as without it:
  name: corsaires
  state: listing                  # of pages with posts: listing, index or market
  records: article.leak           # each match is a post (CSS selector)
  drop: [.advert]                 # taken out of the page first
  fields:                         # title text date website country links deadline price size views files
    title: {select: h2}
    date: {select: time, attr: datetime}
    website: {select: .meta, pattern: 'Site: (\S+)'}
  cases:                          # what it must read right
    - name: one post
      html: <article class=leak><h2>Acme</h2></article>   # or file: page.html, beside the recipe
      state: listing
      posts: [{title: Acme, date: ""}]`

// Recipe pins or corrects the reading of one site, and carries the cases that
// it must read right. What it does not name is read as without it. RecipeHelp
// shows one.
type Recipe struct {
	Name    string            `yaml:"name"`
	State   string            `yaml:"state"`   // pins the state of pages with posts
	Records string            `yaml:"records"` // CSS selector
	Drop    []string          `yaml:"drop"`    // CSS selectors
	Fields  map[string]Picker `yaml:"fields"`  // by the JSON name of the field
	Cases   []Case            `yaml:"cases"`

	records cascadia.SelectorGroup
	drop    []cascadia.SelectorGroup
	fields  map[string]picker
}

// Picker says where in a record a field stands.
type Picker struct {
	Select  string `yaml:"select"`  // CSS selector in the record; empty means the record itself
	Attr    string `yaml:"attr"`    // this attribute; empty means the words
	Pattern string `yaml:"pattern"` // regular expression (RE2); its first group, or all of it, is the value
}

// Case is a page with the posts that must be read from it.
type Case struct {
	Name  string              `yaml:"name"`
	HTML  string              `yaml:"html"`
	File  string              `yaml:"file"` // beside the recipe, instead of html
	State string              `yaml:"state"`
	Posts []map[string]string `yaml:"posts"` // only the fields named are compared
}

type picker struct {
	Picker
	find    cascadia.SelectorGroup // nil: the record itself
	pattern *regexp.Regexp
}

// pinnable are the fields that a recipe may pin.
var pinnable = []string{"title", "text", "date", "website", "country", "links", "deadline", "price", "size", "views", "files"}

// ReadRecipe reads a recipe. Unknown keys, selectors and patterns that do not
// parse and a recipe over 1 MiB are breach.ErrInvalid and say where.
func ReadRecipe(r io.Reader) (*Recipe, error) {
	var out Recipe
	if err := setting.Read(r, maxRecipe, &out); err != nil {
		if errors.Is(err, io.EOF) {
			err = fmt.Errorf("it is empty: %w", breach.ErrInvalid)
		}
		return nil, fmt.Errorf("reading a recipe: %w", err)
	}
	if len(out.Cases) > maxCases {
		return nil, fmt.Errorf("reading a recipe: more than %d cases: %w", maxCases, breach.ErrInvalid)
	}
	if err := out.compile(); err != nil {
		return nil, fmt.Errorf("reading recipe %q: %w: %w", clip(out.Name, 60), breach.ErrInvalid, err)
	}
	return &out, nil
}

func (r *Recipe) compile() (err error) {
	if r.Name == "" {
		return errors.New("it has no name")
	}
	if r.State != "" && r.State != crawlers.StateListing && r.State != crawlers.StateIndex && r.State != crawlers.StateMarket {
		return fmt.Errorf("state %q, want listing, index or market", clip(r.State, 40))
	}
	if r.Records == "" && len(r.Fields) == 0 && len(r.Drop) == 0 {
		return errors.New("it pins nothing: give records, drop or fields")
	}
	if r.Records != "" {
		if r.records, err = selector("records", r.Records); err != nil {
			return err
		}
	}
	for i, s := range r.Drop {
		sel, err := selector(fmt.Sprintf("drop %d", i+1), s)
		if err != nil {
			return err
		}
		r.drop = append(r.drop, sel)
	}
	r.fields = map[string]picker{}
	for name, f := range r.Fields {
		if !slices.Contains(pinnable, name) {
			return fmt.Errorf("field %q, want one of %s", clip(name, 40), strings.Join(pinnable, ", "))
		}
		p := picker{Picker: f}
		if f.Select != "" {
			if p.find, err = selector("field "+name, f.Select); err != nil {
				return err
			}
		}
		if len(f.Pattern) > maxPattern {
			return fmt.Errorf("field %s: pattern of more than %d characters", name, maxPattern)
		}
		if f.Pattern != "" {
			if p.pattern, err = regexp.Compile(f.Pattern); err != nil {
				return fmt.Errorf("field %s: %w", name, err)
			}
		}
		r.fields[name] = p
	}
	for i, c := range r.Cases {
		if c.HTML == "" == (c.File == "") {
			return fmt.Errorf("case %d: give html or file, one of them", i+1)
		}
		for _, want := range c.Posts {
			for name := range want {
				if !slices.Contains(pinnable, name) {
					return fmt.Errorf("case %d: field %q, want one of %s", i+1, clip(name, 40), strings.Join(pinnable, ", "))
				}
			}
		}
	}
	return nil
}

func selector(where, s string) (cascadia.SelectorGroup, error) {
	if len(s) > maxSelector {
		return nil, fmt.Errorf("%s: selector of more than %d characters", where, maxSelector)
	}
	sel, err := cascadia.ParseGroup(s)
	if err != nil {
		return nil, fmt.Errorf("%s: selector %q: %w", where, clip(s, 80), err)
	}
	return sel, nil
}
