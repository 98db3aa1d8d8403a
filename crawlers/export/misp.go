package export

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"vigie/internal/breach"
)

// mispObject is an object of a MISP event, by the definitions of
// github.com/MISP/misp-objects.
type mispObject struct {
	Name       string          `json:"name"`
	Category   string          `json:"meta-category"`
	Template   string          `json:"template_uuid"`
	Version    string          `json:"template_version"`
	UUID       string          `json:"uuid"`
	Timestamp  string          `json:"timestamp"`
	Comment    string          `json:"comment"`
	Attributes []mispAttribute `json:"Attribute"`
	References []mispReference `json:"ObjectReference,omitempty"`
}

type mispAttribute struct {
	UUID         string    `json:"uuid"`
	Timestamp    string    `json:"timestamp"`
	Relation     string    `json:"object_relation,omitempty"`
	Type         string    `json:"type"`
	Category     string    `json:"category"`
	Value        string    `json:"value"`
	Data         string    `json:"data,omitempty"` // base64, of an attachment
	ToIDS        bool      `json:"to_ids"`
	Uncorrelated bool      `json:"disable_correlation"`
	Tags         []mispTag `json:"Tag,omitempty"`
}

type mispReference struct {
	UUID       string `json:"uuid"`
	Referenced string `json:"referenced_uuid"`
	Type       string `json:"relationship_type"`
}

type mispTag struct {
	Name string `json:"name"`
}

type mispEvent struct {
	UUID         string       `json:"uuid"`
	Info         string       `json:"info"`
	Date         string       `json:"date"`
	Timestamp    string       `json:"timestamp"`
	ThreatLevel  string       `json:"threat_level_id"` // 1 high to 4 undefined
	Analysis     string       `json:"analysis"`        // 0 initial, 1 ongoing, 2 complete
	Distribution string       `json:"distribution"`    // 0: this organisation alone; the receiver decides
	Published    bool         `json:"published"`
	Org          mispOrg      `json:"Orgc"`
	Tags         []mispTag    `json:"Tag"`
	Objects      []mispObject `json:"Object"`
}

type mispOrg struct {
	Name string `json:"name"`
	UUID string `json:"uuid"`
}

// template is what is needed of an object's definition: its identity, and the
// type of each relation used.
type template struct {
	category, uuid string
	version        int
	types          map[string]string
}

var templates = map[string]template{
	"ransomware-group-post": {"misc", "52a0e179-4942-41e6-90f5-7db856fd6f39", 5, map[string]string{
		"title": "text", "description": "text", "leak-site-url": "link", "website": "link", "ransomware-group": "text",
		"date": "datetime", "date-published": "datetime", "entity-name": "text", "geo": "text", "sector": "text", "severity": "text"}},
	"victim": {"misc", "a8806e40-39ad-435f-be02-ac2a13d6fc7d", 10, map[string]string{
		"name": "target-org", "classification": "text", "domain": "domain", "regions": "target-location", "sectors": "text", "reference": "text"}},
	"organization": {"misc", "f750e12b-127a-432c-b022-b3f9153c4e2a", 9, map[string]string{
		"name": "text", "type-of-organization": "text", "role": "text", "registration-number": "text"}},
	"tor-hiddenservice": {"misc", "cbac07d6-fbe9-43b8-8d91-d515812ce330", 2, map[string]string{
		"address": "onion-address", "description": "text", "first-seen": "datetime", "last-seen": "datetime"}},
	"leaked-document": {"file", "ea145ecd-b3c2-4f57-ac11-c16e883c4247", 6, map[string]string{
		"document-name": "text", "document-type": "text", "objective": "text", "origin": "text", "first-seen": "datetime"}},
	"forensic-evidence": {"misc", "fe44c648-63ef-43fc-b3de-af71a2e023e4", 2, map[string]string{
		"case-number": "text", "evidence-number": "text", "type": "text", "name": "text", "acquisition-method": "text",
		"acquisition-tools": "text", "additional-comments": "text"}},
	"trusted-timestamp": {"file", "cb84ff28-a488-432e-8ba4-f0d54cc91172", 1, map[string]string{
		"format": "text", "hash-sha256": "sha256", "timestamp": "datetime", "trusted-timestamp-response": "attachment", "tsa-certificates": "attachment"}},
}

// mispCategory is the category of an attribute by its type, as MISP's
// describeTypes allows them.
func mispCategory(kind string) string {
	switch {
	case strings.HasPrefix(kind, "target-"):
		return "Targeting data"
	case kind == "domain", kind == "onion-address":
		return "Network activity"
	case kind == "link", kind == "sha256", kind == "attachment":
		return "External analysis"
	}
	return "Other"
}

// MISP writes an event an alert, in one document: {"response":[{"Event":...}]}.
func MISP(w io.Writer, o Options, items []Item) error {
	o, err := o.Check()
	if err != nil {
		return err
	}
	type wrapped struct {
		Event mispEvent `json:"Event"`
	}
	out := struct {
		Response []wrapped `json:"response"`
	}{[]wrapped{}}
	for _, x := range items {
		out.Response = append(out.Response, wrapped{o.mispEvent(x)})
	}
	return encode(w, out)
}

func (o Options) mispEvent(x Item) mispEvent {
	a := x.Alert
	e := mispEvent{
		UUID: o.name("misp", string(a.ID)), Info: x.headline(),
		Date: a.RaisedAt.UTC().Format(time.DateOnly), Timestamp: stamp(x.updated()),
		ThreatLevel: map[string]string{"critical": "1", "high": "1", "medium": "2", "low": "3"}[severity(a.Urgency)],
		Analysis:    map[breach.AlertState]string{breach.AlertNew: "0", breach.AlertSeen: "1"}[a.State], Distribution: "0",
		Org:  mispOrg{o.Producer, o.name("producer")},
		Tags: []mispTag{{"tlp:" + o.TLP}, {"PAP:" + strings.ToUpper(o.PAP)}, {"rsit:information-content-security=\"data-leak\""}},
	}
	if e.Analysis == "" {
		e.Analysis = "2"
	}
	switch {
	case a.ReasonCode != "" && breach.FalseAlarm(a.ReasonCode):
		e.Tags = append(e.Tags, mispTag{`false-positive:risk="high"`})
	case a.State == breach.AlertConfirmed || a.State == breach.AlertHanded && a.DecidedBy != "":
		e.Tags = append(e.Tags, mispTag{`false-positive:risk="low"`})
	}
	if x.Site != "" {
		// Which cluster of the galaxy a site is, its configured name says.
		e.Tags = append(e.Tags, mispTag{`misp-galaxy:ransomware="` + strings.ReplaceAll(string(a.Source), `"`, "") + `"`})
	}
	e.Objects = o.mispObjects(x)
	return e
}

func (o Options) mispObjects(x Item) []mispObject {
	a := x.Alert
	post := o.object(x, "ransomware-group-post", "",
		pair{"title", Mask(x.Title)}, pair{"description", x.summary()}, pair{"leak-site-url", x.Site}, pair{"website", website(x.Website)},
		pair{"ransomware-group", string(a.Source)}, pair{"date", moment(x.LastSeen)}, pair{"date-published", moment(when(x.Date))},
		pair{"entity-name", a.Entity}, pair{"geo", x.country()}, pair{"sector", mispSector(a.Kind)}, pair{"severity", severity(a.Urgency)})
	if x.Site == "" { // a person's report is no group's post
		post = o.object(x, "leaked-document", "report", pair{"document-name", "Report of a leak concerning " + a.Entity}, pair{"document-type", "other"}, pair{"first-seen", moment(a.RaisedAt)})
	}
	victim := o.object(x, "victim", "", pair{"name", a.Entity}, pair{"classification", "organization"}, pair{"domain", host(x.Website)},
		pair{"regions", x.country()}, pair{"sectors", mispSector(a.Kind)}, pair{"reference", a.Code})
	org := o.object(x, "organization", "", pair{"name", a.Entity}, pair{"type-of-organization", a.Kind}, pair{"role", "Victim"}, pair{"registration-number", siren(a.Code)})
	o.refer(&post, victim, "targets")
	o.refer(&victim, org, "identifies")
	list := []mispObject{post, victim, org}
	if h := onion(x.Site); h != "" {
		tor := o.object(x, "tor-hiddenservice", "", pair{"address", h}, pair{"description", string(a.Source)}, pair{"first-seen", moment(a.RaisedAt)}, pair{"last-seen", moment(x.LastSeen)})
		o.refer(&post, tor, "located")
		list = append(list, tor)
	}
	if d := x.Dump; d != nil {
		doc := o.object(x, "leaked-document", string(d.ID), pair{"document-name", "acquired file " + string(d.ID)}, pair{"document-type", "other"},
			pair{"objective", "Extortion"}, pair{"origin", string(a.Source)}, pair{"first-seen", moment(d.AcquiredAt)})
		o.refer(&doc, post, "related-to")
		list = append(list, doc, o.evidence(x, string(d.ID), d.Digest, "file acquired"))
	}
	for _, c := range x.Captures {
		list = append(list, o.evidence(x, string(c.ID), c.Digest, fmt.Sprintf("page as received, WARC file %s, record %s, %s", c.File, c.Record, moment(c.At))))
	}
	if x.Stamp != nil {
		list = append(list, o.trusted(x))
	}
	return list
}

// evidence names a thing that is held sealed, by the digest a court can check.
func (o Options) evidence(x Item, id, digest, what string) mispObject {
	number := string(x.Alert.Incident)
	if number == "" {
		number = string(x.Alert.ID)
	}
	return o.object(x, "forensic-evidence", id, pair{"case-number", number}, pair{"evidence-number", id}, pair{"type", "Network"},
		pair{"name", what}, pair{"acquisition-method", "Live acquisition"}, pair{"acquisition-tools", "Other"}, pair{"additional-comments", digest})
}

func (o Options) trusted(x Item) mispObject {
	s := x.Stamp
	obj := o.object(x, "trusted-timestamp", s.Digest, pair{"format", "RFC3161"}, pair{"hash-sha256", s.Digest}, pair{"timestamp", moment(s.At)},
		pair{"trusted-timestamp-response", "timestamp.tsr"})
	if len(s.Certs) > 0 {
		certs := o.object(x, "trusted-timestamp", s.Digest, pair{"tsa-certificates", "tsa.pem"})
		obj.Attributes = append(obj.Attributes, certs.Attributes...)
	}
	for i := range obj.Attributes {
		switch obj.Attributes[i].Relation {
		case "trusted-timestamp-response":
			obj.Attributes[i].Data = base64.StdEncoding.EncodeToString(s.Response)
		case "tsa-certificates":
			obj.Attributes[i].Data = base64.StdEncoding.EncodeToString(s.Certs)
		}
	}
	return obj
}

type pair struct{ relation, value string }

// object makes an object of a definition; relations without value are left out.
func (o Options) object(x Item, name, which string, pairs ...pair) mispObject {
	t := templates[name]
	obj := mispObject{Name: name, Category: t.category, Template: t.uuid, Version: strconv.Itoa(t.version),
		UUID: o.name("misp", string(x.Alert.ID), name, which), Timestamp: stamp(x.updated()), Attributes: []mispAttribute{}}
	for _, p := range pairs {
		kind, known := t.types[p.relation]
		if !known {
			panic("export: relation " + p.relation + " is not in " + name)
		}
		if p.value == "" {
			continue
		}
		obj.Attributes = append(obj.Attributes, mispAttribute{UUID: o.name("misp", string(x.Alert.ID), name, which, p.relation), Timestamp: obj.Timestamp,
			Relation: p.relation, Type: kind, Category: mispCategory(kind), Value: p.value, Uncorrelated: !slices.Contains([]string{"domain", "onion-address", "sha256", "target-org"}, kind)})
	}
	return obj
}

func (o Options) refer(from *mispObject, to mispObject, how string) {
	from.References = append(from.References, mispReference{o.name("misp", "ref", from.UUID, to.UUID), to.UUID, how})
}

// mispSector is a kind of body in the words of the victim object.
func mispSector(kind string) string {
	switch kind {
	case "commune", "epci":
		return "government local"
	case "department", "region":
		return "government regional"
	case "ministry":
		return "government national"
	case "agency", "syndicate", "mission_locale":
		return "government public services"
	case "hospital":
		return "healthcare"
	case "school":
		return "education"
	case "university":
		return "academia - university"
	case "software", "supplier":
		return "technology"
	}
	return ""
}

func siren(code string) string {
	if s, ok := strings.CutPrefix(code, "siren:"); ok {
		return s
	}
	return ""
}

func website(w string) string {
	if h := host(w); h != "" {
		return "https://" + h + "/"
	}
	return ""
}

// moment writes a time as MISP's datetime; "" for none.
func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05.000000+00:00")
}

func stamp(t time.Time) string { return strconv.FormatInt(t.Unix(), 10) }

func encode(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}
