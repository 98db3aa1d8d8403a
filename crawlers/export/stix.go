package export

import (
	"encoding/json"
	"io"
	"slices"
	"strings"
	"time"

	"vigie/internal/breach"
)

// object is a STIX object: maps write their keys in order, so that the same
// alerts give the same bytes.
type object map[string]any

// tlp2 are the marking definitions of TLP 2.0 as OASIS published them (CTI
// common objects, extension tlp-2.0); consumers know them by these identifiers.
var tlp2 = map[string]string{
	"clear": "94868c89-83c2-464b-929b-a1a8aa3c8487", "green": "bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
	"amber": "55d920b0-5e8b-4f79-9ee9-91f868d9b421", "amber+strict": "939a9414-2ddd-4d32-a0cd-375ea402b003",
	"red": "e828b379-4e03-4974-9ac4-e53a884c97c1",
}

const tlp2Extension = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"

// bundle collects objects, each once.
type bundle struct {
	o       Options
	marking string
	author  string
	objects []object
	seen    map[string]bool
}

// STIX writes a STIX 2.1 bundle: for each alert a report with the group
// (intrusion-set), the body (identity), its country, its domain, the captures
// (artifact with SHA-256), how they belong together, and what a person decided
// (note and opinion).
func STIX(w io.Writer, o Options, items []Item) error {
	o, err := o.Check()
	if err != nil {
		return err
	}
	b := &bundle{o: o, marking: "marking-definition--" + tlp2[o.TLP], seen: map[string]bool{}}
	b.add(object{"type": "marking-definition", "spec_version": "2.1", "id": b.marking, "created": "2022-10-01T00:00:00.000Z",
		"name":       "TLP:" + strings.ToUpper(o.TLP),
		"extensions": object{tlp2Extension: object{"extension_type": "property-extension", "tlp_2_0": o.TLP}}})
	b.author = "identity--" + o.name("stix", "producer")
	b.add(object{"type": "identity", "spec_version": "2.1", "id": b.author, "created": epoch, "modified": epoch,
		"name": o.Producer, "identity_class": "organization", "object_marking_refs": []string{b.marking}})
	var ids []string
	for _, x := range items {
		b.item(x)
		ids = append(ids, string(x.Alert.ID)+stixTime(x.updated()))
	}
	slices.Sort(ids)
	return encode(w, object{"type": "bundle", "id": "bundle--" + o.name("stix", "bundle", strings.Join(ids, " ")), "objects": b.objects})
}

// epoch is when things were created that have no time of their own: a
// deterministic object must say the same each time.
const epoch = "2026-01-01T00:00:00.000Z"

func (b *bundle) add(x object) string {
	id := x["id"].(string)
	if !b.seen[id] {
		b.seen[id] = true
		b.objects = append(b.objects, x)
	}
	return id
}

// domain makes an object of ours: an SDO or SRO.
func (b *bundle) domain(kind string, at, modified time.Time, props object, parts ...string) string {
	x := object{"type": kind, "spec_version": "2.1", "id": kind + "--" + b.o.name(append([]string{"stix", kind}, parts...)...),
		"created": stixTime(at), "modified": stixTime(modified), "created_by_ref": b.author, "object_marking_refs": []string{b.marking}}
	if at.IsZero() {
		x["created"], x["modified"] = epoch, epoch
	}
	for k, v := range props {
		x[k] = v
	}
	return b.add(x)
}

// observable makes an SCO: its identifier follows from its contributing
// properties (STIX 2.1 section 2.9).
func (b *bundle) observable(kind string, contributing object, props object) string {
	name, err := json.Marshal(contributing) // one level deep, ASCII: JCS is the same
	if err != nil {
		panic("export: a property that JSON cannot hold")
	}
	x := object{"type": kind, "spec_version": "2.1", "id": kind + "--" + uuid5(nsSTIX, string(name)), "object_marking_refs": []string{b.marking}}
	for k, v := range contributing {
		x[k] = v
	}
	for k, v := range props {
		x[k] = v
	}
	return b.add(x)
}

// relate joins two objects since a moment, or for good without one. Which
// moment it was belongs to the identifier: of the same object no two exports may
// say that it was created at different times.
func (b *bundle) relate(from, how, to string, at time.Time) string {
	parts := []string{from, how, to}
	if !at.IsZero() {
		parts = append(parts, stixTime(at))
	}
	return b.domain("relationship", at, at, object{"relationship_type": how, "source_ref": from, "target_ref": to}, parts...)
}

func (b *bundle) item(x Item) {
	a := x.Alert
	var refs []string
	keep := func(id string) string { refs = append(refs, id); return id }
	victim := object{"name": a.Entity, "identity_class": "organization"}
	if s := stixSector(a.Kind); s != "" {
		victim["sectors"] = []string{s}
	}
	if a.Code != "" {
		victim["external_references"] = []object{{"source_name": strings.SplitN(a.Code, ":", 2)[0], "external_id": a.Code[strings.IndexByte(a.Code, ':')+1:]}}
	}
	body := keep(b.domain("identity", time.Time{}, time.Time{}, victim, a.Kind, a.Code, a.Entity))
	place := keep(b.domain("location", time.Time{}, time.Time{}, object{"country": x.country(), "name": x.country()}, x.country()))
	keep(b.relate(body, "located-at", place, time.Time{}))
	if x.Site != "" {
		group := keep(b.domain("intrusion-set", time.Time{}, time.Time{}, object{"name": string(a.Source), "labels": []string{"ransomware"}}, string(a.Source)))
		keep(b.relate(group, "targets", body, a.RaisedAt))
	}
	if h := host(x.Website); h != "" {
		d := keep(b.observable("domain-name", object{"value": h}, nil))
		keep(b.relate(d, "related-to", body, a.RaisedAt))
	}
	var proof []object
	for _, c := range x.Captures {
		h := hashOf(c.Digest)
		if h == "" {
			continue
		}
		if c.URL != "" { // an artifact needs its content or where it came from
			keep(b.observable("artifact", object{"hashes": object{"SHA-256": h}}, object{"url": c.URL}))
		}
		proof = append(proof, object{"source_name": "evidence", "external_id": string(c.ID),
			"description": "WARC record " + c.Record + " of " + stixTime(c.At) + ", " + c.Digest})
	}
	b.judge(x, &refs, body)
	report := object{"name": x.headline(), "description": x.summary() + " Title: " + Mask(x.Title),
		"report_types": []string{"threat-report"}, "published": stixTime(a.RaisedAt), "object_refs": refs,
		"confidence": int(100 * a.Confidence), "labels": []string{"data-leak", "state:" + string(a.State)}}
	if t := when(x.Date); !t.IsZero() {
		report["published"] = stixTime(t)
	}
	if len(proof) > 0 {
		report["external_references"] = proof
	}
	b.domain("report", a.RaisedAt, x.updated(), report, string(a.ID))
}

// judge adds what a person decided. Their account is not told.
func (b *bundle) judge(x Item, refs *[]string, body string) {
	a := x.Alert
	if a.DecidedBy == "" {
		return
	}
	opinion, words := "agree", "A person of the team confirmed the publication."
	if a.ReasonCode != "" {
		opinion, words = "disagree", "A person of the team dismissed the alert: "+a.ReasonCode+"."
		if !breach.FalseAlarm(a.ReasonCode) {
			opinion = "neutral"
		}
	}
	*refs = append(*refs,
		b.domain("note", a.DecidedAt, a.DecidedAt, object{"abstract": "Decision", "content": words, "object_refs": []string{body}}, string(a.ID)),
		b.domain("opinion", a.DecidedAt, a.DecidedAt, object{"opinion": opinion, "explanation": words, "object_refs": []string{body}}, string(a.ID)))
}

// stixSector is a kind of body in STIX's industry-sector-ov (section 10.9).
func stixSector(kind string) string {
	switch kind {
	case "commune", "epci":
		return "government-local"
	case "department", "region":
		return "government-regional"
	case "ministry":
		return "government-national"
	case "agency", "syndicate", "mission_locale":
		return "government-public-services"
	case "hospital":
		return "healthcare"
	case "school", "university":
		return "education"
	case "software", "supplier":
		return "technology"
	}
	return ""
}

func stixTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }
