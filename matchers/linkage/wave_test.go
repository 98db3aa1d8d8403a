package linkage_test

import (
	"bytes"
	"io"
	"sync/atomic"
	"testing"

	"vigie/matchers"
	"vigie/matchers/linkage"
)

// counted counts how often it is read.
type counted struct {
	io.ReaderAt
	reads atomic.Int64
}

func (c *counted) ReadAt(p []byte, at int64) (int, error) {
	c.reads.Add(1)
	return c.ReaderAt.ReadAt(p, at)
}

// TestWavesOpenFewPages compares how many pages are read, where hardly any can be
// kept, for rows one by one and for the same rows in waves.
func TestWavesOpenFewPages(t *testing.T) {
	c := newCountry(34, 6000)
	var buf bytes.Buffer
	if _, err := linkage.Write(t.Context(), &buf, c.records(c.people), nil); err != nil {
		t.Fatal(err)
	}
	src := &counted{ReaderAt: bytes.NewReader(buf.Bytes())}
	ix, err := linkage.Open(src, int64(buf.Len()), 1)
	if err != nil {
		t.Fatal(err)
	}
	model, err := linkage.Train(t.Context(), ix, slice(nil), linkage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	m := linkage.NewMatcher(ix, model, linkage.Options{Workers: 2})
	rows := collect(rowsOf(c.leak(c.people, 800, 0.5)))
	before := src.reads.Load()
	for _, r := range rows {
		if _, err := m.Match(r); err != nil {
			t.Fatal(err)
		}
	}
	single := src.reads.Load() - before
	if _, err := m.Run(t.Context(), slice(rows), func(matchers.Record, []linkage.Match) error { return nil }); err != nil {
		t.Fatal(err)
	}
	waved := src.reads.Load() - before - single
	t.Logf("%d pages; %d read one by one, %d in waves", buf.Len()>>16, single, waved)
	if 2*waved > single {
		t.Errorf("%d pages were read in waves, %d one by one", waved, single)
	}
}
