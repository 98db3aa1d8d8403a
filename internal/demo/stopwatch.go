package demo

import (
	"fmt"
	"io"
	"sync"
	"time"
)

// stopwatch measures stages and says when each begins, in lines that the kill
// test waits for.
type stopwatch struct {
	out io.Writer

	mu    sync.Mutex
	now   string
	since time.Time
	list  []StageTime
}

// enter begins a stage and ends the one before; entering it again is nothing.
func (w *stopwatch) enter(stage string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if stage == w.now {
		return
	}
	w.end()
	w.now, w.since = stage, time.Now()
	_, _ = fmt.Fprintf(w.out, "stage %s\n", stage)
}

// leave ends a stage.
func (w *stopwatch) leave(stage string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if stage == w.now {
		w.end()
		w.now = ""
	}
}

func (w *stopwatch) end() {
	if w.now != "" {
		w.list = append(w.list, StageTime{w.now, time.Since(w.since).Seconds()})
	}
}

// times returns the stages that have ended.
func (w *stopwatch) times() []StageTime {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]StageTime(nil), w.list...)
}
