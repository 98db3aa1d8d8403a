package sqldump

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vigie/matchers/dump"
	"vigie/matchers/dump/dumptest"
)

// Each limit costs the row that breaks it, and no other.
func TestLimits(t *testing.T) {
	field := strings.Repeat("x", maxField+1)
	for _, c := range []struct {
		name, sql string
		want      []string
	}{
		{"field", "INSERT INTO t VALUES ('a'),('" + field + "'),('b');", []string{`t() ["a"] ["b"] !too-large 1`}},
		{"largest field", "INSERT INTO t VALUES (1),('" + field[2:] + "');", nil},
		{"record", "INSERT INTO t VALUES ('a'),(" + strings.Repeat("'"+field[:1<<19]+"',", 20) + "1),('b');", []string{`t() ["a"] ["b"] !too-large 1`}},
		{"record of one value", "INSERT INTO t VALUES ('a'),('" + strings.Repeat(field, 10) + "','it''s)'),('b');", []string{`t() ["a"] ["b"] !too-large 1`}},
		{"copy line", "COPY t FROM stdin;\na\n" + strings.Repeat(field, 10) + "\nb\n\\.\n", []string{`t() ["a"] ["b"] !too-large 1`}},
		{"columns", "INSERT INTO t VALUES (1),(" + strings.Repeat("1,", maxColumns) + "1),(2);", []string{`t() ["1"] ["2"] !too-large 1`}},
		{"comment", "/* " + strings.Repeat(field, 10) + "; */ INSERT INTO t VALUES (1);", []string{`t() ["1"]`}},
		{"statement of one literal", "SET x = '" + strings.Repeat(";x''", 4<<20) + "'; INSERT INTO t VALUES (1);", []string{`t() ["1"]`}},
		{"blank", strings.Repeat(" \n", 6<<20) + "INSERT INTO t VALUES (1);", []string{`t() ["1"]`}},
		{"deep", "INSERT INTO t VALUES (" + strings.Repeat("(", 100000) + strings.Repeat(")", 100000) + "),(1);", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := read(t, c.sql)
			if c.want == nil {
				if n := len(s.Find(t, "t").Rows); n != 2 {
					t.Errorf("%d rows", n)
				}
				return
			}
			if d := cmp.Diff(c.want, brief(s)); d != "" {
				t.Errorf("%.300s", d)
			}
		})
	}
}

// endless is one INSERT of any size that takes no room.
type endless struct{ rows, size int64 }

const (
	endlessHead = "INSERT INTO `t` (`id`,`name`) VALUES (0,'first')"
	endlessRow  = ",(1234567,'jeanne.martin@example.org''s \\'); DROP TABLE t')"
)

func (e endless) Size() int64 { return e.size }

func (e endless) ReadAt(p []byte, off int64) (int, error) {
	for n := 0; n < len(p); {
		at := off + int64(n)
		switch {
		case at >= e.size:
			return n, io.EOF
		case at < int64(len(endlessHead)):
			n += copy(p[n:], endlessHead[at:])
		default:
			n += copy(p[n:], endlessRow[(at-int64(len(endlessHead)))%int64(len(endlessRow)):])
		}
	}
	return len(p), nil
}

// counter counts rows and the most memory in use.
type counter struct {
	sink
	rows, heap *uint64
}

type counterRows struct {
	sinkRows
	counter
}

func (c counter) Table(dump.TableInfo) (dump.Rows, error) { return counterRows{counter: c}, nil }

func (c counterRows) Row([][]byte) error {
	if *c.rows++; *c.rows%100000 == 0 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		*c.heap = max(*c.heap, m.HeapAlloc)
	}
	return nil
}

func TestOneInsert(t *testing.T) {
	e := endless{rows: 1 << 20}
	e.size = int64(len(endlessHead)) + e.rows*int64(len(endlessRow))
	var rows, heap uint64
	runtime.GC()
	if err := New().Read(context.Background(), dump.NewFile("x.sql", e), counter{rows: &rows, heap: &heap}); err != nil {
		t.Fatal(err)
	}
	if rows != uint64(e.rows)+1 || heap > 64<<20 {
		t.Errorf("%d rows of %d, %d MiB in use", rows, e.rows+1, heap>>20)
	}
}

func TestCutAnywhere(t *testing.T) {
	for _, c := range cases {
		for i := range c.sql {
			if s := dumptest.Read(context.Background(), New(), "x.sql", []byte(c.sql[:i])); s.Err != nil {
				t.Fatalf("%s at %d: %v", c.name, i, s.Err)
			}
		}
	}
}

func TestEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	err := New().Read(ctx, dump.NewFile("x.sql", endless{size: 1 << 30}), sink{})
	if !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestUTF16(t *testing.T) {
	text := "/****** Object ******/\r\nINSERT [dbo].[t] ([a]) VALUES (N'Zoë')\r\nGO\r\n"
	le := utf16le(text)
	be := make([]byte, len(le))
	for i := range le {
		be[i^1] = le[i]
	}
	for name, b := range map[string][]byte{"utf-16le": le, "utf-16be": be} {
		for _, b := range [][]byte{b, b[2:]} {
			if got := New().Sniff(dumptest.File("x.sql", b)); got < 0.9 {
				t.Errorf("%s: sniffed %v", name, got)
			}
			s := read(t, string(b))
			x := s.Find(t, "t")
			if x.Info.Encoding != name || x.Rows[0][0] != "Zoë" {
				t.Errorf("%s: %q in %s", name, x.Rows, x.Info.Encoding)
			}
		}
	}
}

func TestSniff(t *testing.T) {
	banner := strings.Repeat("-- a long banner\n", 20000)
	for _, c := range []struct {
		name, text string
		is         bool
	}{
		{"banner", banner + "INSERT INTO t VALUES (1);\n", true},
		{"mark", "\ufeff/* x */\nCREATE TABLE t (a int);\n", true},
		{"copy", "\\restrict x\nSET x = 1;\nCOPY t (a) FROM stdin;\n1\n\\.\n", true},
		{"thief's banner", "Leaked by nobody\n\nINSERT INTO `t` VALUES (1,'a'),(2,'b');\n", true},
		{"rows cut off", "2,'b'),(3,'c');\nINSERT INTO `t` VALUES (4,'d');\nINSERT INTO `t` VALUES (5,'e');\n", true},
		{"csv", "id;text\n1;SELECT * FROM t\n2;\"INSERT INTO t VALUES (1)\"\n", false},
		{"prose", "Select your seat.\nInsert the card into the slot, then set it.\nCreate a table (wood) and copy it from stdin.\n", false},
		{"empty", "", false},
		{"queries", "SELECT a FROM t;\nSELECT b FROM t;\n", false},
		{"sqlite", sqliteMagic + strings.Repeat("x", 100), false},
	} {
		if got := New().Sniff(dumptest.File("x.sql", []byte(c.text))); got >= 0.5 != c.is {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

// Damage that makes every row contradict its statement must not cost more than
// a second look at each.
func TestDamageIsLinear(t *testing.T) {
	var s strings.Builder
	s.WriteString("INSERT INTO t (a,b) VALUES ")
	for i := range 50000 {
		fmt.Fprintf(&s, "(%d,x'),", i)
	}
	read(t, s.String())
	read(t, "INSERT INTO t (a,b) VALUES (1"+strings.Repeat("),(1", 200000))
}
