package window

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// Lines parsed in windows of any size are the lines of the whole.
func TestLines(t *testing.T) {
	var text strings.Builder
	for i := range 200 {
		fmt.Fprintln(&text, strings.Repeat("x", i*7%61), i)
	}
	for _, start := range []int{1, 3, 64, 1 << 16} {
		w := New(t.Context(), iotest.HalfReader(strings.NewReader(text.String())), start, 128)
		var got strings.Builder
		for {
			if i := bytes.IndexByte(w.Rest(), '\n'); i >= 0 {
				got.Write(w.Rest()[:i+1])
				w.Pos += i + 1
			} else if !w.More() {
				break
			}
		}
		if got.String() != text.String() || w.Err != nil || w.Total != int64(text.Len()) {
			t.Errorf("start %d: %d of %d bytes, %v", start, got.Len(), text.Len(), w.Err)
		}
	}
}

func TestBound(t *testing.T) {
	w := New(t.Context(), strings.NewReader(strings.Repeat("x", 1<<16)), 16, 1000)
	for w.More() {
	}
	if n := len(w.Rest()); n < 1000 || n > 2000 || w.Last {
		t.Errorf("%d bytes held of a record that may have 1000, last %t", n, w.Last)
	}
	if !w.Next() || len(w.Ahead(100)) < 100 {
		t.Error("it does not go on behind what is too long")
	}
}

func TestReaderFails(t *testing.T) {
	broken := errors.New("broken")
	w := New(t.Context(), io.MultiReader(strings.NewReader("abc"), iotest.ErrReader(broken)), 16, 16)
	if string(w.Ahead(10)) != "abc" || !errors.Is(w.Err, broken) || !w.Last {
		t.Errorf("%q, %v", w.Rest(), w.Err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if w = New(ctx, strings.NewReader("abc"), 16, 16); w.More() || !errors.Is(w.Err, context.Canceled) {
		t.Error("it reads on after the context has ended")
	}
}
