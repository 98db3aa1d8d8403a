package notify

// categoryClass maps the category codes used in facts to the classes of the
// CNIL's notification form. A class is also a code of its own.
var categoryClass = map[string]string{
	"civil_status": "civil_status", "name": "civil_status", "birth_date": "civil_status", "birth_place": "civil_status",
	"sex": "civil_status", "nationality": "civil_status", "family": "civil_status",
	"contact": "contact", "email": "contact", "phone": "contact", "address": "contact",
	"nir":         "nir",
	"credentials": "credentials", "access": "credentials", "identifier": "credentials", "password": "credentials",
	"financial": "financial", "iban": "financial", "card": "financial", "income": "financial",
	"official_document": "official_document",
	"location":          "location",
	"offence":           "offence",
	"unknown":           "unknown",
	"ethnic_origin":     "ethnic_origin",
	"political_opinion": "political_opinion",
	"religious_belief":  "religious_belief",
	"union_membership":  "union_membership",
	"sexual_life":       "sexual_life",
	"health":            "health",
	"biometric":         "biometric",
	"genetic":           "genetic",
	"other":             "other", "education": "other", "employment": "other",
}

// CategoryClass returns the class of the CNIL form a category code belongs to;
// ok is false for a code nobody knows.
func CategoryClass(code string) (class string, ok bool) {
	class, ok = categoryClass[code]
	return class, ok
}

// CategoryCodes returns every category code, in no order.
func CategoryCodes() []string {
	list := make([]string, 0, len(categoryClass))
	for code := range categoryClass {
		list = append(list, code)
	}
	return list
}

// SensitiveClass tells whether a class holds data of GDPR Art. 9 or 10.
func SensitiveClass(class string) bool {
	switch class {
	case "ethnic_origin", "political_opinion", "religious_belief", "union_membership", "sexual_life", "health",
		"biometric", "genetic", "offence":
		return true
	}
	return false
}
