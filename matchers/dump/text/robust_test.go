package text

import (
	"bytes"
	"context"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"vigie/matchers/dump"
	"vigie/matchers/dump/dumptest"
)

func TestHostileShapes(t *testing.T) {
	head := "nom;prénom;date;email;ville\n"
	body := strings.Repeat("MARTINEAU;Lina;17/05/2009;lina@example.org;Orbe\nLE GOFF;Yann;30/01/1999;yann@example.org;Lyon\n", 30)
	tests := []struct {
		name    string
		text    string
		rows    int
		refused map[string]int
		warned  string
	}{
		{"good", head + body, 61, nil, ""},
		{"ten thousand lines before", strings.Repeat("Document interne, ne pas diffuser\n", 10_000) + head + strings.Repeat(body, 100), 6001, nil, dump.WarningPreamble},
		{"report", "Liste des inscrits\n\nÉdité le;03/03/2024\n\n" + head + body + "\nPage 1\n" + head + body, 122, nil, dump.WarningPreamble},
		{"a line of 20 MB", head + body + strings.Repeat("x", 20<<20) + "\n" + body, 121, map[string]int{codeRecord: 1}, ""},
		{"a value of 2 MB", head + body + strings.Repeat("x", 2<<20) + ";a;b;c;d\n" + body, 121, map[string]int{codeField: 1}, ""},
		{"4,097 columns", head + body + strings.Repeat(";", 4096) + "\n", 61, map[string]int{codeColumns: 1}, warnColumns},
		{"100,000 columns", head + body + strings.Repeat(";", 100_000) + "\n", 61, map[string]int{codeColumns: 1}, warnColumns},
		{"100,000 quoted columns", head + body + strings.Repeat(`"";`, 100_000) + "\n", 61, map[string]int{codeColumns: 1}, warnColumns},
		{"cut inside quotes", head + body + `DIALLO;"Aïc`, 62, nil, dump.WarningCutInQuotes},
		{"NULs", head + strings.Replace(body, "Lina", "Li\x00na", 1), 61, nil, ""},
		{"quote never closed", head + "\"MARTIN;Lina;17/05/2009;lina@example.org;Orbe\n" + strings.Repeat(body, 800), 48002, nil, ""},
		{"a quote in every line", head + strings.ReplaceAll(strings.Repeat(body, 800), "LE GOFF", `"LE GOFF`), 48001, nil, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			start := time.Now()
			got := read(t, tt.text)
			if len(got.Rows) != tt.rows || tt.refused != nil && (len(got.Refused) != 1 || got.Refused[first(tt.refused)] != 1) {
				t.Errorf("%d rows, want %d; refused %v", len(got.Rows), tt.rows, got.Refused)
			}
			if tt.warned != strings.Join(got.Warned, " ") {
				t.Errorf("warned %q, want %q", got.Warned, tt.warned)
			}
			if d := time.Since(start); d > 20*time.Second {
				t.Errorf("took %v", d)
			}
		})
	}
}

func first(m map[string]int) string {
	for k := range m {
		return k
	}
	return ""
}

// What is skipped must not be taken for absent.
func TestSkippedIsUnread(t *testing.T) {
	tests := []struct{ name, text, code string }{
		{"one record", strings.Repeat("xxxxxxx;", 4<<20), codeRecord},
		{"one record of text", strings.Repeat("Lina Martineau, ", 2<<20), codeRecord},
		{"100,000 columns", strings.Repeat(strings.Repeat("1;", 100_000)+"\n", 20), codeColumns},
		{"4,097 columns", strings.Repeat(strings.Repeat("a,", 4096)+"b\n", 40), codeColumns},
		{"4,096 columns", strings.Repeat(strings.Repeat("a,", 4095)+"b\n", 40), ""},
		{"a long row among others", strings.Repeat("a;b\n", 50) + strings.Repeat("x;", 5<<20) + "\n" + strings.Repeat("a;b\n", 50), codeRecord},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := dumptest.Read(context.Background(), New(), "x.csv", []byte(tt.text))
			if s.Err != nil || s.Reasons[""] != tt.code {
				t.Fatalf("error %v, unread %q, want %q", s.Err, s.Reasons, tt.code)
			}
			if tt.code != "" && s.Tables[0].Refused[tt.code] == 0 {
				t.Errorf("refused %v", s.Tables[0].Refused)
			}
			if tt.code == codeColumns && len(s.Tables[0].Warned) != 1 {
				t.Errorf("warned %q", s.Tables[0].Warned)
			}
		})
	}
}

// endless is a file of a size that repeats a piece.
type endless struct {
	piece string
	size  int64
}

func (e endless) Size() int64 { return e.size }

func (e endless) ReadAt(p []byte, off int64) (int, error) {
	n := int(min(int64(len(p)), e.size-off))
	for i := 0; i < n; {
		i += copy(p[i:n], e.piece[int(off+int64(i))%len(e.piece):])
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// Whatever stands in a large file, memory stays small and time linear.
func TestLargeFiles(t *testing.T) {
	tests := []struct {
		name, piece string
		table       bool
	}{
		{"no line end", "xxxxxxx;", true},
		{"quotes only", `"`, true},
		{"opening quotes", "\"x;y\n", true},
		{"opening and closing far away", "\"x;y\n" + strings.Repeat("\"z;y\n", 100_000) + "a;\"\n", true},
		{"quoted lines", "\"x\n\n\n\n", true},
		{"ragged", "a;b;c\na;b\nab;c;d;e\n", true},
		{"tables that alternate", "a;b;c\n1;2;3\n1;2;3\n1;2;3\nx,y\n1,2\n1,2\n1,2\n1,2\n", true},
		{"runs that are no table", "a;b;c\n1;2;3\n1;2;3\nsome\nlines\nof text, here\n, and\n", true},
		{"banners", "*** one line ***\n* another; line *\na;b;c\n", true},
		{"keys that never repeat long", "k: v\nl: w\n" + strings.Repeat("x", 5000) + "\n", true},
		{"values without end", "k: v\nl: w\n\nk: v\nl: w\n" + strings.Repeat(" goes on and on\n", 1000), true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			start := time.Now()
			err := New().Read(context.Background(), dump.NewFile("x", endless{tt.piece, 3 << 20}), &sink{dumptest.Seen{Keep: 1, Texts: map[string]string{}, Reasons: map[string]string{}}})
			if err != nil {
				t.Fatal(err)
			}
			runtime.ReadMemStats(&after)
			if d := time.Since(start); d > 10*time.Second {
				t.Errorf("took %v", d)
			}
			if n := after.TotalAlloc - before.TotalAlloc; n > 256<<20 {
				t.Errorf("allocated %d MiB", n>>20)
			}
			t.Logf("%v, %d MiB", time.Since(start), (after.TotalAlloc-before.TotalAlloc)>>20)
		})
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	data := bytes.Repeat([]byte("a;b\n"), 10_000)
	if s := dumptest.Read(ctx, New(), "x", data); s.Err == nil {
		t.Error("went on")
	}
}
