package france

import (
	"testing"
	"time"
)

func TestAreaOf(t *testing.T) {
	for postcode, want := range map[string]string{
		"75011": "FR", "": "FR", "99100": "FR", "67000": "FR-AM", "57070": "FR-AM", "68100": "FR-AM", "20000": "FR",
		"97110": "GP", "97133": "BL", "97150": "MF", "97200": "MQ", "97300": "GF", "97400": "RE", "97500": "PM", "97600": "YT",
		"98600": "WF", "98713": "PF", "98800": "NC", "98000": "FR",
	} {
		if got := AreaOf(postcode); got.Code != want || got.Location() == nil {
			t.Errorf("%q: got %s, want %s", postcode, got.Code, want)
		}
	}
	if _, ok := AreaNamed("XX"); ok || len(Areas()) != 13 {
		t.Error("an area that is not there, or one that is lost")
	}
}

func TestHoliday(t *testing.T) {
	for _, tt := range []struct {
		area, day string
		want      bool
	}{
		{"FR", "2026-07-14", true}, {"FR", "2026-07-15", false}, {"FR", "2026-04-06", true}, // Easter Monday
		{"FR", "2026-05-14", true}, {"FR", "2026-05-25", true}, {"FR", "2026-04-03", false}, // Ascension, Whit Monday, Good Friday
		{"FR-AM", "2026-04-03", true}, {"FR-AM", "2026-12-26", true}, {"FR", "2026-12-26", false},
		{"GP", "2026-05-27", true}, {"MQ", "2026-05-22", true}, {"MQ", "2026-05-27", false}, {"GF", "2026-06-10", true}, {"RE", "2026-12-20", true},
		{"YT", "2026-04-27", true}, {"NC", "2026-09-24", true}, {"WF", "2026-07-29", true}, {"BL", "2026-10-09", true}, {"MF", "2026-05-28", true},
		{"PF", "2024-06-29", true}, {"PF", "2025-06-29", false}, {"PF", "2025-11-20", true}, {"PF", "2024-11-20", false}, {"PF", "2026-04-03", true},
		{"PM", "2026-11-11", true}, {"FR", "2024-05-09", true}, {"FR", "2038-04-26", true}, // 25 April, the latest Easter
	} {
		a, ok := AreaNamed(tt.area)
		if !ok {
			t.Fatalf("no %s", tt.area)
		}
		at, err := time.ParseInLocation("2006-01-02 15:04", tt.day+" 12:00", a.Location())
		if err != nil {
			t.Fatal(err)
		}
		if got := a.Holiday(at); got != tt.want {
			t.Errorf("%s in %s: holiday %v, want %v", tt.day, tt.area, got, tt.want)
		}
	}
	// The same moment is a holiday in Paris and not yet in Tahiti.
	at := time.Date(2026, 7, 14, 1, 0, 0, 0, time.UTC)
	paris, tahiti := AreaOf("75001"), AreaOf("98713")
	if !paris.Holiday(at) || tahiti.Holiday(at) {
		t.Error("holidays are not told by the area's own clock")
	}
}
