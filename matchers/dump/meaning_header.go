package dump

import (
	"slices"

	"vigie/internal/ident"
)

// A header that names a secret, a number of a person or an illness in so many
// words is believed unless the values are plainly something else: shapes and
// dictionaries know few passwords, and a default password for all is no code.

// plainly tells whether the header alone decides the meaning of a column, and
// how sure that is.
func (t *table) plainly(i int) (confidence float64, ok bool) {
	c, h := t.cols[i], t.hints[i]
	if h == MeaningUnknown {
		return 0, true // the name of another than the person
	}
	if losesDigits(h) && c.rounded() {
		return 0.5, true
	}
	if !named(h) || c.looked == 0 || t.plainlyElse(i) || !c.allows(h) {
		return 0, false
	}
	if w := t.weights[i][h]; w >= enough {
		return confidenceOfHeader(w), true
	}
	return 0.7, true
}

func confidenceOfHeader(weight float64) float64 { return confidence(weight+hintBonus, hintBonus) }

// hinted is what a header suggests over these values: an identifier of digits
// counts rows, and one of letters is what people log in with.
func (c *column) hinted(header string) string {
	h := hint(header)
	if h == MeaningLogin && c.share(tInteger) > 0.9 {
		if long, _ := spelled(headerWords(header)); slices.Contains(long, "identifiant") {
			return MeaningRowID
		}
	}
	if h == MeaningRowID && c.part(c.letters) > 0.5 && c.share(tLogin) > 0.8 && slices.Contains(headerWords(header), "uid") {
		return MeaningLogin
	}
	return h
}

// named tells the meanings that a header names in so many words.
func named(hinted string) bool {
	switch hinted {
	case MeaningPassword, MeaningHash, MeaningEmailHash, MeaningPhoneHash, MeaningLogin, MeaningToken, email, nir, MeaningIBAN, MeaningCard, MeaningHealth, MeaningBenefit, MeaningFamily,
		MeaningTaxNumber, MeaningCAF, MeaningFranceTravail, MeaningPassport, MeaningIdentityCard, MeaningLicence, MeaningINE,
		MeaningEmployer, MeaningSchool, MeaningOccupation, MeaningAmount, nationality, MeaningRelation, MeaningBIC,
		birthName, usageName, givenNames, city, country:
		return true
	}
	return false
}

// hard are the meanings that values show by themselves, in every language and
// without a dictionary.
var hard = []string{nir, MeaningIBAN, MeaningRIB, MeaningCard, email, phone, birthDate, MeaningDate, MeaningIP, MeaningMAC, MeaningUUID, MeaningHash, MeaningToken,
	MeaningUserAgent, MeaningURL, MeaningSIREN, MeaningSIRET, MeaningUAI, MeaningText, street}

// plainlyElse tells that the values of a column are something else than its
// header says, beyond doubt.
func (t *table) plainlyElse(i int) bool {
	c, h := t.cols[i], t.hints[i]
	for _, m := range hard {
		if m == h || t.weights[i][m] < 0.7 || excused(c, h, m) {
			continue
		}
		return true
	}
	return false
}

// excused tells what looks like another meaning and may be the one of the header
// all the same: days of birth and random strings are passwords too.
func excused(c *column, hinted, m string) bool {
	switch hinted {
	case MeaningPassword:
		return m == MeaningToken || (m == birthDate || m == MeaningDate) && c.share(tSignsDigits) < 0.5
	case MeaningEmailHash, MeaningPhoneHash:
		return m == MeaningHash || m == MeaningToken || m == MeaningUUID
	case MeaningToken, MeaningHash:
		return m == MeaningToken || hinted == MeaningToken && (m == MeaningUUID || m == MeaningHash)
	case MeaningLogin:
		return (m == birthDate || m == MeaningDate) && c.share(tSignsDigits) < 0.5
	case nir, MeaningTaxNumber, MeaningCAF, MeaningFranceTravail, MeaningIdentityCard, MeaningPassport, MeaningLicence, MeaningINE:
		return c.share(tSignsDigits) < 0.5 && slices.Contains([]string{birthDate, MeaningDate, MeaningSIREN, MeaningSIRET, MeaningUAI}, m) || m == phone && hinted != nir
	}
	return false
}

// allows tells whether values can be what the header says.
func (c *column) allows(hinted string) bool {
	numbers := c.share(tInteger) + c.share(tDecimal) + c.share(tMoneySign)
	flag := len(c.values) <= 3 && c.share(tBit)+c.share(tBoolean) > 0.9
	long := func(least int) bool { return c.part(c.letters) < 0.5 && c.longest >= least && !flag }
	switch hinted {
	case MeaningPassword:
		return !flag && c.longest >= 4
	case MeaningHash, MeaningToken:
		return !flag && c.longest >= 8 && c.share(tWords) < 0.9
	case MeaningEmailHash, MeaningPhoneHash:
		return c.digests()
	case MeaningLogin:
		return !flag && c.longest >= 3
	case email:
		return !flag && numbers < 0.5 && c.longest >= 5
	case nir, MeaningIBAN:
		return long(8)
	case MeaningCard:
		return long(12)
	case MeaningINE:
		return long(10)
	case MeaningTaxNumber, MeaningCAF, MeaningFranceTravail, MeaningPassport, MeaningIdentityCard, MeaningLicence:
		return long(5) && c.shape(ident.Money)*when(c.share(tTwoDecimals) > 0.5) < 0.5
	case MeaningAmount:
		return numbers > 0.7
	case MeaningBIC:
		return c.share(tBIC) > 0.3
	case nationality: // in words of any language or by a code of any list, but no date and no name of few
		_, _, ratio := c.variety()
		return c.longest >= 2 && !flag && (c.longest <= 5 && len(c.values) < 200 || c.share(tNationality)+c.share(tCountry) > 0.5 || c.share(tWords) > 0.9 && ratio < 0.2)
	case MeaningRelation:
		return numbers < 0.5 && !flag && (c.longest <= 3 || c.share(tKin) > 0.2)
	case MeaningFamily:
		return numbers < 0.5 && !flag || len(c.values) > 2 && len(c.values) <= 10 && c.longest <= 2
	case MeaningEmployer, MeaningSchool, MeaningOccupation:
		return numbers < 0.5 && !flag
	case birthName, usageName, givenNames, city, country: // of few, or of another country
		return c.share(tWords) > 0.7 && c.longest > 3 && c.share(tKnown) < 0.3 && c.share(tCommune) < 0.3 && !c.isBodies()
	}
	return true
}

// trusted tells meanings that values cannot contradict.
func trusted(hinted string) bool {
	switch hinted {
	case MeaningLogin, MeaningText, MeaningRowID, MeaningCode, MeaningPassword, birthPlace, city, nationality, street,
		MeaningEmployer, MeaningSchool, MeaningOccupation, MeaningHealth, MeaningBenefit, MeaningFamily, MeaningToken, MeaningCAF, MeaningFranceTravail:
		return true
	}
	return false
}
