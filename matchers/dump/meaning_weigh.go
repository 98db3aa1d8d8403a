package dump

import (
	"math"

	"vigie/internal/ident"
)

// weighNames weighs names: without a dictionary, or where it knows nothing,
// letters alone leave it to the header.
func (c *column) weighNames(set func(string, float64), o *Options) {
	words := c.share(tWords)
	if c.has[tWords] == 0 {
		return
	}
	names := words
	few, _, _ := c.variety()
	if few && c.looked > 40 {
		names *= 0.45 // many people, few values: a code
	}
	if c.share(tInitial) > 0.5 {
		names *= 0.5
	}
	names *= 1 - 0.7*c.share(tManyWords)
	n := float64(c.has[tWords])
	known := float64(c.has[tKnown]) / n
	pairs := float64(c.has[tPairGivenFirst]+c.has[tPairSurnameFirst]) / n
	if titled := c.share(tTitled); titled > 0.6 && c.share(tCompany) < 0.3 {
		set(fullName, 0.85*titled)
	}
	blocked := max(c.share(tCommune), c.share(tCompany), c.share(tSchool), c.share(tJob), c.share(tFamily), c.share(tNationality), c.share(tDepartmentName), when(c.share(tCountryName) > 0.5))
	if o.GivenName == nil || o.Surname == nil {
		known, pairs = 0, 0
	}
	if known < 0.3 {
		set(birthName, 0.35*names)
		set(usageName, 0.34*names)
		set(givenNames, 0.35*names)
		set(fullName, 0.3*names*when(c.share(tText) < 0.2))
		return
	}
	free := 1 - 0.55*blocked
	lean := c.leaning / n
	given, surname := sigmoid(1.6*lean), sigmoid(-1.6*lean)
	solid := min(1, 0.25+known*0.85)
	single := 1 - min(1, 1.2*pairs)
	set(givenNames, names*free*(0.3+0.6*given*solid*single))
	set(birthName, names*free*(0.3+0.6*surname*solid*single))
	set(usageName, 0.97*names*free*(0.3+0.6*surname*solid*single))
	set(fullName, names*free*(0.2+0.9*min(1, 1.25*pairs)))
}

func sigmoid(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

func (c *column) weighSecrets(set func(string, float64)) {
	set(MeaningHash, 0.97*c.share(tHash))
	set(MeaningToken, 0.97*c.share(tToken)*when(c.shape(ident.IBAN) < 0.5))
	_, _, ratio := c.variety()
	unbroken := c.share(tUnbroken)
	if ratio < 0.3 || len(c.shapes) < 4 && c.looked > 20 {
		return
	}
	fixed := 1 - 0.7*when(c.topShape() > 0.7 || c.share(tHex) > 0.95 && c.shortest == c.longest)
	strong, common := c.share(tPassword), c.share(tCommonPassword)
	set(MeaningPassword, fixed*(0.2*unbroken+0.65*min(1, 1.6*strong)+0.35*min(1, 12*common)*when(unbroken+c.part(c.digits) > 0.7)))
	known := 0.0
	if c.has[tWords] > 0 {
		known = float64(c.has[tKnown]) / float64(c.looked)
	}
	set(MeaningLogin, fixed*0.58*c.share(tLogin)*(1-known)*(1-0.8*min(1, 2*strong)))
}
