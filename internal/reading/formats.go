package reading

import (
	"slices"

	"vigie/matchers/dump"
	"vigie/matchers/dump/archive"
	"vigie/matchers/dump/sheet"
	"vigie/matchers/dump/sqldump"
	"vigie/matchers/dump/text"
)

// formats are all that is read. Sniffing decides between them; the order
// settles ties.
func formats(visible bool) []dump.Format {
	return slices.Concat(
		sheet.Formats(sheet.Options{DropHidden: visible}),
		[]dump.Format{sqldump.New(), sqldump.SQLite()},
		archive.Formats(),
		[]dump.Format{text.New()},
	)
}
