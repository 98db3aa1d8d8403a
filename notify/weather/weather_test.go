package weather

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"vigie/internal/breach"
	"vigie/internal/france"
)

// now is a Saturday at noon in Paris, the day before the clocks go forward.
var now = time.Date(2031, 3, 29, 11, 0, 0, 0, time.UTC)

func ago(d time.Duration) time.Time { return now.Add(-d) }

const day = 24 * time.Hour

// hourly is a source that was read each hour for all the days shown but where
// but says.
func hourly(but func(time.Time) bool) (out []int64) {
	for h := now.Add(-(Days+3)*day).Unix() / 3600; h <= now.Unix()/3600; h++ {
		if but == nil || !but(time.Unix(h*3600, 0)) {
			out = append(out, h)
		}
	}
	return out
}

// orbe has two departments of communes, one with few bodies, and an EPCI.
func orbe() (out []Place) {
	for _, d := range []struct {
		code string
		n    int
	}{{"34", 30}, {"75", 3}} {
		out = append(out, Place{Kind: "department", Code: d.code, Name: "Department " + d.code, Department: d.code})
		for i := range d.n {
			out = append(out, Place{Kind: "commune", Code: fmt.Sprintf("%s%03d", d.code, i+1), Name: fmt.Sprintf("Commune %s %d", d.code, i+1), Department: d.code})
		}
	}
	return append(out, Place{Kind: "epci", Code: "200000172", Name: "CC d'Orbe"})
}

func clear() Input {
	return Input{Now: now, Places: orbe(), Sources: []breach.SourceID{"a", "b"}, Looks: map[breach.SourceID][]int64{"a": hourly(nil), "b": hourly(nil)}}
}

func find(t *testing.T, in Input, code string) Place {
	t.Helper()
	for _, p := range in.Places {
		if p.Code == code {
			return p
		}
	}
	t.Fatalf("no place %s", code)
	return Place{}
}

func TestSky(t *testing.T) {
	for _, tt := range []struct {
		name  string
		edit  func(*Input)
		code  string
		today Sky
		fog   bool
		first Sky // fourteen days ago
	}{
		{"clear", func(*Input) {}, "34001", Sun, false, Sun},
		{"nobody watches", func(in *Input) { in.Sources = nil }, "34001", Fog, true, Fog},
		{"one source was never read", func(in *Input) { delete(in.Looks, "b") }, "34001", Fog, true, Fog},
		{"one went dark yesterday", func(in *Input) {
			in.Looks["b"] = hourly(func(h time.Time) bool { return h.After(ago(20 * time.Hour)) })
		}, "34001", Fog, true, Sun},
		{"a source added today", func(in *Input) { in.Looks["b"] = []int64{now.Unix() / 3600} }, "34001", Fog, true, Fog},
		{"a short outage", func(in *Input) {
			in.Looks["b"] = hourly(func(h time.Time) bool { return h.After(ago(11 * time.Hour)) })
		}, "34001", Sun, false, Sun},
		{"a source nobody follows any more", func(in *Input) { in.Looks["c"] = nil }, "34001", Sun, false, Sun},
		{"a claim in the department", func(in *Input) { in.Claims = []Claim{{"34", ago(time.Hour)}} }, "34001", Rain, false, Sun},
		{"a claim elsewhere", func(in *Input) { in.Claims = []Claim{{"75", ago(time.Hour)}} }, "34001", Sun, false, Sun},
		{"a claim nobody can place", func(in *Input) { in.Claims = []Claim{{"", ago(time.Hour)}} }, "34001", Sun, false, Sun},
		{"a claim six days ago", func(in *Input) { in.Claims = []Claim{{"34", ago(6 * day)}} }, "34001", Rain, false, Sun},
		{"a claim seven days ago", func(in *Input) { in.Claims = []Claim{{"34", ago(7 * day)}} }, "34001", Sun, false, Sun},
		{"an old claim still rains at the beginning", func(in *Input) { in.Claims = []Claim{{"34", ago(15 * day)}} }, "34001", Sun, false, Rain},
		{"rain under fog", func(in *Input) { in.Claims = []Claim{{"34", now}}; in.Sources = nil }, "34001", Rain, true, Fog},
		{"few bodies would be named", func(in *Input) { in.Claims = []Claim{{"75", now}} }, "75001", Sun, false, Sun},
		{"it told", func(in *Input) { in.Told = []Told{{"commune", "34001", ago(2 * day), "https://x.example.org/"}} }, "34001", Storm, false, Sun},
		{"its neighbour told", func(in *Input) { in.Told = []Told{{"commune", "34002", ago(2 * day), "https://x.example.org/"}} }, "34001", Sun, false, Sun},
		{"it will tell", func(in *Input) { in.Told = []Told{{"commune", "34001", now.Add(time.Hour), "https://x.example.org/"}} }, "34001", Sun, false, Sun},
		{"it told long ago", func(in *Input) { in.Told = []Told{{"commune", "34001", ago(15 * day), "https://x.example.org/"}} }, "34001", Sun, false, Sun},
		{"a group of communes told", func(in *Input) { in.Told = []Told{{"epci", "200000172", now, "https://x.example.org/"}} }, "200000172", Storm, false, Sun},
	} {
		t.Run(tt.name, func(t *testing.T) {
			in := clear()
			tt.edit(&in)
			days, _ := New(in).Of(find(t, in, tt.code))
			if len(days) != Days || days[Days-1].Day != "2031-03-29" || days[0].Day != "2031-03-16" {
				t.Fatalf("%d days, %s to %s", len(days), days[0].Day, days[Days-1].Day)
			}
			if got := days[Days-1]; got.Sky != tt.today || got.Fog != tt.fog {
				t.Errorf("today %+v, want %s, fog %t", got, tt.today, tt.fog)
			}
			if got := days[0].Sky; got != tt.first {
				t.Errorf("the first day %s, want %s", got, tt.first)
			}
		})
	}
}

// The sky before a body's own communication stays as it was shown then.
func TestStormIsNotToldBackwards(t *testing.T) {
	in := clear()
	in.Told = []Told{{"commune", "34001", ago(2 * day), "https://x.example.org/"}}
	days, _ := New(in).Of(find(t, in, "34001"))
	for i, d := range days {
		if want := i >= Days-3; (d.Sky == Storm) != want {
			t.Errorf("%s is %s", d.Day, d.Sky)
		}
	}
}

// Sun is told only where every source was read all day: whatever else is true.
func TestNeverAFalseAllClear(t *testing.T) {
	for missing := range 48 {
		in := clear()
		gap := ago(time.Duration(missing) * time.Hour)
		in.Looks["a"] = hourly(func(h time.Time) bool { return h.After(gap.Add(-14*time.Hour)) && h.Before(gap) })
		r := New(in)
		days, _ := r.Of(find(t, in, "34001"))
		foggy := 0
		for _, d := range append(days, r.Country()...) {
			if d.Fog {
				foggy++
				if d.Sky == Sun {
					t.Errorf("gap %d h ago: %s is sun", missing, d.Day)
				}
			}
		}
		if foggy == 0 {
			t.Errorf("a gap of fourteen hours that ended %d h ago is not seen", missing)
		}
	}
}

func TestEveryDepartmentIsOnTheMapOnce(t *testing.T) {
	fr, err := france.Load()
	if err != nil {
		t.Fatal(err)
	}
	on := map[string]int{}
	at := map[[2]int]bool{}
	for _, x := range tiles() {
		on[x.code]++
		if at[[2]int{x.x, x.y}] {
			t.Errorf("%s lies on another", x.code)
		}
		at[[2]int{x.x, x.y}] = true
	}
	for _, d := range fr.Departments {
		if on[d.Code] != 1 {
			t.Errorf("department %s is %d times on the map", d.Code, on[d.Code])
		}
		delete(on, d.Code)
	}
	if len(on) > 0 {
		t.Errorf("on the map and no department: %v", on)
	}
}

func built(t testing.TB, in Input) string {
	t.Helper()
	dir := t.TempDir()
	if _, err := Build(context.Background(), dir, New(in)); err != nil {
		t.Fatal(err)
	}
	return dir
}

func read(t testing.TB, dir, file string) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(dir, file))
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func TestPages(t *testing.T) {
	in := clear()
	in.Places[1].Name = `L'Hay <script>alert(1)</script> & "Orbe"`
	in.Claims = []Claim{{"34", now}}
	in.Told = []Told{{"commune", "34002", ago(day), "javascript:alert(2)"}, {"commune", "34003", ago(day), "https://orbe.example.org/annonce?a=1&b=2"}}
	dir := built(t, in)
	seen := 0
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		seen++
		raw := read(t, dir, strings.TrimPrefix(path, dir+"/"))
		if strings.HasSuffix(path, ".json") {
			var v data
			if err := json.Unmarshal([]byte(raw), &v); err != nil || len(v.Days) != Days || v.How != theHow {
				t.Errorf("%s: %v %+v", path, err, v)
			}
			return nil
		}
		checkPage(t, strings.TrimPrefix(path, dir), raw)
		return nil
	})
	if want := 3*len(in.Places) + 3 + 2; err != nil || seen != want {
		t.Errorf("%d files, want %d: %v", seen, want, err)
	}
	for _, want := range []struct{ file, text string }{
		{"c/34003.html", "orage. Un organisme a lui-même annoncé"}, {"c/34003.en.html", "storm. A body has announced"},
		{"c/34003.html", `href="https://orbe.example.org/annonce?a=1&amp;b=2"`}, {"c/34004.html", "pluie. Un site revendique"},
		{"d/34.html", "Commune 34 3"}, {"d/34.html", "orage"}, {"index.html", `class="storm"`}, {"epci.html", "d&#39;Orbe"},
		{"c/34004.html", "Elle dure 7 jours"}, {"e/200000172.html", "n’en montre pas"},
	} {
		if !strings.Contains(read(t, dir, want.file), want.text) {
			t.Errorf("%s lacks %q", want.file, want.text)
		}
	}
}

var script = regexp.MustCompile(`(?i)<script|javascript:|\son[a-z]+=|https?://[^"]*\.(js|css|woff2?|png)`)

// checkPage looks at what a page must have: WCAG 2.1 AA as far as a text shows
// it, no script, nothing from elsewhere, no message that is missing.
func checkPage(t *testing.T, name, raw string) {
	t.Helper()
	if len(raw) > maxPage || script.MatchString(raw) || strings.Contains(raw, "%!") || strings.Contains(raw, "⟦") {
		t.Errorf("%s: %d bytes, script %q", name, len(raw), script.FindString(raw))
	}
	doc, err := html.Parse(strings.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	ids, h1, level := map[string]bool{}, 0, 0
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		at := map[string]string{}
		for _, a := range n.Attr {
			at[a.Key] = a.Val
		}
		if id := at["id"]; id != "" {
			if ids[id] {
				t.Errorf("%s: id %s twice", name, id)
			}
			ids[id] = true
		}
		switch n.Data {
		case "html":
			if at["lang"] != "fr" && at["lang"] != "en" {
				t.Errorf("%s: no language", name)
			}
		case "h1":
			h1++
			level = 1
		case "h2", "h3":
			if l := int(n.Data[1] - '0'); l > level+1 {
				t.Errorf("%s: %s after h%d", name, n.Data, level)
			} else {
				level = l
			}
		case "th":
			if at["scope"] == "" {
				t.Errorf("%s: th without scope", name)
			}
		case "a":
			if at["aria-label"] == "" && text(n) == "" {
				t.Errorf("%s: a link without name", name)
			}
		case "svg":
			if at["aria-hidden"] != "true" && at["aria-labelledby"] == "" {
				t.Errorf("%s: a picture without name", name)
			}
		}
	}
	if h1 != 1 || !ids["content"] {
		t.Errorf("%s: %d h1, main %t", name, h1, ids["content"])
	}
}

func text(n *html.Node) string {
	var b strings.Builder
	for c := range n.Descendants() {
		if c.Type == html.TextNode {
			b.WriteString(c.Data)
		}
	}
	return strings.TrimSpace(b.String())
}

// A second build of the same writes nothing.
func TestBuildAgain(t *testing.T) {
	dir := built(t, clear())
	got, err := Build(context.Background(), dir, New(clear()))
	if err != nil || got.Written != 0 || got.Files == 0 {
		t.Errorf("%+v: %v", got, err)
	}
}

func TestBuildStops(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Build(ctx, t.TempDir(), New(clear())); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	in := clear()
	in.Places[1].Code = "../x"
	if _, err := Build(context.Background(), t.TempDir(), New(in)); !errors.Is(err, breach.ErrInvalid) {
		t.Errorf("a code that is a path: %v", err)
	}
}

// France, whole: what a nightly build costs.
func BenchmarkBuildFrance(b *testing.B) {
	fr, err := france.Load()
	if err != nil {
		b.Fatal(err)
	}
	in := clear()
	in.Places = nil
	for _, d := range fr.Departments {
		in.Places = append(in.Places, Place{"department", d.Code, d.Name, d.Code})
	}
	for _, e := range fr.EPCI {
		in.Places = append(in.Places, Place{"epci", e.SIREN, e.Name, ""})
	}
	for _, c := range fr.Communes {
		in.Places = append(in.Places, Place{"commune", c.Code, c.Name, c.Department})
	}
	for b.Loop() {
		got, err := Build(context.Background(), b.TempDir(), New(in))
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(got.Files), "files")
		b.ReportMetric(float64(got.Largest), "largest-bytes")
	}
}

// TestGroup: a group of communes over two departments shows what is told of
// either and who spoke among its communes; a claim on it rains over one
// department alone, as any other there.
func TestGroup(t *testing.T) {
	in := clear()
	for i := range 30 {
		in.Places = append(in.Places, Place{Kind: "commune", Code: fmt.Sprintf("30%03d", i+1), Name: fmt.Sprint("Commune 30 ", i+1), Department: "30"})
	}
	group := Place{Kind: "epci", Code: "200000999", Name: "CC des Deux Rives", Department: "34"}
	in.Places = append(in.Places, group)
	in.Members = map[string][]string{group.Code: {"34001", "34002", "30001", "99999"}}
	for _, tc := range []struct {
		name   string
		claims []Claim
		told   []Told
		want   Sky
		spoke  int
	}{
		{"nothing", nil, nil, Sun, 0},
		{"rain over its first department", []Claim{{"34", now}}, nil, Rain, 0},
		{"rain over its second", []Claim{{"30", now}}, nil, Rain, 0},
		{"rain elsewhere", []Claim{{"75", now}}, nil, Sun, 0},
		{"a commune of it spoke", nil, []Told{{"commune", "30001", now, "https://x.example.org/"}}, Storm, 1},
		{"a commune beside it spoke", nil, []Told{{"commune", "30002", now, "https://x.example.org/"}}, Sun, 0},
		{"it spoke itself", nil, []Told{{"epci", group.Code, now, "https://x.example.org/"}}, Storm, 1},
	} {
		in.Claims, in.Told = tc.claims, tc.told
		days, told := New(in).Group(group)
		if got := days[Days-1].Sky; got != tc.want || len(told) != tc.spoke {
			t.Errorf("%s: %s, %d spoke; want %s, %d", tc.name, got, len(told), tc.want, tc.spoke)
		}
	}
	in.Told = []Told{{"commune", "30001", now, "https://x.example.org/"}}
	dir := t.TempDir()
	if _, err := Build(t.Context(), dir, New(in)); err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(filepath.Join(dir, "e", group.Code+".html"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"../c/34001.html", "../c/30001.html", "https://x.example.org/", "Commune 30 1 : orage", "Commune 34 1 : soleil"} {
		if !strings.Contains(string(page), want) {
			t.Errorf("the page of the group lacks %s", want)
		}
	}
	raw, err := os.ReadFile(filepath.Join(dir, "e", group.Code+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var d data
	if err := json.Unmarshal(raw, &d); err != nil || len(d.Communes) != 3 || d.Communes[2] != (dataCommune{"30001", "Commune 30 1", Storm, false}) {
		t.Errorf("the data of the group: %+v, %v", d.Communes, err)
	}
}

// The pages of one department tell what they tell among those of all: also of a
// group's commune in another department.
func TestOnly(t *testing.T) {
	in := clear()
	for i := range 30 {
		in.Places = append(in.Places, Place{Kind: "commune", Code: fmt.Sprintf("30%03d", i+1), Name: fmt.Sprint("Commune 30 ", i+1), Department: "30"})
	}
	group := Place{Kind: "epci", Code: "200000999", Name: "CC des Deux Rives", Department: "34"}
	in.Places = append(in.Places, group)
	in.Members = map[string][]string{group.Code: {"34001", "30001"}}
	in.Claims = []Claim{{"30", now}}
	in.Told = []Told{{"commune", "30001", now, "https://x.example.org/"}}
	all, one := t.TempDir(), t.TempDir()
	if _, err := Build(t.Context(), all, New(in)); err != nil {
		t.Fatal(err)
	}
	in.Only = "34"
	if _, err := Build(t.Context(), one, New(in)); err != nil {
		t.Fatal(err)
	}
	for file, want := range map[string]bool{"e/200000999.json": true, "e/200000999.html": true, "c/34001.html": true, "c/30001.json": true, "d/34.html": true, "c/30002.html": false, "d/30.html": false} {
		got, err := os.ReadFile(filepath.Join(one, file))
		if (err == nil) != want {
			t.Errorf("%s: %v", file, err)
			continue
		}
		if full, err := os.ReadFile(filepath.Join(all, file)); want && (err != nil || string(full) != string(got) && file != "c/30001.html") {
			t.Errorf("%s differs from that among all: %v", file, err)
		}
	}
	in.Only = "99"
	if n := New(in).Places(); n != 0 {
		t.Errorf("a department that is none has %d pages", n)
	}
}
