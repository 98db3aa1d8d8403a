package text

import (
	"bytes"
	"errors"
	"io"
	"slices"

	"vigie/matchers/dump"
)

// Rows with delimiters may be of several kinds as well, which their first value
// tells: E;2024, then 10;MARTIN;ANA and 20;7 RUE FOCH;34000;SETE for each person.

// rowKinds returns the kinds of the rows of a sample, as they come, or nil when
// they are of one: kinds are few, have a width each, and not all the same.
func rowKinds(s *sample, sh shape) []string {
	if sh.width < 2 || sh.names {
		return nil
	}
	widths, rows := map[string]map[int]int{}, map[string]int{}
	var order []string
	all, turns, before := 0, 0, ""
	for _, p := range s.parts {
		sp := splitBytes(bytes.Clone(p), sh.dialect)
		for {
			f, code, err := sp.next()
			if err != nil {
				break
			}
			if code != "" || len(f) < 2 {
				continue
			}
			all++
			tag := string(trimBlank(f[0]))
			if tag == "" || len(tag) > 2*maxTag || !isTag(tag) {
				continue
			}
			if widths[tag] == nil {
				if len(order) > 4*maxKinds {
					return nil
				}
				widths[tag] = map[int]int{}
				order = append(order, tag)
			}
			widths[tag][len(f)]++
			rows[tag]++
			if tag != before {
				turns++
			}
			before = tag
		}
	}
	var kinds []string
	usual := map[int]int{} // rows of the kinds, by the width of each
	covered := 0
	for _, tag := range order {
		if rows[tag] < fewLines {
			continue
		}
		width, most := 0, 0
		for w, n := range widths[tag] {
			if n > most || n == most && w < width {
				width, most = w, n
			}
		}
		if most*10 < rows[tag]*9 {
			return nil
		}
		covered += rows[tag]
		usual[width] += rows[tag]
		kinds = append(kinds, tag)
	}
	apart := 0
	for _, n := range usual {
		if n*10 >= all {
			apart++
		}
	}
	if len(kinds) < 2 || len(kinds) > maxKinds || covered*20 < all*19 || apart < 2 || turns < 3*len(kinds) {
		return nil
	}
	return kinds
}

// kinds reads rows of several kinds, a table each. A row of another is running
// text.
func (o *feed) kinds(sp *splitter, kinds []string) error {
	o.info.Dialect.Delimiter = string(o.decode.Decode(nil, sp.delim))
	if sp.quote != 0 {
		o.info.Dialect.Quote, o.info.Dialect.Escape = string(sp.quote), string(sp.escape)
	}
	o.info.Header = dump.HeaderNo
	tables := map[string]dump.Rows{}
	for _, k := range kinds {
		o.info.Name = k
		if err := o.begin(); err != nil {
			return err
		}
		tables[k] = o.rows
	}
	for {
		cells, code, err := sp.next()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return o.end(err)
		case code != "":
			o.rows.Refuse(code)
			continue
		}
		rows := tables[string(trimBlank(cells[0]))]
		if rows == nil {
			o.buf = o.buf[:0]
			line := slices.Clone(o.value(bytes.Join(cells, []byte{' '})))
			if err := o.visitor.Text(outsideTable, append(line, '\n')); err != nil {
				return err
			}
			continue
		}
		o.rows = rows
		if err := o.row(cells, sp.raw); err != nil {
			return err
		}
	}
}
