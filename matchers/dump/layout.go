package dump

import (
	"fmt"
	"slices"
	"strings"

	"vigie/matchers"
)

// Layout is what Inspect learnt of a dump: which tables are in it, how they are
// laid out and what their columns mean. It encodes to JSON and holds no value
// of the dump.
type Layout struct {
	Format    string        `json:"format"` // of the dump itself: "csv", "zip"
	Territory string        `json:"territory"`
	Tables    []TableLayout `json:"tables"`
	Warnings  []string      `json:"warnings"` // about the whole dump
	// Skip names members that ended the process that read them, by reason code:
	// reading again leaves them out again.
	Skip map[string]string `json:"skip,omitempty"`
}

// TableLayout is how one table is laid out.
type TableLayout struct {
	Member   string           `json:"member"` // path of its file within the dump; "" is the dump itself
	Name     string           `json:"name"`   // within its file; "" when the file is one table
	Encoding string           `json:"encoding"`
	Dialect  Dialect          `json:"dialect"`
	Columns  []Column         `json:"columns"`
	Rows     int64            `json:"rows"` // data rows, refused ones included
	Refused  map[string]int64 `json:"refused,omitempty"`
	Skip     int              `json:"skip,omitempty"`  // rows of header before the data
	Again    int64            `json:"again,omitempty"` // repetitions of the header between rows
	Hidden   bool             `json:"hidden,omitempty"`
	Warnings []string         `json:"warnings"` // about this table
	Quality  TableQuality     `json:"quality"`
	// Canaries are the rows, from 1, of invented persons that were planted in an
	// export: Records leaves them out.
	Canaries []int64 `json:"canaries,omitempty"`

	classes []int64    // counts of each class of data
	quality []Quality  // of each column
	samples [][]string // a few raw values of each column, for masking; never kept
}

// Dialect is how rows of text are written, in literal characters.
type Dialect struct {
	Delimiter string `json:"delimiter"`
	Quote     string `json:"quote"`
	Escape    string `json:"escape"`
	Newline   string `json:"newline"`
	Header    bool   `json:"header"`
}

// Label names the table among all of the dump: its file's path and its own name.
// It is what Record.Table holds, and what --table takes.
func (t *TableLayout) Label() string { return join(t.Member, t.Name) }

// Fields lists the fields that Records of this table carry.
func (t *TableLayout) Fields() []matchers.Field {
	var out []matchers.Field
	for f := range matchers.NumFields {
		for _, c := range t.Columns {
			if c.Meaning == f.String() || slices.Contains(hashedIn(f), c.Meaning) {
				out = append(out, f)
				break
			}
		}
	}
	return out
}

// Fields lists the fields that Records of any table carry.
func (l *Layout) Fields() []matchers.Field {
	var has [matchers.NumFields]bool
	for i := range l.Tables {
		for _, f := range l.Tables[i].Fields() {
			has[f] = true
		}
	}
	var out []matchers.Field
	for f, ok := range has {
		if ok {
			out = append(out, matchers.Field(f))
		}
	}
	return out
}

// Hashed tells whether Records of any table may give an e-mail or a phone by its
// hash (matchers.Digest).
func (l *Layout) Hashed() bool {
	for i := range l.Tables {
		for _, c := range l.Tables[i].Columns {
			if slices.Contains(hashedIn(matchers.Email), c.Meaning) || c.Meaning == MeaningPhoneHash {
				return true
			}
		}
	}
	return false
}

// Canaries counts the rows that Records leaves out as those of invented persons.
func (l *Layout) Canaries() int64 {
	var n int64
	for i := range l.Tables {
		n += int64(len(l.Tables[i].Canaries))
	}
	return n
}

// Labels lists the tables by name, in their order.
func (l *Layout) Labels() []string {
	out := make([]string, len(l.Tables))
	for i := range l.Tables {
		out[i] = l.Tables[i].Label()
	}
	return out
}

// Only returns the layout with one table of it, by its label; all of them for
// "".
func (l *Layout) Only(label string) (*Layout, error) {
	if label == "" {
		return l, nil
	}
	for i := range l.Tables {
		if l.Tables[i].Label() == label {
			one := *l
			one.Tables = l.Tables[i : i+1]
			return &one, nil
		}
	}
	return nil, Refuse(CodeNoTable, "no table of that name: "+strings.Join(l.Labels(), ", "))
}

// String names the layout in one line for logs.
func (l *Layout) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, %d tables:", l.Format, len(l.Tables))
	for _, t := range l.Tables[:min(len(l.Tables), 5)] {
		fmt.Fprintf(&b, " (%s %q", t.Encoding, t.Dialect.Delimiter)
		for _, c := range t.Columns {
			b.WriteString(" " + c.Meaning)
		}
		b.WriteString(")")
	}
	return b.String()
}
