package archive

import (
	"fmt"
	"hash/maphash"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// maxName is the longest label, in bytes; nameTail of them are kept of the end
// of a longer one, since that is where the suffix stands.
const (
	maxName  = 1024
	nameTail = 100
)

// labels makes names of members fit for a report and keeps them apart. It keeps
// hashes only: a hundred thousand names of 64 KiB would not fit.
type labels struct {
	seed maphash.Seed
	seen map[uint64]int
}

// label cleans a name and numbers it when it came before: "name#2".
func (l *labels) label(name string) string {
	if l.seen == nil {
		l.seed, l.seen = maphash.MakeSeed(), map[uint64]int{}
	}
	name = cleanName(name)
	key := maphash.String(l.seed, name)
	n := l.seen[key] + 1
	given := name
	for ; n > 1; n++ {
		given = fmt.Sprintf("%s#%d", name, n)
		if l.seen[maphash.String(l.seed, given)] == 0 {
			l.seen[maphash.String(l.seed, given)] = 1
			break
		}
	}
	l.seen[key] = n
	return given
}

// cleanName drops what would make a path of a name, and what would make it look
// like another in a report: control and direction characters.
func cleanName(name string) string {
	if len(name) > 8*maxName {
		name = cutName(name, 8*maxName)
	}
	name = strings.ToValidUTF8(name, "\uFFFD")
	name = strings.Map(visible, strings.ReplaceAll(name, `\`, "/"))
	if rest, ok := strings.CutPrefix(name, "//"); ok { // //server/share/, //?/C:/
		if parts := strings.SplitN(rest, "/", 3); len(parts) == 3 {
			name = parts[2]
		}
	}
	var kept []string
	for i, part := range strings.Split(name, "/") {
		if i == 0 && len(part) >= 2 && part[1] == ':' {
			part = part[2:]
		}
		if part != "" && part != "." && part != ".." {
			kept = append(kept, part)
		}
	}
	if len(kept) == 0 {
		return "unnamed"
	}
	return cutName(strings.Join(kept, "/"), maxName-8) // room for "#100000"
}

// visible replaces characters that cannot be seen.
func visible(r rune) rune {
	if unicode.IsControl(r) || unicode.In(r, unicode.Bidi_Control) || r == '\u2028' || r == '\u2029' || r == '\uFEFF' {
		return '_'
	}
	return r
}

// cutName shortens a name to n bytes, keeping its beginning and its suffix.
func cutName(name string, n int) string {
	const marker = "…"
	if len(name) <= n {
		return name
	}
	head, tail := n-nameTail-len(marker), len(name)-nameTail
	for head > 0 && !utf8.RuneStart(name[head]) {
		head--
	}
	for tail < len(name) && !utf8.RuneStart(name[tail]) {
		tail++
	}
	return name[:head] + marker + name[tail:]
}

// decodeName reads a name that does not say its encoding: UTF-8 when it is
// valid, else the code page among those of French and Western systems that makes
// most letters and fewest signs of it.
func decodeName(raw []byte) string {
	if utf8.Valid(raw) {
		return string(raw)
	}
	if len(raw) > 8*maxName {
		raw = raw[:8*maxName]
	}
	best, bestScore := "", -1<<31
	for _, page := range []*charmap.Charmap{charmap.CodePage850, charmap.Windows1252, charmap.CodePage437} {
		var text strings.Builder
		score := 0
		for _, c := range raw {
			r := page.DecodeByte(c)
			text.WriteRune(r)
			if c >= 0x80 {
				score += letterScore(r)
			}
		}
		if score > bestScore {
			best, bestScore = text.String(), score
		}
	}
	return best
}

// letterScore says how well a character beyond ASCII fits a name in French.
func letterScore(r rune) int {
	switch {
	case strings.ContainsRune("éèêàçùôîïûâëÉÈÊÀÇœŒ", r):
		return 3
	case unicode.Is(unicode.Latin, r):
		return 1
	case r == '’' || r == '°' || r == '«' || r == '»' || r == '–' || r == '€':
		return 0
	}
	return -2
}
