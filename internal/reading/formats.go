package reading

import (
	"vigie/matchers/dump"
	"vigie/matchers/dump/text"
)

// formats are all that is read. Sniffing decides between them; the order
// settles ties.
func formats(visible bool) []dump.Format {
	return []dump.Format{text.New()}
}
