package text

import (
	"bytes"
	"errors"
	"io"

	"vigie/matchers/dump"
)

// A list of credentials has a login and a password in every line, some a URL
// before or behind them. It has no quotes, and the password may hold the
// delimiter, so a line is cut at its first delimiters only.

// loginLines bounds the lines that are looked at.
const loginLines = 500

// logins changes the shape of a list of credentials to what it is. urls says
// that URLs stand in it: first, or last.
func (sh *shape) logins(s *sample) (urls linkPlace) {
	var lines, mails, first, last, bare int
	after := map[byte]int{}
	s.each(func(line []byte) bool {
		lines++
		if c := behindMail(line); c != 0 {
			mails++
			after[c]++
		}
		var cells [3][]byte
		if cutLinkFirst(cells[:], line) {
			first++
		} else if cutLinkLast(cells[:], line) {
			last++
		} else if cutBareLink(cells[:], line) {
			bare++
		}
		return lines < loginLines
	})
	none := dialect{newline: sh.newline}
	switch {
	case (first+bare)*10 >= lines*8 && first*10 >= lines: // some are written without https://
		*sh = shape{dialect: none, width: 3, filled: 3}
		return linkFirst
	case last*10 >= lines*8:
		*sh = shape{dialect: none, width: 3, filled: 3}
		return linkLast
	case sh.quoted || sh.width > 2 && sh.fit > 0.8 && !s.holdsColon(sh):
		return noLink
	}
	for c, n := range after {
		if n*10 >= lines*8 {
			none.delim, none.limit = []byte{c}, 2
			*sh = shape{dialect: none, width: 2, filled: 2}
			return noLink
		}
	}
	if sh.width > 2 && s.holdsColon(sh) {
		none.delim, none.limit = []byte{':'}, 2
		*sh = shape{dialect: none, width: 2, filled: 2}
		return noLink
	}
	if sh.width == 2 && len(sh.delim) == 1 && isOne(sh.delim[0], ":;|") && s.tokens(sh.delim[0]) {
		none.delim, none.limit = sh.delim, 2
		*sh = shape{dialect: none, width: 2, filled: 2}
	}
	return noLink
}

// holdsColon tells a list of logins whose passwords hold the colon that parts
// the two in every line: nothing behind the login is of a kind of its own, a
// number, a date, an address or a hash, as a third column would be.
func (s *sample) holdsColon(sh *shape) bool {
	if string(sh.delim) != ":" || sh.width > 4 {
		return false
	}
	lines, logins, mixed := 0, 0, 0
	own := make([]int, sh.width)
	s.each(func(line []byte) bool {
		lines++
		login, rest, _ := bytes.Cut(line, []byte{':'})
		k := signsOf(login)
		switch {
		case behindMail(line) == ':':
			logins++
		case k.blanks == 0 && k.letters > 0 && k.digits > 0:
			mixed++
		}
		for i, v := range bytes.Split(rest, []byte{':'}) {
			if k := kindOf(v); i < len(own) && (k == handle || k == number || k == date || len(v) >= 32 && signsOf(v).letters+signsOf(v).digits == len(v)) {
				own[i]++
			}
		}
		return lines < loginLines
	})
	for _, n := range own {
		if n*2 > lines {
			return false
		}
	}
	return logins*10 >= lines*8 || sh.width == 3 && mixed*10 >= lines*7 && bytes.Count(s.parts[0], []byte{' '}) == 0
}

// linkPlace says where the URL of a line of credentials stands.
type linkPlace uint8

const (
	noLink linkPlace = iota
	linkFirst
	linkLast
)

// behindMail returns what stands behind the e-mail address that a line begins
// with, or 0.
func behindMail(line []byte) byte {
	at := bytes.IndexByte(line, '@')
	if at < 1 || at > 64 || bytes.ContainsAny(line[:at], " :;|,\t\"") {
		return 0
	}
	dot := false
	for i, c := range line[at+1:] {
		switch {
		case isOne(c, ":;|, \t"):
			if !dot || at+2+i == len(line) {
				return 0
			}
			return c
		case c == '.':
			dot = i > 0
		case !isLetter(c) && !isDigit(c) && c != '-' && c != '_':
			return 0
		}
	}
	return 0
}

// tokens tells that nearly all lines are two words without blanks. Of what
// other delimiters than colons part, some must have one too many.
func (s *sample) tokens(delim byte) bool {
	lines, two, more := 0, 0, 0
	s.each(func(line []byte) bool {
		lines++
		if i := bytes.IndexByte(line, delim); i > 0 && i+1 < len(line) && bytes.IndexByte(line, ' ') < 0 {
			two++
			if bytes.IndexByte(line[i+1:], delim) >= 0 {
				more++
			}
		}
		return lines < loginLines
	})
	return two*10 >= lines*9 && more*2 < lines && (delim == ':' || more > 0)
}

// cutLinkFirst cuts URL:login:password.
func cutLinkFirst(cells [][]byte, line []byte) bool {
	i := bytes.Index(line, []byte("://"))
	if i < 3 || i > 10 || !plainLink(line[:i]) {
		return false
	}
	sep := linkEnd(line, i+3)
	if sep < 0 || !plainLink(line[:sep]) {
		return false
	}
	j := bytes.IndexByte(line[sep+1:], ':')
	if j < 1 || !plainLink(line[sep+1:sep+1+j]) || bytes.HasPrefix(line[sep+2+j:], []byte("//")) {
		return false
	}
	cells[0], cells[1], cells[2] = line[:sep], line[sep+1:sep+1+j], line[sep+2+j:]
	return true
}

// cutBareLink cuts host/path:login:password.
func cutBareLink(cells [][]byte, line []byte) bool {
	sep := linkEnd(line, 0)
	if sep < 0 || !plainLink(line[:sep]) {
		return false
	}
	host, _, _ := bytes.Cut(line[:sep], []byte{'/'})
	host, _, _ = bytes.Cut(host, []byte{':'})
	i := bytes.LastIndexByte(host, '.')
	if i < 1 || len(host)-i < 3 || bytes.IndexByte(host, '@') >= 0 || bytes.ContainsFunc(host[i+1:], func(r rune) bool { return r|0x20 < 'a' || r|0x20 > 'z' }) {
		return false
	}
	j := bytes.IndexByte(line[sep+1:], ':')
	if j < 1 || !plainLink(line[sep+1:sep+1+j]) {
		return false
	}
	cells[0], cells[1], cells[2] = line[:sep], line[sep+1:sep+1+j], line[sep+2+j:]
	return true
}

// plainLink tells that nothing in a part of a line parts or quotes values
// elsewhere.
func plainLink(v []byte) bool { return !bytes.ContainsAny(v, " \t;|,\"'") }

// linkEnd finds the colon behind the host or the path of a URL. A number behind
// the host is a port if a path follows, or if enough follows without it.
func linkEnd(line []byte, from int) int {
	for i := from; i < len(line); i++ {
		if line[i] != ':' {
			continue
		}
		j := i + 1
		for j < len(line) && j < i+6 && isDigit(line[j]) {
			j++
		}
		port := j > i+1 && j < len(line) && (line[j] == '/' || line[j] == ':' && bytes.Count(line[j:], []byte{':'}) >= 2)
		if !port {
			return i
		}
		i = j - 1
	}
	return -1
}

// cutLinkLast cuts login:password:URL.
func cutLinkLast(cells [][]byte, line []byte) bool {
	i := bytes.LastIndex(line, []byte("://"))
	if i < 5 || !plainLink(line[i:]) {
		return false
	}
	from := i
	for from > 0 && isLetter(line[from-1]) {
		from--
	}
	if from < 4 || from == i || line[from-1] != ':' {
		return false
	}
	rest := line[:from-1]
	j := bytes.IndexByte(rest, ':')
	if j < 1 || !plainLink(rest[:j]) || bytes.HasPrefix(rest[j:], []byte("://")) {
		return false
	}
	cells[0], cells[1], cells[2] = rest[:j], rest[j+1:], line[from:]
	return true
}

// links reads credentials with URLs.
func (o *feed) links(sp *splitter, place linkPlace) error {
	o.info.Dialect.Delimiter, o.info.Dialect.Quote, o.info.Dialect.Escape = ":", "", ""
	if err := o.begin(); err != nil {
		return err
	}
	cells := make([][]byte, 3)
	err := o.lines(sp, func(line []byte, _ bool) error {
		cells = cells[:3]
		cut := cutLinkFirst
		if place == linkLast {
			cut = cutLinkLast
		}
		if !cut(cells, line) && (place == linkLast || !cutBareLink(cells, line)) {
			if bytes.IndexByte(line, ' ') >= 0 {
				return o.aside(line) // whose list it is, where more is sold
			}
			cells = append(cells[:0], line)
		}
		return o.row(cells, line)
	}, o.rows.Refuse)
	if err != nil {
		return err
	}
	return o.flush()
}

// lines calls f with every line that is not blank; after says that a blank one
// stands before it. A line that is too long goes to refuse.
func (o *feed) lines(sp *splitter, f func(line []byte, after bool) error, refuse func(code string)) error {
	for past := int64(0); ; past = sp.line {
		cells, code, err := sp.next()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return o.end(err)
		case code != "" || len(cells[0]) > dump.MaxField:
			refuse(code)
			continue
		}
		if len(trimBlank(cells[0])) == 0 {
			sp.line = past // as good as no line
			continue
		}
		if err := f(cells[0], sp.line > past+1); err != nil {
			return err
		}
	}
}
