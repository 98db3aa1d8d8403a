package reading

import (
	"slices"

	"vigie/matchers/dump"
	"vigie/matchers/dump/archive"
	"vigie/matchers/dump/document"
	"vigie/matchers/dump/object"
	"vigie/matchers/dump/parquet"
	"vigie/matchers/dump/sheet"
	"vigie/matchers/dump/sqldump"
	"vigie/matchers/dump/text"
)

// formats are all that is read. Sniffing decides between them; the order
// settles ties.
func formats(visible bool) []dump.Format {
	return slices.Concat(
		sheet.Formats(sheet.Options{DropHidden: visible}),
		document.Formats(),
		[]dump.Format{sqldump.New(), sqldump.SQLite(), parquet.New()},
		object.Formats(),
		archive.Formats(),
		[]dump.Format{text.New()},
	)
}
