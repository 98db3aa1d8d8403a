package demo

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/mail"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// killStages are the stages in which the process is killed, in order. "prepare"
// covers inventing, importing and starting.
var killStages = []string{"prepare", "crawl", "acquire", "read", "match", "review", "plan", "approve", "send", "publish"}

const (
	killPeople = 400
	killEach   = 2 // kills in each stage at least
)

// TestKill kills the real process with SIGKILL at 20 random moments or more, at
// least two in each stage, starting it again with the same data each time. In
// the end every person has been told exactly as in a run that nobody disturbed,
// nobody twice: the outbox is read by a reader that knows nothing of the
// ledger. VIGIE_KILLS asks for more kills, VIGIE_SEED repeats a run.
func TestKill(t *testing.T) {
	if testing.Short() {
		t.Skip("kills the real process many times: takes minutes")
	}
	kills, seed := 20, uint64(time.Now().UnixNano())
	if n, err := strconv.Atoi(os.Getenv("VIGIE_KILLS")); err == nil {
		kills = n
	}
	if n, err := strconv.ParseUint(os.Getenv("VIGIE_SEED"), 10, 64); err == nil {
		seed = n
	}
	t.Logf("seed %d (VIGIE_SEED repeats it)", seed)
	k := killer{t: t, rng: rand.New(rand.NewPCG(seed, 1)), bin: buildVigie(t), done: map[string]int{}, length: map[string]time.Duration{}}

	reference := filepath.Join(t.TempDir(), "reference")
	want, finished := k.run(reference, 0)
	if !finished {
		t.Fatal("the undisturbed run did not end well")
	}
	for _, a := range want.Before {
		if a.Precision < 0.999 || a.Recall < 0.8 {
			t.Errorf("before review %s: precision %.4f, recall %.4f: what the dump says of people does not reach the matching", a.Registry, a.Precision, a.Recall)
		}
	}
	secrets(t, reference)
	wantOutbox := readOutbox(t, reference)
	if len(wantOutbox) < 50 {
		t.Fatalf("only %d messages in the undisturbed outbox", len(wantOutbox))
	}
	for n := 0; k.total < kills || !k.covered(); n++ {
		if n == kills {
			t.Fatalf("kills by stage after %d runs: %v", n, k.done)
		}
		data := filepath.Join(t.TempDir(), "data"+strconv.Itoa(n))
		got := k.torment(data, kills)
		if diff := cmp.Diff(wantOutbox, readOutbox(t, data)); diff != "" {
			t.Errorf("outbox of %d kills (-undisturbed +killed):\n%s", k.total, diff)
		}
		if diff := cmp.Diff(facts(want), facts(got)); diff != "" {
			t.Errorf("summary (-undisturbed +killed):\n%s", diff)
		}
		k.verify(data)
	}
	t.Logf("%d kills: %v", k.total, k.done)
}

// killer starts and kills the process.
type killer struct {
	t      *testing.T
	rng    *rand.Rand
	bin    string
	total  int
	done   map[string]int           // kills by stage
	length map[string]time.Duration // of each stage, in the undisturbed run
}

func (k *killer) covered() bool {
	return !slices.ContainsFunc(killStages, func(s string) bool { return k.done[s] < killEach })
}

// torment runs one data directory to its end, killing the process on the way.
func (k *killer) torment(data string, kills int) *Summary {
	for range 60 {
		if sum, finished := k.run(data, kills); finished {
			return sum
		}
	}
	k.t.Fatal("60 starts did not bring one run to its end")
	return nil
}

// wanted tells whether a stage is to be hit: it has not been hit often enough,
// or all have and there are kills left to give.
func (k *killer) wanted(stage string, kills int) bool {
	if k.done[stage] < killEach {
		return slices.Contains(killStages, stage)
	}
	return k.covered() && k.total < kills && k.rng.IntN(3) == 0
}

// run starts the process and kills it at a random moment of the first stage
// that is wanted. With no kills to give it lets it run to its end.
func (k *killer) run(data string, kills int) (*Summary, bool) {
	k.t.Helper()
	cmd := exec.Command(k.bin, "demo", "--exit", "--json", "--people", strconv.Itoa(killPeople), "--data", data)
	var out, errs bytes.Buffer
	cmd.Stdout = &out
	pipe, err := cmd.StderrPipe()
	if err != nil {
		k.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		k.t.Fatal(err)
	}
	stop := time.AfterFunc(4*time.Minute, func() { _ = cmd.Process.Kill() })
	defer stop.Stop()
	var mu sync.Mutex
	stage, since, aimed, killed := "", time.Now(), false, false
	lines := bufio.NewScanner(pipe)
	for lines.Scan() {
		fmt.Fprintln(&errs, lines.Text())
		now, is := strings.CutPrefix(lines.Text(), "stage ")
		if !is {
			continue
		}
		mu.Lock()
		if kills == 0 {
			k.length[stage] = time.Since(since)
		}
		stage, since = now, time.Now()
		mu.Unlock()
		if kills == 0 || aimed || !k.wanted(now, kills) {
			continue
		}
		aimed = true
		wait := time.Duration(k.rng.Float64() * 0.9 * float64(k.length[now]))
		time.AfterFunc(wait, func() {
			mu.Lock()
			defer mu.Unlock()
			if stage == now { // still in it: this is a kill in that stage
				killed = cmd.Process.Kill() == nil
			}
		})
	}
	err = cmd.Wait()
	mu.Lock()
	defer mu.Unlock()
	if killed {
		k.total++
		k.done[stage]++
		return nil, false
	}
	if err != nil {
		k.t.Fatalf("the process ended by itself: %v\n%s", err, errs.String())
	}
	var sum Summary
	if err := json.Unmarshal(out.Bytes(), &sum); err != nil {
		k.t.Fatalf("reading the summary: %v", err)
	}
	return &sum, true
}

// verify lets the process check its own logs.
func (k *killer) verify(data string) {
	k.t.Helper()
	for _, args := range [][]string{{"audit", "verify"}, {"evidence", "verify"}} {
		if out, err := exec.Command(k.bin, append(args, "--data", data)...).CombinedOutput(); err != nil {
			k.t.Errorf("%v: %v\n%s", args, err, out)
		}
	}
}

// facts is what two runs of one world must agree on.
func facts(s *Summary) any {
	return struct {
		Rows                int64
		Before, After       []Accuracy
		Controllers         []Told
		Messages            []MessageCount
		Twice               int
		Emails, SMS, Letter int
		AuditOK             bool
	}{s.Rows, s.Before, s.After, s.Controllers, s.Messages, s.Outbox.Twice, s.Outbox.Emails, s.Outbox.SMS, s.Outbox.Letters, s.AuditOK}
}

// readOutbox lists every message as somebody would who empties the mailboxes:
// to whom, and about what. A message sent twice stands twice.
func readOutbox(t *testing.T, data string) []string {
	t.Helper()
	var all []string
	dir := filepath.Join(data, "outbox")
	err := each(filepath.Join(dir, "email"), ".eml", func(path string) error {
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		msg, err := mail.ReadMessage(bytes.NewReader(raw))
		if err != nil {
			return err
		}
		all = append(all, "email "+msg.Header.Get("To")+" "+msg.Header.Get("Subject"))
		return nil
	})
	if err == nil {
		err = each(filepath.Join(dir, "sms"), ".json", func(path string) error {
			raw, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			var m struct{ To, Text string }
			if err := json.Unmarshal(raw, &m); err != nil {
				return err
			}
			all = append(all, "sms "+m.To+" "+m.Text)
			return nil
		})
	}
	if err == nil {
		err = each(filepath.Join(dir, "letters"), ".pdf", func(string) error {
			all = append(all, "letter")
			return nil
		})
	}
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(all)
	return all
}

// buildVigie builds the real binary, with the server inside.
func buildVigie(t *testing.T) string {
	t.Helper()
	bin := filepath.Join(t.TempDir(), "vigie")
	cmd := exec.Command("go", "build", "-o", bin, "vigie")
	cmd.Dir = "../.."
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("building: %v\n%s", err, out)
	}
	return bin
}
