package dump

import (
	"strings"

	"vigie/internal/ident"
)

// What the columns of a row have to do with each other is told on rows kept
// side by side. Only few columns come into question for each relation, so that
// a table of thousands of columns takes no longer for it.

// maxRelated bounds the columns of one kind that are compared.
const maxRelated = 12

// pair compares two columns over the rows that both have kept. same is the part
// of the rows in which holds says so.
func pair(a, b *column, holds func(x, y string) bool) (same float64, rows int) {
	hits := 0
	for i := range min(len(a.side), len(b.side)) {
		x, y := a.side[i], b.side[i]
		if x.row == 0 || x.row != y.row {
			continue
		}
		rows++
		if holds(x.value, y.value) {
			hits++
		}
	}
	if rows == 0 {
		return 0, 0
	}
	return float64(hits) / float64(rows), rows
}

// like lists the columns for which a meaning weighs at least so much.
func (t *table) like(least float64, meanings ...string) []int {
	var out []int
	for i := range t.cols {
		for _, m := range meanings {
			if t.weights[i][m]+hintBonus*when(t.hints[i] == m) >= least {
				out = append(out, i)
				break
			}
		}
		if len(out) == maxRelated {
			break
		}
	}
	return out
}

func (t *table) add(i int, meaning string, weight float64) { t.weights[i][meaning] += weight }

// relate lets the columns of a row speak for each other.
func (t *table) relate() {
	t.relateNIR()
	t.relateNumbers()
	t.relatePlaces()
	t.relateNames()
	t.relateSecrets()
	t.relateDateParts()
}

// relateNIR finds the sex, the birth date and the commune of birth that a NIR
// repeats.
func (t *table) relateNIR() {
	for _, n := range t.like(0.7, nir) {
		for i, c := range t.cols {
			if i == n || i > 512 {
				continue
			}
			switch {
			case c.dates != nil && t.weights[i][birthDate] > 0.3:
				style, _ := c.dates.style(t.newest)
				if same, rows := pair(t.cols[n], c, func(x, y string) bool { return born(x, y, style) }); rows > 4 && same > 0.6 {
					t.add(i, birthDate, 0.5)
				}
			case len(c.values) <= 4:
				if same, rows := pair(t.cols[n], c, sameSex); rows > 10 && same > 0.9 {
					t.add(i, sex, 0.5)
				}
			case c.share(tFive) > 0.8:
				if same, rows := pair(t.cols[n], c, bornIn); rows > 4 && same > 0.6 {
					t.add(i, birthCommune, 0.8)
				}
			}
		}
	}
}

func born(number, date string, s dateStyle) bool {
	p, ok := ident.ParseNIR([]byte(number))
	var raw [16]byte
	d := s.render(raw[:0], parseDate([]byte(date)))
	return ok && len(d) == 10 && two(d[2:]) == p.Year && (p.Month == 0 || two(d[5:]) == p.Month)
}

func sameSex(number, v string) bool {
	if number == "" {
		return false
	}
	s := sexOf([]byte(v))
	return s == "M" && number[0]%2 == 1 || s == "F" && number[0]%2 == 0
}

func bornIn(number, code string) bool {
	var raw [40]byte
	c, ok := ident.Compact(raw[:0], []byte(number))
	return ok && len(c) >= 10 && string(c[5:10]) == strings.ToUpper(code)
}

// relateNumbers finds the parts of a French account number, which their key
// proves, and the SIREN that begins a SIRET.
func (t *table) relateNumbers() {
	for i := 0; i+3 < len(t.cols); i++ {
		a, b, c, k := t.cols[i], t.cols[i+1], t.cols[i+2], t.cols[i+3]
		if a.share(tFive) < 0.8 || b.share(tInteger) < 0.8 || c.share(tRIBAccount) < 0.8 || k.share(tInteger) < 0.8 {
			continue
		}
		good, rows := 0, 0
		for s := range min(len(a.side), len(b.side), len(c.side), len(k.side)) {
			if a.side[s].row == 0 {
				continue
			}
			rows++
			rib := pad(a.side[s].value, 5) + pad(b.side[s].value, 5) + pad(c.side[s].value, 11) + pad(k.side[s].value, 2)
			if _, proved := ident.CheckRIB([]byte(rib)); proved {
				good++
			}
		}
		if rows > 0 && good*2 > rows {
			for n, m := range []string{MeaningRIBBank, MeaningRIBBranch, MeaningRIBAccount, MeaningRIBKey} {
				t.add(i+n, m, 1.2)
			}
		}
	}
	for _, s := range t.like(0.6, MeaningSIRET) {
		for i, c := range t.cols {
			if c.longest == 9 && c.shortest == 9 && i < 512 {
				if same, rows := pair(t.cols[s], c, strings.HasPrefix); rows > 2 && same > 0.8 {
					t.add(i, MeaningSIREN, 0.6)
				}
			}
		}
	}
}

func pad(s string, n int) string { return strings.Repeat("0", max(0, n-len(s))) + s }

// relatePlaces finds codes that begin with the same department, and the names
// of places that go with them.
func (t *table) relatePlaces() {
	codes := t.like(0.3, postcode, MeaningCommune)
	sameStart := func(x, y string) bool {
		return len(x) >= 2 && len(y) >= 2 && len(x) <= 8 && (x[:2] == y[:2] || y == "0"+x[:1] || x[:2] == "20" && y[0] == '2' || y[:2] == "20" && x[0] == '2')
	}
	for n, i := range codes {
		a := t.cols[i]
		for _, j := range codes[n+1:] {
			b := t.cols[j]
			if same, rows := pair(a, b, sameStart); rows < 6 || same < 0.8 || len(a.departments) < 2 {
				continue
			}
			// One of the two ends in 0 more often: it is the post's.
			p, k := i, j
			if a.part(int64(a.has[tTens])) < b.part(int64(b.has[tTens])) {
				p, k = j, i
			}
			t.add(p, postcode, 0.35)
			t.add(k, MeaningCommune, 0.35)
		}
		for j, d := range t.cols {
			if j == i || d.share(tDepartment) < 0.8 || d.longest > 3 || j > 512 {
				continue
			}
			same, rows := pair(a, d, func(x, y string) bool {
				return len(x) > 2 && (strings.HasPrefix(x, y) || len(y) == 1 && x[0] == '0' && x[1] == y[0] || x[:2] == "20" && y[0] == '2')
			})
			if rows > 5 && same > 0.85 && len(d.values) > 1 {
				t.add(j, MeaningDepartment, 0.7)
				t.add(i, postcode, 0.1)
				t.add(i, MeaningCommune, 0.1)
			}
		}
	}
	t.relateCoordinates()
}

// relateCoordinates: latitude and longitude stand beside each other.
func (t *table) relateCoordinates() {
	for i := range t.cols {
		if t.weights[i][MeaningLocation] < 0.5 {
			continue
		}
		if i > 0 && t.weights[i-1][MeaningLocation] > 0.5 || i+1 < len(t.cols) && t.weights[i+1][MeaningLocation] > 0.5 {
			t.add(i, MeaningLocation, 0.2)
		}
	}
}

// relateNames tells given names, which go with one sex, from surnames, and finds
// both again in full names and addresses.
func (t *table) relateNames() {
	names := t.like(0.3, givenNames, birthName)
	for _, s := range t.like(0.55, sex) {
		for _, i := range names {
			if agree, base := t.goesWithSex(s, i); agree > 0.93 && agree-base > 0.15 {
				t.add(i, givenNames, 0.25)
				t.add(s, sex, 0.3)
			}
		}
	}
	for _, e := range t.like(0.5, email) {
		for _, i := range names {
			first, _ := pair(t.cols[e], t.cols[i], func(x, y string) bool { return inMailbox(x, y, 0) })
			second, rows := pair(t.cols[e], t.cols[i], func(x, y string) bool { return inMailbox(x, y, 1) })
			if rows > 5 && first+second > 0.3 {
				t.add(i, givenNames, 0.1+0.1*when(first > 2*second))
				t.add(i, birthName, 0.1+0.1*when(second > 2*first))
			}
		}
	}
	for i := range t.cols {
		if t.cols[i].share(tWords) < 0.5 || i > 128 {
			continue
		}
		parts := 0
		for _, j := range names {
			if i == j {
				continue
			}
			if same, rows := pair(t.cols[i], t.cols[j], func(x, y string) bool {
				return len(x) > len(y)+1 && len(y) > 1 && strings.Contains(key([]byte(x)), key([]byte(y)))
			}); rows > 5 && same > 0.7 {
				parts++
			}
		}
		if parts >= 2 {
			t.add(i, fullName, 0.3)
		}
	}
}

// goesWithSex tells how often two rows with the same name have the same sex,
// and how often two rows have at all.
func (t *table) goesWithSex(s, n int) (agree, base float64) {
	seen := map[string][2]int{}
	var all [2]int
	pair(t.cols[n], t.cols[s], func(name, sex string) bool {
		k := 0
		if sexOf([]byte(sex)) == "F" {
			k = 1
		}
		first, _, _ := strings.Cut(name, " ")
		v := seen[first]
		v[k]++
		seen[first] = v
		all[k]++
		return false
	})
	same, total := 0, 0
	for _, v := range seen {
		if v[0]+v[1] > 1 {
			same += max(v[0], v[1])
			total += v[0] + v[1]
		}
	}
	if total < 15 || min(all[0], all[1]) < 5 {
		return 0, 0
	}
	return float64(same) / float64(total), float64(max(all[0], all[1])) / float64(all[0]+all[1])
}

// inMailbox tells whether a name is the first or the second part of a mailbox.
func inMailbox(address, name string, part int) bool {
	box, _, ok := strings.Cut(address, "@")
	name = strings.ToLower(key([]byte(name)))
	if !ok || len(name) < 3 {
		return false
	}
	parts := strings.FieldsFunc(box, func(r rune) bool { return r == '.' || r == '_' || r == '-' })
	if len(parts) < 2 {
		return part == 0 && strings.HasPrefix(strings.ToLower(box), name) || part == 1 && strings.HasSuffix(strings.ToLower(box), name)
	}
	return strings.EqualFold(parts[part], name)
}

// relateSecrets tells the name one logs in with, which often repeats the mailbox
// or the surname, from the password beside it.
func (t *table) relateSecrets() {
	logins := t.like(0.2, MeaningLogin, MeaningPassword)
	for _, i := range logins {
		if t.cols[i].share(tUnbroken) < 0.8 {
			continue
		}
		for _, e := range t.like(0.5, email, birthName, givenNames) {
			if e == i {
				continue
			}
			same, rows := pair(t.cols[i], t.cols[e], func(x, y string) bool {
				box, _, _ := strings.Cut(strings.ToLower(key([]byte(y))), "@")
				return len(box) >= 3 && len(x) >= 3 && (strings.Contains(strings.ToLower(x), strings.TrimRight(box, "0123456789")) || strings.HasPrefix(box, strings.ToLower(x)))
			})
			if rows > 5 && same > 0.3 && t.cols[i].share(tWords) < 0.995 {
				t.add(i, MeaningLogin, 0.45)
				t.add(i, MeaningPassword, -0.2)
			}
		}
	}
}

// relateDateParts finds the day, month and year of a birth in three columns
// beside each other.
func (t *table) relateDateParts() {
	is := func(i int, share trait) bool {
		c := t.cols[i]
		return c.looked > 0 && c.share(share) > 0.97 && len(c.values) > 1
	}
	for i := 0; i+2 < len(t.cols); i++ {
		first, month, last := i, i+1, i+2
		if !is(month, tMonth) && !is(month, tMonthName) {
			if is(first, tMonth) && is(month, tDay) && !is(month, tMonth) && is(last, tYear) {
				first, month = month, first
			} else {
				continue
			}
		}
		day, year := first, last
		if is(first, tYear) {
			day, year = last, first
		}
		if !is(day, tDay) || !is(year, tYear) || is(day, tMonth) && t.cols[day].looked > 60 {
			continue
		}
		t.add(day, MeaningBirthDay, 0.95)
		t.add(month, MeaningBirthMonth, 0.95)
		t.add(year, MeaningBirthYear, 0.4)
	}
}
