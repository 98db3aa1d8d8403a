package app

import (
	"context"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"vigie/crawlers/watch"
	"vigie/internal/breach"
	"vigie/internal/console"
	"vigie/notify"
	"vigie/notify/mark"
	"vigie/workflows/activity"
)

// Signer makes the marks of messages. Its key follows from the key directory,
// and outlives a rotation: what was sent stays genuine.
func (a *App) Signer() (*mark.Signer, error) { return mark.NewSigner(a.Keys.Secret("marks")) }

// equipMarks lets messages bear marks.
func (a *App) equipMarks() (err error) {
	a.Steps.CheckURL, a.Steps.ReportURL = a.Config.Console.check(), a.Config.Console.report()
	if a.Config.Channels.SMTP != "" {
		a.Steps.Sender = a.Config.Channels.EmailFrom
	}
	a.Steps.PageEvery = a.Config.Page.Every
	own := a.ownDomains()
	a.Steps.OwnDomains = own
	a.Steps.Lookalikes = watch.NewLookalikes(slices.DeleteFunc(slices.Clone(own), forDocuments)...)
	a.Steps.Decoys = nil
	for _, b := range a.Config.Channels.Canaries {
		a.Steps.Decoys = append(a.Steps.Decoys, activity.Decoy{Name: b.Name, Contact: breach.Contact{Name: b.Name, Email: b.Email, Phone: b.Phone,
			Address: breach.Address{Street: b.Street, Postcode: b.Postcode, City: b.City}}})
	}
	a.Steps.Marks, err = a.Signer()
	return err
}

// ownDomains are the names that people learn to trust: of the public page, of
// the page for codes, of the address that sends, and those that are configured.
func (a *App) ownDomains() (out []string) {
	add := func(host string) {
		if host != "" && !slices.Contains(out, host) {
			out = append(out, host)
		}
	}
	for _, address := range []string{a.Config.Page.URL, a.Config.Console.PublicURL} {
		if u, err := url.Parse(address); err == nil {
			add(u.Hostname())
		}
	}
	_, sender, _ := strings.Cut(a.Config.Channels.EmailFrom, "@")
	add(sender)
	for _, d := range a.Config.Names.Own {
		add(d)
	}
	return out
}

// forDocuments tells a name that RFC 2606 keeps for documents and tests, as in a
// configuration that nobody has filled in yet: its neighbours imitate nobody.
func forDocuments(host string) bool {
	for _, end := range []string{"example", "test", "invalid", "localhost", "example.com", "example.net", "example.org"} {
		if host == end || strings.HasSuffix(host, "."+end) {
			return true
		}
	}
	return false
}

// readNames reads the feed of registered names when it has changed.
func (a *App) readNames(ctx context.Context, path string) {
	var last time.Time
	for {
		if st, err := os.Stat(path); err == nil && st.ModTime().After(last) {
			last = st.ModTime()
			if err := a.readNamesOnce(ctx, path); err != nil && ctx.Err() == nil {
				a.Log.Error("reading the feed of names", "error", err)
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(mailEvery):
		}
	}
}

func (a *App) readNamesOnce(ctx context.Context, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	names, alike, err := a.Steps.ReadNames(ctx, f)
	a.Log.Info("feed of names", "names", names, "alike", alike)
	return err
}

// renewEvery is how often pages are looked for whose next update is due.
const renewEvery = time.Hour

// KeepPages builds the public pages again whose promised day has come, until
// stop is called. A failure is logged and tried again.
func (a *App) KeepPages(ctx context.Context) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	a.every(ctx, &wg, renewEvery, "renewing public pages", func() error {
		n, err := a.Steps.Renew(ctx)
		if n > 0 {
			a.Log.Info("public pages are renewed", "pages", n)
		}
		return err
	})
	return func() { cancel(); wg.Wait() }
}

// BuildPage writes the public page of an incident, for a command that has no
// engine.
func (a *App) BuildPage(ctx context.Context, dir string, id breach.IncidentID, tell []notify.Facts) error {
	if err := a.equipMarks(); err != nil {
		return err
	}
	return a.Steps.BuildPage(ctx, dir, id, tell)
}

// checkMark answers a stranger who has a code, with the name of the body.
func (a *App) checkMark(ctx context.Context, code string, ch breach.Channel, from netip.Prefix) (console.MarkAnswer, bool, error) {
	m, known, err := a.Steps.CheckMark(ctx, code, ch, from)
	if err != nil {
		return console.MarkAnswer{}, false, err
	}
	// The names are looked up whether or not the code is known.
	all, err := a.controllers(ctx)
	if err != nil {
		return console.MarkAnswer{}, false, err
	}
	out := console.MarkAnswer{IssuedMark: m, By: string(m.Controller)}
	for _, c := range all {
		if c.ID == m.Controller {
			out.By = c.Name
		}
	}
	if known && a.Config.Page.URL != "" {
		out.URL = a.Config.Page.URL + "/" + string(m.Incident) + "/"
	}
	return out, known, nil
}
