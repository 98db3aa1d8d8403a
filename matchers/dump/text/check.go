package text

import (
	"bytes"
	"strings"

	"vigie/matchers/dump"
)

// Reason codes of what is no text with rows.
const (
	codeNotText = "not-text"
	codeHTML    = "html"
)

// check refuses what is surely no text with rows. head is as it stands in the
// file, text is its decoded beginning.
func check(head, text []byte) error {
	if len(bytes.TrimSpace(text)) == 0 {
		return dump.Refuse(dump.CodeEmpty, "the file holds nothing: fetch it again")
	}
	start := strings.ToLower(string(bytes.TrimSpace(text[:min(len(text), 512)])))
	for _, p := range []string{"<!doctype html", "<html", "<head", "<!-- "} {
		if strings.HasPrefix(start, p) {
			return dump.Refuse(codeHTML, "this is an HTML page: was an error page saved instead of the file?")
		}
	}
	control := 0
	for _, c := range text {
		if c < 0x20 && c != '\n' && c != '\r' && c != '\t' && c != '\f' && c != 0x1f && c != 0x1e && c != 1 {
			control++
		}
	}
	if control*50 > len(text) {
		return dump.Refuse(codeNotText, "these are bytes, not characters")
	}
	return nil
}
