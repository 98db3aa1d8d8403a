package app

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vigie/internal/breach"
)

// Posts of mirrors and parts are one event, also after a start of the program.
func TestEventsSurviveAStart(t *testing.T) {
	dir := t.TempDir()
	cfg := Defaults(filepath.Join(dir, "data"))
	cfg.Keys = filepath.Join(dir, "keys")
	a, err := Open(t.Context(), cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = a.Close() }()
	at := now().Add(-time.Hour)
	post := func(id, source, title string, after time.Duration) breach.Post {
		return breach.Post{ID: breach.PostID(id), Source: breach.SourceID(source), Title: title, Website: "val-d-orbe.example.org", Country: "FR", FirstSeenAt: at.Add(after), LastSeenAt: at.Add(after)}
	}
	first := post("pst_1", "site", "Mission Locale du Val d'Orbe", 0)
	if _, err := a.Store.SavePosts(t.Context(), []breach.Post{first}); err != nil {
		t.Fatal(err)
	}
	name := func(p breach.Post) string {
		t.Helper()
		f, err := a.events(context.Background()) // as a start does
		if err != nil {
			t.Fatal(err)
		}
		return f(p)
	}
	id := name(first)
	if _, err := a.Store.RaiseAlert(t.Context(), breach.Alert{ID: "alr_1", Post: first.ID, Source: "site", Entity: "Val d'Orbe", Event: id, RaisedAt: at}); err != nil {
		t.Fatal(err)
	}
	for _, p := range []breach.Post{first, post("pst_2", "mirror", "Mission Locale du Val d'Orbe", time.Minute), post("pst_3", "site", "Mission Locale du Val d'Orbe - PART 2", time.Hour)} {
		if got := name(p); got != id {
			t.Errorf("%s is event %s, want %s", p.ID, got, id)
		}
	}
	other := breach.Post{ID: "pst_4", Source: "site", Title: "Kumquat SA", Website: "kumquat.example.com", FirstSeenAt: at, LastSeenAt: at}
	if name(other) == id {
		t.Error("another body is the same event")
	}
}

func TestAlertConfig(t *testing.T) {
	const secret = "sixteen letters!"
	for _, tt := range []struct {
		name string
		cfg  AlertConfig
		want string // in the error; "" for none
	}{
		{"nothing", AlertConfig{}, ""},
		{"a hook", AlertConfig{Hooks: []HookConfig{{Name: "cert", URL: "https://cert.example.org/in", Secret: secret}}}, ""},
		{"a hook on this machine", AlertConfig{Hooks: []HookConfig{{Name: "cert", URL: "http://127.0.0.1:9/", Secret: secret, Local: true}}}, ""},
		{"in clear", AlertConfig{Hooks: []HookConfig{{Name: "cert", URL: "http://cert.example.org/", Secret: secret}}}, "https"},
		{"a short secret", AlertConfig{Hooks: []HookConfig{{Name: "cert", URL: "https://cert.example.org/", Secret: "short"}}}, "secret"},
		{"twice", AlertConfig{Hooks: []HookConfig{{Name: "a", URL: "https://a.example.org/", Secret: secret}, {Name: "a", URL: "https://a.example.org/", Secret: secret}}}, "twice"},
		{"a marking of yesterday", AlertConfig{TLP: "white"}, "tlp"},
		{"a budget above all", AlertConfig{FalseAlarms: 2}, "false_alarms"},
	} {
		cfg := Defaults(t.TempDir())
		cfg.Keys, cfg.Alerts = t.TempDir(), tt.cfg
		err := cfg.check()
		if tt.want == "" && err != nil || tt.want != "" && (!errors.Is(err, breach.ErrInvalid) || !strings.Contains(err.Error(), tt.want)) {
			t.Errorf("%s: error %v, want %q", tt.name, err, tt.want)
		}
		if err != nil && strings.Contains(err.Error(), "short") {
			t.Errorf("%s: the error holds a secret", tt.name)
		}
	}
}
