package sqldump

import (
	"bytes"
	"strings"
)

// banner learns the dialect from the comments before a statement.
func (p *parser) banner(b []byte) {
	if len(b) < 8 {
		return
	}
	b = bytes.ToLower(b[:min(len(b), 8<<10)])
	mysql := bytes.Contains(b, []byte("mysql")) || bytes.Contains(b, []byte("mariadb")) || bytes.Contains(b, []byte("phpmyadmin"))
	other := false
	for _, name := range []string{"postgresql", "sqlite", "oracle", "sql server", "sqlserver", "db2", "firebird"} {
		other = other || bytes.Contains(b, []byte(name))
	}
	switch {
	case mysql && !other:
		p.dialect(escapesOn)
	case other && !mysql:
		p.dialect(escapesOff)
	}
}

// dialect sets what a backslash means from here on.
func (p *parser) dialect(e escapes) {
	if e == escapesOn && p.noEscapes {
		e = escapesOff
	}
	p.esc, p.tables.esc = e, e
}

// set is a SET: of its settings, those count that change how the file is read.
func (p *parser) set() error {
	var name, val, term string
	if !p.parse(func(c *cursor) {
		c.take()
		for c.word("session", "global", "local") {
			c.take()
		}
		name = strings.ToLower(string(c.text(c.take())))
		if name == "term" { // Firebird: SET TERM ^ ;
			term = string(c.text(c.take()))
			return
		}
		if c.punct('=') || c.word("to", "define") {
			c.take()
		}
		val = strings.ToLower(string(c.text(c.peek())))
	}) {
		return p.skip()
	}
	switch {
	case name == "term" && term != "":
		p.delimiter = term
		return p.line()
	case name == "standard_conforming_strings":
		p.noEscapes = false
		p.dialect(map[bool]escapes{true: escapesOn, false: escapesOff}[strings.Trim(val, "'") == "off"])
	case name == "sql_mode" || name == "@@sql_mode":
		if strings.Contains(val, "no_backslash_escapes") {
			p.noEscapes = true
		}
		p.dialect(escapesOn)
	case name == "names" || name[:min(1, len(name))] == "@":
		p.dialect(escapesOn)
	case name == "search_path" || name == "schema":
		p.changeDatabase(strings.Trim(val, "'\""))
	case name == "identity_insert" || name == "ansi_nulls" || name == "quoted_identifier" || name == "define" || name == "nocount":
		p.dialect(escapesOff)
		return p.line()
	}
	return p.skip()
}

// use is USE and the like: names without a schema are of that database.
func (p *parser) use() error {
	var parts []string
	if p.parse(func(c *cursor) { c.take(); parts = c.names() }) && len(parts) > 0 {
		p.changeDatabase(parts[0])
	}
	return p.skip()
}

func (p *parser) changeDatabase(name string) {
	if isDefault(name) || strings.EqualFold(name, "pg_catalog") {
		name = ""
	}
	p.header = p.header[:0]
	p.tables.database = strings.ToLower(name)
}

// setDelimiter is the DELIMITER of MySQL's client.
func (p *parser) setDelimiter() error {
	p.w.Pos += len("DELIMITER")
	for bytes.IndexByte(p.w.Rest(), '\n') < 0 && len(p.w.Rest()) < 256 && p.fetch() {
	}
	line, _, _ := bytes.Cut(p.w.Rest()[:min(len(p.w.Rest()), 256)], []byte("\n"))
	d := string(bytes.TrimSpace(line))
	if d == "" || len(d) > 16 {
		d = ";"
	}
	p.delimiter, p.noDollar = d, strings.Contains(d, "$")
	p.dialect(escapesOn)
	p.header = p.header[:0]
	return p.line()
}
