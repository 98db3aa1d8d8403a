package page

import (
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// luminance and contrast are those of WCAG 2.2 (1.4.3).
func luminance(hex string) float64 {
	if len(hex) == 3 {
		hex = string([]byte{hex[0], hex[0], hex[1], hex[1], hex[2], hex[2]})
	}
	part := func(i int) float64 {
		n, _ := strconv.ParseUint(hex[i:i+2], 16, 8)
		c := float64(n) / 255
		if c <= 0.04045 {
			return c / 12.92
		}
		return math.Pow((c+0.055)/1.055, 2.4)
	}
	return 0.2126*part(0) + 0.7152*part(2) + 0.0722*part(4)
}

func contrast(a, b string) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// TestLook holds the style sheet to what a machine can measure: contrast,
// rules of the State's reference for simple wording (RLS 1.1 to 1.14), size of
// what is pressed, and nothing from elsewhere.
func TestLook(t *testing.T) {
	raw, err := os.ReadFile("page.html")
	if err != nil {
		t.Fatal(err)
	}
	css := string(raw)
	colors := regexp.MustCompile(`[^-]color:#([0-9a-f]{3,6})`).FindAllStringSubmatch(css, -1)
	if len(colors) < 2 {
		t.Fatal("no colours found")
	}
	for _, m := range colors {
		if c := contrast(m[1], "ffffff"); c < 7 {
			t.Errorf("#%s on white has a contrast of %.1f, 7 at least", m[1], c)
		}
	}
	for _, want := range []string{"text-align:start", "Arial,Helvetica,sans-serif", "font:1.0625rem/1.6", "min-height:1.6rem", "@media print", "a:focus-visible{outline:3px"} {
		if !strings.Contains(css, want) {
			t.Errorf("the style lacks %s", want)
		}
	}
	for _, bad := range []string{"justify;", "italic", "uppercase", "hyphens:auto", "text-indent", "column", "url(", "@import", "http"} {
		if s := strings.ReplaceAll(css, `http-equiv`, ""); strings.Contains(s, bad) {
			t.Errorf("the style has %s", bad)
		}
	}
}

// TestReadingOrder: what was sent comes first, then what happened; headings
// stand in the order of the source, which is the order of reading.
func TestReadingOrder(t *testing.T) {
	dir := pages(t)
	text, err := os.ReadFile(filepath.Join(dir, "c-ml.html"))
	if err != nil {
		t.Fatal(err)
	}
	doc, err := html.Parse(strings.NewReader(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode && (n.Data == "h1" || n.Data == "h2") && n.FirstChild != nil {
			got = append(got, n.FirstChild.Data)
		}
	}
	want := []string{"Vol de données personnelles\u00a0: Mission Locale", "Sur cette page", "Ce que nous avons envoyé", "Nature fr", "Qui est concerné", "Data fr", "Actions fr",
		"Mineurs et majeurs protégés", "Historique de cette page"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
	if i, j := strings.Index(string(text), "Tout autre message est faux"), strings.Index(string(text), "Nature fr</h2>"); i < 0 || j < i {
		t.Error("that anything else is false does not come first")
	}
}
