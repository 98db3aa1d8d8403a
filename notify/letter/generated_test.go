package letter

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"vigie/internal/breach"
)

// pick takes one of a list.
func pick(r *rand.Rand, list ...string) string { return list[r.IntN(len(list))] }

// invented is an address of every kind that France and its neighbours have:
// long names, buildings, lieux-dits, boxes, CEDEX, overseas, abroad.
func invented(r *rand.Rand) breach.Contact {
	c := breach.Contact{
		Civility: pick(r, "", "M.", "Mme", "Maître"),
		Given:    pick(r, "Zoé", "Jean-Baptiste Emmanuel", "Anne", "Łukasz", "Maria da Conceição"),
		Name:     pick(r, "Hapax", "d'Exemple-Ligature", "de La Tour d'Auvergne-Inventée du Plessis", "Œillet", "Nguyễn", "O'Exemple"),
	}
	a := &c.Address
	a.Line2 = pick(r, "", "", "Appt 12, étage 3", "Chez M. Exemple", "Escalier C - porte gauche")
	a.Line3 = pick(r, "", "", "Bâtiment B", "Résidence des Grands Peupliers du Bord de l'Orbe", "Entrée A, Le Clos")
	a.Street = pick(r, "", "14 rue de l'Œillet", "3 bis, avenue du Général-de-Gaulle", "128 boulevard du Maréchal Jean de Lattre de Tassigny", "1 impasse A", "27 allée des Professeurs Pierre et Marie Exemple-Inventé", "12/14 quai n°3")
	a.Line5 = pick(r, "", "", "Le Hameau", "BP 90123", "TSA 12345", "Lieu-dit Les Quatre Vents")
	a.Postcode = pick(r, "99100", "99 100", "97400", "98800", "20000", "9910", "")
	a.City = pick(r, "Orbe-en-Vallée", "Saint-Exemple-Sainte-Inventée-sur-Orbe", "ORBE CEDEX 9", "L'Haÿ", "Y", "")
	if r.IntN(6) == 0 {
		a.Country = pick(r, "BE", "DE", "RE", "GB", "XX", "Belgique")
		if a.Country == "BE" {
			a.Postcode = "1000"
		}
	}
	return c
}

// TestGeneratedAddresses: over thousands of addresses, whatever is printed has
// every word that was given, whole or by an abbreviation of the norm; all else
// is refused with a reason, and what is proposed fits.
func TestGeneratedAddresses(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	codes := map[string]int{}
	for range 5000 {
		c := invented(r)
		lines, err := Address(c)
		var refused *breach.RefusedError
		switch {
		case err == nil:
			codes["printed"]++
			if lost := missing(c, lines); len(lost) > 0 {
				t.Fatalf("%+v gives %q: %q are lost", c, lines, lost)
			}
		case !errors.As(err, &refused) || refused.Hint == "":
			t.Fatalf("no reason: %v", err)
		default:
			codes[refused.Code]++
			if lines != nil {
				codes["proposed"]++
			}
		}
		if fault := unfit(lines, c.Address.Country); lines != nil && fault != "" {
			t.Fatalf("%q: %s", lines, fault)
		}
	}
	for _, code := range []string{"printed", "proposed", "line-too-long", "postcode", "no-city", "country", "too-many-lines", "character"} {
		if codes[code] == 0 {
			t.Errorf("no address is %s: %v", code, codes)
		}
	}
}

// missing lists the words of a contact that do not stand in the lines.
func missing(c breach.Contact, lines []string) []string {
	printed := strings.Fields(capitals(strings.Join(lines, " ")))
	a := c.Address
	code := a.Postcode
	if slices.Contains(territories, a.Country) {
		code = strings.ReplaceAll(code, " ", "")
	}
	words := strings.Fields(capitals(strings.Join([]string{c.Civility, c.Given, c.Name, a.Line2, a.Line3, a.Street, a.Line5, code, a.City}, " ")))
	var lost []string
	for _, w := range words {
		i := slices.IndexFunc(printed, func(p string) bool { return p == w || streetTypes[w] == p && p != "" || shorter[w] == p && p != "" })
		if i < 0 {
			lost = append(lost, w)
			continue
		}
		printed = slices.Delete(printed, i, i+1)
	}
	return lost
}

// unfit tells how lines break the norm.
func unfit(lines []string, country string) string {
	limit := maxLines
	if !slices.Contains(territories, country) {
		limit++
	}
	if len(lines) > limit || len(lines) < 2 {
		return fmt.Sprintf("%d lines", len(lines))
	}
	for i, s := range lines {
		switch {
		case utf8.RuneCountInString(s) > maxChars:
			return "too long"
		case strings.TrimSpace(s) != s || s == "" || strings.Contains(s, "  "):
			return "spaces"
		case i >= len(lines)-3 && upper(s) != s:
			return "small letters at the end"
		case i >= len(lines)-1 && capitals(s) != s:
			return "punctuation at the end"
		}
	}
	return ""
}
