package dump

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

// fields make the values of a meaning. A name behind a colon is another way to
// write it.
var fields = map[string]func(w *world, h *human) string{
	"row_id":      func(w *world, h *human) string { return fmt.Sprint(w.way("id", 90_000) + w.row) },
	"row_id:jump": func(w *world, h *human) string { return fmt.Sprint(1_000_000 + w.row*7 + w.r.IntN(5)) },
	"birth_name":  func(w *world, h *human) string { return w.name("surname", h.surname) },
	"usage_name":  func(w *world, h *human) string { return w.name("surname", h.usage) },
	"given_names": func(w *world, h *human) string { return w.name("given", h.given) },
	"given_names:all": func(w *world, h *human) string {
		return w.name("given", h.given) + []string{" ", ", ", ""}[w.way("sep", 2)] + w.name("given", h.second)
	},
	"full_name:sg":    func(w *world, h *human) string { return strings.ToUpper(h.surname) + " " + titled(h.given) },
	"full_name:gs":    func(w *world, h *human) string { return titled(h.given) + " " + w.name("surname", h.surname) },
	"full_name:comma": func(w *world, h *human) string { return titled(h.surname) + ", " + titled(h.given) },
	"sex": func(w *world, h *human) string {
		way := [][2]string{{"M", "F"}, {"H", "F"}, {"1", "2"}, {"Masculin", "Féminin"}, {"M.", "Mme"}, {"male", "female"}, {"Homme", "Femme"}, {"Mr", "Mrs"}}[w.way("sex", 8)]
		if h.sex == "M" {
			return way[0]
		}
		return way[1]
	},
	"birth_date": func(w *world, h *human) string { return h.born.Format(dateWays[w.way("born", len(dateWays))]) },
	"birth_date:serial": func(w *world, h *human) string {
		return fmt.Sprint(int(h.born.Sub(time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)).Hours() / 24))
	},
	"birth_date:us": func(w *world, h *human) string { return h.born.Format("1/2/2006") },
	"birth_year":    func(w *world, h *human) string { return fmt.Sprint(h.born.Year()) },
	"birth_month":   func(w *world, h *human) string { return fmt.Sprint(int(h.born.Month())) },
	"birth_day":     func(w *world, h *human) string { return fmt.Sprint(h.born.Day()) },
	"birth_place":   func(w *world, h *human) string { return w.name("place", h.birth.Name) },
	"birth_commune": func(w *world, h *human) string { return h.birth.Code },
	"nationality": func(w *world, h *human) string {
		words := []string{"Française", "Française", "Française", "Marocaine", "Algérienne", "Portugaise", "Tunisienne", "Malienne", "Italienne"}
		codes := []string{"FRA", "FRA", "FRA", "MAR", "DZA", "PRT", "TUN", "MLI", "ITA"}
		i := w.r.IntN(9)
		if w.way("natio", 3) == 0 {
			return codes[i]
		}
		return w.name("natio", words[i])
	},
	"email": func(w *world, h *human) string { return h.mailbox + "@example." + w.pick("org", "org", "com", "net") },
	"phone": func(w *world, h *human) string { return w.phone() },
	"street": func(w *world, h *human) string {
		n := fmt.Sprint(1 + w.r.IntN(180))
		if w.r.IntN(12) == 0 && !w.abroad {
			n += w.pick(" bis", " ter", "B")
		}
		if w.r.IntN(15) == 0 && !w.abroad {
			return w.name("street", w.pick("Lieu-dit Le Bourg", "Résidence des Pins", "Le Moulin", "HLM Les Tilleuls Bât B"))
		}
		return n + []string{" ", ", "}[w.way("comma", 2)] + w.name("street", w.streetName())
	},
	"postcode": func(w *world, h *human) string {
		if w.abroad {
			return w.digits(5)
		}
		return h.home.Postcodes[0]
	},
	"city": func(w *world, h *human) string {
		if w.abroad {
			return w.pick(usCities...)
		}
		s := h.home.Name
		if w.way("saint", 3) == 0 {
			s = strings.NewReplacer("Saint-", "St ", "Sainte-", "Ste ", "-", " ").Replace(s)
		}
		return w.name("city", s)
	},
	"country": func(w *world, h *human) string {
		if w.way("country", 2) == 0 {
			return w.pick("FR", "FR", "FR", "BE", "CH", "DE", "US")
		}
		return w.name("country", w.pick("France", "France", "France", "Belgique", "Suisse", "Allemagne", "Espagne"))
	},
	"commune_code": func(w *world, h *human) string { return h.home.Code },
	"department":   func(w *world, h *human) string { return h.home.Department },
	"department:name": func(w *world, h *human) string {
		for _, d := range w.d.Departments {
			if d.Code == h.home.Department {
				return d.Name
			}
		}
		return ""
	},
	"nir": func(w *world, h *human) string {
		s := map[string]string{"M": "1", "F": "2"}[h.sex]
		body := s + h.born.Format("0601") + h.birth.Code + fmt.Sprintf("%03d", 1+w.r.IntN(900))
		full := nirOf(body)
		switch w.way("nir", 4) {
		case 0:
			return body
		case 1:
			return strings.Join([]string{full[:1], full[1:3], full[3:5], full[5:7], full[7:10], full[10:13], full[13:]}, " ")
		}
		return full
	},
	"nir:masked": func(w *world, h *human) string {
		return map[string]string{"M": "1", "F": "2"}[h.sex] + h.born.Format("0601") + h.birth.Code[:2] + "******"
	},
	"iban": func(w *world, h *human) string {
		s := ibanOf(w.r.IntN(1e9))
		if w.way("iban", 2) == 0 {
			return s
		}
		return s[:4] + " " + s[4:8] + " " + s[8:12] + " " + s[12:16] + " " + s[16:20] + " " + s[20:24] + " " + s[24:]
	},
	"card": func(w *world, h *human) string { return cardOf(w.r.IntN(1e9)) },
	"identity_card": func(w *world, h *human) string {
		body := fmt.Sprintf("%02d%02d%s1%05d", 4+w.r.IntN(16), 1+w.r.IntN(12), h.home.Code[:2], w.r.IntN(1e5))
		body = body[:11]
		sum := 0
		for i, c := range body {
			v := int(c - '0')
			if c >= 'A' {
				v = int(c-'A') + 10
			}
			sum += v * [3]int{7, 3, 1}[i%3]
		}
		return body + fmt.Sprint(sum%10)
	},
	"passport": func(w *world, h *human) string {
		return w.digits(2) + string(rune('A'+w.r.IntN(26))) + string(rune('A'+w.r.IntN(26))) + w.digits(5)
	},
	"ine": func(w *world, h *human) string { return ineOf(w.r) },
	"tax_number": func(w *world, h *human) string {
		n := w.r.Int64N(3_999_999_999)
		return fmt.Sprintf("%010d%03d", n, n%511)
	},
	"france_travail_number": func(w *world, h *human) string { return w.digits(7) + string(rune('A'+w.r.IntN(26))) },
	"siren":                 func(w *world, h *human) string { return w.luhned(w.pick("3", "4", "5", "7", "8", "9") + w.digits(7)) },
	"siret": func(w *world, h *human) string {
		return w.luhned(w.luhned(w.pick("3", "4", "5", "7", "8", "9")+w.digits(7)) + "000" + w.digits(1))
	},
	"finess": func(w *world, h *human) string {
		return w.luhned(strings.NewReplacer("A", "1", "B", "2").Replace(h.home.Code[:2]) + w.pick("0", "0", "7", "8") + w.digits(5))
	},
	"uai": func(w *world, h *human) string {
		n := w.r.IntN(9999)
		body := fmt.Sprintf("0%s%04d", strings.NewReplacer("2A", "20", "2B", "20", "97", "75").Replace(h.home.Code[:2]), n)
		var v int
		for _, c := range body {
			v = v*10 + int(c-'0')
		}
		return body + string("ABCDEFGHJKLMNPRSTUVWXYZ"[v%23])
	},
	"employer": func(w *world, h *human) string {
		switch w.r.IntN(5) {
		case 0:
			return w.pick("Mairie de ", "Commune de ", "CHU de ") + h.home.Name
		case 1:
			return w.pick("SARL ", "SAS ", "EURL ", "Ets ", "Garage ", "Boulangerie ", "Cabinet ") + titled(w.d.Surname(w.r))
		case 2:
			return titled(w.d.Surname(w.r)) + w.pick(" SA", " SAS", " Transports", " & Fils", " Conseil", " Industries")
		}
		return w.pick("Transports ", "Société ", "Entreprise ", "Association ", "Pharmacie ") + titled(w.syllables(3))
	},
	"school": func(w *world, h *human) string {
		return w.pick("Collège ", "Lycée ", "École primaire ", "École élémentaire ", "Lycée professionnel ", "LP ", "Université ", "Collège privé ")[0:] + w.pick("Jean Moulin", "Victor Hugo", "Jules Ferry", "Saint-Joseph", "Marie Curie", "Les Tilleuls", "Pasteur", "Jean Macé", "George Sand", h.home.Name)
	},
	"health": func(w *world, h *human) string {
		if w.way("health", 2) == 0 {
			return w.pick("A+", "O+", "B+", "AB-", "O-", "A-", "AB+", "B-")
		}
		return w.pick("", "", "RQTH", "Asthme", "Diabète type 2", "Allergie arachide", "ALD 30", "Dépression", "Epilepsie", "Dyslexie", "Hypertension")
	},
	"benefit": func(w *world, h *human) string {
		return w.pick("RSA", "AAH", "ARE", "APL", "ASS", "Prime d'activité", "", "Allocations familiales")
	},
	"family_status": func(w *world, h *human) string {
		return w.pick("Célibataire", "Marié(e)", "Divorcé(e)", "Veuf(ve)", "Pacsé(e)", "Concubinage")
	},
	"login": func(w *world, h *human) string {
		if w.way("login", 2) == 0 {
			return strings.ToLower(strings.ReplaceAll(key([]byte(h.given[:1]+h.surname)), " ", "")) + []string{"", "", w.digits(2)}[w.r.IntN(3)]
		}
		return titled(w.syllables(2+w.r.IntN(2))) + []string{"", "", "", w.digits(2), fmt.Sprint(h.born.Year())}[w.r.IntN(5)]
	},
	"password": func(w *world, h *human) string { return w.password(h) },
	"password_hash": func(w *world, h *human) string {
		switch w.way("hash", 4) {
		case 0:
			return w.hexed(32)
		case 1:
			return w.hexed(40)
		case 2:
			return "$2y$10$" + strings.NewReplacer("-", ".").Replace(w.hexed(52)) + "a"
		}
		return w.hexed(64)
	},
	"token": func(w *world, h *human) string { return "sk_live_" + w.hexed(24) },
	"ip": func(w *world, h *human) string {
		return fmt.Sprintf("%d.%d.%d.%d", 1+w.r.IntN(223), w.r.IntN(256), w.r.IntN(256), w.r.IntN(256))
	},
	"mac": func(w *world, h *human) string {
		s := w.hexed(12)
		return strings.Join([]string{s[:2], s[2:4], s[4:6], s[6:8], s[8:10], s[10:]}, ":")
	},
	"coordinates:lat": func(w *world, h *human) string { return fmt.Sprintf("%.6f", 41+w.r.Float64()*10) },
	"coordinates:lon": func(w *world, h *human) string { return fmt.Sprintf("%.6f", -4+w.r.Float64()*12) },
	"amount": func(w *world, h *human) string {
		v := fmt.Sprintf("%.2f", w.r.Float64()*5000)
		switch w.way("amount", 3) {
		case 0:
			return strings.Replace(v, ".", ",", 1)
		case 1:
			return strings.Replace(v, ".", ",", 1) + " €"
		}
		return v
	},
	"url":        func(w *world, h *human) string { return "https://www." + w.syllables(2) + ".example/" + w.syllables(2) },
	"url:domain": func(w *world, h *human) string { return titled(w.syllables(3)) + w.pick(".com", ".fr", ".net", ".org") },
	"user_agent": func(w *world, h *human) string {
		return w.pick("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/", "Mozilla/5.0 (iPhone; CPU iPhone OS 16_5 like Mac OS X) AppleWebKit/605.1.15 Version/") + w.digits(2) + ".0"
	},
	"uuid": func(w *world, h *human) string {
		s := w.hexed(32)
		return s[:8] + "-" + s[8:12] + "-4" + s[13:16] + "-a" + s[17:20] + "-" + s[20:]
	},
	"boolean": func(w *world, h *human) string {
		return [][]string{{"oui", "non"}, {"true", "false"}, {"0", "1"}, {"O", "N"}, {"VRAI", "FAUX"}}[w.way("bool", 5)][w.r.IntN(2)]
	},
	"code:status": func(w *world, h *human) string { return w.pick("ACT", "SUS", "RAD", "ATT") },
	"code:color": func(w *world, h *human) string {
		return w.pick("Blue", "Red", "Purple", "Green", "Black", "Orange", "Silver", "Brown", "White", "Yellow")
	},
	"code:shape": func(w *world, h *human) string { return "C" + w.digits(2) + "-" + w.digits(6) },
	"code:ups": func(w *world, h *human) string {
		return fmt.Sprintf("1Z %s %s %s %s %s %s", w.digits(3), w.hexed(2), w.digits(2), w.digits(4), w.digits(3), w.digits(1))
	},
	"code:state":        func(w *world, h *human) string { return w.pick(usStates...) },
	"number:age":        func(w *world, h *human) string { return fmt.Sprint(2026 - h.born.Year()) },
	"number:population": func(w *world, h *human) string { return fmt.Sprint(h.home.Population) },
	"number:weight":     func(w *world, h *human) string { return fmt.Sprintf("%.1f", 45+w.r.Float64()*60) },
	"number:mark":       func(w *world, h *human) string { return fmt.Sprintf("%d,%02d", w.r.IntN(20), w.r.IntN(100)) },
	"number:rate": func(w *world, h *human) string {
		return fmt.Sprintf("%.6f", 0.5+w.r.Float64()*[]float64{2, 40}[w.way("rate", 2)])
	},
	"number:big": func(w *world, h *human) string {
		return w.pick("1", "2", "3", "4", "5", "6", "7", "8", "9") + w.digits(9)
	},
	"date": func(w *world, h *human) string {
		return time.Date(2015+w.r.IntN(10), time.Month(1+w.r.IntN(12)), 1+w.r.IntN(28), 0, 0, 0, 0, time.UTC).Format(dateWays[w.way("date", 4)])
	},
	"date:time": func(w *world, h *human) string {
		return time.Date(2019+w.r.IntN(7), time.Month(1+w.r.IntN(12)), 1+w.r.IntN(28), w.r.IntN(24), w.r.IntN(60), w.r.IntN(60), 0, time.UTC).Format("2006-01-02 15:04:05")
	},
	"date:unix": func(w *world, h *human) string { return fmt.Sprint(1_500_000_000 + w.r.IntN(200_000_000)) },
	"free_text": func(w *world, h *human) string {
		return w.pick("A rappelé le ", "Dossier incomplet depuis le ", "Relance faite le ", "Vu en entretien le ") + h.born.Format("02/01") + w.pick(", en attente d'un justificatif de domicile", " par la conseillère, suite à donner la semaine prochaine", " ; souhaite une formation dans le bâtiment ou la vente")
	},
	"rib_bank":    func(w *world, h *human) string { return w.rib(h)[:5] },
	"rib_branch":  func(w *world, h *human) string { return w.rib(h)[5:10] },
	"rib_account": func(w *world, h *human) string { return w.rib(h)[10:21] },
	"rib_key":     func(w *world, h *human) string { return w.rib(h)[21:] },
	"occupation": func(w *world, h *human) string {
		return w.pick("Infirmière", "Comptable", "Agent d'entretien", "Technicien de maintenance", "Ingénieur", "Vendeuse", "Chauffeur livreur", "Aide-soignante", "Registered nurse", "Software engineer", "Social worker", "Bank teller", "Etudiant", "Retraité")
	},
}

// rib is the same for all four of its parts.
func (w *world) rib(h *human) string { return ibanOf(int(h.born.Unix()/86400)*977 + 1_000_000_000)[4:] }

// ineOf invents a national number of a pupil: nine digits, two letters or a
// letter and more.
func ineOf(r *rand.Rand) string {
	return fmt.Sprintf("%09d%c%c", r.IntN(1e9), 'A'+rune(r.IntN(26)), 'A'+rune(r.IntN(26)))
}
