package letter

import (
	"fmt"

	"vigie/internal/i18n"
)

const sealModule = 0.5 // mm a side

// sealWords say what the mark is, by language.
var sealWords = map[string]struct{ figure, code, dated, check string }{
	i18n.French: {"Marque de ce courrier : le code écrit à côté", "Code de ce courrier : ", "Ce code vaut pour ce courrier seul, daté du %s.",
		"Pour le vérifier, tapez vous-même l'adresse %s"},
	i18n.English: {"Mark of this letter: the code written beside it", "Code of this letter: ", "This code is good for this letter alone, dated %s.",
		"To check it, type the address yourself: %s"},
}

// seal ends the letter with its mark: a DataMatrix and the code in letters.
func (l *sheet) seal() error {
	p := l.e.Proof
	if p.Payload == "" {
		return nil
	}
	rows, err := matrix(p.Payload)
	if err != nil {
		return err
	}
	side := float64(len(rows)) * sealModule
	if l.y+max(side+4, 8*l.body*pointMM*l.spacing) > pageHigh-l.bottom { // text beside it stays beside it
		l.turn()
	}
	l.ink(black)
	figure := l.element("Figure", -1)
	words := sealWords[l.paper.language]
	l.paper.elements[figure].alt = words.figure
	l.mark(figure)
	paint(l.page, rows, l.left, l.y+1, sealModule)
	top := l.y
	lines := []string{words.code + p.Code}
	if !l.e.Date.IsZero() {
		lines = append(lines, fmt.Sprintf(words.dated, i18n.Date(l.paper.language, l.e.Date)))
	}
	if p.Check != "" {
		lines = append(lines, fmt.Sprintf(words.check, p.Check))
	}
	for _, s := range lines {
		l.flow(l.element("P", -1), regular, l.body, l.left+side+5, l.measure()-side-5, text(s))
	}
	if l.y = max(l.y, top+side+2); l.y > pageHigh-l.bottom {
		return fmt.Errorf("mark: no room")
	}
	return nil
}
