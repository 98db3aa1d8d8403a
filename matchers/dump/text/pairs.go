package text

import (
	"bytes"
	"net/url"
	"slices"

	"vigie/matchers/dump"
)

// Logs name their values within a line: ts=2024-02-06 user="Ana Léo" ip=192.0.2.1,
// User[name=Ana, born=1990], or the body of a form, name=Ana&born=1990. What stands
// before the first name is a time and a message.

// pairStyle is how such lines are written.
type pairStyle struct {
	between byte     // what parts pairs: a blank, ',', ';' or '&'
	keys    []string // of the sample, as they come
}

// Bounds on what is a log of pairs: names in a line, lines that have them, and
// how much of these lines is pairs.
const (
	leastPairs = 3
	pairLines  = 400
)

// Names of the columns for what stands before the first pair.
const (
	pairTime    = "time"
	pairMessage = "message"
)

// pair is a name and its value, by their places in a line.
type pairAt struct{ key, eq, end int }

// pairsIn appends the pairs of a line.
func pairsIn(dst []pairAt, line []byte, between byte) []pairAt {
	dst = dst[:0]
	for i := 0; i < len(line); {
		eq, ok := keyEnd(line, i)
		if !ok {
			i++
			continue
		}
		p := pairAt{key: i, eq: eq}
		if _, inner := keyEnd(line, eq+1); inner && between == '&' {
			i = eq + 1 // body=name=Ana&..
			continue
		}
		p.end = valueEnd(line, eq+1, between)
		dst = append(dst, p)
		i = max(p.end, eq+1)
	}
	return dst
}

// keyEnd tells that a name begins at a place, and where its sign of equality is.
func keyEnd(line []byte, i int) (eq int, ok bool) {
	if i >= len(line) || !isLetter(line[i]) && line[i] != '_' || i > 0 && !isOne(line[i-1], " \t,;&[({|=") {
		return 0, false
	}
	for eq = i; eq < len(line) && eq-i <= maxKey; eq++ {
		switch c := line[eq]; {
		case c == '=':
			return eq, eq+1 >= len(line) || line[eq+1] != '='
		case !isLetter(c) && !isDigit(c) && !isOne(c, "_-."):
			return 0, false
		}
	}
	return 0, false
}

// valueEnd is where a value ends: behind its quotes, or before what parts it from
// the next name. A blank within a value is no end where another sign parts.
func valueEnd(line []byte, i int, between byte) int {
	if i < len(line) && isOne(line[i], `"'`) {
		for k := i + 1; k < len(line); k++ {
			if line[k] == '\\' {
				k++
			} else if line[k] == line[i] && (k+1 == len(line) || isOne(line[k+1], " \t,;&])}|")) {
				return k + 1
			}
		}
	}
	for k := i; k < len(line); k++ {
		switch {
		case line[k] == between && between == ' ', between == '&' && (line[k] == '&' || line[k] == ' '):
			return k
		case line[k] == between:
			next := k + 1
			for next < len(line) && line[next] == ' ' {
				next++
			}
			if _, ok := keyEnd(line, next); ok {
				return k
			}
		}
	}
	return len(line)
}

// pairs tells whether a sample is such a log: most lines are pairs for the most
// part, of names that come again.
func pairsOf(s *sample) (pairStyle, bool) {
	best, most := pairStyle{}, 0
	for _, between := range []byte("&,; ") {
		x, n := pairsBy(s, between)
		if n > most {
			best, most = x, n
		}
	}
	return best, most > 0
}

// pairsBy tells how many pairs a sample has, 0 when it is no log of them.
func pairsBy(s *sample, between byte) (x pairStyle, n int) {
	x.between = between
	var lines, good int
	var at []pairAt
	counts := map[string]int{}
	s.each(func(line []byte) bool {
		lines++
		at = pairsIn(at, line, between)
		covered, parted, again := 0, 0, 0
		for i, p := range at {
			if i > 0 && bytes.Equal(line[p.key:p.eq], line[at[i-1].key:at[i-1].eq]) {
				again++ // ou=people,dc=example,dc=org
			}
			covered += p.end - p.key
			if p.end < len(line) && line[p.end] == between {
				parted++
			}
		}
		if len(at) >= leastPairs && again == 0 && parted*2 >= len(at) && covered*2 >= len(line) && (at[0].key == 0 || line[at[0].key-1] != '?') {
			good++
			for _, p := range at {
				k := string(line[p.key:p.eq])
				if counts[k]++; counts[k] == 1 && len(x.keys) <= maxBlockKeys {
					x.keys = append(x.keys, k)
				}
				n++
			}
		}
		return lines < pairLines
	})
	if good < 4 || good*4 < lines || len(x.keys) > maxBlockKeys || n < 2*len(x.keys) {
		return x, 0
	}
	return x, n
}

// pairs reads a log of pairs, a row a line. Lines without pairs are running text.
func (o *feed) pairs(sp *splitter, x pairStyle) error {
	o.info.Dialect.Delimiter, o.info.Dialect.Quote, o.info.Dialect.Escape = "", "", ""
	o.info.Header = dump.HeaderNo
	rec, err := o.beginKeyed(x.keys)
	if err != nil {
		return err
	}
	var at []pairAt
	return o.lines(sp, func(line []byte, _ bool) error {
		at = pairsIn(at, line, x.between)
		if len(at) < 2 {
			o.buf = o.buf[:0]
			return o.visitor.Text(outsideTable, append(slices.Clone(o.value(line)), '\n'))
		}
		time, message := prefix(line[:at[0].key])
		for _, p := range []struct {
			key   string
			value []byte
		}{{pairTime, time}, {pairMessage, message}} {
			if len(p.value) > 0 {
				o.pair(rec, p.key, p.value)
			}
		}
		for i, p := range at {
			o.pair(rec, string(line[p.key:p.eq]), x.value(line[p.eq+1:p.end], i == len(at)-1))
		}
		return o.finish(rec)
	}, func(string) { rec.broken = true })
}

// pair puts a value under its name, which may be new.
func (o *feed) pair(r *record, key string, value []byte) {
	i, known := r.index[key]
	if !known {
		if len(r.names) >= dump.MaxColumns {
			r.broken = true
			return
		}
		i = len(r.names)
		r.add(key)
		o.rows.Extend([]string{string(o.decode.Decode(nil, []byte(key)))})
	}
	if r.first < 0 {
		r.first = i
	}
	if r.set[i] {
		r.values[i] = append(r.values[i], "; "...)
	}
	r.set[i], r.last = true, i
	r.join(value)
}

// value is a value without what is written around it.
func (x *pairStyle) value(v []byte, last bool) []byte {
	v = trimBlank(v)
	if len(v) > 1 && isOne(v[0], `"'`) && v[len(v)-1] == v[0] {
		return bytes.ReplaceAll(v[1:len(v)-1], []byte{'\\', v[0]}, v[:1])
	}
	if last && len(v) > 0 && isOne(v[len(v)-1], "])}") && bytes.IndexByte(v, v[len(v)-1]-2+byte(when(v[len(v)-1] == ')'))) < 0 {
		v = v[:len(v)-1]
	}
	if x.between == '&' {
		if out, err := url.QueryUnescape(string(v)); err == nil {
			return []byte(out)
		}
	}
	return v
}

func when(b bool) int {
	if b {
		return 1
	}
	return 0
}

// prefix cuts what stands before the first pair into a time and the rest.
func prefix(v []byte) (time, rest []byte) {
	v = trimBlank(v)
	i, digits := 0, 0
	for ; i < len(v) && (isDigit(v[i]) || isOne(v[i], "[]-:/.,+TZ ")); i++ {
		if isDigit(v[i]) {
			digits++
		}
		if v[i] == ']' {
			i++
			break
		}
	}
	for i > 0 && i < len(v) && isOne(v[i-1], "TZ+-") {
		i-- // of the next word
	}
	if digits < 8 {
		return nil, bytes.TrimRight(v, " [({:=")
	}
	return bytes.Trim(v[:i], " []"), bytes.TrimRight(trimBlank(v[i:]), " [({:=")
}
