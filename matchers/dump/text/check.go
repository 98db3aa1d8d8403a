package text

import (
	"bytes"
	"strings"

	"vigie/matchers/dump"
)

// Reason codes of what is no text with rows.
const (
	codeNotText = "not-text"
	codeHTML    = "html-page"
)

// check refuses what is surely no text with rows.
func check(text []byte) error {
	if len(bytes.Trim(text, " \t\r\n\x00")) == 0 {
		return dump.Refuse(dump.CodeEmpty, "the file holds nothing: fetch it again")
	}
	if begins(text, "<!doctype html", "<html", "<head", "<body") {
		return dump.Refuse(codeHTML, "this is an HTML page: was an error page saved instead of the file?")
	}
	control := 0
	for _, c := range text {
		if c < ' ' && !isOne(c, "\n\r\t\f\v\x01\x02\x14\x1c\x1d\x1e\x1f") {
			control++
		}
	}
	if control*50 > len(text) {
		return dump.Refuse(codeNotText, "these are bytes, not characters")
	}
	return nil
}

// foreignLanguage tells text that other formats read: it is rows of lines at
// best.
func foreignLanguage(text []byte) bool {
	return begins(text, "<?xml", `{"`, "[{", "{\n", "[\n", "{\r\n", "[\r\n", "-- mysql dump", "-- postgresql", "-- phpmyadmin",
		"create table", "insert into", "drop table", "pragma foreign_keys", "begin:vcard", "{\\rtf")
}

// begins tells how a text begins, whatever the case of its letters.
func begins(text []byte, prefixes ...string) bool {
	start := strings.ToLower(string(bytes.TrimLeft(text[:min(len(text), 512)], " \t\r\n")))
	for _, p := range prefixes {
		if strings.HasPrefix(start, p) {
			return true
		}
	}
	return false
}
