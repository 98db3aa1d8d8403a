package duty

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vigie/internal/breach"
	"vigie/internal/i18n"
	"vigie/notify/sms"
)

const sample = `
policy: {ack: 15m, rounds: 2, quiet: ["22:00", "07:00"], breaks: critical, auto: high, bodies: true}
team: [{role: team, name: Veille, phone: "+33199000001"}]
bodies:
  - {name: Commune d'Orbe, code: "insee:34999", contacts: [{role: head, phone: "+33199000004"}, {role: dpo, email: dpo@example.org, phone: "+33199000002"}, {role: dpo, email: dpo2@example.org}]}
  - {name: Val de Lys, contacts: [{role: security, email: rssi@example.org, lang: en}]}
`

func directory(t *testing.T, text string) *Directory {
	t.Helper()
	d, err := Read(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestReadRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"an unknown key":            "teams: []",
		"a wrong number":            `team: [{phone: "0199000001"}]`,
		"a wrong address":           `team: [{email: "Veille <a@example.org>"}]`,
		"nobody to reach":           `team: [{name: Veille}]`,
		"a body without name":       `bodies: [{contacts: [{role: dpo, email: a@example.org}]}]`,
		"an unknown role":           `bodies: [{name: x, contacts: [{role: janitor, email: a@example.org}]}]`,
		"an unknown language":       `team: [{email: a@example.org, lang: de}]`,
		"an impatient policy":       `policy: {ack: 1s}`,
		"an endless policy":         `policy: {rounds: 1000}`,
		"an unknown urgency":        `policy: {breaks: terrible}`,
		"half of quiet hours":       `policy: {quiet: ["22:00", ""]}`,
		"quiet hours of the moon":   `policy: {quiet: ["25:00", "07:00"]}`,
		"no YAML":                   "\x00",
		"a list where a map stands": "[]",
	} {
		if _, err := Read(strings.NewReader(text)); !errors.Is(err, breach.ErrInvalid) {
			t.Errorf("%s: error %v", name, err)
		} else if strings.Contains(err.Error(), "@example.org") || strings.Contains(err.Error(), "0199") {
			t.Errorf("%s: the error holds a contact: %v", name, err)
		}
	}
	if d := directory(t, ""); d.Policy.Ack != 15*time.Minute || d.Policy.Rounds != 2 || d.Policy.Breaks != breach.UrgencyCritical || d.Policy.Auto != "" {
		t.Errorf("defaults are %+v", d.Policy)
	}
}

func TestLadder(t *testing.T) {
	d := directory(t, sample)
	quiet := directory(t, strings.Replace(sample, "bodies: true", "bodies: false", 1))
	for _, tt := range []struct {
		name  string
		dir   *Directory
		alert breach.Alert
		asked bool
		want  string
	}{
		{"by code", d, breach.Alert{Entity: "Orbe", Code: "insee:34999"}, false, "team1 dpo2 head1"},
		{"by name", d, breach.Alert{Entity: "val de lys"}, false, "team1 security1"},
		{"another code of that name", d, breach.Alert{Entity: "Commune d'Orbe", Code: "insee:01001"}, false, "team1"},
		{"a code where the directory has none", d, breach.Alert{Entity: "Val de Lys", Code: "siren:1"}, false, "team1 security1"},
		{"unknown", d, breach.Alert{Entity: "Nowhere"}, true, "team1"},
		{"the team first decides", quiet, breach.Alert{Code: "insee:34999"}, false, "team1"},
		{"and asks", quiet, breach.Alert{Code: "insee:34999"}, true, "team1 dpo2 head1"},
	} {
		var got []string
		for _, r := range tt.dir.Ladder(tt.alert, tt.asked) {
			got = append(got, r.Role+string(rune('0'+len(r.Contacts))))
		}
		if s := strings.Join(got, " "); s != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, s, tt.want)
		}
	}
}

func TestNext(t *testing.T) {
	d := directory(t, sample)
	paris := func(s string) time.Time {
		at, err := time.ParseInLocation("2006-01-02 15:04", s, i18n.Paris())
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	page := func(rung int, at string) breach.Page { return breach.Page{Rung: rung, At: paris(at)} }
	for _, tt := range []struct {
		name    string
		urgency breach.Urgency
		opened  string
		pages   []breach.Page
		rung    int
		at      string
		ok      bool
	}{
		{"the first at once", breach.UrgencyHigh, "2031-03-28 15:00", nil, 0, "2031-03-28 15:00", true},
		{"the second a quarter of an hour later", breach.UrgencyHigh, "2031-03-28 15:00", []breach.Page{page(0, "2031-03-28 15:01")}, 1, "2031-03-28 15:16", true},
		{"the last page of a rung counts", breach.UrgencyHigh, "2031-03-28 15:00", []breach.Page{page(0, "2031-03-28 15:01"), page(1, "2031-03-28 15:16"), page(1, "2031-03-28 15:20")}, 2, "2031-03-28 15:35", true},
		{"the second round", breach.UrgencyHigh, "2031-03-28 15:00", []breach.Page{page(2, "2031-03-28 15:30")}, 3, "2031-03-28 15:45", true},
		{"nobody is left", breach.UrgencyHigh, "2031-03-28 15:00", []breach.Page{page(5, "2031-03-28 16:00")}, 6, "2031-03-28 16:15", false},
		{"it waits for the morning", breach.UrgencyHigh, "2031-03-28 23:00", nil, 0, "2031-03-29 07:00", true},
		{"it waits after midnight", breach.UrgencyHigh, "2031-03-29 03:00", nil, 0, "2031-03-29 07:00", true},
		{"the night the clocks go forward", breach.UrgencyHigh, "2031-03-29 23:00", nil, 0, "2031-03-30 07:00", true},
		{"the last minute of the day", breach.UrgencyHigh, "2031-03-28 21:59", nil, 0, "2031-03-28 21:59", true},
		{"a critical one waits for nothing", breach.UrgencyCritical, "2031-03-29 03:00", nil, 0, "2031-03-29 03:00", true},
		{"an escalation that runs into the night", breach.UrgencyHigh, "2031-03-28 21:50", []breach.Page{page(0, "2031-03-28 21:50")}, 1, "2031-03-29 07:00", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			rung, at, ok := d.Policy.Next(breach.Alert{Urgency: tt.urgency}, breach.Duty{OpenedAt: paris(tt.opened)}, tt.pages, 3, i18n.Paris())
			if rung != tt.rung || !at.Equal(paris(tt.at)) || ok != tt.ok {
				t.Errorf("rung %d at %s, %t; want %d at %s, %t", rung, at.In(i18n.Paris()).Format("2006-01-02 15:04"), ok, tt.rung, tt.at, tt.ok)
			}
		})
	}
}

func TestQuietHoursByDay(t *testing.T) {
	p := Policy{Quiet: [2]string{"12:00", "14:00"}, Breaks: breach.UrgencyCritical}
	at := time.Date(2031, 3, 28, 12, 30, 0, 0, i18n.Paris())
	if got := p.awake(breach.UrgencyHigh, at, i18n.Paris()); got.Hour() != 14 || got.Minute() != 0 {
		t.Errorf("woken at %v", got)
	}
}

// A page fits an SMS in either language and says nothing of what was published.
func TestEnvelope(t *testing.T) {
	a := breach.Alert{ID: "alr_1", Entity: "Communauté de communes du Pays de l'Orbe et des Sources de la Vallée", Why: "secret words", Confidence: .93, Urgency: breach.UrgencyHigh}
	for _, lang := range []string{"", "fr", "en"} {
		c := Contact{Role: RoleDPO, Name: "Astreinte", Email: "dpo@example.org", Phone: "+33639980002", Lang: lang}
		e := c.Envelope("page_1", a, "Vigie", "https://vigie.example.org/", "0123456789ABCDEFGHJK", time.Now())
		box, err := sms.NewDirectory(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := box.Send(t.Context(), e); err != nil {
			t.Errorf("%q: as SMS: %v", lang, err)
		}
		var all []string
		for _, b := range e.Doc.Blocks {
			all = append(all, b.Heading)
			all = append(all, b.Text...)
		}
		text := strings.Join(append(all, e.Doc.Title, e.Doc.Short), "\n")
		if strings.Contains(text, "secret") || strings.Contains(text, "%!") || strings.Count(text, "01234-56789-ABCDE-FGHJK") != 2 || !strings.Contains(text, "https://vigie.example.org/ack") {
			t.Errorf("%q: the page says\n%s", lang, text)
		}
	}
	if d := cmp.Diff([]breach.Channel{breach.ChannelSMS, breach.ChannelEmail}, Contact{Email: "a@example.org", Phone: "+33199000002"}.Channels()); d != "" {
		t.Error(d)
	}
}

func FuzzRead(f *testing.F) {
	f.Add(sample)
	f.Add("policy: {ack: 1h}\nteam: [{phone: '+33199000001'}]")
	f.Fuzz(func(t *testing.T, text string) {
		d, err := Read(strings.NewReader(text))
		if err != nil {
			if !errors.Is(err, breach.ErrInvalid) {
				t.Fatal(err)
			}
			return
		}
		for _, b := range d.Bodies {
			a := breach.Alert{Entity: b.Name, Code: b.Code, Urgency: breach.UrgencyHigh}
			if rungs := d.Ladder(a, true); len(rungs) > 0 {
				d.Policy.Next(a, breach.Duty{OpenedAt: time.Unix(0, 0)}, nil, len(rungs), i18n.Paris())
			}
		}
	})
}
