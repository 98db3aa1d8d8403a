package dump

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What exports of people who never saw this code hold, and what it means.
func TestTablesOfStrangers(t *testing.T) {
	pick := func(i int, of ...string) string { return of[i*7%len(of)] }
	name := func(i int) string { return testSurnames[i%len(testSurnames)] }
	for _, x := range []struct {
		name, text string
		want       []string
		present    []string
		doubted    []string // neither present nor absent
		absent     []string
	}{
		{"marks are no money", tableOf("Élève;Maths;HG;Appréciation", 60, func(i int) string {
			return fmt.Sprintf("%s %d;%d,%02d;%d,%02d;%s", name(i), i, i%20, i*37%100, i*3%20, i*53%100, pick(i, "Ensemble fragile ce trimestre", "doit se ressaisir en classe", "Absences dues à son asthme sévère"))
		}), []string{"", MeaningNumber, MeaningNumber, MeaningText}, []string{"education", "health"}, nil, []string{"financial"}},
		{"a town alone is no address", tableOf("nom;commune;insee", 60, func(i int) string {
			return fmt.Sprintf("%s;%s;44%03d", name(i), pick(i, "Nantes", "Pau", "Gap", "Roubaix"), i%200+1)
		}), []string{"", city, ""}, nil, []string{"contact"}, nil},
		{"short notes", tableOf("nom;obs", 60, func(i int) string {
			return name(i) + ";" + pick(i, "sous oxygène", "chien dangereux", "dialyse mardi jeudi samedi", "")
		}), []string{"", MeaningText}, []string{"health"}, nil, nil},
		{"offences", tableOf("contrevenant;natinf;lib", 60, func(i int) string {
			return fmt.Sprintf("M. %s;%d;%s", name(i), 7000+i%5, pick(i, "défaut d'assurance", "outrage à agent", "stationnement gênant"))
		}), []string{fullName, "", ""}, []string{"offence"}, nil, []string{"employment"}},
		{"a directory", tableOf("sAMAccountName,whenCreated,pwdLastSet", 60, func(i int) string {
			return fmt.Sprintf("%s%d,20%02d%02d17081512.0Z,1325%014d", testLogins[i%10], i, 5+i%19, i%12+1, i*37%60*977_000_000_007)
		}), []string{"", MeaningDate, MeaningDate}, nil, nil, nil},
		{"keys are no passwords", tableOf("contact_key,dob", 60, func(i int) string {
			return fmt.Sprintf("%016x,%d-0%d-1%d", uint64(i+1)*0x9E3779B97F4A7C15, 1940+i, i%9+1, i%9)
		}), []string{MeaningRowID, birthDate}, nil, nil, []string{"access"}},
		{"numbers of files that begin with two zeros", tableOf("IPP;nom", 60, func(i int) string { return fmt.Sprintf("00%08d;%s", 80_000_000+i*7919, name(i)) }), []string{MeaningRowID, ""}, nil, nil, []string{"contact"}},
		{"variables of a survey", tableOf("IDENT,V1,V2,POND", 60, func(i int) string {
			return fmt.Sprintf("%d,%d,%d,%.6f", 1000003+i*7, i%2+1, 1940+i, 0.8+float64(i*37%100)/60)
		}), []string{"", "", "", MeaningNumber}, nil, nil, []string{"contact", "location"}},
		{"objects within values", tableOf("who\tpayload", 60, func(i int) string {
			return fmt.Sprintf("u%d@example.org\t{\"\"nom\"\":\"\"%s\"\",\"\"n\"\":%d}", i, name(i), i)
		}), []string{email, MeaningText}, nil, nil, nil},
		{"civilities", tableOf("agent;medecin", 60, func(i int) string {
			return fmt.Sprintf("Mme %s;%s", name(i), pick(i, "Dr MASSON C.", "Dr HAMDI Karim", "Dr OULHAJ N."))
		}), []string{fullName, fullName}, []string{"employment"}, nil, nil},
		{"NIR without key among other values", tableOf("rubrique,valeur", 120, func(i int) string {
			return fmt.Sprintf("S21.G00.30.%03d,%s", i%4+1, []string{fmt.Sprintf("1%02d0%d33063%03d", i%90, i%9+1, i), name(i), "Pau", fmt.Sprint(i)}[i%4])
		}), []string{"", ""}, nil, []string{nir}, nil},
		{"Spanish", tableOf("apellidos;domicilio;población;contraseña", 60, func(i int) string {
			return fmt.Sprintf("%s;Avda. de la Luz %d;%s;zP%d_w", name(i), i, pick(i, "Hernani", "Irún", "Vigo"), 48000+i*31)
		}), []string{birthName, street, city, MeaningPassword}, []string{"contact", "access"}, nil, nil},
	} {
		t.Run(x.name, func(t *testing.T) {
			o := worldOptions()
			lay, p := inspect(t, x.text, o)
			got := meanings(lay)
			for i := range got {
				if x.want[i] == "" {
					got[i] = ""
				}
			}
			if diff := cmp.Diff(x.want, got); diff != "" {
				t.Error(diff)
			}
			for _, code := range x.present {
				if presentRows(p, code) == 0 {
					t.Errorf("%s is not found", code)
				}
			}
			for _, code := range append(x.doubted, x.absent...) {
				if presentRows(p, code) > 0 {
					t.Errorf("%s is said present", code)
				}
			}
			for _, code := range x.doubted {
				if isAbsent(p, code) {
					t.Errorf("%s is said absent", code)
				}
			}
		})
	}
}
