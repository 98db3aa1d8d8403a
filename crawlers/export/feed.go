package export

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"vigie/internal/breach"
)

// IntelMQ writes one event a line, by IntelMQ's data format: classification
// data-leak of the taxonomy information-content-security, identifier breach.
func IntelMQ(w io.Writer, o Options, items []Item) error {
	o, err := o.Check()
	if err != nil {
		return err
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for _, x := range items {
		a := x.Alert
		e := map[string]any{
			"__type":                    "Event",
			"classification.taxonomy":   "information-content-security",
			"classification.type":       "data-leak",
			"classification.identifier": "breach",
			"time.observation":          intelTime(a.RaisedAt),
			"time.source":               intelTime(a.RaisedAt),
			"feed.name":                 string(a.Source),
			"feed.provider":             o.Producer,
			"feed.accuracy":             float64(int(1000*a.Confidence)) / 10,
			"event_description.text":    x.summary(),
			"event_description.target":  a.Entity,
			"source.geolocation.cc":     x.country(),
			"tlp":                       strings.ToUpper(o.TLP),
			"status":                    string(a.State),
			"extra.alert":               string(a.ID),
			"extra.kind":                a.Kind,
			"extra.urgency":             string(a.Urgency),
		}
		if t := when(x.Date); !t.IsZero() {
			e["time.source"] = intelTime(t)
		}
		if h := host(x.Website); h != "" {
			e["source.fqdn"] = h
		}
		if a.Code != "" {
			e["extra.code"] = a.Code
		}
		if err := enc.Encode(e); err != nil {
			return err
		}
	}
	return nil
}

func intelTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05+00:00") }

// feedItem is an item of a JSON Feed (jsonfeed.org, version 1.1).
type feedItem struct {
	ID        string    `json:"id"`
	Title     string    `json:"title"`
	Text      string    `json:"content_text"`
	Published time.Time `json:"date_published"`
	Modified  time.Time `json:"date_modified"`
	Tags      []string  `json:"tags"`
	Vigie     told      `json:"_vigie"`
}

// told is an alert as our own receivers read it.
type told struct {
	Alert      breach.AlertID    `json:"alert"`
	Entity     string            `json:"entity"`
	Kind       string            `json:"kind"`
	Code       string            `json:"code"`
	Source     breach.SourceID   `json:"source"`
	Confidence float64           `json:"confidence"`
	Why        string            `json:"why"`
	Urgency    breach.Urgency    `json:"urgency"`
	State      breach.AlertState `json:"state"`
	ReasonCode string            `json:"reason_code"`
	HandedTo   string            `json:"handed_to"`
	Sightings  int               `json:"sightings"`
	Evidence   []string          `json:"evidence"` // digests
	TLP        string            `json:"tlp"`
	PAP        string            `json:"pap"`
}

func (o Options) told(x Item) told {
	a := x.Alert
	t := told{a.ID, a.Entity, a.Kind, a.Code, a.Source, a.Confidence, Mask(a.Why), a.Urgency, a.State, a.ReasonCode, Mask(a.HandedTo), max(1, len(x.Sightings)), []string{}, o.TLP, o.PAP}
	for _, c := range x.Captures {
		if hashOf(c.Digest) != "" {
			t.Evidence = append(t.Evidence, c.Digest)
		}
	}
	return t
}

// JSONFeed writes a JSON Feed 1.1.
func JSONFeed(w io.Writer, o Options, items []Item) error {
	o, err := o.Check()
	if err != nil {
		return err
	}
	feed := struct {
		Version string     `json:"version"`
		Title   string     `json:"title"`
		Items   []feedItem `json:"items"`
	}{"https://jsonfeed.org/version/1.1", o.Producer + ": alerts", []feedItem{}}
	for _, x := range items {
		a := x.Alert
		feed.Items = append(feed.Items, feedItem{ID: "urn:uuid:" + o.name("feed", string(a.ID)), Title: a.Entity + ": " + Mask(x.Title), Text: x.summary(),
			Published: a.RaisedAt.UTC(), Modified: x.updated(), Tags: []string{a.Kind, string(a.State), "tlp:" + o.TLP}, Vigie: o.told(x)})
	}
	return encode(w, feed)
}

// Digest writes the alerts in words, as an e-mail holds them.
func Digest(w io.Writer, o Options, items []Item, lang string) error {
	o, err := o.Check()
	if err != nil {
		return err
	}
	head, none, sure, state := "Alertes de %s (TLP:%s, PAP:%s) : %d\n", "Aucune alerte.\n", "confiance", "état"
	if lang == "en" {
		head, none, sure, state = "Alerts of %s (TLP:%s, PAP:%s): %d\n", "No alert.\n", "confidence", "state"
	}
	var b strings.Builder
	fmt.Fprintf(&b, head, o.Producer, strings.ToUpper(o.TLP), strings.ToUpper(o.PAP), len(items))
	if len(items) == 0 {
		b.WriteString(none)
	}
	for _, x := range items {
		a := x.Alert
		fmt.Fprintf(&b, "\n%s  %s (%s)\n  %s · %s %.0f %% · %s %s\n  %s\n", a.RaisedAt.UTC().Format("2006-01-02 15:04Z"), a.Entity, a.Kind,
			a.Source, sure, 100*a.Confidence, state, a.State, Mask(a.Why))
		for _, c := range x.Captures {
			fmt.Fprintf(&b, "  %s %s\n", c.ID, c.Digest)
		}
	}
	_, err = io.WriteString(w, b.String())
	return err
}
