package sms

import (
	"time"

	"vigie/notify"
)

// Hours between which a message may reach somebody, by the clock of where that
// person lives. The law limits advertising alone (CPCE L34-5, code de la
// consommation L221-17); an authority has no more reason to wake people. A
// message of a Sunday or a holiday waits for the next working day: nobody
// answers the telephone before.
const (
	firstHour = 8
	lastHour  = 20
)

// NotBefore is the first moment, now or later, at which an SMS may reach the
// recipient: between 8 and 20 h, no Sunday, no holiday of the territory.
func NotBefore(e notify.Envelope, now time.Time) time.Time {
	area := home(e.To)
	at := now.In(area.Location())
	for range 15 { // no fortnight is without a working day
		switch {
		case at.Weekday() == time.Sunday || area.Holiday(at) || at.Hour() >= lastHour:
			at = time.Date(at.Year(), at.Month(), at.Day()+1, firstHour, 0, 0, 0, at.Location())
		case at.Hour() < firstHour:
			at = time.Date(at.Year(), at.Month(), at.Day(), firstHour, 0, 0, 0, at.Location())
		default:
			if at.Before(now) {
				return now
			}
			return at.In(now.Location())
		}
	}
	return now
}
