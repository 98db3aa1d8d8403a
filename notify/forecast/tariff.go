// Package forecast says, before anybody approves, what telling people will
// cost and when the last letter leaves. It is pure: how many recipients go by
// which channels, the tariffs and limits of the day in; euros and dates out.
//
// It follows the campaign's own order: e-mails, then SMS within their hours,
// then letters at what the printer takes a working day. Messages that come
// back move their recipient on, by the share that a team has seen before.
package forecast

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"regexp"
	"time"

	"vigie/internal/breach"
	"vigie/internal/setting"
)

//go:embed tariffs.yaml
var tariffs []byte

// Tariff is what messages cost from a day on, in micro-euros.
type Tariff struct {
	From       time.Time `yaml:"from" json:"from"`
	Source     string    `yaml:"source" json:"source"`
	Email      int64     `yaml:"email" json:"email"`
	SMSSegment int64     `yaml:"sms_segment" json:"sms_segment"`
	// SMSTerritories is the price of a segment where it is another, by the code
	// of the territory or country: RE, NC, BE.
	SMSTerritories   map[string]int64 `yaml:"sms_territories" json:"sms_territories,omitempty"`
	LetterFirstSheet int64            `yaml:"letter_first_sheet" json:"letter_first_sheet"` // paper, print, envelope
	LetterMoreSheet  int64            `yaml:"letter_more_sheet" json:"letter_more_sheet"`
	Postage          []Step           `yaml:"postage" json:"postage"` // rising
}

// Step is the postage of an envelope of up to so many sheets.
type Step struct {
	Sheets int   `yaml:"sheets" json:"sheets"`
	Price  int64 `yaml:"price" json:"price"`
}

// maxTariffs bounds a file of tariffs, in bytes.
const maxTariffs = 64 << 10

// Tariffs returns the tariffs that Vigie assumes.
func Tariffs() ([]Tariff, error) { return ParseTariffs(bytes.NewReader(tariffs)) }

// ParseTariffs reads a list of tariffs, the oldest first. A price below zero,
// dates out of order and postage that does not rise are refused.
func ParseTariffs(r io.Reader) ([]Tariff, error) {
	var list []Tariff
	if err := setting.Read(r, maxTariffs, &list); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("reading tariffs: %w", err)
	}
	if len(list) == 0 {
		return nil, refused("empty", "one tariff at least")
	}
	for i, t := range list {
		if t.From.IsZero() || i > 0 && !t.From.After(list[i-1].From) {
			return nil, refused("date-order", "each with its first day, the oldest first")
		}
		if t.Source == "" {
			return nil, refused("source-missing", "say where the prices come from")
		}
		if min(t.Email, t.SMSSegment, t.LetterFirstSheet, t.LetterMoreSheet) < 0 || max(t.Email, t.SMSSegment, t.LetterFirstSheet, t.LetterMoreSheet) > maxPrice {
			return nil, refused("price", "from 0 to 100 EUR, in micro-euros")
		}
		for from, price := range t.SMSTerritories {
			if !territory.MatchString(from) || price < 0 || price > maxPrice {
				return nil, refused("territory", "codes of two capital letters, prices from 0 to 100 EUR in micro-euros")
			}
		}
		for j, s := range t.Postage {
			if s.Sheets < 1 || s.Price < 0 || s.Price > maxPrice || j > 0 && (s.Sheets <= t.Postage[j-1].Sheets || s.Price < t.Postage[j-1].Price) {
				return nil, refused("postage", "more sheets cost as much or more")
			}
		}
		if len(t.Postage) == 0 {
			return nil, refused("postage", "one step at least")
		}
	}
	return list, nil
}

// maxPrice of one message, in micro-euros.
const maxPrice = 100_000_000

// At returns the tariff of a day; the oldest one before it begins.
func At(list []Tariff, day time.Time) Tariff {
	t := list[0]
	for _, x := range list {
		if !day.Before(x.From) {
			t = x
		}
	}
	return t
}

// territory is the shape of an ISO 3166 code.
var territory = regexp.MustCompile(`^[A-Z]{2}$`)

// segment is the price of an SMS segment to a number of a territory; "" is a
// number that is refused.
func (t Tariff) segment(from string) int64 {
	if from == "" {
		return 0
	}
	if price, ok := t.SMSTerritories[from]; ok {
		return price
	}
	return t.SMSSegment
}

// Letter is the price of a letter of so many sheets; one too thick for the
// last step goes in several envelopes.
func (t Tariff) Letter(sheets int) int64 {
	sheets = max(sheets, 1)
	price := t.LetterFirstSheet + int64(sheets-1)*t.LetterMoreSheet
	last := t.Postage[len(t.Postage)-1]
	for ; sheets > last.Sheets; sheets -= last.Sheets {
		price += last.Price
	}
	for _, s := range t.Postage {
		if sheets <= s.Sheets {
			return price + s.Price
		}
	}
	return price
}

func refused(code, hint string) error {
	return &breach.RefusedError{Code: code, What: "tariffs", Hint: hint}
}
