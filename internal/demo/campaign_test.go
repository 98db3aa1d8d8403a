package demo

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"vigie/internal/app"
	"vigie/internal/breach"
	"vigie/internal/store"
)

const (
	campaignPeople = 600 // about 110 recipients
	campaignKills  = 3
	campaignCalls  = 40 // to the relay between two kills, on average
	conns          = 4  // connections to the relay at once, unless configured
)

// TestKillCampaign kills the real process with SIGKILL at random calls to a mail
// relay at its worst, and starts it again each time. Then every recipient is
// told or listed; nothing was handed over twice; what the ledger calls handed
// over the relay has, and what it calls planned, refused or skipped the relay
// has not; each doubt is a row with a person's identifier. The relay and the
// directories of letters and SMS are asked, not the ledger alone.
//
// VIGIE_CAMPAIGN=people:kills:calls asks for more, so many calls to the relay
// between two kills on average (140000:200:60 makes 20,000 recipients),
// VIGIE_SEED repeats a run.
func TestKillCampaign(t *testing.T) {
	if testing.Short() {
		t.Skip("kills the real process many times: takes minutes")
	}
	people, kills, every, seed := campaignPeople, campaignKills, campaignCalls, uint64(time.Now().UnixNano())
	if v := os.Getenv("VIGIE_CAMPAIGN"); v != "" {
		if _, err := fmt.Sscanf(v, "%d:%d:%d", &people, &kills, &every); err != nil {
			t.Fatalf("VIGIE_CAMPAIGN=%s: want people:kills:calls", v)
		}
	}
	if n, err := strconv.ParseUint(os.Getenv("VIGIE_SEED"), 10, 64); err == nil {
		seed = n
	}
	t.Logf("seed %d (VIGIE_SEED repeats it)", seed)
	relay := openCarrier(t, seed)
	c := campaign{t: t, rng: rand.New(rand.NewPCG(seed, 1)), relay: relay, bin: buildVigie(t), people: people, data: filepath.Join(t.TempDir(), "data")}
	c.config = filepath.Join(t.TempDir(), "vigie.yaml")
	if err := os.WriteFile(c.config, fmt.Appendf(nil, "channels:\n  smtp: %s\n", relay.addr), 0o600); err != nil {
		t.Fatal(err)
	}
	killed, begun := 0, time.Now()
	for lives := 0; ; lives++ {
		if lives > 3*kills+5 {
			t.Fatalf("%d starts did not bring the campaign to its end", lives)
		}
		at := 0
		end, bounded := t.Deadline()
		if killed < kills && (!bounded || time.Since(begun) < end.Sub(begun)*2/3) { // the last third is for the end
			at = 1 + c.rng.IntN(2*every)
		}
		ended := c.live(at)
		if ended || c.partial {
			break
		}
		killed++
		if kills > 20 && killed%10 == 0 {
			t.Logf("%d kills in %s, %d calls to the relay", killed, time.Since(begun).Round(time.Second), relay.calls)
		}
	}
	if killed < kills {
		t.Logf("the campaign ended after %d of %d kills", killed, kills)
	}
	if n := len(c.back); n > 1 {
		slices.Sort(c.back)
		t.Logf("from a start to the first call: %s in the middle, %s at nine of ten", c.back[n/2].Round(100*time.Millisecond), c.back[n*9/10].Round(100*time.Millisecond))
	}
	t.Logf("%d kills, %d calls to the relay: %v; came to its end: %t", killed, relay.calls, relay.mood, !c.partial)
	c.check(killed)
}

// campaign is one data directory in the hands of a killer.
type campaign struct {
	t      *testing.T
	rng    *rand.Rand
	relay  *carrier
	bin    string
	config string
	data   string
	people int
	// partial: the time was up before the campaign ended; what is planned is
	// neither told nor forgotten.
	partial bool
	back    []time.Duration // from each start to the first call, the first start's own work included
}

// live starts the process and kills it at the nth call to the relay, or a few
// milliseconds later; 0: lets it live. It tells whether the run came to its end.
func (c *campaign) live(at int) bool {
	c.t.Helper()
	cmd := exec.Command(c.bin, "demo", "--config", c.config, "--exit", "--json", "--people", strconv.Itoa(c.people), "--data", c.data)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	killed := make(chan struct{})
	wait := time.Duration(c.rng.IntN(40)) * time.Millisecond
	begun := time.Now()
	c.relay.listen()
	if err := cmd.Start(); err != nil {
		c.t.Fatal(err)
	}
	up := make(chan struct{})
	if end, ok := c.t.Deadline(); ok {
		stop := time.AfterFunc(time.Until(end)-2*time.Minute, func() {
			close(up)
			_ = cmd.Process.Kill()
		})
		defer stop.Stop()
	}
	if at > 0 {
		c.relay.aim(at, func() {
			time.Sleep(wait)
			close(killed)
			_ = cmd.Process.Kill()
		})
	}
	err := cmd.Wait()
	c.relay.aim(0, nil)
	if first, calls := c.relay.heard(); !first.IsZero() {
		c.back = append(c.back, first.Sub(begun))
		c.t.Logf("%.1f s to the first call, %.1f s of sending, %d calls, %.1f s of processor time", first.Sub(begun).Seconds(),
			time.Since(first).Seconds(), calls, (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds())
	}
	if err == nil {
		return true
	}
	select {
	case <-killed:
		return false
	case <-up:
		c.partial = true
		return false
	default:
		c.t.Fatalf("the process ended by itself: %v\n%s", err, errs.String())
		return false
	}
}

// check compares the ledger with what the carriers have.
func (c *campaign) check(kills int) {
	t, ctx := c.t, c.t.Context()
	cfg := app.Defaults(c.data)
	cfg.Keys = c.data + ".keys"
	a, err := app.Open(ctx, cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = a.Close() }()
	list, err := a.Store.Incidents(ctx)
	if err != nil || len(list) != 1 {
		t.Fatalf("%d incidents, %v", len(list), err)
	}
	cases, err := a.Store.Cases(ctx, list[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	domain := cfg.Channels.EmailFrom[strings.IndexByte(cfg.Channels.EmailFrom, '@')+1:]
	has := c.files()
	for id, n := range c.relay.accepted {
		has["email "+strings.TrimSuffix(id, "@"+domain)] += n
	}
	recipients, doubts, lost, known, whys := 0, 0, 0, map[string]int{}, map[string]int{}
	for _, k := range cases {
		for r, rows := range recipientsOf(t, a.Store, k) {
			recipients++
			reached := k.Decision != breach.DecisionTell
			for _, m := range rows {
				key := string(m.Channel) + " " + m.Key()
				n := has[key]
				if m.Joined != "" && (m.State == breach.MessageSkipped || m.State == breach.MessageHeld) {
					n = 0 // the letter about brothers and sisters went without this child
				} else {
					known[key] = n // children may share a letter
				}
				if n > 1 {
					t.Errorf("%s was handed over %d times on %s", m.ID, n, m.Channel)
				}
				switch m.State {
				case breach.MessageHandedOver, breach.MessageDelivered:
					if m.Channel != breach.ChannelHuman && n != 1 {
						t.Errorf("%s is %s, and the carrier of %s has it %d times", m.ID, m.State, m.Channel, n)
					}
					reached = reached || m.Channel != breach.ChannelSMS
				case breach.MessageListed:
					reached = true
				case breach.MessagePlanned, breach.MessageReserved:
					reached = reached || c.partial
					if n != 0 && m.State == breach.MessagePlanned {
						t.Errorf("%s is planned, and the carrier of %s has it", m.ID, m.Channel)
					}
				case breach.MessageDoubt:
					doubts++
					whys[m.Why[strings.LastIndexByte(m.Why, ',')+1:]]++
					if m.Channel != breach.ChannelEmail {
						t.Errorf("%s: a doubt on %s, whose carrier can tell", m.ID, m.Channel)
					}
					if n == 0 {
						lost++
					}
				case breach.MessageSkipped:
					reached = reached || m.Channel == breach.ChannelHuman // the deceased
					fallthrough
				default:
					if n != 0 {
						t.Errorf("%s is %s, and the carrier of %s has it", m.ID, m.State, m.Channel)
					}
				}
			}
			if !reached {
				t.Errorf("%s is neither told nor listed", r)
			}
		}
	}
	all := 0
	for key, n := range has {
		all += n
		if n != known[key] {
			t.Errorf("a carrier has %s, which the ledger does not know", key)
		}
	}
	// What waits to leave is no doubt: each connection has one message between the
	// mark and the relay's word, and as many may wait to be settled.
	if most := kills*2*conns + c.relay.mood["kept, no word"] + c.relay.mood["cut"]; doubts > most {
		t.Errorf("%d doubts, more than can have left without word: %d", doubts, most)
	}
	t.Logf("%d recipients, %d messages, %d doubts of which %d had not gone out: %v", recipients, all, doubts, lost, whys)
	k := killer{t: t, bin: c.bin}
	k.verify(c.data)
}

// recipientsOf are the ledger rows of a case by recipient and subject.
func recipientsOf(t *testing.T, s *store.Store, k breach.Case) map[string][]breach.Message {
	t.Helper()
	end, err := s.LedgerEnd(t.Context(), k.Incident, k.Controller)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]breach.Message{}
	for from := int64(1); from <= end; from += 5000 {
		rows, err := s.Messages(t.Context(), k.Incident, k.Controller, from, from+4999)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range rows {
			key := fmt.Sprint(m.Registry, "/", m.Subject, "/", m.Recipient)
			out[key] = append(out[key], m)
		}
	}
	return out
}

// files are the SMS and letters in the outbox, by channel and key.
func (c *campaign) files() map[string]int {
	has := map[string]int{}
	out := filepath.Join(c.data, "outbox")
	err := each(filepath.Join(out, "sms"), ".json", func(path string) error {
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer func() { _ = f.Close() }()
		var m struct{ Key string }
		if err := json.NewDecoder(bufio.NewReader(f)).Decode(&m); err != nil {
			return err
		}
		has["sms "+m.Key]++
		return nil
	})
	if err == nil {
		err = each(filepath.Join(out, "letters", "handed"), ".json", func(path string) error {
			var slip struct{ SHA256 string }
			raw, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			if err := json.Unmarshal(raw, &slip); err != nil {
				return err
			}
			if _, err := os.Stat(filepath.Join(out, "letters", slip.SHA256+".pdf")); err != nil {
				return err
			}
			has["letter "+strings.TrimSuffix(filepath.Base(path), ".json")]++
			return nil
		})
	}
	if err != nil {
		c.t.Fatal(err)
	}
	return has
}
