package registry

import (
	"errors"
	"strconv"
	"strings"

	"vigie/internal/breach"
	"vigie/matchers"
)

// idShape writes an id with one sign for each kind of character.
func idShape(id string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '0' && r <= '9':
			return '0'
		case r >= 'a' && r <= 'z':
			return 'a'
		case r >= 'A' && r <= 'Z':
			return 'A'
		}
		return r
	}, id)
}

// id finds one of the shape of a model's that nobody has: its last characters
// are drawn anew, more of them the longer none is free, each from somebody's at
// the same place. Where numbering leaves no gap the next number is given.
func (v *inventor) id(model string) (string, error) {
	group := v.groups[idShape(model)]
	for try := range 240 {
		b := []byte(model)
		redrawn := 1 + try/20
		for i := len(b) - 1; i >= 0 && redrawn > 0; i-- {
			if idShape(string(b[i])) == string(b[i]) && (b[i] != '0' && b[i] != 'a' && b[i] != 'A') {
				continue // a sign between
			}
			redrawn--
			b[i] = group[v.rng.IntN(len(group))][i]
		}
		if at := string(b); at > group[0] && at < group[len(group)-1] {
			if free, err := v.free(at); err != nil || free {
				return at, err
			}
		}
	}
	v.dense = true
	return v.next(model, group)
}

// next is a number behind the highest of the shape.
func (v *inventor) next(model string, group []string) (string, error) {
	shape := idShape(model)
	at := v.last[shape]
	if at == "" {
		at = group[len(group)-1]
	}
	for range 100_000 {
		var ok bool
		if at, ok = after(at); !ok {
			return "", nil
		}
		free, err := v.free(at)
		if err != nil {
			return "", err
		}
		if free {
			v.last[shape] = at
			return at, nil
		}
	}
	return "", nil
}

// after counts one up in the last digits of an id.
func after(id string) (string, bool) {
	end := len(id)
	for end > 0 && (id[end-1] < '0' || id[end-1] > '9') {
		end--
	}
	begin := end
	for begin > 0 && id[begin-1] >= '0' && id[begin-1] <= '9' && end-begin < 18 {
		begin--
	}
	n, err := strconv.ParseInt(id[begin:end], 10, 64)
	if err != nil {
		return "", false
	}
	next := strconv.FormatInt(n+1, 10)
	if pad := end - begin - len(next); pad > 0 {
		next = strings.Repeat("0", pad) + next
	}
	return id[:begin] + next + id[end:], true
}

// free tells that nobody in the registry has an id. Those who have left are
// looked through once, at the end.
func (v *inventor) free(id string) (bool, error) {
	if v.given[id] || v.taken.is("id "+id) {
		return false, nil
	}
	_, err := v.r.Subject(v.ctx, breach.PersonID(id))
	if errors.Is(err, breach.ErrNotFound) {
		v.given[id] = true
		return true, nil
	}
	return false, err
}

// tokens are what would make a canary somebody: an id, an e-mail address, a
// telephone number, a NIR, a name with a birth date.
type tokens struct{ set map[string]bool }

func newTokens() *tokens { return &tokens{map[string]bool{}} }

func (t *tokens) is(token string) bool { return t.set[token] }

func (t *tokens) each(rec *matchers.Record, f func(string) bool) {
	v := &rec.Values
	token := func(kind, value string) bool { return value != "" && f(kind+value) }
	if token("id ", rec.ID) {
		return
	}
	if token("email ", strings.ToLower(v[matchers.Email])) {
		return
	}
	if d := digits(v[matchers.Phone]); len(d) >= 9 && token("phone ", d[len(d)-9:]) {
		return
	}
	if n := v[matchers.NIR]; len(n) >= 13 && token("nir ", n[:13]) {
		return
	}
	given := firstGiven(v[matchers.GivenNames])
	for _, f := range []matchers.Field{matchers.BirthName, matchers.UsageName} {
		if v[f] != "" && token("person ", letters(v[f])+" "+given+" "+v[matchers.BirthDate]) {
			return
		}
	}
}

func (t *tokens) add(rec *matchers.Record) {
	t.each(rec, func(s string) bool { t.set[s] = true; return false })
}

func (t *tokens) has(rec *matchers.Record) (found bool) {
	t.each(rec, func(s string) bool { found = found || t.set[s]; return found })
	return found
}

// copy takes those of a record's tokens that others have as well.
func (t *tokens) copy(others *tokens, rec *matchers.Record) {
	others.each(rec, func(s string) bool {
		if others.set[s] {
			t.set[s] = true
		}
		return false
	})
}
