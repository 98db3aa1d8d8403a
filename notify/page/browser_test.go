package page

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"
)

// tools is where .ci/run puts what npm serves.
func tools(t *testing.T, path string) string {
	t.Helper()
	home, err := os.UserHomeDir()
	if err != nil {
		t.Skip("no home directory")
	}
	full := filepath.Join(home, ".cache", "vigie-tools", "node_modules", path)
	if _, err := os.Stat(full); err != nil {
		t.Skipf("%s is not installed", path)
	}
	return full
}

// pages builds a page of several controllers in every text, in two versions.
func pages(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	ml, town := facts("ml", "Mission Locale"), facts("town", "Mairie d'Orbe")
	build(t, dir, noon, ml, town)
	town.Persons = 13
	build(t, dir, noon.Add(time.Hour), ml, town)
	return dir
}

var policy = regexp.MustCompile(`<meta http-equiv="Content-Security-Policy"[^>]*>`)

// TestAxe: axe-core, in a real browser, finds nothing against WCAG 2.2 AA, in a
// wide window and in one of 320 pixels (WCAG 1.4.10).
func TestAxe(t *testing.T) {
	browser, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("Chromium is not installed")
	}
	axe, err := os.ReadFile(tools(t, "axe-core/axe.min.js"))
	if err != nil {
		t.Fatal(err)
	}
	dir := pages(t)
	for name, size := range map[string]string{"index.html": "320,640", "c-ml.html": "320,640", "c-ml.en.html": "1280,900", "c-ml.fr-facile.html": "320,640"} {
		{
			t.Run(name+" "+size, func(t *testing.T) {
				text, err := os.ReadFile(filepath.Join(dir, name))
				if err != nil {
					t.Fatal(err)
				}
				// The page's own policy forbids every script, axe's as well.
				run := `<script>` + string(axe) + `</script><script>axe.run(document,{runOnly:["wcag2a","wcag2aa","wcag21a","wcag21aa","wcag22aa","best-practice"]}).then(function(r){
document.body.innerHTML="";var p=document.createElement("pre");p.id="axe";p.textContent=JSON.stringify({passes:r.passes.length,violations:r.violations.map(function(v){return v.id+": "+v.nodes.map(function(n){return n.html}).join(" ").slice(0,300)}),wide:document.documentElement.scrollWidth>window.innerWidth});document.body.appendChild(p)})</script>`
				page := policy.ReplaceAllString(string(text), "")
				page = strings.Replace(page, "</body>", run+"</body>", 1)
				work := t.TempDir()
				path := filepath.Join(work, "page.html")
				if err := os.WriteFile(path, []byte(page), 0o600); err != nil {
					t.Fatal(err)
				}
				cmd := exec.CommandContext(t.Context(), browser, "--headless", "--no-sandbox", "--disable-gpu", "--user-data-dir="+work, "--window-size="+size,
					"--virtual-time-budget=20000", "--dump-dom", "file://"+path)
				out, err := cmd.Output()
				if err != nil {
					t.Fatal(err)
				}
				_, rest, found := strings.Cut(string(out), `<pre id="axe">`)
				answer, _, _ := strings.Cut(rest, "</pre>")
				var got struct {
					Passes     int
					Violations []string
					Wide       bool
				}
				if err := json.Unmarshal([]byte(html.UnescapeString(answer)), &got); !found || err != nil {
					t.Fatalf("axe gave no answer: %v", err)
				}
				if got.Passes < 15 || len(got.Violations) > 0 {
					t.Errorf("%d rules passed, violations %v", got.Passes, got.Violations)
				}
			})
		}
	}
}

// TestHTMLValidate holds the pages to the standard.
func TestHTMLValidate(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("node is not installed")
	}
	validate := tools(t, "html-validate/bin/html-validate.mjs")
	dir := pages(t)
	config := `{"root":true,"extends":["html-validate:standard","html-validate:a11y"],"rules":{"no-inline-style":"off"}}`
	if err := os.WriteFile(filepath.Join(dir, ".htmlvalidate.json"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), node, validate, "--formatter", "text", "index.html", "c-ml.html", "c-ml.en.html", "c-ml.fr-facile.html", "v1/c-ml.html")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v:\n%s", err, out)
	}
}
