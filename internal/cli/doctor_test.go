package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"vigie/internal/app"
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
