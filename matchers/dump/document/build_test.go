package document

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"testing"
	"unicode/utf8"

	"vigie/internal/breach"
	"vigie/matchers/dump"
	"vigie/matchers/dump/dumptest"
)

// zipped writes a zip of name, content pairs.
func zipped(t testing.TB, parts ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i < len(parts); i += 2 {
		header := &zip.FileHeader{Name: parts[i], Method: zip.Deflate}
		if parts[i] == "mimetype" {
			header.Method = zip.Store
		}
		f, err := w.CreateHeader(header)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(parts[i+1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// read reads bytes with the format that is surest of them.
func read(t testing.TB, path string, data []byte, passwords ...string) *dumptest.Seen {
	t.Helper()
	return dumptest.Read(context.Background(), pick(t, path, data), path, data, passwords...)
}

func pick(t testing.TB, path string, data []byte) dump.Format {
	t.Helper()
	var best dump.Format
	sure := 0.0
	for _, x := range Formats() {
		if s := x.Sniff(dumptest.File(path, data)); s > sure {
			best, sure = x, s
		}
	}
	if best == nil {
		t.Fatal("no format knows it")
	}
	return best
}

// reason is the code of a refusal.
func reason(err error) string {
	var refused *breach.RefusedError
	if errors.As(err, &refused) {
		return refused.Code
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

// checkSeen wants of whatever was read that it is UTF-8 in pieces of names that
// can be told.
func checkSeen(t *testing.T, s *dumptest.Seen) {
	t.Helper()
	for where, text := range s.Texts {
		if !utf8.ValidString(text) || !utf8.ValidString(where) {
			t.Fatalf("not UTF-8 at %q: %q", where, text)
		}
	}
	for _, x := range s.Tables {
		for _, row := range x.Rows {
			for _, cell := range row {
				if !utf8.ValidString(cell) {
					t.Fatalf("not UTF-8: %q", cell)
				}
			}
		}
	}
}
