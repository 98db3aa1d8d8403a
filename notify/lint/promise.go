package lint

import (
	"strconv"
	"strings"
	"time"
)

func itoa(n int) string { return strconv.Itoa(n) }

var (
	dayMonth = re(`(?:\b(\d{1,2})(?:er|st|nd|rd|th)? (?:of )?(` + months + `)|\b(` + months + `)\.? (\d{1,2})\b)(?:,? (20\d\d))?`)
	// comes is a promise, or a term set to the reader.
	comes = re(`\b(?:vous|nous|on|tu|il|elle|ils|elles) [^.]{0,25}\p{L}+r(?:ons|ez|a|as|ont)\b|\p{L}+(?:era|eront|ra|ront)\b|\b(?:will|shall|'ll|going to)\b`)
	// term leads to a date by which something is to be done.
	term = re(`(?:avant (?:le|la fin du)|d'ici (?:le|au)|au plus tard le|jusqu'au|à partir du|before|by|no later than|until|from|not later than|as of|on|le|du)(?: ` + weekdays + `,?)?(?: the| le)? ?$`)
	done = re(`\b(?:a|ont|avons|était|étaient) (?:été )?\p{L}+(?:é|ée|és|ées|i|is|u|us|ue)|\b(?:was|were|has been|have been|had)\b|depuis`)
)

var monthNumbers = map[string]time.Month{
	"jan": 1, "fév": 2, "feb": 2, "mar": 3, "avr": 4, "apr": 4, "mai": 5, "may": 5, "juin": 6, "jun": 6, "juil": 7, "jul": 7, "aoû": 8, "aug": 8, "sep": 9, "oct": 10, "nov": 11, "déc": 12, "dec": 12,
}

func monthOf(name string) time.Month {
	for _, n := range []int{5, 4, 3} { // août, juil, jan in bytes
		if len(name) >= n {
			if m, ok := monthNumbers[name[:n]]; ok {
				return m
			}
		}
	}
	return 0
}

// dateIn reads a day and a month; without a year it takes the one that brings
// the date nearest to another.
func dateIn(m []string, near time.Time) (time.Time, bool) {
	day, name := m[1], m[2]
	if day == "" {
		name, day = m[3], m[4]
	}
	d, err := strconv.Atoi(day)
	month := monthOf(name)
	if err != nil || d < 1 || d > 31 || month == 0 {
		return time.Time{}, false
	}
	if y, err := strconv.Atoi(m[5]); err == nil {
		return time.Date(y, month, d, 0, 0, 0, 0, time.UTC), true
	}
	if near.IsZero() {
		return time.Time{}, false
	}
	at := time.Date(near.Year(), month, d, 0, 0, 0, 0, time.UTC)
	switch half := 183 * 24 * time.Hour; {
	case at.Sub(near) > half:
		at = at.AddDate(-1, 0, 0)
	case near.Sub(at) > half:
		at = at.AddDate(1, 0, 0)
	}
	return at, true
}

// written is the date of a communication: a line that holds little else, near
// the top, with its year; or else the last day that it tells of as past.
func (c *checker) written(o outline) time.Time {
	var at time.Time
	look := func(s string) {
		s = fold(s)
		if m := dayMonth.first(s); m != nil && m[5] != "" && at.IsZero() && len(wordsOf(s)) <= 14 && !happened.in(wordsOf(s)) {
			at, _ = dateIn(m, time.Time{})
		}
	}
	look(c.doc.Title)
	for i, u := range o.units {
		if i < 12 {
			look(u.text)
		}
	}
	if !at.IsZero() {
		return at
	}
	var year time.Time
	for pass := range 2 {
		for _, u := range o.units {
			for _, m := range dayMonth.all(u.text) {
				t, ok := dateIn(m, year)
				if !ok || u.section == actions || comes.says(u.text) || !done.says(u.text) && !happened.in(u.words) {
					continue
				}
				if pass == 0 && m[5] != "" && year.IsZero() {
					year = t
				}
				if pass == 1 && t.After(at) {
					at = t
				}
			}
		}
	}
	return at
}

// pastPromises finds what is promised or asked by a date before that of the
// communication.
func (c *checker) pastPromises(o outline) {
	today := c.written(o)
	if today.IsZero() {
		return
	}
	for _, u := range o.units {
		for _, m := range dayMonth.places(u.text) {
			if at, ok := dateIn(partsOf(u.text, m), today); ok && at.After(today) && changed.says(clauseBefore(u.text, m[0])) {
				today = at
			}
		}
	}
	for _, u := range o.units {
		for _, m := range dayMonth.places(u.text) {
			at, ok := dateIn(partsOf(u.text, m), today)
			before := clauseBefore(u.text, m[0])
			if whole := u.text[:m[0]]; ok && at.Before(today) && nextUpdate.says(whole[strings.LastIndexAny(whole, ".;!?")+1:]) {
				c.add("past-promise", u.where)
			}
			if !ok || !at.Before(today) || !term.says(before) {
				continue
			}
			asked := u.section == actions && u.list > 0 && deadline.says(before)
			if (asked || comes.says(before) || deadline.says(before) && comes.says(u.text)) && !done.says(before) {
				c.add("past-promise", "document")
			}
		}
	}
}

// nextUpdate is when a page says that it will tell more.
var nextUpdate = re(`(?:prochaine?|next) (?:mise à jour|point|version|update|bulletin|news)[^.]{0,20}$`)

// changed is when a page says that it was last changed.
var changed = re(`(?:modifiée?|mise? à jour|actualisée?|updated|changed|amended|revised) (?:le |on )?$`)

var deadline = re(`(?:avant le|d'ici (?:le|au)|au plus tard le|jusqu'au|before|by|no later than|until)(?: ` + weekdays + `,?)?(?: the| le)? ?$`)

// partsOf are the pieces of a date, as dateIn wants them.
func partsOf(text string, m []int) []string {
	parts := make([]string, 6)
	for i := range parts {
		if m[2*i] >= 0 {
			parts[i] = text[m[2*i]:m[2*i+1]]
		}
	}
	return parts
}

// clauseBefore is what stands in the clause before a place.
func clauseBefore(s string, at int) string {
	head := s[:at]
	if i := strings.LastIndexAny(head, ".;:!?"); i >= 0 {
		head = head[i+1:]
	}
	return head
}
