package sms

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"sync"

	"github.com/nyaruka/phonenumbers"

	"vigie/internal/breach"
	"vigie/internal/france"
)

// Codes of what is wrong with a number. Each is a reason why an SMS was never
// handed over and the next channel takes its turn.
const (
	CodePhone    = "phone"             // not E.164
	CodeNumber   = "number-unassigned" // no operator has it
	CodeLandline = "landline"          // a telephone that takes no SMS
	CodeSpecial  = "special-number"    // free, premium, of machines
)

var e164 = regexp.MustCompile(`^\+[1-9][0-9]{7,14}$`)

//go:embed data/numbers.json
var numbersJSON []byte

// plan is one international code of the French numbering plans; Ranges gives,
// for the beginning of a national number, its kind and its area.
type plan struct {
	Call   string            `json:"call"`
	Digits int               `json:"digits"`
	Ranges map[string]string `json:"ranges"`
}

var plans = sync.OnceValue(func() []plan {
	var t struct {
		Plans []plan `json:"plans"`
	}
	if err := json.Unmarshal(numbersJSON, &t); err != nil {
		panic(fmt.Sprintf("sms: numbers: %v", err)) // a broken build, which the tests notice
	}
	return t.Plans
})

// Number tells where a number is from: an ISO 3166 code, for the French
// territories the code of their france.Area. A number that can take no SMS is
// refused, by the French numbering plans as published and, for other
// countries, as phonenumbers knows them.
func Number(phone string) (territory string, err error) {
	if !e164.MatchString(phone) {
		return "", numberRefused(CodePhone, "the number is not E.164")
	}
	kind, territory, french := french(phone[1:])
	if !french {
		kind, territory = foreign(phone)
	}
	switch kind {
	case "mobile":
		return territory, nil
	case "landline":
		return territory, numberRefused(CodeLandline, "a landline takes no SMS")
	case "special", "machine":
		return territory, numberRefused(CodeSpecial, "no person's telephone")
	}
	return territory, numberRefused(CodeNumber, "no operator has this number")
}

func numberRefused(code, hint string) error {
	return &breach.RefusedError{Code: code, What: "phone number", Hint: hint}
}

// french looks a number up in the French plans; the longest beginning decides.
func french(digits string) (kind, territory string, ok bool) {
	for _, p := range plans() {
		national, ours := strings.CutPrefix(digits, p.Call)
		if !ours {
			continue
		}
		ok = true
		if len(national) != p.Digits {
			continue
		}
		for n := len(national); n > 0; n-- {
			if r, there := p.Ranges[national[:n]]; there {
				kind, territory, _ = strings.Cut(r, " ")
				return kind, territory, true
			}
		}
	}
	return "", "", ok
}

func foreign(phone string) (kind, territory string) {
	n, err := phonenumbers.Parse(phone, "")
	if err != nil || !phonenumbers.IsValidNumber(n) {
		return "", ""
	}
	territory = phonenumbers.GetRegionCodeForNumber(n)
	switch phonenumbers.GetNumberType(n) {
	case phonenumbers.MOBILE, phonenumbers.FIXED_LINE_OR_MOBILE, phonenumbers.PERSONAL_NUMBER:
		return "mobile", territory
	case phonenumbers.FIXED_LINE, phonenumbers.VOIP, phonenumbers.VOICEMAIL, phonenumbers.UAN:
		return "landline", territory
	}
	return "special", territory
}

// Tariff is what a message part costs, in millionths of a euro, by territory
// ("FR", "NC", "BE"); "" is the price where none is named.
type Tariff map[string]int64

// Cost is what a text to a number costs, in millionths of a euro, and how many
// parts it has. A number that is refused costs nothing: nothing is sent.
func (t Tariff) Cost(phone, text string) (micros int64, segments int, err error) {
	territory, err := Number(phone)
	if err != nil {
		return 0, 0, err
	}
	_, _, segments = Count(text)
	price, ok := t[territory]
	if !ok {
		price = t[""]
	}
	return price * int64(segments), segments, nil
}

// home is the area whose clock and holidays a recipient lives by: that of the
// address; without one, that of the number.
func home(to breach.Contact) france.Area {
	if to.Address.Postcode != "" && (to.Address.Country == "" || to.Address.Country == "FR") {
		return france.AreaOf(to.Address.Postcode)
	}
	territory, _ := Number(to.Phone)
	if a, ok := france.AreaNamed(territory); ok {
		return a
	}
	return france.AreaOf("")
}
