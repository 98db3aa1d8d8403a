package cli

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"vigie/matchers/dump"
)

// progress tells how far long work is: on a terminal in one line that is written
// again, elsewhere in a line every few seconds.
type progress struct {
	mu    sync.Mutex
	w     io.Writer
	name  string
	live  bool
	began time.Time
	last  time.Time
}

func newProgress(w io.Writer, name string) *progress {
	t := now()
	return &progress{w: w, name: name, live: terminal(w), began: t, last: t}
}

// told is a dump.Engine's Progress.
func (p *progress) told(x dump.Progress) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if x.Report != nil {
		p.first(x)
	}
	t := now()
	every := 5 * time.Second
	if p.live {
		every = 250 * time.Millisecond
	}
	// Work that ends within a second needs no progress.
	if t.Sub(p.last) < every || t.Sub(p.began) < time.Second {
		return
	}
	p.last = t
	line := fmt.Sprintf("vigie: %s: %s", p.name, rate(x, t.Sub(p.began)))
	switch {
	case !p.live:
		_, _ = fmt.Fprintln(p.w, line)
	case x.Bytes >= x.Size:
		_, _ = fmt.Fprint(p.w, "\r\x1b[K")
	default:
		_, _ = fmt.Fprintf(p.w, "\r\x1b[K%.79s", line)
	}
}

// rate says share, speed and time to the end. What is read twice counts twice,
// so that the share may pass the whole: then there is no end to foretell.
func rate(x dump.Progress, spent time.Duration) string {
	seconds := spent.Seconds()
	speed := float64(x.Bytes) / max(seconds, 1e-3)
	s := fmt.Sprintf("%d rows, %.0f MB/s", x.Rows, speed/1e6)
	if x.Bytes > 0 && x.Bytes < x.Size {
		left := time.Duration(float64(x.Size-x.Bytes) / max(speed, 1) * float64(time.Second)).Round(time.Second)
		s = fmt.Sprintf("%d %%, %s, %v left", x.Bytes*100/x.Size, s, left)
	}
	return s
}

// first tells the first answer.
func (p *progress) first(x dump.Progress) {
	var codes []string
	for _, c := range x.Report.Present {
		codes = append(codes, c.Code)
	}
	if p.live {
		_, _ = fmt.Fprint(p.w, "\r\x1b[K")
	}
	_, _ = fmt.Fprintf(p.w, "vigie: %s: first answer, from %d MB (incomplete): %s, %d columns, present: %s\n",
		p.name, x.Bytes>>20, strings.Join(append(append([]string{}, x.Report.Container...), x.Report.Format), " > "),
		len(x.Report.Columns), strings.Join(codes, ", "))
}
