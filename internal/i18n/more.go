package i18n

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"vigie/internal/breach"
)

// Others are the languages that catalogues for the public may have beside
// French and English, in the order of their codes.
func Others() []string { return []string{"ar", "es", "pt", "tr", "uk"} }

// Known tells whether a language is one of the house.
func Known(lang string) bool {
	return slices.Contains(Languages(), lang) || slices.Contains(Others(), lang)
}

// Base is the language of a tag such as "pt-BR": "pt".
func Base(tag string) string {
	base, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(tag)), "-")
	return base
}

// Direction is how a language is written: "rtl" for Arabic, else "ltr".
func Direction(lang string) string {
	if lang == "ar" {
		return "rtl"
	}
	return "ltr"
}

// Name is what a language calls itself.
func Name(lang string) string {
	return map[string]string{French: "Français", English: "English", "ar": "العربية", "es": "Español", "pt": "Português", "tr": "Türkçe", "uk": "Українська"}[lang]
}

// Add reads a catalogue a language (es.yaml) in a directory. What needs has to
// have words in each of them, with the arguments of the French, and nothing
// more may stand there. Errors wrap breach.ErrInvalid and name every key.
func (c *Catalog) Add(fsys fs.FS, dir string, needs func(key string) bool) error {
	var faults []error
	for _, lang := range Others() {
		data, err := fs.ReadFile(fsys, path.Join(dir, lang+".yaml"))
		if err != nil {
			return fmt.Errorf("language %s: %w: %w", lang, breach.ErrInvalid, err)
		}
		var tree map[string]any
		if err := yaml.Unmarshal(data, &tree); err != nil {
			return fmt.Errorf("catalogue %s: %w: %w", lang, breach.ErrInvalid, err)
		}
		got := map[string]string{}
		if err := flatten(got, "", tree); err != nil {
			return fmt.Errorf("catalogue %s: %w", lang, err)
		}
		for _, key := range slices.Sorted(maps.Keys(c.messages[French])) {
			text, here := got[key]
			switch {
			case !needs(key):
				continue
			case !here:
				faults = append(faults, fmt.Errorf("language %s: key %s is missing: %w", lang, key, breach.ErrInvalid))
			case arguments(text) != arguments(c.messages[French][key]):
				faults = append(faults, fmt.Errorf("language %s: key %s takes other arguments: %w", lang, key, breach.ErrInvalid))
			}
		}
		for key := range got {
			if !c.Has(key) || !needs(key) {
				faults = append(faults, fmt.Errorf("language %s: nobody needs key %s: %w", lang, key, breach.ErrInvalid))
			}
		}
		c.messages[lang] = got
	}
	return errors.Join(faults...)
}
