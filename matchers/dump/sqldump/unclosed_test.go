package sqldump

import (
	"context"
	"strings"
	"testing"

	"vigie/matchers/dump"
	"vigie/matchers/dump/dumptest"
)

// A comment that never ends hides what follows: that is told, not passed over.
func TestUnclosedComment(t *testing.T) {
	for _, n := range []int{1, 50_000} {
		text := "CREATE TABLE j (nom text);\nINSERT INTO j VALUES ('a');\n/* never closed\n" + strings.Repeat("INSERT INTO j VALUES ('b');\n", n)
		seen := dumptest.Read(context.Background(), New(), "x.sql", []byte(text))
		if seen.Err != nil || seen.Reasons[""] != dump.CodeCut || len(seen.Find(t, "j").Rows) != 1 {
			t.Errorf("%d rows behind it: %v, unread %v", n, seen.Err, seen.Reasons)
		}
	}
	sound := "CREATE TABLE j (nom text);\n/* closed */\nINSERT INTO j VALUES ('a');\n-- the end"
	if seen := dumptest.Read(context.Background(), New(), "x.sql", []byte(sound)); len(seen.Reasons) > 0 {
		t.Errorf("a sound dump: unread %v", seen.Reasons)
	}
}
