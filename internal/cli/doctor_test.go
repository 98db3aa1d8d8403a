package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"vigie/internal/app"
	"vigie/internal/breach"
)

func TestDoctorOfAlerts(t *testing.T) {
	file := func(text string) string {
		path := filepath.Join(t.TempDir(), "duty.yaml")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	person := "{role: team, name: Astreinte, email: a@example.org, phone: '+33199000001'}"
	for _, tc := range []struct {
		name   string
		alerts app.AlertConfig
		bad    string // what a problem says, "" for none
	}{
		{"nobody to wake", app.AlertConfig{}, "wakes nobody"},
		{"two people", app.AlertConfig{Duty: file("team: [" + person + ", " + person + "]")}, ""},
		{"one person", app.AlertConfig{Duty: file("team: [" + person + "]")}, "one person alone"},
		{"no telephone", app.AlertConfig{Duty: file("team: [{role: team, name: A, email: a@example.org}, {role: team, name: B, email: b@example.org}]")}, "telephone"},
		{"a directory that is none", app.AlertConfig{Duty: file("teem: []")}, "duty directory"},
		{"hooks without a name", app.AlertConfig{Duty: file("team: [" + person + ", " + person + "]"), Hooks: []app.HookConfig{{Name: "a"}}}, "alerts.producer"},
		{"mail that nobody can read", app.AlertConfig{Duty: file("team: [" + person + ", " + person + "]"), Maildir: filepath.Join(t.TempDir(), "none")}, "alerts.maildir"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var said []string
			for _, f := range alertsPlace(app.Config{Alerts: tc.alerts}) {
				if !f.OK {
					said = append(said, f.Say)
				}
			}
			if got := strings.Join(said, "; "); (got == "") != (tc.bad == "") || !strings.Contains(got, tc.bad) {
				t.Errorf("problems: %q, want %q", got, tc.bad)
			}
		})
	}
}

// The budget for false alarms is held against all and against each kind of
// body; a few among few are bad luck only as long as chance would have it so.
func TestDoctorHoldsTheBudget(t *testing.T) {
	of := func(kind string, wrong, decided int64) breach.AlarmCount {
		return breach.AlarmCount{Kind: kind, Decided: decided, False: wrong}
	}
	for _, tc := range []struct {
		name    string
		allowed float64
		counts  []breach.AlarmCount
		ok      bool
		says    string
	}{
		{"nothing decided", .1, nil, true, "0 of 0"},
		{"one false of one", .1, []breach.AlarmCount{of("commune", 1, 1)}, true, "1 of 1"},
		{"three false of three", .1, []breach.AlarmCount{of("commune", 3, 3)}, false, "over it: commune 3 of 3"},
		{"one false of nine", .1, []breach.AlarmCount{of("commune", 1, 9)}, true, "1 of 9"},
		{"within, of many", .1, []breach.AlarmCount{of("commune", 2, 20)}, true, "2 of 20"},
		{"over, of many", .1, []breach.AlarmCount{of("commune", 3, 20)}, false, "3 of 20"},
		{"one kind among many", .1, []breach.AlarmCount{of("commune", 0, 90), of("school", 5, 6)}, false, "over it: school 5 of 6"},
		{"no false one allowed", 0, []breach.AlarmCount{of("commune", 1, 5)}, false, "1 of 5"},
		{"all may be false", 1, []breach.AlarmCount{of("commune", 5, 5)}, true, "5 of 5"},
	} {
		if f := falseAlarms(tc.counts, tc.allowed); f.OK != tc.ok || !strings.Contains(f.Say, tc.says) {
			t.Errorf("%s: %+v, want ok %v and %q", tc.name, f, tc.ok, tc.says)
		}
	}
}
