package watch

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Russian titles write names of towns by their sound and decline them: "мэрия
// Вьерзона". Both spellings are brought to one rough key of sounds, after the
// rules of French-Russian practical transcription, and compared only behind a
// Russian word that announces a body.

// cyrillicCues are the stems of Russian words that announce bodies of towns.
var cyrillicCues = []struct {
	stem string
	cue  *cue
}{
	{"мэри", &cue{kind: "commune"}}, {"администраци", &cue{kind: "commune"}}, {"муниципалитет", &cue{kind: "commune"}},
	{"больниц", &cue{kind: "hospital", body: "Centre hospitalier"}}, {"госпитал", &cue{kind: "hospital", body: "Centre hospitalier"}},
	{"университет", &cue{kind: "university", body: "Université"}},
}

const (
	soundTown  = 5_000 // inhabitants from which on a town is known by its sound
	soundShort = 3     // letters of a key at least, where France is said
	soundLong  = 5     // where it is not
)

// soundAbroad are keys that a Russian reader takes for another country's town.
var soundAbroad = set("brest")

// addSounds lists towns by the sound of their names.
func (m *Matcher) addSounds() {
	for i := range m.list {
		if l := &m.list[i]; l.place && l.Kind == "commune" && l.population >= soundTown {
			for _, key := range frenchSounds(l.Name) {
				m.sounds[key] = append(m.sounds[key], int32(i))
			}
		}
	}
}

// judgeCyrillic judges "Мэрия Вьерзона", "Больница города Фижак (Франция)".
func (m *Matcher) judgeCyrillic(p *post, l line) {
	if p.foreign != "" || p.business != "" {
		return
	}
	for i, t := range l.tokens {
		if t.word[0] < utf8.RuneSelf {
			continue
		}
		for _, known := range cyrillicCues {
			if !strings.HasPrefix(t.word, known.stem) {
				continue
			}
			if list := m.sounding(l, i+1, p.frenchBeside(l, &announced{from: i, to: i + 1}) > 0); len(list) > 0 {
				why := "announced as " + article[known.cue.kind] + " in Russian, by the sound of its name"
				if known.cue.body != "" {
					m.hitBody(p, line{}, find{}, &announced{cue: known.cue}, &m.list[m.largest(list)[0]], 0.75, why)
				} else {
					p.hitAll(m, list, 0.8, why)
				}
			}
		}
	}
}

// sounding are the towns that sound like the words from token i on, past "города";
// shorter names count where France is said.
func (m *Matcher) sounding(l line, i int, france bool) []int32 {
	if i < len(l.tokens) && (l.tokens[i].word == "г" || strings.HasPrefix(l.tokens[i].word, "город")) {
		i++
	} else if i < len(l.tokens) && l.tokens[i].apart {
		return nil
	}
	least := soundLong
	if france {
		least = soundShort
	}
	for to := min(len(l.tokens), i+4); to > i; to-- {
		key := cyrillicSounds(strings.Join(wordsOf(l.tokens[i:to]), ""))
		if list := m.sounds[key]; len(key) >= least && (france || !soundAbroad[key]) && l.tokens[i].capital && len(list) > 0 {
			return list
		}
	}
	return nil
}

var cyrillicLetters = strings.NewReplacer("а", "a", "б", "b", "в", "v", "г", "g", "д", "d", "е", "e", "ж", "j", "з", "z", "и", "i", "к", "k", "л", "l",
	"м", "m", "н", "n", "о", "o", "п", "p", "р", "r", "с", "s", "т", "t", "у", "u", "ф", "f", "х", "", "ц", "s", "ч", "S", "ш", "S", "щ", "S",
	"ъ", "", "ы", "i", "ь", "", "э", "e", "ю", "u", "я", "a")

// cyrillicSounds is the key of a folded Russian word.
func cyrillicSounds(word string) string {
	key := cyrillicLetters.Replace(word)
	if strings.ContainsFunc(key, func(r rune) bool { return r >= utf8.RuneSelf || unicode.IsDigit(r) }) {
		return ""
	}
	return soundEnd(key)
}

var frenchLetters = strings.NewReplacer("eaux", "o", "eau", "o", "aux", "o", "au", "o", "ou", "u", "oi", "ua", "oy", "ua", "eille", "el", "eil", "el",
	"ill", "i", "ienn", "en", "ien", "en", "enn", "en", "aint", "en", "ain", "en", "aim", "en", "ein", "en", "imp", "emp", "en", "an", "emp", "amp", "emb", "amb",
	"ai", "e", "ay", "e", "ei", "e", "eu", "e", "ie", "e", "ch", "S", "ph", "f", "qu", "k", "gue", "ge", "gui", "gi", "gea", "ja", "geo", "jo", "gn", "n",
	"ce", "se", "ci", "si", "cy", "si", "ge", "je", "gi", "ji", "gy", "ji", "c", "k", "y", "i", "h", "", "x", "ks", "w", "v")

// frenchSounds are the keys of a French name: two where a last "er" may be
// silent or not.
func frenchSounds(name string) []string {
	name = strings.ReplaceAll(strings.ToLower(composed(name)), "ç", "ss")
	var b strings.Builder
	for _, w := range folded(name) {
		if end := len(w) - 1; end > 1 && strings.ContainsRune("sxtdz", rune(w[end])) && w[end-1] != 's' {
			w = w[:end]
		}
		voiced := []byte(w)
		for i := 1; i+1 < len(w); i++ {
			if w[i] == 's' && strings.ContainsRune("aeiouy", rune(w[i-1])) && strings.ContainsRune("aeiouy", rune(w[i+1])) {
				voiced[i] = 'z'
			}
		}
		b.WriteString(frenchLetters.Replace(string(voiced)))
	}
	key := soundEnd(b.String())
	if strings.HasSuffix(key, "er") {
		return []string{key, soundEnd(key[:len(key)-1])}
	}
	return []string{key}
}

// soundEnd writes double letters once and drops a last vowel that may be a case
// ending.
func soundEnd(key string) string {
	out := make([]byte, 0, len(key))
	for i := range len(key) {
		if len(out) == 0 || out[len(out)-1] != key[i] {
			out = append(out, key[i])
		}
	}
	return strings.TrimRight(string(out), "aeiu")
}
