package forecast

import (
	"fmt"
	"math"
	"time"

	"vigie/internal/breach"
	"vigie/internal/i18n"
)

// Recipients go by the same channels in the same order.
type Recipients struct {
	Steps []breach.Channel `json:"steps"`
	N     int64            `json:"n"`
}

// Load is what a plan hands over.
type Load struct {
	Recipients []Recipients `json:"recipients"`
	Segments   int          `json:"segments"` // of an SMS
	// Texts is how many SMS go to numbers of which territory, as notify/sms names
	// them; "" are refused and cost nothing. nil: all at the usual price.
	Texts  map[string]int64 `json:"texts,omitempty"`
	Sheets int              `json:"sheets"` // of a letter
}

// Limits are what providers take. Rates are messages a second.
type Limits struct {
	EmailRate  float64 `yaml:"email_rate" json:"email_rate"`
	SMSRate    float64 `yaml:"sms_rate" json:"sms_rate"`
	LetterRate float64 `yaml:"letter_rate" json:"letter_rate"` // handed over to the printer
	LettersDay int     `yaml:"letters_day" json:"letters_day"` // printed a working day
	// SMS leave within these hours of Paris, and never on Sundays and holidays.
	SMSFrom int `yaml:"sms_from" json:"sms_from"`
	SMSTo   int `yaml:"sms_to" json:"sms_to"`
	// Returned is the share of e-mails that come back, in hundredths of a per cent.
	Returned int `yaml:"returned" json:"returned"`
	// Verdicts is how long bounces are waited for between two channels.
	Verdicts time.Duration `yaml:"verdicts" json:"verdicts"`
}

// Usual are limits that most contracts allow.
func Usual() Limits {
	return Limits{EmailRate: 50, SMSRate: 20, LetterRate: 50, LettersDay: 20_000, SMSFrom: 8, SMSTo: 20, Returned: 300, Verdicts: 15 * time.Minute}
}

// Calendar tells when letters are printed; notify/letter.Calendar is one.
type Calendar interface {
	Holiday(t time.Time) bool
	Leaves(t time.Time) (cutOff, printed time.Time)
	Last(t time.Time, letters, perDay int) time.Time
}

// Line is one channel's part of a forecast.
type Line struct {
	Channel  breach.Channel `json:"channel"`
	Messages int64          `json:"messages"` // expected, with those that move on
	Units    int64          `json:"units"`    // SMS segments, sheets of paper
	Cost     int64          `json:"cost"`     // micro-euros
	From     time.Time      `json:"from"`
	To       time.Time      `json:"to"` // handed over; for letters, the day the last one is printed
}

// Forecast is what a campaign will cost and how long it will take.
type Forecast struct {
	Lines      []Line    `json:"lines"`
	Cost       int64     `json:"cost"`        // micro-euros
	Most       int64     `json:"most"`        // if every e-mail came back
	LastLetter time.Time `json:"last_letter"` // zero: no letter
	End        time.Time `json:"end"`
	Tariff     Tariff    `json:"tariff"`
}

// Work forecasts a campaign that starts at an instant.
func Work(l Load, start time.Time, t Tariff, m Limits, c Calendar) (Forecast, error) {
	if m.EmailRate <= 0 || m.SMSRate <= 0 || m.LetterRate <= 0 || m.LettersDay <= 0 || m.SMSFrom < 0 || m.SMSTo > 24 || m.SMSFrom >= m.SMSTo || m.Returned < 0 || m.Returned > 10_000 {
		return Forecast{}, &breach.RefusedError{Code: "limits", What: "limits of providers", Hint: "rates above 0, hours within a day, shares from 0 to 10000"}
	}
	out := Forecast{Tariff: t, End: start}
	expect, most := counts(l, m.Returned), counts(l, 10_000)
	at := start
	for _, ch := range []breach.Channel{breach.ChannelEmail, breach.ChannelSMS, breach.ChannelLetter} {
		n := expect[ch]
		line := Line{Channel: ch, Messages: n, Units: n * int64(units(l, ch)), From: at, To: at, Cost: t.cost(l, ch, n)}
		out.Most += t.cost(l, ch, most[ch])
		if n > 0 {
			switch ch {
			case breach.ChannelEmail:
				line.To = after(at, n, m.EmailRate)
			case breach.ChannelSMS:
				line.From, line.To = m.sms(at, n, c)
			case breach.ChannelLetter:
				line.To = m.letters(at, n, c)
				out.LastLetter = line.To
			}
			out.Lines = append(out.Lines, line)
			out.Cost += line.Cost
			out.End = line.To
		}
		at = line.To
		if n > 0 && ch == breach.ChannelEmail {
			at = at.Add(m.Verdicts)
		}
	}
	return out, nil
}

// counts tells how many messages each channel carries when a share of the
// e-mails comes back. An SMS only points to what follows it, so its recipient
// gets both; a letter is the last.
func counts(l Load, returned int) map[breach.Channel]int64 {
	n := map[breach.Channel]int64{}
	for _, r := range l.Recipients {
		left := r.N
		for _, ch := range r.Steps {
			n[ch] += left
			if ch == breach.ChannelEmail {
				left = (left*int64(returned) + 5_000) / 10_000
			}
		}
	}
	return n
}

func units(l Load, ch breach.Channel) int {
	switch ch {
	case breach.ChannelSMS:
		return max(l.Segments, 1)
	case breach.ChannelLetter:
		return max(l.Sheets, 1)
	}
	return 1
}

// cost is what n messages of a channel cost. SMS cost by where numbers are
// from: in the shares of the plan.
func (t Tariff) cost(l Load, ch breach.Channel, n int64) int64 {
	switch ch {
	case breach.ChannelSMS:
		n *= int64(max(l.Segments, 1))
		all, sum := int64(0), 0.0
		for from, k := range l.Texts {
			all += k
			sum += float64(k) * float64(t.segment(from))
		}
		if all == 0 {
			return n * t.SMSSegment
		}
		return int64(math.Round(float64(n) * sum / float64(all)))
	case breach.ChannelLetter:
		return n * t.Letter(l.Sheets)
	}
	return n * t.Email
}

func after(at time.Time, n int64, rate float64) time.Time {
	return at.Add(time.Duration(math.Ceil(float64(n) / rate * float64(time.Second))))
}

// sms walks the hours in which SMS may leave.
func (m Limits) sms(at time.Time, n int64, c Calendar) (from, to time.Time) {
	left := after(time.Time{}, n, m.SMSRate).Sub(time.Time{})
	paris := i18n.Paris()
	for day := at.In(paris); ; day = time.Date(day.Year(), day.Month(), day.Day()+1, 0, 0, 0, 0, paris) {
		open := time.Date(day.Year(), day.Month(), day.Day(), m.SMSFrom, 0, 0, 0, paris)
		shut := time.Date(day.Year(), day.Month(), day.Day(), m.SMSTo, 0, 0, 0, paris)
		if day.Weekday() == time.Sunday || c.Holiday(day) || !at.Before(shut) {
			continue
		}
		if open.Before(at) {
			open = at
		}
		if from.IsZero() {
			from = open
		}
		if room := shut.Sub(open); left > room {
			left -= room
			continue
		}
		return from, open.Add(left)
	}
}

// letters is the day on which the last letter is printed: as many a working
// day as the printer takes, or as arrive before its cut-off.
func (m Limits) letters(at time.Time, n int64, c Calendar) time.Time {
	arrived := int64(0)
	queue := int64(0) // arrived and not printed
	var day time.Time
	for arrived < n || queue > 0 {
		cut, printed := c.Leaves(at)
		batch := min(n-arrived, int64(cut.Sub(at).Seconds()*m.LetterRate))
		if arrived+batch == n { // the rest is a matter of days
			last := int(min(queue+batch, math.MaxInt32))
			return c.Last(at, last, m.LettersDay)
		}
		arrived, queue = arrived+batch, max(0, queue+batch-int64(m.LettersDay))
		at, day = cut, printed
	}
	return day
}

// Euros writes micro-euros for people, in whole cents rounded up.
func Euros(lang string, micro int64) string {
	cents := (micro + 9_999) / 10_000
	sep, form := ",", "%s%s%02d €"
	if lang == i18n.English {
		sep, form = ".", "€%s%s%02d"
	}
	return fmt.Sprintf(form, i18n.Number(lang, cents/100), sep, cents%100)
}
