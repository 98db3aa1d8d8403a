package page

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"vigie/internal/breach"
	"vigie/internal/i18n"
	"vigie/notify"
)

const historyFile = "history.json"

// history is every version of a page, oldest first.
type history []version

type version struct {
	Number int       `json:"number"`
	At     time.Time `json:"at"`
	// Digests are of each part, so that the next version knows what changed.
	Digests map[string]string `json:"digests"`
	// Changed are the headings that differ from the version before, by text; by
	// text, stroke, controller those of one controller's page; and by text,
	// stroke alone those of what all pages have.
	Changed map[string][]string `json:"changed"`
}

func readHistory(dir string) (history, error) {
	data, err := os.ReadFile(filepath.Join(dir, historyFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("page: %w", err)
	}
	var h history
	if err := json.Unmarshal(data, &h); err != nil {
		return nil, fmt.Errorf("page: parsing %s: %w", historyFile, breach.ErrInvalid)
	}
	return h, nil
}

func (h history) save(dir string) error {
	data, err := json.MarshalIndent(h, "", "  ")
	if err != nil {
		return err
	}
	if err := notify.WriteFile(dir, historyFile, append(data, '\n'), 0o644); err != nil {
		return fmt.Errorf("page: %w", err)
	}
	return nil
}

func (h history) last() version { return h[len(h)-1] }

// next adds a version when a part has changed.
func (h history) next(digests map[string]string, now time.Time) history {
	if len(h) == 0 {
		return history{{Number: 1, At: now.UTC(), Digests: digests, Changed: map[string][]string{}}}
	}
	if maps.Equal(h.last().Digests, digests) {
		return h
	}
	changed := map[string][]string{}
	for key := range mergeKeys(h.last().Digests, digests) {
		if h.last().Digests[key] == digests[key] {
			continue
		}
		text, rest, _ := strings.Cut(key, "/")
		controller, heading, _ := strings.Cut(rest, "/")
		for _, of := range []string{text, text + "/" + controller} {
			if !slices.Contains(changed[of], heading) {
				changed[of] = append(changed[of], heading)
			}
		}
	}
	for of := range changed {
		slices.Sort(changed[of])
	}
	return append(slices.Clone(h), version{Number: h.last().Number + 1, At: now.UTC(), Digests: digests, Changed: changed})
}

func mergeKeys(a, b map[string]string) map[string]bool {
	all := map[string]bool{}
	for k := range a {
		all[k] = true
	}
	for k := range b {
		all[k] = true
	}
	return all
}

// digests is a digest of every part, under language/controller/heading.
func (s *site) digests() map[string]string {
	all := map[string]string{}
	for _, t := range s.Texts {
		lang := t.key()
		for i, blocks := range s.blocks[lang] {
			heading := ""
			for _, b := range blocks {
				if b.Heading != "" {
					heading = b.Heading
				}
				key := lang + "/" + s.part(i) + "/" + heading
				sum := sha256.Sum256(fmt.Appendf(nil, "%s%q%q%v", all[key], b.Text, b.List, b.Ordered))
				all[key] = hex.EncodeToString(sum[:])
			}
		}
	}
	// What was sent is a part of the page as well: a new day of letters is news.
	for _, t := range s.Texts {
		v := s.page(-1, t, "")
		v.Sections = nil
		s.sent(&v, "")
		sum := sha256.Sum256(fmt.Appendf(nil, "%+v", v.Sections))
		all[t.key()+"//"+v.T("sent.heading")] = hex.EncodeToString(sum[:])
	}
	return all
}

// part names a controller in the keys of digests.
func (s *site) part(i int) string {
	return strings.ReplaceAll(string(s.facts[i].Controller.ID), "/", "_")
}

// what says in words what a version changed of a controller's page, or of the
// whole (-1), which then names the bodies whose pages changed.
func (s *site) what(v version, i int, t Text) string {
	if v.Number == 1 {
		return s.cat.T(t.Lang, "changes.first")
	}
	list := slices.Clone(v.Changed[t.key()+"/"])
	if i < 0 {
		for n, f := range s.facts {
			if len(v.Changed[t.key()+"/"+s.part(n)]) > 0 {
				list = append(list, f.Controller.Name)
			}
		}
	} else {
		list = append(list, v.Changed[t.key()+"/"+s.part(i)]...)
	}
	if len(list) == 0 { // this text joined later, or other pages changed
		return s.cat.T(t.Lang, "changes.other")
	}
	return s.cat.T(t.Lang, "changes.changed", strings.Join(list, ", "))
}

// absolute tells whether the page knows its permanent address: a feed needs it.
func (s *site) absolute() bool {
	return strings.HasPrefix(s.url, "https://") || strings.HasPrefix(s.url, "http://")
}

type atomFeed struct {
	XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	Lang    string      `xml:"xml:lang,attr"`
	Title   string      `xml:"title"`
	ID      string      `xml:"id"`
	Updated string      `xml:"updated"`
	Author  string      `xml:"author>name"`
	Links   []atomLink  `xml:"link"`
	Entries []atomEntry `xml:"entry"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr"`
	Href string `xml:"href,attr"`
}

type atomEntry struct {
	Title   string   `xml:"title"`
	ID      string   `xml:"id"`
	Updated string   `xml:"updated"`
	Link    atomLink `xml:"link"`
	Summary string   `xml:"summary"`
}

// feeds writes an Atom (RFC 4287) and a JSON feed (version 1.1) per language.
func (s *site) feeds(dir string) error {
	if !s.absolute() {
		return nil
	}
	first := -1 // the page that index.html is
	if len(s.facts) == 1 {
		first = 0
	}
	for _, t := range s.Texts {
		lang := t.key()
		title, home := s.overview(t, "").Title, s.url+s.name(-1, lang)
		atom := atomFeed{Lang: t.Lang, Title: title, ID: home, Updated: s.history.last().At.Format(time.RFC3339), Author: s.facts[0].Controller.Name,
			Links: []atomLink{{"alternate", home}, {"self", s.url + "feed." + lang + ".xml"}}}
		var items []map[string]any
		for _, v := range slices.Backward(s.history) {
			name := s.cat.T(t.Lang, "changes.version", v.Number, i18n.DateTime(t.Lang, v.At))
			href := fmt.Sprintf("%sv%d/%s", s.url, v.Number, s.name(-1, lang))
			at, what := v.At.Format(time.RFC3339), s.what(v, first, t)
			atom.Entries = append(atom.Entries, atomEntry{Title: name, ID: href, Updated: at, Link: atomLink{"alternate", href}, Summary: what})
			items = append(items, map[string]any{"id": href, "url": href, "title": name, "content_text": what, "date_published": at})
		}
		x, err := xml.MarshalIndent(atom, "", " ")
		if err != nil {
			return err
		}
		j, err := json.MarshalIndent(map[string]any{"version": "https://jsonfeed.org/version/1.1", "title": title, "language": t.Lang,
			"home_page_url": home, "feed_url": s.url + "feed." + lang + ".json", "items": items}, "", " ")
		if err != nil {
			return err
		}
		err = errors.Join(
			notify.WriteFile(dir, "feed."+lang+".xml", append([]byte(xml.Header), x...), 0o644),
			notify.WriteFile(dir, "feed."+lang+".json", append(j, '\n'), 0o644))
		if err != nil {
			return fmt.Errorf("page: %w", err)
		}
	}
	return nil
}
