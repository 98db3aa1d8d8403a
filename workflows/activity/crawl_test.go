package activity

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vigie/crawlers"
	"vigie/crawlers/index"
	"vigie/crawlers/watch"
	"vigie/internal/breach"
	"vigie/internal/evidence"
	"vigie/internal/france"
	"vigie/workflows"
)

// watching is a world that can keep what a visit brings.
func watching(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	fr, err := france.Load()
	w.must(err)
	w.Watch = watch.New(fr, watch.Entity{Name: "Mission Locale du Val d'Orbe", Kind: "mission_locale", Domains: []string{"ml-val-d-orbe.example.org"}})
	w.Index, err = index.Open(filepath.Join(t.TempDir(), "index"), w.Keys.Secret("index"))
	w.must(err)
	t.Cleanup(func() { _ = w.Index.Close() })
	return w
}

func visit(at time.Time) crawlers.Visit {
	return crawlers.Visit{Source: "site", At: at, Posts: []breach.Post{
		{ID: "pst_a", Source: "site", Title: "ml-val-d-orbe.example.org", Text: "Mission Locale du Val d'Orbe", Website: "ml-val-d-orbe.example.org", FirstSeenAt: at, LastSeenAt: at},
		{ID: "pst_b", Source: "site", Title: "Kumquat & Cie", Text: "mandarines", FirstSeenAt: at, LastSeenAt: at},
	}}
}

func (w *world) wantWatch(alerts, indexed int) {
	w.t.Helper()
	list, err := w.Store.Alerts(w.t.Context(), breach.AlertNew)
	w.must(err)
	missing, err := w.Index.Missing(w.t.Context(), visit(w.Now()).Posts)
	w.must(err)
	if len(list) != alerts || 2-len(missing) != indexed {
		w.t.Errorf("%d alerts and %d of 2 posts in the index, want %d and %d", len(list), 2-len(missing), alerts, indexed)
	}
}

func TestKeepRaisesOneAlertOnce(t *testing.T) {
	w := watching(t)
	for i := range 3 {
		out, err := w.Keep(t.Context(), visit(w.Now().Add(time.Duration(i)*time.Hour)))
		if err != nil {
			t.Fatal(err)
		}
		if want := (workflows.CrawlResult{Posts: 2, New: 2, Alerts: 1}); i == 0 && out != want {
			t.Errorf("first visit: %+v, want %+v", out, want)
		} else if want := (workflows.CrawlResult{Posts: 2}); i > 0 && out != want {
			t.Errorf("visit %d: %+v, want %+v", i+1, out, want)
		}
	}
	w.wantWatch(1, 2)
}

// A mirror of the site shows the same post: it is one event, one alert, also
// when the process was killed between the alert and the rest of the visit.
func TestKeepRaisesOneAlertForMirrors(t *testing.T) {
	w := watching(t)
	mirror := visit(w.Now())
	mirror.Source = "mirror"
	for i := range mirror.Posts {
		p := &mirror.Posts[i]
		p.ID, p.Source, p.Title = "m"+p.ID, "mirror", "  "+strings.ToUpper(p.Title)
	}
	for range 2 {
		for _, v := range []crawlers.Visit{visit(w.Now()), mirror} {
			_, err := w.Keep(t.Context(), v)
			w.must(err)
		}
	}
	w.wantWatch(1, 2)
	list, err := w.Store.Alerts(t.Context(), "")
	w.must(err)
	seen, err := w.Store.Sightings(t.Context(), list[0].ID)
	w.must(err)
	if len(seen) != 2 {
		t.Errorf("%d sightings, want the site and its mirror", len(seen))
	}
}

// The process died after the posts were saved: neither searched nor judged.
func TestKeepAfterAKill(t *testing.T) {
	w := watching(t)
	v := visit(w.Now())
	if _, err := w.Store.SavePosts(t.Context(), v.Posts); err != nil {
		t.Fatal(err)
	}
	w.wantWatch(0, 0)
	if _, err := w.Keep(t.Context(), v); err != nil {
		t.Fatal(err)
	}
	w.wantWatch(1, 2)
}

// The process died when the dump was sealed and before the store knew, and the
// site has gone since.
func TestAcquireAfterAKill(t *testing.T) {
	w := newWorld(t)
	var err error
	w.Vault, err = evidence.Open(t.TempDir(), w.Keys, w.Store, w.Now)
	w.must(err)
	w.Vault.MaxDump = 1 << 20
	src := breach.Source{ID: "site", URL: "http://127.0.0.1:1/", Local: true}
	w.Sources = map[breach.SourceID]breach.Source{"site": src}
	w.Crawler = &crawlers.Crawler{Limits: crawlers.DefaultLimits(), Now: w.Now,
		Begin: func(context.Context, breach.Source) (crawlers.Recorder, error) {
			return nil, errors.New("the site was asked")
		}}
	at := w.Now()
	const id = breach.IncidentID("inc_2")
	_, err = w.Store.RaiseAlert(t.Context(), breach.Alert{ID: "alr_2", Post: "pst_1", Source: "site", Entity: "Autre", RaisedAt: at})
	w.must(err)
	w.must(w.Store.ConfirmAlert(t.Context(), breach.Acquisition{Alert: "alr_2", Link: "http://127.0.0.1:1/f", By: "ana", Purpose: "p", LegalBasis: "l", At: at},
		breach.Incident{ID: id, Alert: "alr_2", Title: "Autre", OpenedAt: at, OpenedBy: "ana"}, []breach.RegistryID{"youth"}))
	in := workflows.IncidentInput{Incident: id}
	if _, err := run[breach.DumpID](w, workflows.ActivityAcquire, in); err == nil {
		t.Fatal("acquired from a site that is gone")
	}
	digest, size, err := w.Vault.PutDump(t.Context(), dumpID(id), "ana", "p", strings.NewReader("nom;prenom\n"))
	w.must(err)
	d, err := run[breach.DumpID](w, workflows.ActivityAcquire, in)
	w.must(err)
	if got, _, err := w.Store.Dump(t.Context(), d); err != nil || got.Digest != digest || got.Bytes != size {
		t.Errorf("kept %+v: %v", got, err)
	}
}

// TestNewQueryRunsOverThePast stores posts while nothing watches for them; a
// standing query and an entity that come later find them, once.
func TestNewQueryRunsOverThePast(t *testing.T) {
	w := watching(t)
	w.Watch = watch.New(&france.Data{})
	if _, err := w.Keep(t.Context(), visit(w.Now())); err != nil {
		t.Fatal(err)
	}
	w.wantWatch(0, 2)
	var err error
	w.Standing, err = index.NewStanding(map[string]string{"citrus": "mandarine* -lemon"})
	w.must(err)
	w.Watch = watch.New(&france.Data{}, watch.Entity{Name: "Mission Locale du Val d'Orbe", Kind: "mission_locale"})
	for i, want := range []int{2, 0} {
		posts, alerts, err := w.ReviewPast(t.Context())
		if err != nil || posts < 2 || alerts != want {
			t.Errorf("review %d: %d posts, %d alerts, %v; want %d", i, posts, alerts, err, want)
		}
	}
	w.wantWatch(2, 2)
	list, err := w.Store.Alerts(t.Context(), breach.AlertNew)
	w.must(err)
	for _, a := range list {
		if a.Post == "pst_b" && (a.Entity != "citrus" || a.Kind != "other" || !strings.Contains(a.Why, "standing query")) {
			t.Errorf("alert of the query: %+v", a)
		}
	}
}

// A post that names several watched bodies wakes each of them, once, also when
// another site repeats it.
func TestKeepRaisesEveryBodyNamed(t *testing.T) {
	w := watching(t)
	w.Watch = watch.New(&france.Data{},
		watch.Entity{Name: "Mission Locale du Val d'Orbe", Kind: "mission_locale", Domains: []string{"ml-val-d-orbe.example.org"}},
		watch.Entity{Name: "Mission Locale des Trois Rivières", Kind: "mission_locale", Domains: []string{"ml-trois-rivieres.example.org"}})
	v := visit(w.Now())
	v.Posts = v.Posts[:1]
	v.Posts[0].Text = "Mission Locale du Val d'Orbe, Mission Locale des Trois Rivières (ml-trois-rivieres.example.org): all files"
	again := v
	again.Source, again.Posts = "mirror", []breach.Post{v.Posts[0]}
	again.Posts[0].ID, again.Posts[0].Source = "pst_m", "mirror"
	for i, step := range []crawlers.Visit{v, v, again} {
		out, err := w.Keep(t.Context(), step)
		w.must(err)
		if want := map[bool]int{true: 2}[i == 0]; out.Alerts != want {
			t.Errorf("visit %d: %d alerts, want %d", i+1, out.Alerts, want)
		}
	}
	list, err := w.Store.Alerts(t.Context(), breach.AlertNew)
	w.must(err)
	named := map[string]int{}
	for _, a := range list {
		seen, err := w.Store.Sightings(t.Context(), a.ID)
		w.must(err)
		named[a.Entity] = len(seen)
	}
	if len(list) != 2 || named["Mission Locale du Val d'Orbe"] != 2 || named["Mission Locale des Trois Rivières"] != 2 {
		t.Errorf("%d alerts, sightings %v; want both bodies, each seen twice", len(list), named)
	}
}

func TestApart(t *testing.T) {
	got := apart([]watch.Hit{
		{Entity: "Frontignan", Code: "insee:31200", Confidence: .6, Why: "in the text"},
		{Entity: "Frontignan", Code: "insee:34108", Confidence: .9, Why: "in the title"},
		{Entity: "Citrus", Kind: "software", Confidence: .95},
		{Entity: "Citrus", Kind: "software", Confidence: .6},
	})
	if len(got) != 1 || got[0].Code != "insee:34108" || got[0].Why != "in the title; or insee:31200; with Citrus" {
		t.Errorf("%+v", got)
	}
}
