package export

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"vigie/internal/breach"
)

var noon = time.Date(2031, 3, 29, 12, 0, 0, 0, time.UTC)

// secrets stand in the post and must leave in no shape.
var secrets = []string{"lucie.martel@", "+33 1 99 00 12 34", "0199001234", "2 85 05 34 172 001 12", "FR76 3000 6000", "DUPONT Jean", "files/extract.csv", "sample row", "amina"}

func invented() []Item {
	digest := "sha256:" + strings.Repeat("3f", 32)
	a := breach.Alert{ID: "alr_1", Post: "pst_1", Source: "corsaires", Entity: "Commune d'Orbe", Kind: "commune", Code: "siren:211700000", Confidence: .93,
		Why: "its domain, lucie.martel@orbe.example.org", RaisedAt: noon, State: breach.AlertConfirmed, Urgency: breach.UrgencyHigh, DecidedBy: "amina", DecidedAt: noon.Add(time.Hour), Incident: "inc_1"}
	full := Item{Alert: a, Title: "Orbe FULL: M. DUPONT Jean lucie.martel@orbe.example.org +33 1 99 00 12 34 / 0199001234 / 2 85 05 34 172 001 12 FR76 3000 6000 0112 3456 7890 189\n\x1b[2J",
		Website: "www.orbe.example.org", Country: "fr", Date: "2031-03-28", LastSeen: noon.Add(2 * time.Hour),
		Site:      "http://" + strings.Repeat("a", 56) + ".onion/",
		Captures:  []breach.Capture{{ID: "cap_1", URL: "http://" + strings.Repeat("a", 56) + ".onion/", At: noon, File: "a.warc.gz", Record: "<urn:uuid:1>", Digest: digest}, {ID: "cap_2", Digest: "md5:no"}},
		Dump:      &breach.Dump{ID: "dmp_1", Incident: "inc_1", Origin: "http://127.0.0.1/files/extract.csv", Digest: digest, AcquiredAt: noon},
		Stamp:     &Stamp{Response: []byte{0x30, 0x03}, Digest: strings.Repeat("3f", 32), At: noon, Certs: []byte("-----BEGIN CERTIFICATE-----")},
		Sightings: []breach.Sighting{{Post: "pst_1", Source: "corsaires", At: noon}, {Post: "pst_2", Source: "mirror", At: noon.Add(3 * time.Hour)}}}
	bare := Item{Alert: breach.Alert{ID: "alr_2", Source: breach.SourceReport, Entity: "Somebody's school", Kind: "school", Confidence: .5, RaisedAt: noon, State: breach.AlertDismissed, ReasonCode: breach.DismissHomonym, DecidedBy: "amina", DecidedAt: noon}}
	return []Item{full, bare}
}

var shapes = map[string]func(*bytes.Buffer, []Item) error{
	"misp":    func(b *bytes.Buffer, x []Item) error { return MISP(b, Options{}, x) },
	"stix":    func(b *bytes.Buffer, x []Item) error { return STIX(b, Options{}, x) },
	"intelmq": func(b *bytes.Buffer, x []Item) error { return IntelMQ(b, Options{}, x) },
	"feed":    func(b *bytes.Buffer, x []Item) error { return JSONFeed(b, Options{}, x) },
	"digest":  func(b *bytes.Buffer, x []Item) error { return Digest(b, Options{}, x, "fr") },
	"hook": func(b *bytes.Buffer, x []Item) error {
		for i, it := range x {
			raw, err := HookBody(Options{}, it, int64(i))
			if err != nil {
				return err
			}
			b.Write(raw)
		}
		return nil
	},
}

func written(t *testing.T, shape string, items []Item) string {
	t.Helper()
	var b bytes.Buffer
	if err := shapes[shape](&b, items); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestNothingStolenLeaves(t *testing.T) {
	for shape := range shapes {
		t.Run(shape, func(t *testing.T) {
			out := written(t, shape, invented())
			for _, s := range secrets {
				if strings.Contains(out, s) {
					t.Errorf("it tells %q", s)
				}
			}
			if !strings.Contains(out, "Commune d'Orbe") {
				t.Error("it does not name the body")
			}
			if strings.ContainsAny(out, "\x1b") || strings.Contains(out, `\u001b`) {
				t.Error("a control character leaves")
			}
		})
	}
}

// What a person reported is no publication on a leak site, in any shape.
func TestReportsAreSaidToBe(t *testing.T) {
	for shape := range shapes {
		out := written(t, shape, invented()[1:])
		if strings.Contains(strings.ToLower(out), "publication on") {
			t.Errorf("%s calls a report a publication: %s", shape, out)
		}
	}
}

// The same alerts give the same bytes, in any shape.
func TestSameAgain(t *testing.T) {
	for shape := range shapes {
		first, second := written(t, shape, invented()), written(t, shape, invented())
		if first != second {
			t.Errorf("%s differs", shape)
		}
	}
}

func TestNoAlerts(t *testing.T) {
	for shape := range shapes {
		out := written(t, shape, nil)
		if strings.Contains(out, "null") {
			t.Errorf("%s: an empty list is null: %s", shape, out)
		}
	}
}

func TestMarkings(t *testing.T) {
	for _, tt := range []struct {
		o    Options
		want bool
	}{{Options{}, true}, {Options{TLP: "amber+strict", PAP: "red"}, true}, {Options{TLP: "white"}, false}, {Options{PAP: "amber+strict"}, false}, {Options{TLP: "AMBER"}, false}} {
		var b bytes.Buffer
		if err := STIX(&b, tt.o, invented()); (err == nil) != tt.want {
			t.Errorf("%+v: %v", tt.o, err)
		}
	}
}

var uuidShape = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)

// RFC 9562 appendix A.4: the UUID of www.example.com in the DNS namespace.
func TestUUID5(t *testing.T) {
	if got := uuid5(nsDNS, "www.example.com"); got != "2ed6657d-e927-568b-95e1-2665a8aea6a2" {
		t.Errorf("got %s", got)
	}
}

// What MISP's definitions require, object by object.
func TestMISPShape(t *testing.T) {
	var doc struct {
		Response []struct{ Event mispEvent }
	}
	if err := json.Unmarshal([]byte(written(t, "misp", invented())), &doc); err != nil {
		t.Fatal(err)
	}
	want := map[string][]string{ // all of these relations
		"ransomware-group-post": {"title", "leak-site-url", "entity-name"}, "victim": {"name", "regions"}, "organization": {"name"},
		"tor-hiddenservice": {"address"}, "leaked-document": {"document-name"}, "forensic-evidence": {"case-number", "evidence-number"},
		"trusted-timestamp": {"trusted-timestamp-response", "hash-sha256", "tsa-certificates"},
	}
	uuids, met := map[string]bool{}, map[string]bool{}
	e := doc.Response[0].Event
	for _, o := range e.Objects {
		met[o.Name] = true
		if uuids[o.UUID] || !uuidShape.MatchString(o.UUID) || o.Template == "" || o.Timestamp == "" {
			t.Errorf("object %s: uuid %s stands twice or is none", o.Name, o.UUID)
		}
		uuids[o.UUID] = true
		var have []string
		for _, a := range o.Attributes {
			have = append(have, a.Relation)
			if n, err := strconv.ParseInt(a.Timestamp, 10, 64); err != nil || n < noon.Unix() {
				t.Errorf("%s/%s: time stamp %q", o.Name, a.Relation, a.Timestamp)
			}
			if uuids[a.UUID] || a.Value == "" || a.Type == "" || a.Category == "" {
				t.Errorf("%s/%s: %+v", o.Name, a.Relation, a)
			}
			uuids[a.UUID] = true
			if (a.Type == "attachment") != (a.Data != "") {
				t.Errorf("%s/%s: an attachment and its data belong together", o.Name, a.Relation)
			}
		}
		for _, r := range want[o.Name] {
			if !slices.Contains(have, r) {
				t.Errorf("%s lacks %s", o.Name, r)
			}
		}
	}
	for name := range want {
		if !met[name] {
			t.Errorf("no object %s", name)
		}
	}
	for _, o := range e.Objects {
		for _, r := range o.References {
			if !uuids[r.Referenced] {
				t.Errorf("%s refers to what is not there", o.Name)
			}
		}
	}
	for _, tag := range []string{"tlp:amber", "PAP:AMBER", `misp-galaxy:ransomware="corsaires"`} {
		if !slices.Contains(e.Tags, mispTag{tag}) {
			t.Errorf("no tag %s", tag)
		}
	}
	if bare := doc.Response[1].Event; slices.ContainsFunc(bare.Objects, func(o mispObject) bool { return o.Name == "ransomware-group-post" }) {
		t.Error("a person's report is told as a group's post")
	}
}

// What STIX 2.1 requires: common properties (3.2), required ones by type,
// vocabularies, references that resolve, identifiers of observables (2.9).
func TestSTIXShape(t *testing.T) {
	var doc struct {
		Type, ID string
		Objects  []map[string]any
	}
	if err := json.Unmarshal([]byte(written(t, "stix", invented())), &doc); err != nil {
		t.Fatal(err)
	}
	required := map[string][]string{
		"marking-definition": {"created", "name", "extensions"}, "identity": {"name"}, "location": {"country"}, "intrusion-set": {"name"},
		"relationship": {"relationship_type", "source_ref", "target_ref"}, "report": {"name", "published", "object_refs"},
		"domain-name": {"value"}, "artifact": {"url", "hashes"}, "note": {"content", "object_refs"}, "opinion": {"opinion", "object_refs"},
	}
	ids, met := map[string]bool{}, map[string]int{}
	for _, o := range doc.Objects {
		id, kind := o["id"].(string), o["type"].(string)
		if ids[id] || !strings.HasPrefix(id, kind+"--") || o["spec_version"] != "2.1" {
			t.Errorf("%s: stands twice, or is no %s", id, kind)
		}
		if kind != "marking-definition" && !uuidShape.MatchString(strings.TrimPrefix(id, kind+"--")) {
			t.Errorf("%s is not a UUIDv5", id)
		}
		ids[id] = true
		met[kind]++
		for _, p := range required[kind] {
			if o[p] == nil {
				t.Errorf("%s lacks %s", id, p)
			}
		}
		if created, ok := o["created"].(string); ok {
			if modified, ok := o["modified"].(string); ok && modified < created {
				t.Errorf("%s was modified before it was created", id)
			}
		} else if kind != "artifact" && kind != "domain-name" {
			t.Errorf("%s lacks created", id)
		}
	}
	for kind := range required {
		if met[kind] == 0 {
			t.Errorf("no %s", kind)
		}
	}
	for _, o := range doc.Objects {
		for _, key := range []string{"source_ref", "target_ref", "created_by_ref"} {
			if ref, ok := o[key].(string); ok && !ids[ref] {
				t.Errorf("%v: %s does not resolve", o["id"], key)
			}
		}
		for _, key := range []string{"object_refs", "object_marking_refs"} {
			refs, _ := o[key].([]any)
			for _, ref := range refs {
				if !ids[ref.(string)] {
					t.Errorf("%v: %s does not resolve", o["id"], key)
				}
			}
			if key == "object_marking_refs" && len(refs) != 1 && o["type"] != "marking-definition" {
				t.Errorf("%v is not marked", o["id"])
			}
		}
		if o["type"] == "domain-name" && o["id"] != "domain-name--"+uuid5(nsSTIX, `{"value":"www.orbe.example.org"}`) {
			t.Errorf("the domain's identifier does not follow from it")
		}
	}
	if met["report"] != 2 || met["intrusion-set"] != 1 {
		t.Errorf("met %v", met)
	}
}

// What two exports say of one object they say of the same times (STIX 2.1
// section 3.6: created never changes).
func TestSTIXCreatedStays(t *testing.T) {
	later := invented()[:1]
	later[0].Alert.ID, later[0].Alert.RaisedAt = "alr_3", noon.Add(time.Hour)
	created := map[string]string{}
	for _, items := range [][]Item{invented(), later} {
		var doc struct {
			Objects []struct{ ID, Created string }
		}
		if err := json.Unmarshal([]byte(written(t, "stix", items)), &doc); err != nil {
			t.Fatal(err)
		}
		for _, o := range doc.Objects {
			if was, met := created[o.ID]; met && was != o.Created {
				t.Errorf("%s was created at %s and at %s", o.ID, was, o.Created)
			}
			created[o.ID] = o.Created
		}
	}
}

func TestIntelMQShape(t *testing.T) {
	key := regexp.MustCompile(`^(__type|[a-z_][a-z_0-9]+(\.[a-z_0-9]+)*)$`)
	for _, line := range strings.Split(strings.TrimSpace(written(t, "intelmq", invented())), "\n") {
		var e map[string]any
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatal(err)
		}
		for k := range e {
			if !key.MatchString(k) {
				t.Errorf("key %q", k)
			}
		}
		if e["classification.type"] != "data-leak" || e["classification.taxonomy"] != "information-content-security" || e["classification.identifier"] != "breach" || e["tlp"] != "AMBER" {
			t.Errorf("classified %v", e)
		}
		if _, err := time.Parse("2006-01-02T15:04:05-07:00", e["time.source"].(string)); err != nil {
			t.Error(err)
		}
	}
}

func TestJSONFeedShape(t *testing.T) {
	var f struct {
		Version, Title string
		Items          []struct {
			ID      string `json:"id"`
			Text    string `json:"content_text"`
			Date    string `json:"date_published"`
			Changed string `json:"date_modified"`
		}
	}
	if err := json.Unmarshal([]byte(written(t, "feed", invented())), &f); err != nil {
		t.Fatal(err)
	}
	if f.Version != "https://jsonfeed.org/version/1.1" || f.Title == "" || len(f.Items) != 2 {
		t.Fatalf("%+v", f)
	}
	for _, it := range f.Items {
		if _, err := time.Parse(time.RFC3339, it.Date); err != nil || it.ID == "" || it.Text == "" {
			t.Errorf("%+v: %v", it, err)
		}
	}
	if f.Items[0].Changed != "2031-03-29T15:00:00Z" {
		t.Errorf("a later sighting is a change: %s", f.Items[0].Changed)
	}
}

func TestSign(t *testing.T) {
	secret, body := []byte("secret"), []byte(`{"a":1}`)
	sig := Sign(secret, noon, body)
	at := strconv.FormatInt(noon.Unix(), 10)
	for _, tt := range []struct {
		name, at, sig, body string
		now                 time.Time
		want                bool
	}{
		{"sound", at, sig, `{"a":1}`, noon.Add(time.Minute), true},
		{"another body", at, sig, `{"a":2}`, noon, false},
		{"another time", strconv.FormatInt(noon.Unix()+1, 10), sig, `{"a":1}`, noon, false},
		{"too old", at, sig, `{"a":1}`, noon.Add(6 * time.Minute), false},
		{"from the future", at, sig, `{"a":1}`, noon.Add(-6 * time.Minute), false},
		{"no time", "", sig, `{"a":1}`, noon, false},
		{"no signature", at, "", `{"a":1}`, noon, false},
	} {
		if err := Verify(secret, tt.at, tt.sig, []byte(tt.body), tt.now); (err == nil) != tt.want {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

func TestMask(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"Ville de Saint-Affrique", "Ville de Saint-Affrique"},
		{"Mairie, 12 000 habitants, 2031", "Mairie, 12 000 habitants, 2031"},
		{"Mme Anne-Marie L'Exemple et M. DUPONT", "Mme ••• et M. •••"},
		{"Madame le maire", "Madame le maire"},
		{"né le 29/03/2001", "né le •••"},
		{"M\u202eoc.x\u200b a@b.fr", "Moc.x •••@b.fr"},
		{strings.Repeat("é", 300), strings.Repeat("é", 200) + "…"},
	} {
		if got := Mask(tt.in); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.in, got, tt.want)
		}
	}
}

// Whatever a site writes, every shape stays JSON and holds no line break of
// its own.
func FuzzExport(f *testing.F) {
	f.Add("title", "example.org", "2031-03-29", "http://x.onion/")
	f.Add("\xff\x00\u202e", "http://[::1", "\n", "javascript:alert(1)")
	f.Fuzz(func(t *testing.T, title, website, date, site string) {
		items := invented()
		items[0].Title, items[0].Website, items[0].Date, items[0].Site, items[0].Alert.Entity = title, website, date, site, title
		for shape, write := range shapes {
			var b bytes.Buffer
			if err := write(&b, items); err != nil {
				t.Fatal(shape, err)
			}
			if shape == "digest" {
				continue
			}
			for dec := json.NewDecoder(&b); dec.More(); {
				var v any
				if err := dec.Decode(&v); err != nil {
					t.Fatal(shape, err)
				}
			}
		}
	})
}
