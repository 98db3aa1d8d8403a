package sqldump

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	_ "modernc.org/sqlite"

	"vigie/matchers/dump"
	"vigie/matchers/dump/dumptest"
)

// made is the file of a database that SQLite itself makes.
func made(t testing.TB, statements ...string) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "made.db")
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	for _, s := range statements {
		if _, err := db.Exec(s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

var databases = []struct {
	name       string
	statements []string
	want       []string
}{
	{"values", []string{
		"CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT, weight REAL, photo BLOB, n INT)",
		"INSERT INTO people VALUES (7, 'Zoë', 50, x'00ff', -1), (8, '', 1.5, x'416e', 9223372036854775807), (9, NULL, 1e300, NULL, 70000)",
		"CREATE TABLE empty (a, b)",
	}, []string{`people(id,name,weight,photo,n) ["7" "Zoë" "50.0" "00ff" "-1"] ["8" "" "1.5" "An" "9223372036854775807"] ["9" NULL "1e+300" NULL "70000"]`, `empty(a,b)`}},
	{"utf-16le", []string{"PRAGMA encoding='UTF-16le'", "CREATE TABLE t (a TEXT)", "INSERT INTO t VALUES ('Zoë 😀')"}, []string{`t(a) ["Zoë 😀"]`}},
	{"utf-16be", []string{"PRAGMA encoding='UTF-16be'", "CREATE TABLE t (a TEXT)", "INSERT INTO t VALUES ('Zoë')"}, []string{`t(a) ["Zoë"]`}},
	{"added column", []string{"CREATE TABLE t (a)", "INSERT INTO t VALUES (1)", "ALTER TABLE t ADD COLUMN b TEXT DEFAULT 'x''y'", "INSERT INTO t VALUES (2, 'z')"}, []string{`t(a,b) ["1" "x'y"] ["2" "z"]`}},
	{"without rowid", []string{"CREATE TABLE t (a, b TEXT, c, PRIMARY KEY (c, a)) WITHOUT ROWID", "INSERT INTO t VALUES (1, 'x', 9), (2, 'y', 8)"}, []string{`t(a,b,c) ["2" "y" "8"] ["1" "x" "9"]`}},
	{"generated", []string{"CREATE TABLE t (a INT, b INT GENERATED ALWAYS AS (a*2) VIRTUAL, c INT AS (a*3) STORED, \"d,)\" TEXT)", "INSERT INTO t (a, \"d,)\") VALUES (1, 'x')"}, []string{`t(a,c,d,)) ["1" "3" "x"]`}},
	{"deleted", []string{"CREATE TABLE t (a)", "INSERT INTO t VALUES (1), (2)", "DELETE FROM t WHERE a = 1", "CREATE TABLE gone (x)", "DROP TABLE gone"}, []string{`t(a) ["2"]`}},
	{"small pages", []string{"PRAGMA page_size=512", "CREATE TABLE t (a)", "INSERT INTO t VALUES ('x')"}, []string{`t(a) ["x"]`}},
}

func TestSQLite(t *testing.T) {
	for _, c := range databases {
		t.Run(c.name, func(t *testing.T) {
			s := dumptest.Read(context.Background(), SQLite(), "x.db", made(t, c.statements...))
			if s.Err != nil || len(s.Reasons) > 0 {
				t.Fatal(s.Err, s.Reasons)
			}
			if d := cmp.Diff(c.want, brief(s)); d != "" {
				t.Error(d)
			}
		})
	}
}

const many = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i < 5000) "

// Trees of several levels, interior cells of an index tree, overflow pages.
func TestSQLiteLarge(t *testing.T) {
	b := made(t, "PRAGMA page_size=512", "CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT)", "CREATE TABLE w (k TEXT PRIMARY KEY, v) WITHOUT ROWID",
		many+"INSERT INTO t SELECT i, hex(zeroblob(i)) FROM n", many+"INSERT INTO w SELECT printf('%06d', i) || hex(zeroblob(i % 500)), i FROM n")
	s := dumptest.Read(context.Background(), SQLite(), "x.db", b)
	for _, name := range []string{"t", "w"} {
		x := s.Find(t, name)
		if len(x.Rows) != 5000 || len(x.Refused) > 0 {
			t.Fatalf("%s: %d rows, refused %v", name, len(x.Rows), x.Refused)
		}
	}
	for i, r := range s.Find(t, "t").Rows {
		if r[1] != strings.Repeat("00", i+1) {
			t.Fatalf("row %d: %d bytes", i, len(r[1]))
		}
	}
	// Cut anywhere: what is there is read, what is missing is said.
	for i := 1; i < 16; i++ {
		s := dumptest.Read(context.Background(), SQLite(), "x.db", b[:len(b)*i/16])
		if s.Err != nil || len(s.Reasons)+len(s.Warned) == 0 {
			t.Errorf("cut at %d/16: %v, nothing said", i, s.Err)
		}
	}
}

// A page that is its own child, and a record that claims to be huge.
func TestSQLiteHostile(t *testing.T) {
	b := made(t, "PRAGMA page_size=512", "CREATE TABLE t (a)", many+"INSERT INTO t SELECT i FROM n")
	for at := 512; at < len(b); at += 512 {
		if b[at] == pageTableInterior {
			copy(b[at+8:], []byte{0, 0, 0, byte(at/512 + 1)})
		}
	}
	s := dumptest.Read(context.Background(), SQLite(), "x.db", b)
	if s.Reasons["t"] != dump.CodeDamaged {
		t.Errorf("reasons %v", s.Reasons)
	}
}

func TestSQLiteNot(t *testing.T) {
	for _, b := range []string{sqliteMagic, sqliteMagic + strings.Repeat("\x03", 200)} {
		if s := dumptest.Read(context.Background(), SQLite(), "x.db", []byte(b)); s.Err == nil {
			t.Error("read")
		}
	}
	if got := SQLite().Sniff(dumptest.File("x.db", []byte("SQLite format 2"))); got != 0 {
		t.Error(got)
	}
}

func FuzzSQLite(f *testing.F) {
	for _, c := range databases {
		f.Add(made(f, append([]string{"PRAGMA page_size=512"}, c.statements...)...))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		s := dumptest.Read(context.Background(), SQLite(), "x.db", b)
		rows := 0
		for _, x := range s.Tables {
			rows += len(x.Rows)
		}
		if rows > len(b) {
			t.Errorf("%d rows of %d bytes", rows, len(b))
		}
	})
}
