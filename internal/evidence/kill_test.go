package evidence

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vigie/internal/breach"
	"vigie/internal/seal"
)

// childVar names the directory in which a copy of this test records until it is
// killed.
const childVar = "VIGIE_TEST_RECORD_IN"

// teller prints custody, as a store would have committed it.
type teller struct{}

func (teller) AddCustody(_ context.Context, c breach.Custody) error {
	_, err := fmt.Printf("custody %s %s\n", c.Subject, c.Digest)
	return err
}

func TestMain(m *testing.M) {
	dir := os.Getenv(childVar)
	if dir == "" {
		os.Exit(m.Run())
	}
	if err := recordForEver(dir); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func recordForEver(dir string) error {
	keys, err := seal.Open(filepath.Join(dir, "keys"))
	if err != nil {
		return err
	}
	v, err := Open(filepath.Join(dir, "evidence"), keys, teller{}, time.Now)
	if err != nil {
		return err
	}
	ctx := context.Background()
	for i := 0; ; i++ {
		s, err := v.Begin(ctx, breach.Source{ID: "invented"})
		if err != nil {
			return err
		}
		for j := range 5 {
			if _, err := s.Record(ctx, exchange(fmt.Sprint("https://example.org/", j), page(i))); err != nil {
				return err
			}
		}
		if _, err := s.Close(ctx); err != nil {
			return err
		}
		fmt.Println("kept", s.name)
	}
}

// No acknowledged capture is lost to kill -9, and none half written is kept.
func TestKilled(t *testing.T) {
	dir := t.TempDir()
	keys, err := seal.Create(filepath.Join(dir, "keys"))
	if err != nil {
		t.Fatal(err)
	}
	l, kept := &ledger{}, 0
	for round := range 4 {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		child := exec.CommandContext(ctx, os.Args[0])
		child.Env = append(os.Environ(), childVar+"="+dir)
		out, err := child.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		in := bufio.NewScanner(out)
		for n := 0; in.Scan(); {
			fields := strings.Fields(in.Text())
			switch fields[0] {
			case "custody":
				l.events = append(l.events, breach.Custody{Subject: fields[1], Event: "captured", Digest: fields[2]})
			case "kept":
				kept++
				if n++; n == 2+round {
					time.Sleep(time.Duration(round) * 3 * time.Millisecond) // somewhere in the next visit
					_ = child.Process.Kill()
				}
			}
		}
		_ = child.Wait()
		cancel()
	}
	v, err := Open(filepath.Join(dir, "evidence"), keys, l, now)
	if err != nil {
		t.Fatal(err)
	}
	rep, err := v.Verify(t.Context(), l)
	if err != nil || !rep.OK || kept < 4*2 || left(t, v) != 0 {
		t.Errorf("%d visits acknowledged, %d temporary files left: %+v, %v", kept, left(t, v), rep, err)
	}
}
