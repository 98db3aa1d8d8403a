package letter

import (
	"fmt"
	"strings"

	"vigie/internal/i18n"
)

// Seal proves a letter genuine: Code is read by people, Payload by machines.
type Seal struct {
	Code    string
	Payload string
}

const sealModule = 0.5 // mm a side

// seal ends the letter with its mark: a DataMatrix and the code in letters.
func (l *sheet) seal() error {
	if l.o.Seal == nil {
		return nil
	}
	s, err := l.o.Seal(l.e.Key)
	if err != nil {
		return err
	}
	rows, err := matrix(s.Payload)
	if err != nil {
		return err
	}
	side := float64(len(rows)) * sealModule
	if l.y+side+4 > pageHigh-l.bottom {
		l.turn()
	}
	l.ink(black)
	figure := l.element("Figure", -1)
	words := map[string][2]string{
		i18n.French:  {"Marque de ce courrier : le code écrit à côté", "Code de ce courrier : "},
		i18n.English: {"Mark of this letter: the code written beside it", "Code of this letter: "},
	}[l.paper.language]
	l.paper.elements[figure].alt = words[0]
	l.mark(figure)
	paint(l.page, rows, l.left, l.y+1, sealModule)
	top := l.y
	l.flow(l.element("P", -1), regular, l.body, l.left+side+5, l.measure()-side-5, words[1]+strings.TrimSpace(s.Code))
	if l.y = max(l.y, top+side+2); l.y > pageHigh-l.bottom {
		return fmt.Errorf("mark: no room")
	}
	return nil
}
