package institution

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strings"
	"unicode/utf8"

	"vigie/internal/breach"
	"vigie/notify"
)

// maxLine is what a line of an address holds (NF Z 10-011).
const maxLine = 38

var postcode = regexp.MustCompile(`^(\d{5})\s+(\S.*)$`)

// Envelope is the letter to the head, ready for notify/letter: from the watch
// team, to the institution's published address. It refuses, with the code
// "address", one that has no postcode or more lines than a letter.
func Envelope(b Brief, lang string) (notify.Envelope, error) {
	doc, err := Render(b, KindLetter, lang)
	if err != nil {
		return notify.Envelope{}, err
	}
	to, err := contact(b.Facts.Controller)
	if err != nil {
		return notify.Envelope{}, err
	}
	sum := sha256.Sum256([]byte(string(b.Facts.Incident) + "\x00" + string(b.Facts.Controller.ID) + "\x00" + lang))
	from := breach.Controller{Name: cmp.Or(b.Team, "Vigie"), Phone: b.TeamPhone}
	return notify.Envelope{Key: "head_" + hex.EncodeToString(sum[:12]), To: to, From: from, Language: lang, Date: b.At, Doc: doc}, nil
}

// contact reads a published address: lines apart by a bar, the last of which
// is postcode and locality.
func contact(c breach.Controller) (breach.Contact, error) {
	refused := &breach.RefusedError{Code: "address", What: "controller " + string(c.ID), Hint: "want up to three lines and, last, a postcode and a locality, apart by |"}
	var lines []string
	for _, l := range strings.Split(c.Address, "|") {
		if l = oneLine(l); l != "" {
			lines = append(lines, l)
		}
	}
	if len(lines) < 1 || len(lines) > 4 {
		return breach.Contact{}, refused
	}
	last := postcode.FindStringSubmatch(lines[len(lines)-1])
	if last == nil {
		return breach.Contact{}, refused
	}
	lines = lines[:len(lines)-1]
	name, rest := split(oneLine(c.Name))
	to := breach.Contact{Name: name, Address: breach.Address{Postcode: last[1], City: last[2]}}
	if len(lines) > 0 {
		to.Address.Street, lines = lines[len(lines)-1], lines[:len(lines)-1]
	}
	free := append(lines, "", "")
	if rest != "" {
		free = append([]string{rest}, free...)
	}
	if len(lines) > 2 || rest != "" && len(lines) > 1 {
		return breach.Contact{}, refused
	}
	to.Address.Line2, to.Address.Line3 = free[0], free[1]
	return to, nil
}

// split takes as many words as a line of an address holds.
func split(name string) (first, rest string) {
	if utf8.RuneCountInString(name) <= maxLine {
		return name, ""
	}
	words := strings.Fields(name)
	n := 0
	for i, w := range words {
		n += utf8.RuneCountInString(w) + 1
		if n > maxLine+1 && i > 0 {
			return strings.Join(words[:i], " "), strings.Join(words[i:], " ")
		}
	}
	return name, ""
}
