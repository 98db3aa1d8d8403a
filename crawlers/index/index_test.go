package index

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vigie/internal/breach"
)

var at = time.Date(2026, 11, 2, 8, 30, 0, 0, time.UTC)

func key(b byte) []byte { return bytes.Repeat([]byte{b}, 32) }

func opened(t testing.TB, dir string) *Index {
	t.Helper()
	x, err := Open(dir, key(1))
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func post(id, title, text string) breach.Post {
	return breach.Post{ID: breach.PostID(id), Source: "invented", Title: title, Text: text, FirstSeenAt: at}
}

func TestSearch(t *testing.T) {
	x := opened(t, filepath.Join(t.TempDir(), "index"))
	defer func() { _ = x.Close() }()
	err := x.Put(t.Context(), []breach.Post{
		post("a", "Mairie de Saint-Orbe-les-Étangs", "Les données des élèves de l'école ont été volées. Contact jean.exemple@example.org, 06 39 98 12 34."),
		post("b", "saintorbelesetangs.example", "full data, 40 GB"),
		post("c", "Mission Locale du Val d'Orbe", "fichier des jeunes, logiciels internes"),
		post("d", "Acme Plastics", "contracts and invoices of an unrelated company"),
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name, query string
		want        []breach.PostID
	}{
		{"accents and case do not matter", "ELEVES ecole", []breach.PostID{"a"}},
		{"inflexion does not matter", "fichiers jeune", []breach.PostID{"c"}},
		{"elision", "orbe locale", []breach.PostID{"c"}},
		{"hyphenated finds all spellings", "Saint-Orbe-les-Étangs", []breach.PostID{"a"}},
		{"joined finds hyphenated", "saintorbelesetangs", []breach.PostID{"a"}},
		{"apart finds hyphenated", "saint orbe etangs", []breach.PostID{"a"}},
		{"every word is needed", "mairie plastics", nil},
		{"phrase", `"unrelated company"`, []breach.PostID{"d"}},
		{"phrase out of order", `"company unrelated"`, nil},
		{"masked address is not there", "jean.exemple", nil},
		{"masked number is not there", "0639981234", nil},
		{"domain of an address stays", "example.org", []breach.PostID{"a"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			hits, err := x.Search(t.Context(), tc.query, 10)
			if err != nil {
				t.Fatal(err)
			}
			var got []breach.PostID
			for _, h := range hits {
				got = append(got, h.ID)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("query %q (-want +got):\n%s", tc.query, diff)
			}
		})
	}
	hits, err := x.Search(t.Context(), "élève", 10)
	if err != nil || len(hits) != 1 {
		t.Fatalf("%v %v", hits, err)
	}
	h := hits[0]
	if h.Source != "invented" || !h.CapturedAt.Equal(at) || h.Title != "Mairie de Saint-Orbe-les-Étangs" || h.Score <= 0 {
		t.Errorf("hit: %+v", h)
	}
	if want := "•••@example.org, •••."; !strings.Contains(h.Snippet, want) {
		t.Errorf("snippet %q does not hold %q", h.Snippet, want)
	}
	for _, bad := range []string{"", "  ", `"`, strings.Repeat("a", maxQuery+1)} {
		if _, err := x.Search(t.Context(), bad, 10); !errors.Is(err, breach.ErrInvalid) {
			t.Errorf("query of %d characters: %v, want ErrInvalid", len(bad), err)
		}
	}
}

func TestNothingReadableAtRest(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "index")
	x := opened(t, dir)
	canaries := []string{"zanzibarine", "quokkatier", "invented-source-name"}
	for i := range 30 { // several segments, and a merge of them
		p := post(fmt.Sprintf("p%d", i), "Mairie zanzibarine", "les quokkatiers du conseil")
		p.Source = "invented-source-name"
		if err := x.Put(t.Context(), []breach.Post{p}); err != nil {
			t.Fatal(err)
		}
	}
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	files, size := 0, 0
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		files, size = files+1, size+len(raw)
		for _, c := range canaries {
			if bytes.Contains(bytes.ToLower(raw), []byte(c)) {
				t.Errorf("%s holds %q in the clear", filepath.Base(path), c)
			}
		}
		return err
	})
	if err != nil || files < 3 || size < 1000 {
		t.Fatalf("looked at %d files of %d bytes: %v", files, size, err)
	}
	x = opened(t, dir)
	defer func() { _ = x.Close() }()
	if hits, err := x.Search(t.Context(), "quokkatier", 50); err != nil || len(hits) != 30 {
		t.Errorf("after reopening: %d hits, %v", len(hits), err)
	}
}

func TestOpenRefuses(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "index")
	x := opened(t, dir)
	if _, err := Open(filepath.Join(t.TempDir(), "other"), key(2)); !errors.Is(err, breach.ErrConflict) {
		t.Errorf("second key at once: %v, want ErrConflict", err)
	}
	if err := x.Put(t.Context(), []breach.Post{post("a", "Mairie", "texte")}); err != nil {
		t.Fatal(err)
	}
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir, key(2)); !errors.Is(err, breach.ErrInvalid) {
		t.Errorf("another key: %v, want ErrInvalid", err)
	}
	if _, err := Open(dir, key(1)[:16]); !errors.Is(err, breach.ErrInvalid) {
		t.Errorf("short key: %v, want ErrInvalid", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "index_meta.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir, key(1)); !errors.Is(err, breach.ErrInvalid) {
		t.Errorf("damaged: %v, want ErrInvalid", err)
	}
	n, err := Rebuild(t.Context(), dir, key(1), seq(post("a", "Mairie", "texte"), post("b", "Mairie", "texte")))
	if err != nil || n != 2 {
		t.Fatalf("rebuild: %d, %v", n, err)
	}
	x = opened(t, dir)
	defer func() { _ = x.Close() }()
	if hits, err := x.Search(t.Context(), "mairie", 10); err != nil || len(hits) != 2 {
		t.Errorf("after rebuild: %d hits, %v", len(hits), err)
	}
}

func TestRebuildKeepsTheOldOneOnFailure(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "index")
	x := opened(t, dir)
	if err := x.Put(t.Context(), []breach.Post{post("a", "Mairie", "texte")}); err != nil {
		t.Fatal(err)
	}
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	broken := func(yield func(breach.Post, error) bool) { yield(breach.Post{}, breach.ErrTemporary) }
	if _, err := Rebuild(t.Context(), dir, key(1), broken); !errors.Is(err, breach.ErrTemporary) {
		t.Fatalf("rebuild: %v", err)
	}
	x = opened(t, dir)
	defer func() { _ = x.Close() }()
	if hits, err := x.Search(t.Context(), "mairie", 10); err != nil || len(hits) != 1 {
		t.Errorf("the old index is gone: %d hits, %v", len(hits), err)
	}
}

func seq(posts ...breach.Post) iter.Seq2[breach.Post, error] {
	return func(yield func(breach.Post, error) bool) {
		for _, p := range posts {
			if !yield(p, nil) {
				return
			}
		}
	}
}

// TestRowsOfAPostAreNowhere puts printed rows in: no search finds a value of
// them, no title and no snippet shows one.
func TestRowsOfAPostAreNowhere(t *testing.T) {
	x := opened(t, filepath.Join(t.TempDir(), "index"))
	defer func() { _ = x.Close() }()
	canaries := []string{"ORBEVALIN", "Rosemondine", "1987-03-12", "jeannine.orbe", "0639981234", "Zephyrin"}
	if err := x.Put(t.Context(), []breach.Post{
		post("a", "Mairie de Saint-Orbe", "Sample of the base: nom;prenom;naissance;email;telephone ORBEVALIN;Rosemondine;1987-03-12;jeannine.orbe@example.org;0639981234 VALLON;Zephyrin;1990-01-30;z@example.org;0639981235 and more"),
		post("b", "ORBEVALIN;Rosemondine;jeannine.orbe@example.org VALLON;Zephyrin;z@example.org", `{"nom":"ORBEVALIN","prenom":"Zephyrin"}`),
	}); err != nil {
		t.Fatal(err)
	}
	for _, c := range canaries {
		for _, q := range []string{c, `"` + c + `"`, c + "*", c + "~"} {
			if hits, err := x.Search(t.Context(), q, 10); err == nil && len(hits) > 0 {
				t.Errorf("%q finds %d posts", q, len(hits))
			}
		}
	}
	hits, err := x.Search(t.Context(), "base OR example.org", 10)
	if err != nil || len(hits) != 2 {
		t.Fatalf("%d hits, %v", len(hits), err)
	}
	for _, h := range hits {
		for _, c := range canaries {
			if strings.Contains(h.Title+h.Snippet, c) {
				t.Errorf("%q is shown in %q %q", c, h.Title, h.Snippet)
			}
		}
	}
}

func BenchmarkPut(b *testing.B) {
	x := opened(b, filepath.Join(b.TempDir(), "index"))
	defer func() { _ = x.Close() }()
	var posts []breach.Post
	for i := range batchSize {
		posts = append(posts, post(fmt.Sprintf("p%d", i), fmt.Sprintf("Organisme inventé %d", i), strings.Repeat("des dossiers et des contrats internes ", 3)))
	}
	for b.Loop() {
		if err := x.Put(context.Background(), posts); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N*batchSize)/b.Elapsed().Seconds(), "posts/s")
}

// TestDamageNeverPanics changes bytes of every file of an index: opening and
// searching may fail, and must not show anything that was not put in.
func TestDamageNeverPanics(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "index")
	x := opened(t, dir)
	for i := range 5 {
		if err := x.Put(t.Context(), []breach.Post{post(fmt.Sprintf("p%d", i), "Mairie inventée", "texte de la mairie")}); err != nil {
			t.Fatal(err)
		}
	}
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	const trials = 6
	good := map[string][]byte{}
	if err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, _ := filepath.Rel(dir, p)
		good[rel], err = os.ReadFile(p)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	for file, raw := range good {
		for k := range trials {
			copied := filepath.Join(t.TempDir(), "index")
			bad := bytes.Clone(raw)
			bad[(2*k+1)*len(bad)/(2*trials+1)] ^= 0x55
			for name, b := range good {
				if name == file {
					b = bad
				}
				if err := os.MkdirAll(filepath.Dir(filepath.Join(copied, name)), 0o700); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(filepath.Join(copied, name), b, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			damaged, err := Open(copied, key(1))
			if err != nil {
				continue
			}
			hits, _ := damaged.Search(t.Context(), "mairie", 10)
			for _, h := range hits {
				if h.Title != "Mairie inventée" && h.Title != "" {
					t.Errorf("a damaged %s showed %q", filepath.Ext(file), h.Title)
				}
			}
			_ = damaged.Close()
		}
	}
}

func TestOneHolderAtATime(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "index")
	x := opened(t, dir)
	if _, err := Open(dir, key(1)); !errors.Is(err, breach.ErrTemporary) {
		t.Errorf("a second holder: %v, want ErrTemporary", err)
	}
	if err := x.Put(t.Context(), []breach.Post{post("a", "Mairie", "texte"), post("b", "Mairie", "texte"), post("a", "Mairie", "texte")}); err != nil {
		t.Fatal(err)
	}
	if n, err := x.Count(); n != 2 || err != nil {
		t.Errorf("count %d, %v; want 2", n, err)
	}
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	if err := opened(t, dir).Close(); err != nil {
		t.Fatal(err)
	}
}

// TestLostSegmentShows removes what a crash could leave half written.
func TestLostSegmentShows(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "index")
	x := opened(t, dir)
	if err := x.Put(t.Context(), []breach.Post{post("a", "Mairie", "texte")}); err != nil {
		t.Fatal(err)
	}
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	partial := filepath.Join(dir, "store", "0000000000ff.zap")
	if err := os.WriteFile(partial, []byte("half a segment"), 0o600); err != nil {
		t.Fatal(err)
	}
	x = opened(t, dir)
	defer func() { _ = x.Close() }()
	if n, err := x.Count(); n != 1 || err != nil {
		t.Errorf("count %d, %v; a segment nobody refers to must not matter", n, err)
	}
	if _, err := os.Stat(partial); !errors.Is(err, os.ErrNotExist) {
		t.Error("the half-written segment stays")
	}
}

// Titles first: a post that only speaks of a thing, be it ever so often, stands
// behind those that bear it in their title; none is told twice.
func TestSearchTellsTitlesFirst(t *testing.T) {
	x := opened(t, filepath.Join(t.TempDir(), "index"))
	defer func() { _ = x.Close() }()
	long := strings.Repeat("contrats factures courriers ", 30)
	if err := x.Put(t.Context(), []breach.Post{
		post("speaks", "Kumquat", "similo similo similo similo"),
		post("bears", "Une base de données similo parmi beaucoup d'autres choses de la mairie", long),
		post("both", "similo", "similo "+long),
	}); err != nil {
		t.Fatal(err)
	}
	for limit, want := range map[int]int{1: 1, 2: 2, 3: 3, 20: 3} {
		for _, q := range []string{"similo", "simil*", "similo~", "similo NOT mangue", "similo OR papaye", "source:invented similo"} {
			hits, err := x.Search(t.Context(), q, limit)
			if err != nil {
				t.Fatal(err)
			}
			seen := map[breach.PostID]bool{}
			for i, h := range hits {
				if seen[h.ID] || h.ID == "speaks" && i != 2 {
					t.Errorf("%s, %d: %s at %d", q, limit, h.ID, i)
				}
				seen[h.ID] = true
			}
			if len(hits) != want {
				t.Errorf("%s, %d: %d hits, want %d", q, limit, len(hits), want)
			}
		}
	}
	for q, want := range map[string]int{"text:similo": 2, "title:similo": 2, `"base similo"~9`: 1} {
		if hits, err := x.Search(t.Context(), q, 20); err != nil || len(hits) != want {
			t.Errorf("%s: %d hits, want %d, %v", q, len(hits), want, err)
		}
	}
}
