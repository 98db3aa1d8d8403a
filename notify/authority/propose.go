package authority

import "vigie/notify"

// ProposeFactors proposes the factors of a published theft from the categories
// found. People confirm them: the method asks for judgement on the context.
func ProposeFactors(f notify.Facts) Factors {
	p := Factors{DPC: map[string]int{}, EI: 0.5, People: f.Persons,
		CB: Circumstances{Confidentiality: 0.5, Malice: 0.5}} // offered to unknown people, with intent
	for _, c := range f.Present {
		class, _ := notify.CategoryClass(c.Code)
		kind, score := contextOf(class)
		p.DPC[kind] = max(p.DPC[kind], score)
		switch class {
		case "civil_status", "nir", "official_document": // name with birth date, or a number of one's own
			p.EI = 1
		case "contact", "credentials", "financial", "biometric", "genetic":
			p.EI = max(p.EI, 0.75)
		}
	}
	if len(p.DPC) == 0 {
		p.DPC["simple"] = 1
	}
	switch f.Controller.Kind { // being in the file says something of the person
	case "mission_locale", "ccas", "hospital", "health":
		p.DPC["simple"] = max(p.DPC["simple"], 3)
	case "school", "youth":
		p.DPC["simple"] = max(p.DPC["simple"], 2)
	}
	return p
}

func contextOf(class string) (kind string, score int) {
	switch {
	case notify.SensitiveClass(class):
		return "sensitive", 4
	case class == "financial":
		return "financial", 3
	case class == "location":
		return "behavioural", 2
	case class == "credentials":
		return "simple", 2 // they take the score of what they open
	}
	return "simple", 1
}
