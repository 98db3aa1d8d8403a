package letter

import "vigie/notify"

// Sheets counts the sheets of paper that a letter takes, printed on both
// sides: what a forecast of its cost needs. It refuses what Render refuses.
func Sheets(e notify.Envelope, o Options) (int, error) {
	p, err := compose(e, o)
	if err != nil {
		return 0, err
	}
	return (len(p.pages) + 1) / 2, nil
}
