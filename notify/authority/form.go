package authority

import (
	"slices"

	"vigie/internal/breach"
	"vigie/notify"
)

// formVersion names the closed lists below: the CNIL's tele-service as read in
// November 2026. The lists are data with a date, not law.
const formVersion = "cnil-2026-11"

// dataLabels are the form's categories of data, in the form's order.
var dataLabels = []struct{ class, label string }{
	{"civil_status", "État civil (nom, sexe, date de naissance, âge…)"},
	{"nir", "NIR"},
	{"contact", "Coordonnées"},
	{"credentials", "Données d'identification ou d'accès (identifiant, mot de passe, n° client)"},
	{"financial", "Données financières/économiques (revenus, carte, coordonnées bancaires)"},
	{"official_document", "Documents officiels"},
	{"location", "Données de localisation"},
	{"offence", "Infractions, condamnations, mesures de sûreté"},
	{"unknown", "Pas connues pour le moment"},
	{"ethnic_origin", "Origine raciale ou ethnique"},
	{"political_opinion", "Opinions politiques"},
	{"religious_belief", "Opinions philosophiques ou religieuses"},
	{"union_membership", "Appartenance syndicale"},
	{"sexual_life", "Orientation sexuelle"},
	{"health", "Données de santé"},
	{"biometric", "Données biométriques"},
	{"genetic", "Données génétiques"},
	{"other", "Autres"},
}

// impactLabels are the form's potential impacts, in the form's order, with the
// consequence codes of the facts that lead to each.
var impactLabels = []struct {
	label string
	codes []string
}{
	{"Perte de contrôle sur leurs données", []string{"loss_of_control"}},
	{"Discrimination", []string{"discrimination"}},
	{"Vol d'identité", []string{"identity_theft", "account_takeover"}},
	{"Fraude", []string{"phishing", "social_fraud", "bank_fraud"}},
	{"Pertes financières", []string{"bank_fraud"}},
	{"Atteinte à la réputation", []string{"discrimination"}},
	{"Atteinte à la vie privée", []string{"unwanted_contact"}},
}

func labels(f notify.Facts) []string {
	var list []string
	for _, d := range dataLabels {
		if slices.ContainsFunc(f.Present, func(c breach.Category) bool { class, _ := notify.CategoryClass(c.Code); return class == d.class }) {
			list = append(list, d.label)
		}
	}
	if len(list) == 0 {
		list = []string{"Pas connues pour le moment"}
	}
	return list
}

func impacts(f notify.Facts) []string {
	list := []string{}
	for _, i := range impactLabels {
		if slices.ContainsFunc(i.codes, func(code string) bool { return slices.Contains(f.Consequences, code) }) {
			list = append(list, i.label)
		}
	}
	return list
}

// concerned are the form's groups of people, as far as the controller's kind
// tells them; minors and vulnerable people are confirmed by a person.
func concerned(f notify.Facts) []string {
	switch f.Controller.Kind {
	case "school":
		return []string{"Étudiants/élèves", "Mineurs"}
	case "mission_locale", "youth":
		return []string{"Utilisateurs", "Mineurs", "Personnes vulnérables"}
	case "staff":
		return []string{"Employés"}
	}
	return []string{"Utilisateurs"}
}

// openDataClass is the class of size in the CNIL's open data.
func openDataClass(n int64) string {
	switch {
	case n <= 5:
		return "0-5"
	case n <= 50:
		return "6-50"
	case n <= 300:
		return "51-300"
	case n <= 5000:
		return "301-5000"
	}
	return ">5000"
}

// gravity maps ENISA's levels to the form's, one to one.
func gravity(level string) string {
	return map[string]string{"low": "Négligeable", "medium": "Limité", "high": "Important", "very high": "Maximal"}[level]
}
