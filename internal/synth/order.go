package synth

import (
	"context"
	"runtime"
)

// inOrder turns every job that next gives into a result, on all cores, and
// hands the results to use in the order of their jobs, so that the number of
// cores does not show. A few results per core wait at most: memory is bounded.
// next and use are called from one goroutine each; the first error ends all.
func inOrder[J, R any](ctx context.Context, next func() (J, bool, error), work func(J) R, use func(R) error) error {
	type task struct {
		job  J
		done chan R
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	workers := runtime.GOMAXPROCS(0)
	tasks, queue := make(chan task), make(chan task, 2*workers)
	for range workers {
		go func() {
			for t := range tasks {
				t.done <- work(t.job)
			}
		}()
	}
	var failed error // written before queue closes, read after
	go func() {
		defer close(queue)
		defer close(tasks)
		for {
			job, ok, err := next()
			if err != nil || !ok {
				failed = err
				return
			}
			t := task{job, make(chan R, 1)}
			select {
			case queue <- t:
			case <-ctx.Done():
				return
			}
			select {
			case tasks <- t:
			case <-ctx.Done():
				return
			}
		}
	}()
	var err error
	for t := range queue {
		if err == nil {
			select {
			case r := <-t.done:
				if err = ctx.Err(); err == nil {
					err = use(r)
				}
			case <-ctx.Done():
				err = ctx.Err()
			}
		}
		if err != nil {
			cancel() // and drain the queue: the feeder may still read files
		}
	}
	if err == nil {
		err = ctx.Err()
	}
	if err == nil {
		err = failed
	}
	return err
}
