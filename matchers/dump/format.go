package dump

import (
	"bytes"
	"strings"

	"vigie/internal/breach"
)

// magics are the first bytes of formats that are not text, and the way out.
var magics = []struct{ prefix, name, hint string }{
	{"PK\x03\x04", "zip or xlsx", "unpack it, or save the sheet as CSV"},
	{"PK\x05\x06", "empty zip", "there is nothing in it"},
	{"%PDF-", "pdf", "extract its tables as CSV"},
	{"SQLite format 3\x00", "sqlite", "export each table: sqlite3 FILE -csv -header 'select * from TABLE'"},
	{"\x1f\x8b", "gzip", "unpack it: gunzip"},
	{"BZh", "bzip2", "unpack it: bunzip2"},
	{"\xfd7zXZ\x00", "xz", "unpack it: unxz"},
	{"\x28\xb5\x2f\xfd", "zstd", "unpack it: unzstd"},
	{"7z\xbc\xaf\x27\x1c", "7z", "unpack it"},
	{"Rar!\x1a\x07", "rar", "unpack it"},
	{"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "xls or encrypted office document", "save the sheet as CSV"},
	{"PAR1", "parquet", "convert it to CSV"},
	{"{\\rtf", "rtf", "save it as text"},
	{"\x89PNG", "png", "a picture holds no table"},
	{"\xff\xd8\xff", "jpeg", "a picture holds no table"},
	{"age-encryption.org/", "age", "it is sealed: open it with its key"},
	{"\x7fELF", "program", "it is not a table"},
}

func refuse(code, hint string) error {
	return &breach.RefusedError{Code: code, What: "dump", Hint: hint}
}

// checkFormat refuses what is surely no table of text.
func checkFormat(head []byte) error {
	if len(bytes.TrimSpace(head)) == 0 {
		return refuse("empty", "the file holds nothing: fetch it again")
	}
	for _, m := range magics {
		if bytes.HasPrefix(head, []byte(m.prefix)) {
			return refuse("unsupported-format", "this is "+m.name+": "+m.hint)
		}
	}
	if len(head) > 262 && string(head[257:262]) == "ustar" {
		return refuse("unsupported-format", "this is tar: unpack it")
	}
	return nil
}

// checkText refuses decoded text that is another language than a table.
func checkText(text []byte) error {
	start := strings.ToLower(string(bytes.TrimSpace(text[:min(len(text), 512)])))
	switch {
	case hasPrefix(start, "<!doctype html", "<html"):
		return refuse("unsupported-format", "this is an HTML page: was an error page saved instead of the file?")
	case hasPrefix(start, "<?xml"):
		return refuse("unsupported-format", "this is xml: convert it to CSV")
	case hasPrefix(start, `{"`, `[{`, "{\n", "[\n"):
		return refuse("unsupported-format", "this is json: convert it to CSV")
	case hasPrefix(start, "-- mysql dump", "-- postgresql database dump", "create table", "insert into", "drop table", "-- phpmyadmin"):
		return refuse("unsupported-format", "this is an sql dump: export its tables as CSV")
	}
	var control int
	for _, c := range text {
		if c < 0x20 && c != '\n' && c != '\r' && c != '\t' && c != '\f' && c != 0x1f && c != 1 {
			control++
		}
	}
	if control*50 > len(text) {
		return refuse("not-text", "these are bytes, not characters")
	}
	return nil
}

func hasPrefix(s string, prefixes ...string) bool {
	for _, p := range prefixes {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}
