package sample

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
)

// jsonRows finds JSON objects, one after the other, whose keys name people's
// columns or whose values have such shapes.
func jsonRows(text string) []Table {
	var out []Table
	var t Table
	var keys []string
	flush := func() {
		if len(t.Rows) > 0 {
			t.Header = keys
			for i := range t.Rows {
				for len(t.Rows[i]) < len(keys) {
					t.Rows[i] = append(t.Rows[i], "")
				}
			}
			if ofPeople(t.Header, t.Rows) {
				out = append(out, t)
			}
		}
		t, keys = Table{}, nil
	}
	tries := maxTries
	for i := 0; i < len(text) && tries > 0; {
		open := strings.IndexByte(text[i:], '{')
		if open < 0 {
			break
		}
		open += i
		row, n := object(text[open:])
		if n == 0 {
			tries, i = tries-1, open+1
			continue
		}
		if len(t.Rows) > 0 && strings.Trim(text[t.End:open], " \r\n\t,[]") != "" || len(t.Rows) >= maxRows {
			flush()
		}
		if len(t.Rows) == 0 {
			t.Start = open
		}
		var cells []string
		for _, f := range row {
			k := slices.Index(keys, f.key)
			if k < 0 {
				if len(keys) >= maxColumns {
					continue
				}
				k, keys = len(keys), append(keys, f.key)
			}
			for len(cells) <= k {
				cells = append(cells, "")
			}
			cells[k] = f.value
			if at := f.at; at.to > at.from {
				t.values = append(t.values, span{open + at.from, open + at.to})
			}
		}
		t.Rows = append(t.Rows, cells)
		t.End, i = open+n, open+n
	}
	flush()
	return out
}

type keyed struct {
	key, value string
	at         span
}

// maxTries bounds the brackets that open no object.
const maxTries = 500

// maxObject is how long a printed object may be, in bytes.
const maxObject = 4 << 10

// object reads a flat JSON object at the beginning of s, and tells how long it
// is; 0 for none. Objects within are read as text.
func object(s string) ([]keyed, int) {
	s = s[:min(len(s), maxObject)]
	d := json.NewDecoder(strings.NewReader(s))
	if _, err := d.Token(); err != nil {
		return nil, 0
	}
	var out []keyed
	for d.More() {
		key, err := d.Token()
		name, ok := key.(string)
		if err != nil || !ok {
			return nil, 0
		}
		var raw json.RawMessage
		if err := d.Decode(&raw); err != nil {
			return nil, 0
		}
		to := int(d.InputOffset())
		value := string(raw)
		var text string
		if json.Unmarshal(raw, &text) == nil {
			value = text
		}
		from := to - len(raw)
		if len(raw) > 1 && raw[0] == '"' {
			from, to = from+1, to-1
		}
		if value == "null" {
			value = ""
		}
		out = append(out, keyed{name, value, span{from, to}})
	}
	if _, err := d.Token(); err != nil || len(out) == 0 {
		return nil, 0
	}
	return out, int(d.InputOffset())
}

var insert = regexp.MustCompile(`(?i)INSERT\s+INTO\s+[^\s(]{1,80}\s*(\([^()]{1,1000}\))?\s*VALUES\s*`)

// insertRows finds the tuples of INSERT statements.
func insertRows(text string) []Table {
	var out []Table
	for from := 0; from < len(text); {
		m := insert.FindStringSubmatchIndex(text[from:])
		if m == nil {
			break
		}
		at := from + m[1]
		t := Table{Start: from + m[0]}
		if m[2] >= 0 {
			for _, c := range cut(text, from+m[2]+1, from+m[3]-1, ',') {
				t.Header = append(t.Header, strings.Trim(c.text, "`\"[] "))
			}
		}
		for len(t.Rows) < maxRows {
			row, end := tuple(text, at)
			if end == 0 {
				break
			}
			t.Rows = append(t.Rows, texts(row))
			for _, c := range row {
				if c.to > c.from {
					t.values = append(t.values, c.span)
				}
			}
			t.End = end
			for at = end; at < len(text) && strings.IndexByte(" \r\n\t,", text[at]) >= 0; at++ {
			}
		}
		from = max(at, from+m[1])
		if ofPeople(t.Header, t.Rows) {
			out = append(out, t)
		}
	}
	return out
}

// tuple reads (1, 'x', NULL) at a byte of the text, and tells where it ends; 0
// for none. A tuple that the post cuts ends with the text.
func tuple(text string, at int) ([]cell, int) {
	if at >= len(text) || text[at] != '(' {
		return nil, 0
	}
	var row []cell
	start, quote := at+1, byte(0)
	for i := at + 1; i < len(text) && i-at < maxObject && len(row) < maxColumns; i++ {
		switch c := text[i]; {
		case c == '\\' && quote != 0:
			i++
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '\'' || c == '"':
			quote = c
		case c == ',' || c == ')':
			row = append(row, trimmed(text, start, i))
			start = i + 1
			if c == ')' {
				return row, i + 1
			}
		}
	}
	row = append(row, trimmed(text, start, min(len(text), start+maxCell)))
	return row, min(len(text), start+maxCell)
}

var label = regexp.MustCompile(`(?i)\b(nom de naissance|nom d['’]usage|noms?|pr[ée]noms?|name|first ?name|last ?name|full ?name|surname|e-?mail|courriel|adresse e?-?mail|t[ée]l[ée]phone|t[ée]l|phone(?: number)?|mobile|portable|adresse|address|date de naissance|n[ée]e? le|birth ?date|date of birth|dob|lieu de naissance|nir|num[ée]ro de s[ée]curit[ée] sociale|n[°o] s[ée]cu|s[ée]cu|iban|ine|mot de passe|password|code postal|ville|sexe)\s*[:=]\s*`)

// labelled finds "Nom : ORBE Prénom : Jean Né le : 12/03/1987": values behind
// labels, a record ending where a label returns.
func labelled(text string) []Table {
	var out []Table
	marks := label.FindAllStringSubmatchIndex(text, 4*maxRows)
	for i := 0; i < len(marks); {
		j := i + 1
		for j < len(marks) && marks[j][0]-marks[j-1][1] <= maxGap {
			j++
		}
		if j-i >= 2 {
			if t, ok := records(text, marks[i:j]); ok {
				out = append(out, t)
			}
		}
		i = j
	}
	return out
}

func records(text string, marks [][]int) (Table, bool) {
	t := Table{Start: marks[0][0]}
	var row []string
	have := map[string]bool{}
	for i, m := range marks {
		end := min(len(text), m[1]+maxGap)
		if i+1 < len(marks) {
			end = marks[i+1][0]
		} else if stop := strings.IndexAny(text[m[1]:end], "\n.;"); stop > 0 && shapeOf(strings.TrimSpace(text[m[1]:end])) == shapeNone {
			end = m[1] + stop
			if w := strings.Fields(text[m[1]:min(len(text), m[1]+maxGap)]); len(w) > 0 && shapeOf(w[0]) != shapeNone {
				end = m[1] + strings.Index(text[m[1]:], w[0]) + len(w[0])
			}
		}
		c := trimmed(text, m[1], end)
		c.text = strings.TrimRight(c.text, " ,;|-\n")
		c.to = c.from + len(c.text)
		name := strings.ToLower(text[m[2]:m[3]])
		if have[name] {
			t.Rows, row, have = append(t.Rows, row), nil, map[string]bool{}
		}
		have[name] = true
		k := slices.Index(t.Header, name)
		if k < 0 {
			if len(t.Header) >= maxColumns {
				continue
			}
			k, t.Header = len(t.Header), append(t.Header, name)
		}
		for len(row) <= k {
			row = append(row, "")
		}
		row[k] = c.text
		if c.to > c.from {
			t.values = append(t.values, c.span)
		}
		t.End = max(t.End, c.to)
	}
	t.Rows = append(t.Rows, row)
	for i := range t.Rows {
		for len(t.Rows[i]) < len(t.Header) {
			t.Rows[i] = append(t.Rows[i], "")
		}
	}
	return t, ofPeople(t.Header, t.Rows)
}

// combos finds addresses with a password behind each: a colon, semicolon or bar
// and something without blanks.
func combos(text string) []Table {
	t := Table{Header: []string{"email", "password"}}
	for _, e := range emails(text) {
		if e.to+1 >= len(text) || strings.IndexByte(":;|", text[e.to]) < 0 || len(t.Rows) >= maxRows {
			continue
		}
		end := e.to + 1
		for end < len(text) && end-e.to < maxCell && strings.IndexByte(" \t\r\n", text[end]) < 0 {
			end++
		}
		if end == e.to+1 || shapeOf(text[e.from:e.to]) != shapeEmail {
			continue
		}
		if len(t.Rows) == 0 {
			t.Start = e.from
		}
		t.Rows = append(t.Rows, []string{text[e.from:e.to], text[e.to+1 : end]})
		t.values = append(t.values, span{e.from, e.to}, span{e.to + 1, end})
		t.End = end
	}
	if len(t.Rows) == 0 {
		return nil
	}
	return []Table{t}
}
