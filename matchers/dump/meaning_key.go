package dump

// familyLetters tells the first letters of marital statuses: C, M, D, V, and some
// of P, S, U and K.
func (c *column) familyLetters() bool {
	if c.longest != 1 || len(c.values) < 4 || len(c.values) > 8 {
		return false
	}
	var n, usual int32
	for i, letter := range []string{"C", "M", "D", "V", "P", "S", "U", "K"} {
		k := c.values[glanceAt([]byte(letter)).hash]
		n += k
		if i < 3 && k > 0 {
			usual++
		}
	}
	return usual == 3 && c.part(int64(n)) > 0.97
}

// keyLeast is how many values have to differ before that says something.
const keyLeast = 20

// weighKeys weighs what numbers the rows of a table: each value comes once, and
// they are of one form. A header that says so is believed of other forms too.
func (c *column) weighKeys(set func(string, float64), hinted string) {
	_, unique, ratio := c.variety()
	dates := 0.0
	if c.dates != nil { // five digits may count days as well
		dates = c.part(c.dates.n - c.dates.serial - c.dates.bareYear)
	}
	if c.looked < 3 || dates+c.share(tDecimal)+c.share(tMoneySign)+c.share(tEmail) > 0.1 {
		return
	}
	whole := c.share(tInteger) + c.share(tUnbroken)
	if hinted == MeaningRowID && ratio > 0.3 { // of another table, perhaps
		set(MeaningRowID, 0.62*whole)
	}
	if !unique || c.looked < keyLeast || c.part(c.letters) > 0.1 {
		return
	}
	switch {
	case c.share(tHex) > 0.95 && c.shortest == c.longest && c.share(tInteger) < 0.5:
		set(MeaningRowID, 0.7)
	case c.share(tInteger) > 0.95 && c.shortest == c.longest && c.share(tZero) > 0.9 && c.share(tGrows) < 0.8:
		set(MeaningAmount, 0.6*when(c.longest >= 7)) // filled up with zeros, and in no order
	case c.share(tInteger) > 0.95 && c.shortest == c.longest && c.longest >= 5:
		set(MeaningRowID, 0.6)
	case c.topShape() > 0.8 && c.share(tUnbroken) > 0.9 && c.longest <= 20:
		set(MeaningRowID, 0.61)
	}
}
