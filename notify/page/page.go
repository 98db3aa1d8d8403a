// Package page builds the public page of an incident: static files that work
// without JavaScript, load nothing from elsewhere, set no cookie and cannot be
// asked whether somebody is in the leak.
//
// The page is made of the same sections as the letters, passed in as Words, so
// that they cannot disagree. Each change makes a numbered version; older ones
// stay readable, and a history says which parts changed.
package page

import (
	"bytes"
	"cmp"
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"vigie/internal/breach"
	"vigie/internal/i18n"
	"vigie/notify"
)

// Words renders the sections of one controller's facts in a language, as the
// letters have them; notify/wording.Sections is one.
type Words func(f notify.Facts, lang string) ([]notify.Block, error)

// maxBytes is the largest page that is published.
const maxBytes = 100 << 10

//go:embed messages/*.yaml messages/more/*.yaml page.html
var files embed.FS

var parsed = sync.OnceValues(func() (*template.Template, error) {
	return template.New("page.html").Option("missingkey=error").ParseFS(files, "page.html")
})

var catalogue = sync.OnceValues(func() (*i18n.Catalog, error) {
	c, err := i18n.New(files)
	if err != nil {
		return nil, err
	}
	return c, c.Add(files, "messages/more", func(key string) bool { return !strings.HasPrefix(key, "easy.") })
})

// Build writes the page of an incident into dir: index.html in French,
// index.en.html and so on for each text, a set of pages per controller when
// there are several, feeds, the history, and a copy of the version under v1,
// v2... Each file is replaced as a whole, index last, so that a reader never
// meets a page whose parts are missing.
//
// Building again from the same facts changes nothing. Facts of two incidents,
// or a page above 100 KB, are ErrInvalid.
func Build(dir string, in Site, now time.Time) error {
	s, err := newSite(in)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("page: %w", err)
	}
	past, err := readHistory(dir)
	if err != nil {
		return err
	}
	s.now = now
	s.history = past.next(s.digests(), now)
	if err := s.write(filepath.Join(dir, fmt.Sprintf("v%d", s.history.last().Number)), "../"); err != nil {
		return err
	}
	if err := s.feeds(dir); err != nil {
		return err
	}
	if err := s.beside(dir); err != nil {
		return err
	}
	if err := s.write(dir, ""); err != nil {
		return err
	}
	if err := os.Chtimes(filepath.Join(dir, "index.html"), now, now); err != nil { // Stale reads it
		return fmt.Errorf("page: %w", err)
	}
	return s.history.save(dir)
}

// beside writes what stands beside the page: the key that checks marks, how,
// and the list of what was sent.
func (s *site) beside(dir string) error {
	if s.Key == nil {
		return nil
	}
	list, err := json.MarshalIndent(s.Sent, "", "  ")
	if err != nil {
		return err
	}
	for name, data := range map[string][]byte{keyFile: s.Key, howFile: []byte(s.Procedure), sentFile: append(list, '\n')} {
		if err := notify.WriteFile(dir, name, data, 0o644); err != nil {
			return fmt.Errorf("page: %w", err)
		}
	}
	return nil
}

// site is everything the files are made of.
type site struct {
	Site
	incident string
	url      string
	facts    []notify.Facts
	blocks   map[string][][]notify.Block // by text, one list per controller
	history  history
	now      time.Time // of this building
	cat      *i18n.Catalog
}

func newSite(in Site) (*site, error) {
	facts := slices.Clone(in.Facts)
	if len(facts) == 0 || len(in.Texts) == 0 || in.Texts[0].key() != i18n.French {
		return nil, fmt.Errorf("page without facts or without a French text: %w", breach.ErrInvalid)
	}
	cat, err := catalogue()
	if err != nil {
		return nil, err
	}
	slices.SortFunc(facts, func(a, b notify.Facts) int {
		return cmp.Or(strings.Compare(a.Controller.Name, b.Controller.Name), strings.Compare(string(a.Controller.ID), string(b.Controller.ID)))
	})
	s := &site{Site: in, incident: string(facts[0].Incident), url: strings.TrimSuffix(facts[0].PageURL, "/") + "/", facts: facts, cat: cat,
		blocks: map[string][][]notify.Block{}}
	for _, f := range facts {
		if string(f.Incident) != s.incident {
			return nil, fmt.Errorf("page of incident %s: facts of %s: %w", s.incident, f.Incident, breach.ErrInvalid)
		}
		for _, t := range s.Texts {
			blocks, err := t.Words(f, t.Lang)
			if err != nil {
				return nil, fmt.Errorf("page of incident %s, controller %s: %w", s.incident, f.Controller.ID, err)
			}
			s.blocks[t.key()] = append(s.blocks[t.key()], blocks)
		}
	}
	return s, nil
}

var fileShape = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,80}$`)

// name is the file of a controller's page; index when there is only one.
func (s *site) name(i int, key string) string {
	base := "index"
	if len(s.facts) > 1 && i >= 0 {
		base = "c-" + string(s.facts[i].Controller.ID)
		if !fileShape.MatchString(string(s.facts[i].Controller.ID)) {
			base = fmt.Sprintf("c-%d", i+1)
		}
	}
	if key != i18n.French {
		return base + "." + key + ".html"
	}
	return base + ".html"
}

// write puts every page into dir; root leads from there to the feeds.
func (s *site) write(dir, root string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("page: %w", err)
	}
	for _, t := range s.Texts {
		if len(s.facts) > 1 {
			for i := range s.facts {
				if err := s.writePage(dir, s.controllerPage(i, t, root), s.name(i, t.key())); err != nil {
					return err
				}
			}
		}
	}
	for _, t := range slices.Backward(s.Texts) {
		v := s.overview(t, root)
		if len(s.facts) == 1 {
			v = s.controllerPage(0, t, root)
		}
		if err := s.writePage(dir, v, s.name(-1, t.key())); err != nil {
			return err
		}
	}
	return nil
}

func (s *site) writePage(dir string, v view, name string) error {
	t, err := parsed()
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := t.Execute(&out, v); err != nil {
		return fmt.Errorf("page %s: %w", name, err)
	}
	if out.Len() > maxBytes {
		return fmt.Errorf("page %s: %d bytes, %d at most: %w", name, out.Len(), maxBytes, breach.ErrInvalid)
	}
	if err := notify.WriteFile(dir, name, out.Bytes(), 0o644); err != nil {
		return fmt.Errorf("page %s: %w", name, err)
	}
	return nil
}
