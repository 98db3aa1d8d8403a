package dump

import "strings"

// IsRubric tells the name of a rubric of a social declaration: S21.G00.30.002.
func IsRubric(s string) bool {
	const form = "S00.G00.00.000"
	if len(s) != len(form) {
		return false
	}
	for i := range len(s) {
		if form[i] == '0' && !isDigit(s[i]) || form[i] != '0' && s[i] != form[i] {
			return false
		}
	}
	return true
}

// isSegmentField tells the name of a field of a message: PID-5.1, NAD.PAT-4.2.
func isSegmentField(s string) bool {
	tag, place, ok := strings.Cut(s, "-")
	return ok && len(tag) >= 3 && len(tag) <= 7 && strings.ToUpper(tag) == tag && (len(tag) == 3 || tag[3] == '.') &&
		len(place) <= 5 && len(place) > 0 && strings.Trim(place, "0123456789.") == ""
}

// standard are names of fields that standards give a meaning: rubrics of the DSN
// (Cahier technique, blocks 06, 20, 30, 40, 50, 51 and 60) and of the DADS-U, and
// fields of HL7 v2 (chapters 3, 6 and 7), with a component and without.
var standard = map[string]string{
	"S21.G00.06.001": MeaningSIREN, "S21.G00.20.004": MeaningIBAN,
	"S21.G00.30.001": nir, "S21.G00.30.002": birthName, "S21.G00.30.003": usageName, "S21.G00.30.004": givenNames, "S21.G00.30.005": sex,
	"S21.G00.30.006": birthDate, "S21.G00.30.007": birthPlace, "S21.G00.30.008": street, "S21.G00.30.009": postcode, "S21.G00.30.010": city,
	"S21.G00.30.011": country, "S21.G00.30.018": email,
	"S21.G00.40.006": MeaningOccupation, "S21.G00.50.002": MeaningAmount, "S21.G00.51.013": MeaningAmount, "S21.G00.60.001": MeaningHealth,
	"S30.G01.00.001": nir, "S30.G01.00.002": birthName, "S30.G01.00.003": givenNames,

	"PID-5.1": birthName, "PID-5.2": givenNames, "PID-7": birthDate, "PID-7.1": birthDate, "PID-8": sex,
	"PID-11": street, "PID-11.1": street, "PID-11.3": city, "PID-11.5": postcode, "PID-11.6": country,
	"PID-13": phone, "PID-13.1": phone, "PID-13.4": email, "PID-14": phone, "PID-14.1": phone, "PID-16": MeaningFamily, "PID-16.1": MeaningFamily,
	"PID-19": nir, "PID-19.1": nir, "PID-23": birthPlace, "PID-23.1": birthPlace, "PID-28": nationality, "PID-28.1": nationality,
	"DG1-3": MeaningHealth, "DG1-3.1": MeaningHealth, "DG1-3.2": MeaningHealth, "DG1-4": MeaningHealth,
	"AL1-3": MeaningHealth, "AL1-3.1": MeaningHealth, "AL1-3.2": MeaningHealth, "OBX-5": MeaningHealth, "OBX-5.1": MeaningHealth, "OBX-5.2": MeaningHealth,
}
