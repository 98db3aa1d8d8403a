package registry

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// jsonRows reads a JSON object a line: text, numbers, booleans and null.
type jsonRows struct {
	file string
	src  *bufio.Reader
	at   map[string]int // key -> place among the columns, -1 for what means nothing
	n    int            // columns
	line int64
	asks map[string]string // the manifest's columns
}

// openJSON takes the keys of the objects that begin the file as its header:
// an object may leave out what it has no value for.
func (t *table) openJSON(text *bufio.Reader, columns map[string]string) error {
	j := &jsonRows{file: t.file, src: text, at: map[string]int{}, asks: columns}
	head, _ := text.Peek(256 << 10)
	for line := range bytes.Lines(head) {
		var object map[string]json.RawMessage
		if json.Unmarshal(line, &object) == nil {
			for key := range object {
				j.at[key] = -1
			}
		}
	}
	header := slices.Sorted(maps.Keys(j.at))
	if len(header) == 0 {
		return refuse("not-json", t.file+", line 1", "give one JSON object a line, or UTF-8 CSV with a header")
	}
	means, err := meanings(t.file, header, columns)
	if err != nil {
		return err
	}
	for i, m := range means {
		if m != notHere {
			j.at[header[i]] = len(t.cols)
			t.cols = append(t.cols, m)
		}
	}
	j.n, t.src = len(t.cols), j
	return nil
}

func (j *jsonRows) next(dst []string) ([]string, int64, string, error) {
	line, err := j.object()
	if err != nil {
		return dst, j.line, "", err
	}
	if !utf8.Valid(line) { // decoding would replace what it cannot read
		return dst, j.line, "", refuse("not-utf8", fmt.Sprintf("%s, line %d", j.file, j.line), "save the file as UTF-8")
	}
	var object map[string]any
	d := json.NewDecoder(bytes.NewReader(line))
	d.UseNumber() // an id of twenty digits stays what it is
	if d.Decode(&object) != nil || d.InputOffset() != int64(len(line)) {
		return dst, j.line, "bad-json", nil //nolint:nilerr // the code refuses this line, the others go on
	}
	from := len(dst)
	dst = append(dst, make([]string, j.n)...)
	for key, v := range object {
		at, known := j.at[key]
		if !known {
			// A key that means something and comes first after the file's
			// beginning is no row to pass over in silence.
			if _, rank := meaning(j.file, strings.TrimSpace(key), j.asks); rank > 0 {
				return dst[:from], j.line, "late-key", nil
			}
			continue
		}
		if at < 0 {
			continue
		}
		text, ok := jsonText(v)
		if !ok {
			return dst[:from], j.line, "not-flat", nil
		}
		dst[from+at] = text
	}
	return dst, j.line, "", nil
}

// object returns the next line that is not blank.
func (j *jsonRows) object() ([]byte, error) {
	for {
		line, err := j.src.ReadSlice('\n')
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			return nil, tooLong(j.file, j.line)
		case errors.Is(err, io.EOF) && len(line) == 0:
			return nil, io.EOF
		case err != nil && !errors.Is(err, io.EOF):
			return nil, fmt.Errorf("reading %s after line %d: %w", j.file, j.line, err)
		}
		j.line++
		if line = bytes.TrimSpace(line); len(line) > 0 {
			return line, nil
		}
	}
}

func jsonText(v any) (string, bool) {
	switch v := v.(type) {
	case nil:
		return "", true
	case string:
		return v, true
	case json.Number:
		return v.String(), true
	case bool:
		if v {
			return "1", true
		}
		return "", true
	}
	return "", false
}
