package sms

import (
	"errors"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/nyaruka/phonenumbers"

	"vigie/internal/breach"
	"vigie/notify"
	"vigie/notify/notifytest"
)

// words of French notices, with what makes a text change its encoding or puts
// a character of two units at the border of two parts.
var words = strings.Fields("un courrier vous informe d'un incident de sécurité Mission Locale mairie données volées à Orbe reçu août œuvre forêt " +
	"« n° 3 € [note] {a} ^ ~ | \\ tél. 01 99 00 12 34 déjà où naïf Noël L'Haÿ-les-Roses À É Ç 😀 — … ’ \f bientôt lettre")

// TestCountAgainstAnEncoderInFrench counts a hundred thousand generated texts,
// four of ten filled up so that they end at a border of parts, exactly.
func TestCountAgainstAnEncoderInFrench(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 1))
	plain := make([]string, 0, len(words)) // those that stay in GSM-7
	for _, w := range words {
		if e, _, _ := Count(w); e == GSM7 {
			plain = append(plain, w)
		}
	}
	borders := []int{70, 134, 160, 201, 306, 459}
	gsm := 0
	for i := range 100_000 {
		from := words
		if i%2 == 0 {
			from = plain
		}
		var b strings.Builder
		for n := r.IntN(40); n > 0; n-- {
			b.WriteString(from[r.IntN(len(from))] + " ")
		}
		text := b.String()
		if i%5 < 2 {
			border := borders[r.IntN(len(borders))] + r.IntN(5) - 2
			_, units, _ := Count(text)
			text += strings.Repeat("a", max(0, border-units-2)) + []string{"€", "😀", "é", "ê", "{"}[r.IntN(5)] + strings.Repeat("b", r.IntN(3))
		}
		e, u, s := Count(text)
		oe, ou, os := oracle(text)
		if e != oe || u != ou || s != os {
			t.Fatalf("%q: got %s %d %d, an encoder says %s %d %d", text, e, u, s, oe, ou, os)
		}
		if e == GSM7 {
			gsm++
		}
	}
	if gsm < 20_000 || gsm > 80_000 {
		t.Errorf("%d texts of 100,000 are GSM-7: the generator is lopsided", gsm)
	}
}

func TestNumber(t *testing.T) {
	for _, tt := range []struct{ name, phone, territory, code string }{
		{"mainland 06", "+33639980042", "FR", ""},
		{"mainland 07", "+33712345678", "FR", ""},
		{"mainland landline", "+33199001234", "FR", CodeLandline},
		{"over the Internet", "+33970123456", "FR", CodeLandline},
		{"free of charge", "+33800123456", "FR", CodeSpecial},
		{"a machine's", "+33700123456", "FR", CodeSpecial},
		{"a machine's, 14 digits", "+33700123456789", "", CodeNumber},
		{"the zero was kept", "+330639980042", "", CodeNumber},
		{"Guadeloupe", "+590690123456", "GP", ""}, {"Guadeloupe 0691", "+590691123456", "GP", ""}, {"Guadeloupe landline", "+590590123456", "GP", CodeLandline},
		{"Martinique", "+596696123456", "MQ", ""}, {"Martinique landline", "+596596123456", "MQ", CodeLandline},
		{"Guyane", "+594694123456", "GF", ""}, {"Guyane landline", "+594594123456", "GF", CodeLandline},
		{"La Réunion", "+262692123456", "RE", ""}, {"La Réunion 0693", "+262693123456", "RE", ""}, {"La Réunion landline", "+262262123456", "RE", CodeLandline},
		{"Mayotte", "+262639123456", "YT", ""}, {"Mayotte landline", "+262269123456", "YT", CodeLandline},
		{"Saint-Pierre", "+508551234", "PM", ""}, {"Saint-Pierre landline", "+508411234", "PM", CodeLandline},
		{"Polynésie", "+68987123456", "PF", ""}, {"Polynésie landline", "+68940412345", "PF", CodeLandline},
		{"Nouvelle-Calédonie", "+687751234", "NC", ""}, {"Nouvelle-Calédonie landline", "+687251234", "NC", CodeLandline},
		{"Wallis", "+681821234", "WF", ""}, {"Wallis landline", "+681721234", "WF", CodeLandline},
		{"Belgium", "+32470123456", "BE", ""}, {"Belgium landline", "+3225551234", "BE", CodeLandline},
		{"national form", "0639980042", "", CodePhone}, {"words", "+33 6 39", "", CodePhone}, {"empty", "", "", CodePhone},
		{"nobody's country", "+99912345678", "", CodeNumber},
	} {
		t.Run(tt.name, func(t *testing.T) {
			territory, err := Number(tt.phone)
			var refused *breach.RefusedError
			code := ""
			if errors.As(err, &refused) {
				code = refused.Code
			}
			if code != tt.code || (tt.code == "" || tt.code == CodeLandline) && territory != tt.territory {
				t.Errorf("got %q, %v, want %q %q", territory, err, tt.territory, tt.code)
			}
			if err != nil && tt.phone != "" && strings.Contains(err.Error(), tt.phone) {
				t.Error("the error tells the number")
			}
		})
	}
}

// TestNumberAgainstPhonenumbers: what phonenumbers gives as an example of a
// mobile or a landline of each territory is one here as well.
func TestNumberAgainstPhonenumbers(t *testing.T) {
	for _, region := range []string{"FR", "GP", "MQ", "GF", "RE", "YT", "PM", "PF", "NC", "WF"} {
		for kind, want := range map[phonenumbers.PhoneNumberType]bool{phonenumbers.MOBILE: true, phonenumbers.FIXED_LINE: false} {
			n := phonenumbers.GetExampleNumberForType(region, kind)
			if n == nil {
				t.Fatalf("%s: no example", region)
			}
			phone := phonenumbers.Format(n, phonenumbers.E164)
			territory, err := Number(phone)
			if (err == nil) != want || territory != region {
				t.Errorf("%s: got %s, %v", phone, territory, err)
			}
		}
	}
}

func TestNotBefore(t *testing.T) {
	utc := func(s string) time.Time {
		at, err := time.Parse("2006-01-02 15:04", s)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	for _, tt := range []struct{ name, postcode, phone, now, want string }{
		{"at noon", "75011", "", "2026-11-25 11:00", "2026-11-25 11:00"},
		{"in the evening", "75011", "", "2026-11-25 19:00", "2026-11-26 07:00"},
		{"at night", "75011", "", "2026-11-26 02:00", "2026-11-26 07:00"},
		{"a Sunday", "75011", "", "2026-11-22 12:00", "2026-11-23 07:00"},
		{"Saturday evening", "75011", "", "2026-11-21 19:30", "2026-11-23 07:00"},
		{"the eve of Christmas", "75011", "", "2026-12-24 20:00", "2026-12-26 07:00"},
		{"and in Strasbourg", "67000", "", "2026-12-24 20:00", "2026-12-28 07:00"}, // 26 December, then a Sunday
		{"Good Friday in Paris", "75011", "", "2026-04-03 10:00", "2026-04-03 10:00"},
		{"Good Friday in Metz", "57000", "", "2026-04-03 10:00", "2026-04-04 06:00"},
		{"the night of the change of hour", "75011", "", "2026-03-28 20:00", "2026-03-30 06:00"},
		{"noon in Paris, night in Martinique", "97200", "", "2026-11-25 11:00", "2026-11-25 12:00"},
		{"noon in Paris, night in Tahiti", "98713", "", "2026-11-25 11:00", "2026-11-25 18:00"},
		{"evening in Nouméa", "98800", "", "2026-11-25 09:30", "2026-11-25 21:00"},
		{"abolition in Mayotte", "97600", "", "2026-04-27 09:00", "2026-04-28 05:00"},
		{"by the number where there is no address", "", "+262692123456", "2026-11-25 17:00", "2026-11-26 04:00"},
		{"the address decides", "75011", "+262692123456", "2026-11-25 17:00", "2026-11-25 17:00"},
		{"a Sunday that Monday has begun for Wallis", "98600", "", "2026-11-22 21:00", "2026-11-22 21:00"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			to := breach.Contact{Phone: tt.phone, Address: breach.Address{Postcode: tt.postcode}}
			if got := NotBefore(notify.Envelope{To: to}, utc(tt.now)); !got.Equal(utc(tt.want)) {
				t.Errorf("got %s, want %s", got.UTC(), tt.want)
			}
		})
	}
}

// Wherever somebody lives and whenever it is asked, the answer is an hour of
// the day that is allowed, and never more than five days away.
func TestNotBeforeAlwaysEnds(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 2))
	codes := []string{"75011", "67000", "97110", "97200", "97300", "97400", "97500", "97600", "98600", "98713", "98800", "97133", "97150"}
	for range 20_000 {
		now := time.Unix(1_700_000_000+r.Int64N(10*365*86_400), 0).UTC()
		e := notify.Envelope{To: breach.Contact{Address: breach.Address{Postcode: codes[r.IntN(len(codes))]}}}
		at := NotBefore(e, now)
		here := at.In(home(e.To).Location())
		if at.Before(now) || at.Sub(now) > 5*24*time.Hour || here.Hour() < firstHour || here.Hour() >= lastHour || here.Weekday() == time.Sunday || home(e.To).Holiday(here) {
			t.Fatalf("%s: at %s, wait until %s", e.To.Address.Postcode, now, here)
		}
	}
}

func TestSender(t *testing.T) {
	for name, want := range map[string]bool{
		"INFO PUBLIC": true, "VIGIE": true, "A": true, "Mairie-75": true, "": false, "TWELVE CHARS": false, "36180": false, " VIGIE": false,
		"VIGIE ": false, "MAIRIE.FR": false, "ÉTAT": false, "A\nB": false, "<b>": false,
	} {
		if got := CheckSender(name) == nil; got != want {
			t.Errorf("%q: allowed %v, want %v", name, got, want)
		}
	}
}

func TestSpelling(t *testing.T) {
	e := notifytest.Envelope("msg_1")
	e.Doc.Short = "Reçu : un courrier vous attend."
	for language, want := range map[string]string{"fr": "Recu : un courrier vous attend.", "tr": "Reçu : un courrier vous attend."} {
		e.Language = language
		if m, err := Compose(e, DefaultSender); err != nil || m.Text != want {
			t.Errorf("%s: got %q, %v", language, m.Text, err)
		}
	}
}

func TestCost(t *testing.T) {
	prices := Tariff{"": 90_000, "FR": 45_000}
	for _, tt := range []struct {
		phone, text string
		want        int64
	}{{"+33639980042", "a", 45_000}, {"+33639980042", strings.Repeat("a", 161), 90_000}, {"+687751234", "a", 90_000}, {"+33199001234", "a", 0}} {
		got, _, err := prices.Cost(tt.phone, tt.text)
		if got != tt.want || (err == nil) != (tt.want > 0) {
			t.Errorf("%s: got %d, %v, want %d", tt.phone, got, err, tt.want)
		}
	}
}

func FuzzNumber(f *testing.F) {
	f.Add("+33639980042")
	f.Add("+508551234")
	f.Fuzz(func(t *testing.T, phone string) {
		territory, err := Number(phone)
		if err == nil && (territory == "" || !e164.MatchString(phone)) {
			t.Errorf("%q may take an SMS in %q", phone, territory)
		}
	})
}
