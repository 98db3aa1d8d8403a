package evidence

import (
	"bytes"
	"context"
	"testing"

	"vigie/internal/breach"
)

// What a browser made of a page rests beside the page and is checked with it.
func TestResourcesAreKeptAndChecked(t *testing.T) {
	v, _ := vault(t)
	ctx := context.Background()
	s, err := v.Begin(ctx, breach.Source{ID: "invented"})
	if err != nil {
		t.Fatal(err)
	}
	c, err := s.Record(ctx, exchange("https://example.org/", "shell"))
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range []breach.Resource{
		{URL: "https://example.org/", At: at, Kind: "dom", ContentType: "text/html; charset=utf-8", Body: []byte("<h1>rendu</h1>")},
		{URL: "https://example.org/", At: at, Kind: "screenshot", ContentType: "image/png", Body: []byte("\x89PNG")},
	} {
		if err := s.Resource(ctx, r); err != nil {
			t.Fatal(err)
		}
	}
	captures, err := s.Close(ctx)
	if err != nil || len(captures) != 1 {
		t.Fatalf("%d captures, %v", len(captures), err)
	}
	plain := plainWARC(t, v, captures[0].File)
	for _, want := range []string{"WARC-Type: resource", "urn:vigie:dom:https://example.org/", "WARC-Concurrent-To: " + c.Record, "<h1>rendu</h1>"} {
		if !bytes.Contains(plain, []byte(want)) {
			t.Errorf("the file lacks %q", want)
		}
	}
	if r := verify(t, plain); !r.OK {
		t.Errorf("%+v", r)
	}
	if r := verify(t, bytes.Replace(plain, []byte("rendu"), []byte("vendu"), 1)); r.OK {
		t.Error("a changed resource was accepted")
	}
}
