package dump

import "bytes"

// A spreadsheet that opens a table of text shows 280057510100123 as 2.80E+14 and
// saves it so: the last digits are lost for good.

// WarningNumbersDestroyed is the code of a table, and of a Column, whose long
// numbers a spreadsheet rounded: NIR, telephone numbers, accounts.
const WarningNumbersDestroyed = "numbers-destroyed"

// isRounded tells a number of nine digits or more as spreadsheets write it when a
// column is too narrow for it: 2.80E+14, 6,12E+08.
func isRounded(v string) bool {
	b := []byte(v)
	i := bytes.IndexAny(b, "Ee")
	if len(b) > 12 || i < 1 || len(b) < i+3 || b[i+1] != '+' || b[0]-'1' > 8 {
		return false
	}
	power, head := b[i+2:], b[1:i]
	if len(head) > 0 && (len(head) > 6 || head[0] != '.' && head[0] != ',' || !allDigits(head[1:])) {
		return false
	}
	return len(power) == 2 && allDigits(power) && two(power) >= 8 && two(power) <= 26
}

// rounded tells whether a spreadsheet rounded the numbers of a column: one in ten
// of those kept beside their rows.
func (c *column) rounded() bool {
	n, kept := c.roundedTo("")
	return n > 0 && n*10 >= kept
}

// roundedTo counts the rounded values with that power of ten, "" for any.
func (c *column) roundedTo(power string) (n, kept int) {
	for _, s := range c.side {
		if s.row == 0 {
			continue
		}
		kept++
		if isRounded(s.value) && (power == "" || s.value[len(s.value)-2:] == power) {
			n++
		}
	}
	return n, kept
}

// roundedNIR tells numbers that were NIR by what is left of them: 15 digits, or
// 13 without the key, of which the first is 1 or 2.
func (c *column) roundedNIR() bool {
	for _, power := range []string{"14", "12"} {
		n, kept := c.roundedTo(power)
		if n*10 < kept*8 || n < 3 {
			continue
		}
		sexes := 0
		for _, s := range c.side {
			if s.row != 0 && (s.value[0] == '1' || s.value[0] == '2') {
				sexes++
			}
		}
		return sexes*10 >= kept*9
	}
	return false
}

// losesDigits tells the meanings whose numbers are long enough to be rounded.
func losesDigits(hinted string) bool {
	switch hinted {
	case nir, phone, MeaningIBAN, MeaningCard, MeaningRIBAccount, MeaningTaxNumber, MeaningIdentityCard, MeaningSIREN, MeaningSIRET, MeaningINE:
		return true
	}
	return false
}

// destroyed warns of rounded columns.
func destroyed(columns []Column) []string {
	for _, c := range columns {
		if c.Damaged != "" {
			return []string{WarningNumbersDestroyed}
		}
	}
	return nil
}
