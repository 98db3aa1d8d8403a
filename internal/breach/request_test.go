package breach

import (
	"testing"
	"time"
)

func TestAnswerBy(t *testing.T) {
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Skip("no time zones on this machine:", err)
	}
	for _, tt := range []struct {
		received string
		longer   bool
		want     string // the first instant of the day after
	}{
		{"2026-11-20T23:30:00+01:00", false, "2026-12-21T00:00:00+01:00"},
		{"2026-01-31T08:00:00+01:00", false, "2026-03-01T00:00:00+01:00"}, // no 31 February
		{"2028-01-31T08:00:00+01:00", false, "2028-03-01T00:00:00+01:00"}, // leap year: 29 February
		{"2026-03-01T08:00:00+01:00", false, "2026-04-02T00:00:00+02:00"}, // over the change to summer time
		{"2026-12-31T08:00:00+01:00", true, "2027-04-01T00:00:00+02:00"},
		{"2026-11-30T08:00:00+01:00", true, "2027-03-01T00:00:00+01:00"},
		{"2026-07-31T22:30:00Z", false, "2026-09-02T00:00:00+02:00"}, // 1 August in Paris
	} {
		at, err := time.Parse(time.RFC3339, tt.received)
		if err != nil {
			t.Fatal(err)
		}
		if got := AnswerBy(at, tt.longer, paris).In(paris).Format(time.RFC3339); got != tt.want {
			t.Errorf("%s longer=%t: %s, want %s", tt.received, tt.longer, got, tt.want)
		}
	}
}

func TestDangerRank(t *testing.T) {
	present := func(f string) map[string]Exposed { return map[string]Exposed{f: ExposedPresent} }
	order := []map[string]Exposed{present(FieldAddress), present(FieldInstitution), present(FieldPhone), present(FieldName), present(FieldEmail),
		{FieldAddress: ExposedOther}, {FieldAddress: ExposedUnsaid}, {FieldAddress: ExposedOlder}, {FieldAddress: ExposedAbsent}}
	for i := 1; i < len(order); i++ {
		if DangerRank(order[i-1]) >= DangerRank(order[i]) {
			t.Errorf("%v does not come before %v", order[i-1], order[i])
		}
	}
}
