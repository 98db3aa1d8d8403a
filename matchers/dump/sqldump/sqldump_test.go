package sqldump

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"vigie/matchers/dump/dumptest"
)

func read(t testing.TB, text string) *dumptest.Seen {
	t.Helper()
	s := dumptest.Read(context.Background(), New(), "dump.sql", []byte(text))
	if s.Err != nil {
		t.Fatal(s.Err)
	}
	return s
}

// brief is what a test compares: "name(columns): row; row; !code n".
func brief(s *dumptest.Seen) []string {
	var out []string
	for _, x := range s.Tables {
		line := x.Info.Name + "(" + strings.Join(x.Info.Columns, ",") + ")"
		for _, r := range x.Rows {
			line += " " + strings.ReplaceAll(fmt.Sprintf("%q", r), fmt.Sprintf("%q", dumptest.Null), "NULL")
		}
		for _, code := range slices.Sorted(maps.Keys(x.Refused)) {
			line += fmt.Sprintf(" !%s %d", code, x.Refused[code])
		}
		out = append(out, line)
	}
	return out
}

const (
	mysqlMark = "-- MySQL dump 10.13\n"
	pgMark    = "-- PostgreSQL database dump\n"
)

// cases are every class of the project's defences D1 and the forms of dumps
// that the package claims; they are the seeds of FuzzSQL too.
var cases = []struct {
	name, sql string
	want      []string
}{
	{"one row", "INSERT INTO t (a, b) VALUES (1, 'x');", []string{`t(a,b) ["1" "x"]`}},
	{"no semicolon", "INSERT INTO t (a) VALUES (1)", []string{`t(a) ["1"]`}},
	{"extended", "INSERT INTO `t` VALUES (1,'x',NULL),(2,'',-3.5e-7) , \n(3,'z',0);", []string{`t() ["1" "x" NULL] ["2" "" "-3.5e-7"] ["3" "z" "0"]`}},
	{"quotes doubled", "INSERT INTO t(a) VALUES ('O''Neil'),(''''),('a''''b');", []string{`t(a) ["O'Neil"] ["'"] ["a''b"]`}},
	{"quotes not doubled", "INSERT INTO t(a,b) VALUES ('O'Neil','x');", []string{`t(a,b) ["O'Neil" "x"]`}},
	{"mysql escapes", mysqlMark + `INSERT INTO t VALUES ('a\'b\"c\\d\0e\Zf\n\r\t\b\%\_'),('\\'),('C:\Users');`,
		[]string{`t() ["a'b\"c\\d\x00e\x1af\n\r\t\b\\%\\_"] ["\\"] ["C:\\Users"]`}},
	{"no escapes", mysqlMark + "SET sql_mode='NO_BACKSLASH_ESCAPES';\nINSERT INTO `t` VALUES ('C:\\'),('a\\nb');", []string{`t() ["C:\\"] ["a\\nb"]`}},
	{"escapes unknown", `INSERT INTO t VALUES ('C:\dir\','b'),('it\'s','c');`, []string{`t() ["C:\\dir\\" "b"] ["it's" "c"]`}},
	{"double quoted", mysqlMark + `INSERT INTO t VALUES ("a""b", "c\"d", "e'f");`, []string{`t() ["a\"b" "c\"d" "e'f"]`}},
	{"blobs", "INSERT INTO t VALUES (0x416E6E65, 0xDEADBEEF, X'00ff', x'', _binary 'abc', _binary '\x00\xff', b'0101', 0x, UNHEX('41'), HEXTORAW('ff'));",
		[]string{`t() ["Anne" "deadbeef" "00ff" "" "abc" "00ff" "0101" "" "A" "ff"]`}},
	{"prefixes", `INSERT INTO t VALUES (N'é', n'a', U&'\00e9\+01F600', _utf8mb4 'x', _latin1'y', G'z', q'[it's]', Q'!a'b!', nq'{c}');`,
		[]string{`t() ["é" "a" "é😀" "x" "y" "z" "it's" "a'b" "c"]`}},
	{"postgres", pgMark + `INSERT INTO public.t VALUES ('a\b', E'a\tb\x41\101\u00e9\'''', $$it's$$, $tag$a$$b$tag$, 'x'::character varying(20), '{1,2}'::int[], '\x4142'::bytea, '1'::public."citext", true);`,
		[]string{`t() ["a\\b" "a\tbAAé''" "it's" "a$$b" "x" "{1,2}" "AB" "1" "true"]`}},
	{"conforming off", "SET standard_conforming_strings = off;\n" + `INSERT INTO t VALUES ('a\'b');`, []string{`t() ["a'b"]`}},
	{"copy", pgMark + "COPY public.t (a, \"b c\") FROM stdin;\n1\tx\\ty\n\\N\t\\\\N\n\t\\x41\\102\\.\n\\\\x4142\ta\\\tb\n\\.\n\nINSERT INTO t VALUES (9, 'z');",
		[]string{`t(a,b c) ["1" "x\ty"] [NULL "\\N"] ["" "AB."] ["AB" "a\tb"] ["9" "z"]`}},
	{"copy options", "COPY t (a,b) FROM stdin WITH (DELIMITER '|', NULL '');\n1|\n\\.\n", []string{`t(a,b) ["1" NULL]`}},
	{"copy crlf", "COPY t (a,b) FROM stdin;\r\n1\t2\r\n\\.\r\nCOPY u (a) FROM stdin;\r\n3\r\n\\.\r\n", []string{`t(a,b) ["1" "2"]`, `u(a) ["3"]`}},
	{"sqlite", "PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\nCREATE TABLE IF NOT EXISTS \"t\" (id integer primary key, key text, [a b] text DEFAULT (1,2), PRIMARY KEY (id));\n" +
		`INSERT INTO t VALUES(1,replace('a\nb','\n',char(10)),unistr('\u000ac'));` + "\nCOMMIT;\n", []string{`t(id,key,a b) ["1" "a\nb" "\nc"]`}},
	{"oracle", "REM x\nSET DEFINE OFF;\nInsert into S.T (A,B,C,D,E) values (1,to_date('2009-01-02','YYYY-MM-DD'),TO_TIMESTAMP('03/02/09','DD/MM/RR'),'a'||chr(38)||'b'||CHR(10),EMPTY_CLOB());\nprompt it's 100%\nInsert into S.T (A,B,C,D,E) values (2,null,DATE '2009-01-01',q'[x]'||'y',to_clob('z'));",
		[]string{`T(A,B,C,D,E) ["1" "2009-01-02" "03/02/09" "a&b\n" ""] ["2" NULL "2009-01-01" "xy" "z"]`}},
	{"insert all", "INSERT ALL\n INTO a (x) VALUES (1)\n INTO b (y) VALUES ('2')\n INTO a (x) VALUES (3)\nSELECT * FROM dual;\nINSERT INTO a (x) VALUES (4);", []string{`a(x) ["1"] ["3"] ["4"]`, `b(y) ["2"]`}},
	{"sql server", "USE [db]\nGO\nSET IDENTITY_INSERT [dbo].[t] ON \nINSERT [dbo].[t] ([id], [a]]b]) VALUES (1, N'x')\nINSERT [dbo].[t] ([id], [a]]b]) VALUES (2, N'go')\nGO\nprint 'it''s'\nINSERT [dbo].[t] ([id], [a]]b]) VALUES (3, N'a' + CHAR(13) + NCHAR(10) + N'b')\n",
		[]string{`t(id,a]b) ["1" "x"] ["2" "go"] ["3" "a\r\nb"]`}},
	{"sql server dates", "INSERT t VALUES (CAST(0x0000A1B20128A180 AS DateTime), CAST(0x9B740438 AS SmallDateTime), CAST(0x07240B00 AS Date), CAST(0x0700000000000B240B AS DateTime2), CAST(N'2009-01-01' AS Date), CONVERT(datetime, '2010', 121), CAST(9.50 AS Decimal(10, 2)), CAST(0x0334CA4002 AS Time), CAST(0x0780DAC6E10707240B7800 AS DateTimeOffset))",
		[]string{`t() ["2013-05-02 18:00:00" "2008-12-16 18:00:00" "2000-01-01" "2000-01-05 00:00:00" "2009-01-01" "2010" "9.50" "10:30:00.5" "2000-01-01 02:56:25.2676736 +02:00"]`}},
	{"union select", "INSERT INTO t (a,b) SELECT 1, 'x' UNION ALL SELECT 2, 'y;' FROM dual UNION SELECT 3 AS a, NULL b;\nINSERT INTO u SELECT * FROM t;\nINSERT INTO u SELECT a, b FROM t WHERE c = 'x';", []string{`t(a,b) ["1" "x"] ["2" "y;"] ["3" NULL]`}},
	{"set form", "INSERT INTO t SET a=1, b='x, y', c=NOW() ON DUPLICATE KEY UPDATE a=2;", []string{`t(a,b,c) ["1" "x, y" "NOW()"]`}},
	{"duplicate key", "INSERT INTO t (a) VALUES (1) ON DUPLICATE KEY UPDATE a=VALUES(a);INSERT IGNORE INTO t (a) VALUES (2);REPLACE INTO t (a) VALUES (3);INSERT OR REPLACE INTO t (a) VALUES (4);", []string{`t(a) ["1"] ["2"] ["3"] ["4"]`}},
	{"value row", "INSERT INTO t VALUES ROW(1,2), ROW(3,4);INSERT INTO t VALUE (5,6);", []string{`t() ["1" "2"] ["3" "4"] ["5" "6"]`}},
	{"mysql comments", "CREATE TABLE /*!32312 IF NOT EXISTS*/ `t` (`a` int /*!80023 INVISIBLE */, `b` text COMMENT 'x, y');\nINSERT /*!INTO*/ t VALUES (1 /* one, ) */, 'x' -- tail\n);\n# INSERT INTO z VALUES (1);\n", []string{`t(a,b) ["1" "x"]`}},
	{"delimiter", "DELIMITER $$\nCREATE PROCEDURE p() BEGIN\nINSERT INTO evil VALUES (1);\nEND$$\nDELIMITER ;\nINSERT INTO t VALUES (1);", []string{`t() ["1"]`}},
	{"bodies", "CREATE TRIGGER x AFTER INSERT ON t BEGIN\nINSERT INTO evil VALUES (CASE WHEN 1 THEN 2 END);\nINSERT INTO evil VALUES (2);\nEND;\nCREATE OR REPLACE PROCEDURE p IS\n n NUMBER;\nBEGIN\nIF 1=1 THEN\nINSERT INTO evil VALUES (3);\nEND IF;\nEND p;\n/\nINSERT INTO t VALUES (1);",
		[]string{`t() ["1"]`}},
	{"injection", `INSERT INTO t VALUES ('x'');DROP TABLE t;--', ');DROP TABLE t;', 'INSERT INTO evil VALUES (1);');`, []string{`t() ["x');DROP TABLE t;--" ");DROP TABLE t;" "INSERT INTO evil VALUES (1);"]`}},
	{"two dialects", mysqlMark + "INSERT INTO `a` VALUES ('x\\'y');\n" + pgMark + "INSERT INTO b VALUES ('C:\\');\nCOPY c (x) FROM stdin;\n1\n\\.\n", []string{`a() ["x'y"]`, `b() ["C:\\"]`, `c(x) ["1"]`}},
	{"cut", "INSERT INTO t (a,b) VALUES (1,'x'),(2,'y", []string{`t(a,b) ["1" "x"] !cut 1`}},
	{"cut copy", "COPY t (a,b) FROM stdin;\n1\t2\n3", []string{`t(a,b) ["1" "2"] !cut 1`}},
	{"interleaved", "INSERT INTO a (x,y) VALUES (1,2);INSERT INTO b (x) VALUES (3);INSERT INTO a (y,x) VALUES (4,5);INSERT INTO a (x,z) VALUES (6,7);", []string{`a(x,y,z) ["1" "2"] ["5" "4"] ["6" NULL "7"]`, `b(x) ["3"]`}},
	{"no rows", "CREATE TABLE a (x int);CREATE TABLE b (y int);INSERT INTO b VALUES (1);", []string{`b(y) ["1"]`, `a(x)`}},
	{"alter", "CREATE TABLE t (a int, b int, c int);ALTER TABLE t ADD COLUMN d int AFTER a, DROP COLUMN b;ALTER TABLE t RENAME COLUMN c TO e;ALTER TABLE t ADD PRIMARY KEY (a);ALTER TABLE t ADD (f int, g int);INSERT INTO t VALUES (1,2,3,4,5);",
		[]string{`t(a,d,e,f,g) ["1" "2" "3" "4" "5"]`}},
	{"like", "CREATE TABLE a (x int, y int);CREATE TABLE b LIKE a;INSERT INTO b VALUES (1,2);CREATE TABLE c (z int) INHERITS (a);INSERT INTO c VALUES (1,2,3);", []string{`b(x,y) ["1" "2"]`, `c(x,y,z) ["1" "2" "3"]`, `a(x,y)`}},
	{"same name", "USE a;\nINSERT INTO t (x) VALUES (1);\nUSE b;\nINSERT INTO t (y) VALUES (2);\nINSERT INTO c.t (z) VALUES (3);", []string{`t(x) ["1"]`, `b.t(y) ["2"]`, `c.t(z) ["3"]`}},
	{"functions", "INSERT INTO t VALUES (NOW(), CURRENT_TIMESTAMP, nextval('s'), ST_GeomFromText('POINT(1 2)', 4326), CONCAT('a', 'b'), 1 + 1, ('x'), {d '2009-01-01'}, ARRAY[1,2], 'a' COLLATE utf8_bin, CONVERT('x' USING utf8), CASE WHEN 1 THEN 'a,b' END, 'a' 'b', - 5, @x);",
		[]string{`t() ["NOW()" "CURRENT_TIMESTAMP" "nextval('s')" "POINT(1 2)" "ab" "1 + 1" "x" "2009-01-01" "ARRAY[1,2]" "a" "x" "CASE WHEN 1 THEN 'a,b' END" "ab" "-5" "@x"]`}},
	{"damaged row", "INSERT INTO t (a,b) VALUES (1,'x'),(2),(3,'z');\nINSERT INTO t (a,b) VALUES (4,'w');", []string{`t(a,b) ["1" "x"] ["3" "z"] ["4" "w"] !damaged 1`}},
	{"quote lost", "INSERT INTO t (a,b) VALUES (1,'x'),(2,y'),(3,'z'),(4,'w');\nINSERT INTO t (a,b) VALUES (5,'v');", []string{`t(a,b) ["1" "x"] ["3" "z"] ["4" "w"] ["5" "v"] !damaged 1`}},
	{"last row damaged", "INSERT INTO t (a,b) VALUES (1,'x'),(2);\nINSERT INTO t (a,b) VALUES (3,'y');\nINSERT INTO t (a,b) VALUES (4,z');\nINSERT INTO t (a,b) VALUES (5,'v');", []string{`t(a,b) ["1" "x"] ["3" "y"] ["5" "v"] !damaged 2`}},
	{"h2", "CREATE MEMORY TABLE \"PUBLIC\".\"T\"(\n \"A\" INTEGER NOT NULL,\n \"B\" CHARACTER VARYING(20)\n);\nINSERT INTO \"PUBLIC\".\"T\" VALUES\n(1, U&'caf\\00e9'),\n(2, STRINGDECODE('caf\\u00e9\\n'));", []string{`T(A,B) ["1" "café"] ["2" "café\n"]`}},
	{"firebird", "SET TERM ^ ;\nCREATE PROCEDURE p AS BEGIN\nINSERT INTO evil VALUES (1);\nEND^\nSET TERM ; ^\nINSERT INTO T (A) VALUES ('x');\n", []string{`T(A) ["x"]`}},
	{"copy of nothing", "COPY (a, b) FROM stdin;\n1\t2", nil},
	{"db2", "INSERT INTO \"T\" (\"A\",\"B\",\"C\") VALUES (TIMESTAMP('2009-01-01 00:00:00'), BLOB(X'414e'), N'a');", []string{`T(A,B,C) ["2009-01-01 00:00:00" "AN" "a"]`}},
	{"overriding", "INSERT INTO t (id) OVERRIDING SYSTEM VALUE VALUES (1);MERGE INTO t(id) KEY(id) VALUES (2);INSERT INTO t WITH (TABLOCK) (id) VALUES (3);INSERT INTO t DEFAULT VALUES;", []string{`t(id) ["1"] ["2"] ["3"]`}},
	{"windows-1252", "INSERT INTO t (a) VALUES ('Ren\xe9e'),('Zo\xc3\xab');", []string{`t(a) ["Renée"] ["Zoë"]`}},
	{"byte order mark", "\ufeffINSERT INTO t (a) VALUES (1);", []string{`t(a) ["1"]`}},
}

func TestRead(t *testing.T) {
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if d := cmp.Diff(c.want, brief(read(t, c.sql))); d != "" {
				t.Error(d)
			}
		})
	}
}

// utf16le is a text as SQL Server's tools write it.
func utf16le(s string) []byte {
	out := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(s)) {
		out = append(out, byte(u), byte(u>>8))
	}
	return out
}
