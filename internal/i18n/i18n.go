// Package i18n holds message catalogues: French first, English beside it.
//
// Each package that speaks to people embeds its own fr.yaml and en.yaml and
// passes them to New, which refuses catalogues that disagree: every key must
// exist in every language and take the same arguments. So a missing
// translation is found when the package's test runs, never by a reader.
//
//	//go:embed messages/*.yaml
//	var files embed.FS
//	cat, err := i18n.New(files)
//	cat.T("fr", "review.left", 12)
//
// A YAML file nests as it likes; keys are joined with dots. Values are text
// with fmt verbs (%s, %d, or %[2]s where the order differs). A key with the
// children "one" and "other" is a plural, read with N.
package i18n

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"sort"
	"strings"

	"go.yaml.in/yaml/v3"

	"vigie/internal/breach"
)

// The languages every catalogue has. French is the default.
const (
	French  = "fr"
	English = "en"
)

// Languages lists the languages of every catalogue, the default first.
func Languages() []string { return []string{French, English} }

// Catalog is a set of messages in every language. It does not change after New
// and may be used by many goroutines.
type Catalog struct {
	messages map[string]map[string]string // language, key
}

// New reads fr.yaml and en.yaml, wherever they stand in fsys, and checks that
// they have the same keys with the same arguments. Errors wrap
// breach.ErrInvalid and name every key that differs.
func New(fsys fs.FS) (*Catalog, error) {
	c := &Catalog{messages: map[string]map[string]string{}}
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		lang, isYAML := strings.CutSuffix(path.Base(name), ".yaml")
		if err != nil || d.IsDir() || !isYAML || !slices.Contains(Languages(), lang) {
			return err
		}
		if c.messages[lang] == nil {
			c.messages[lang] = map[string]string{}
		}
		return c.read(fsys, name, lang)
	})
	if err != nil {
		return nil, err
	}
	return c, c.check()
}

func (c *Catalog) read(fsys fs.FS, name, lang string) error {
	data, err := fs.ReadFile(fsys, name)
	if err != nil {
		return err
	}
	var tree map[string]any
	if err := yaml.Unmarshal(data, &tree); err != nil {
		return fmt.Errorf("catalogue %s: %w: %w", name, breach.ErrInvalid, err)
	}
	if err := flatten(c.messages[lang], "", tree); err != nil {
		return fmt.Errorf("catalogue %s: %w", name, err)
	}
	return nil
}

func flatten(into map[string]string, prefix string, tree map[string]any) error {
	for k, v := range tree {
		key := strings.TrimPrefix(prefix+"."+k, ".")
		switch v := v.(type) {
		case map[string]any:
			if err := flatten(into, key, v); err != nil {
				return err
			}
		case string:
			if _, twice := into[key]; twice {
				return fmt.Errorf("key %s stands twice: %w", key, breach.ErrInvalid)
			}
			into[key] = strings.TrimSpace(v)
		default:
			return fmt.Errorf("key %s: want text, got %T: %w", key, v, breach.ErrInvalid)
		}
	}
	return nil
}

// check compares every language with the first one.
func (c *Catalog) check() error {
	var faults []error
	want := c.messages[French]
	for _, lang := range Languages() {
		got := c.messages[lang]
		if len(got) == 0 {
			faults = append(faults, fmt.Errorf("language %s: no message: %w", lang, breach.ErrInvalid))
			continue
		}
		for _, key := range c.Keys() {
			_, here := got[key]
			_, there := want[key]
			switch {
			case !here:
				faults = append(faults, fmt.Errorf("language %s: key %s is missing: %w", lang, key, breach.ErrInvalid))
			case there && arguments(got[key]) != arguments(want[key]):
				faults = append(faults, fmt.Errorf("language %s: key %s takes other arguments: %w", lang, key, breach.ErrInvalid))
			}
		}
	}
	return errors.Join(faults...)
}

var verb = regexp.MustCompile(`%(?:\[(\d+)\])?[-+# 0]*\d*(?:\.\d+)?([a-zA-Z%])`)

// arguments describes the arguments a message takes, whatever their order.
func arguments(text string) string {
	var list []string
	next := 1
	for _, m := range verb.FindAllStringSubmatch(text, -1) {
		if m[2] == "%" {
			continue
		}
		at := fmt.Sprint(next)
		if m[1] != "" {
			at = m[1]
			_, _ = fmt.Sscan(at, &next)
		}
		next++
		list = append(list, at+m[2])
	}
	sort.Strings(list)
	return strings.Join(slices.Compact(list), " ")
}

// Keys returns every key of any language, sorted.
func (c *Catalog) Keys() []string {
	all := map[string]bool{}
	for _, messages := range c.messages {
		for k := range messages {
			all[k] = true
		}
	}
	return slices.Sorted(maps.Keys(all))
}

// Has tells whether there is a message for key.
func (c *Catalog) Has(key string) bool { _, ok := c.messages[French][key]; return ok }

// T returns the message for key in a language, its verbs filled. A language
// that is not known gives French. A key that does not exist gives the key
// between marks that no message uses, so that a page still shows and a test
// can look for it: Missing.
func (c *Catalog) T(lang, key string, args ...any) string {
	text, ok := c.of(lang)[key]
	if !ok {
		return Missing + key + Missing
	}
	if len(args) == 0 {
		return strings.ReplaceAll(text, "%%", "%")
	}
	if bodies, ok := marked(args); ok && c.french(lang) {
		return settle(fmt.Sprintf(text, bodies...))
	}
	return fmt.Sprintf(text, args...)
}

// french tells whether messages in lang are given in French.
func (c *Catalog) french(lang string) bool { return lang == French || c.messages[lang] == nil }

// Missing stands on both sides of a key that has no message.
const Missing = "⁇"

// N returns the plural message key.one or key.other for n, with n as the first
// argument, written as Number does, followed by args. In French 0 and 1 are
// singular, in English only 1.
func (c *Catalog) N(lang, key string, n int64, args ...any) string {
	form := ".other"
	if n == 1 || (n == 0 && lang != English) {
		form = ".one"
	}
	return c.T(lang, key+form, append([]any{Number(lang, n)}, args...)...)
}

func (c *Catalog) of(lang string) map[string]string {
	if m, ok := c.messages[lang]; ok {
		return m
	}
	return c.messages[French]
}

// Choose returns the language to speak for an HTTP Accept-Language header: the
// first one named that every catalogue has, else French. Weights are ignored:
// browsers list languages in order.
func Choose(accept string) string {
	for _, part := range strings.Split(accept, ",") {
		tag, _, _ := strings.Cut(strings.TrimSpace(part), ";")
		base, _, _ := strings.Cut(strings.ToLower(tag), "-")
		if slices.Contains(Languages(), base) {
			return base
		}
	}
	return French
}
