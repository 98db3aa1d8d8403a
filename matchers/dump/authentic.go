package dump

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"

	"vigie/internal/ident"
)

// Authenticity says how far a dump looks like what it claims to be. Dumps are
// recycled, padded and forged; the score starts at 1 and each finding takes its
// part. It is a reason to look, never a proof.
type Authenticity struct {
	Score   float64  `json:"score"` // 0 to 1
	Rows    int64    `json:"rows"`  // compared
	Reasons []Reason `json:"reasons"`
}

// Reason is one check: what was compared, how often it held, and how often it
// holds in records of real people.
type Reason struct {
	Code     string  `json:"code"`
	Say      string  `json:"say"`
	Observed float64 `json:"observed"` // share
	Expected string  `json:"expected"`
	Compared int64   `json:"compared"`
	Suspect  bool    `json:"suspect"`
}

// ratio counts how often something held.
type ratio struct{ held, n int64 }

func (r *ratio) add(ok bool) {
	r.n++
	if ok {
		r.held++
	}
}

func (r ratio) share() float64 { return float64(r.held) / float64(max(r.n, 1)) }

// coherence compares the values of a row with each other.
type coherence struct {
	rows                              int64
	nirKey, nirSex, nirBirth          ratio
	mailName, mailInvented, phoneTold ratio
	firstOfMonth                      ratio
	surnames                          tally
	scratch                           []byte
}

// roles says which column of a table is what, from its first rows.
type roles struct{ nir, sex, birth, mail, phone, surname, given int }

func rolesOf(columns []Column) roles {
	at := func(meanings ...string) int {
		for _, m := range meanings {
			for i, c := range columns {
				if c.Shape == m {
					return i
				}
			}
		}
		return -1
	}
	return roles{nir: at(nir), sex: at(sex), birth: at(birthDate), mail: at(email), phone: at(phone),
		surname: at(birthName, usageName, fullName), given: at(givenNames)}
}

// look takes a row.
func (c *coherence) look(row [][]byte, r roles) {
	c.rows++
	value := func(i int) []byte {
		if i < 0 || i >= len(row) {
			return nil
		}
		return clean(row[i])
	}
	birth := parseDate(value(r.birth))
	if v := value(r.nir); len(v) >= 13 {
		c.lookNIR(v, value(r.sex), birth)
	}
	if v := value(r.phone); len(v) > 0 {
		c.phoneTold.add(inventedPhone(v))
	}
	switch {
	case !birth.plausible():
	case birth.kind == dateYMD:
		c.firstOfMonth.add(birth.c == 1)
	case birth.kind == dateParts3:
		c.firstOfMonth.add(birth.a == 1)
	}
	surname, given := value(r.surname), value(r.given)
	if len(surname) > 1 && len(surname) < 64 {
		c.scratch = appendKey(c.scratch[:0], surname)
		c.surnames.add(c.scratch)
	}
	if v := value(r.mail); len(v) > 0 {
		c.lookMail(v, surname, given)
	}
}

func (c *coherence) lookNIR(v, sexValue []byte, birth dateParts) {
	p, ok := ident.ParseNIR(v)
	if !ok {
		c.nirKey.add(false)
		return
	}
	if _, proved := ident.CheckNIR(v); len(v) >= 15 {
		c.nirKey.add(proved)
	}
	if s := sexOf(sexValue); s != "" && p.Sex != 0 {
		c.nirSex.add(s == string(p.Sex))
	}
	if p.Month > 0 && birth.plausible() {
		switch birth.kind {
		case dateYMD:
			c.nirBirth.add(birth.a%100 == p.Year && birth.b == p.Month)
		case dateParts3: // either order: the column has not said yet which it is
			c.nirBirth.add(birth.c%100 == p.Year && (birth.a == p.Month || birth.b == p.Month))
		}
	}
}

// lookMail compares an address with the names beside it.
func (c *coherence) lookMail(v, surname, given []byte) {
	at := bytes.LastIndexByte(v, '@')
	if at < 1 {
		return
	}
	var raw, rawName [96]byte
	c.mailInvented.add(inventedHost(appendLower(raw[:0], v[at+1:])))
	if len(surname) < 4 && len(given) < 4 {
		return
	}
	local := appendKey(raw[:0], v[:at])
	c.mailName.add(wordIn(local, appendKey(rawName[:0], surname)) || wordIn(local, appendKey(rawName[:0], given)))
}

// wordIn tells a word of a name, of four letters or more, within text.
func wordIn(text, name []byte) bool {
	for len(name) >= 4 {
		n := 0
		for n < len(name) && name[n] != ' ' && name[n] != '-' && name[n] != '\'' {
			n++
		}
		if n >= 4 && bytes.Contains(text, name[:n]) {
			return true
		}
		name = name[min(n+1, len(name)):]
	}
	return false
}

// inventedHost tells the mail host of an invented person, in lower case.
func inventedHost(host []byte) bool {
	return inventedHosts[string(host)] || bytes.HasPrefix(host, []byte("example.")) || bytes.HasSuffix(host, []byte(".example")) || bytes.HasSuffix(host, []byte(".test"))
}

// inventedHosts are the mail hosts of well-known generators of invented people.
var inventedHosts = map[string]bool{
	"armyspy.com": true, "cuvox.de": true, "dayrep.com": true, "einrot.com": true, "fleckens.hu": true, "gustr.com": true,
	"jourrapide.com": true, "rhyta.com": true, "superrito.com": true, "teleworm.us": true, "mailinator.com": true, "fakeinbox.com": true,
}

// inventedPrefixes begin the numbers that are reserved for works of fiction in
// France (Arcep, decision 2018-0881) and North America.
var inventedPrefixes = []string{"19900", "26191", "35301", "46571", "53649", "63998"}

func inventedPhone(v []byte) bool {
	var digits [24]byte
	d := digits[:0]
	for _, b := range v[:min(len(v), 24)] {
		if isDigit(b) {
			d = append(d, b)
		}
	}
	s := strings.TrimPrefix(strings.TrimPrefix(strings.TrimLeft(string(d), "0"), "33"), "0")
	for _, p := range inventedPrefixes {
		if strings.HasPrefix(s, p) && len(s) == 9 {
			return true
		}
	}
	return len(s) >= 10 && strings.HasPrefix(s[len(s)-7:], "55501")
}

// evenness compares the commonest surname with the fiftieth: among the French
// the first is borne about eight times as often (INSEE, fichier des noms);
// generators draw evenly from a list.
func (c *coherence) evenness() (times float64, ok bool) {
	top := c.surnames.top("", 50)
	if len(top) < 50 || top[49].Count < 20 {
		return 0, false
	}
	return float64(top[0].Count) / float64(top[49].Count), true
}

// judge turns what was counted into a score with reasons.
func (c *coherence) judge() *Authenticity {
	a := &Authenticity{Score: 1, Rows: c.rows, Reasons: []Reason{}}
	const few = 30 // fewer comparisons say nothing
	check := func(r ratio, code, say, expected string, bad func(float64) bool, cost float64) {
		if r.n < few {
			return
		}
		x := Reason{Code: code, Say: say, Observed: round2(r.share()), Expected: expected, Compared: r.n, Suspect: bad(r.share())}
		if x.Suspect {
			a.Score *= 1 - cost
		}
		a.Reasons = append(a.Reasons, x)
	}
	below := func(limit float64) func(float64) bool { return func(x float64) bool { return x < limit } }
	above := func(limit float64) func(float64) bool { return func(x float64) bool { return x > limit } }
	check(c.nirKey, "nir-key", "social security numbers whose key is right", "above 0.97", below(0.9), 0.6)
	check(c.nirSex, "nir-sex", "social security numbers that agree with the sex beside them", "above 0.98", below(0.9), 0.7)
	check(c.nirBirth, "nir-birth", "social security numbers that agree with the birth date beside them", "above 0.97", below(0.9), 0.7)
	check(c.mailName, "email-name", "e-mail addresses that hold a name of their row", "0.3 to 0.9", below(0.08), 0.5)
	check(c.mailInvented, "email-host", "e-mail addresses at hosts that generators of invented people use", "below 0.01", above(0.05), 0.7)
	check(c.phoneTold, "phone-fiction", "phone numbers reserved for fiction", "below 0.001", above(0.02), 0.7)
	check(c.firstOfMonth, "birth-day", "birth dates on the first of a month", "0.03 to 0.12", func(x float64) bool { return x > 0.5 || c.firstOfMonth.n > 5000 && x < 0.02 }, 0.2)
	if times, ok := c.evenness(); ok {
		bad := times < 2.5
		if bad {
			a.Score *= 0.6
		}
		a.Reasons = append(a.Reasons, Reason{Code: "surname-evenness", Say: fmt.Sprintf("the commonest surname is %.1f times as frequent as the fiftieth", times),
			Observed: round2(times), Expected: "4 to 12", Compared: c.surnames.n, Suspect: bad})
	}
	a.Score = round2(a.Score)
	slices.SortStableFunc(a.Reasons, func(x, y Reason) int {
		return -cmp.Compare(when(x.Suspect), when(y.Suspect))
	})
	return a
}
