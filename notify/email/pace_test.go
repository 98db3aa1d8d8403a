package email

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"vigie/internal/breach"
	"vigie/notify/notifytest"
)

// clock is a time that tests move.
type clock struct{ time.Time }

func (c *clock) now() time.Time { return c.Time }

// carried counts how many messages a domain takes within a time, asked for
// ten times a second.
func carried(p *Pace, c *clock, domain string, long time.Duration) (n int) {
	for end := c.Add(long); c.Before(end); c.Time = c.Add(100 * time.Millisecond) {
		for {
			if wait, _ := p.ask(domain); wait > 0 {
				break
			}
			n++
		}
	}
	return n
}

func TestRates(t *testing.T) {
	for _, tt := range []struct {
		name   string
		pacing Pacing
		want   int
	}{
		{"each domain", Pacing{Domain: 5}, 5*60 + 10},
		{"a named domain", Pacing{Domain: 5, Domains: map[string]float64{"example.org": 2}}, 2*60 + 4},
		{"one in ten seconds", Pacing{Domain: 0.1}, 6 + 1},
	} {
		c := &clock{noon}
		got := carried(NewPace(tt.pacing, c.now), c, "example.org", time.Minute)
		if d := got - tt.want; d < -2 || d > 2 {
			t.Errorf("%s: %d in a minute, want %d", tt.name, got, tt.want)
		}
	}
}

func TestSlowDomainHoldsNobody(t *testing.T) {
	c := &clock{noon}
	p := NewPace(Pacing{}, c.now)
	var pauses []time.Duration
	for range 25 {
		p.Slow("slow.example.org")
		begin := c.Time
		for {
			wait, _ := p.ask("slow.example.org")
			if wait <= 0 {
				break
			}
			if wait, _ := p.ask("example.org"); wait > 0 {
				t.Fatal("another domain waits as well")
			}
			c.Time = c.Add(wait)
		}
		pauses = append(pauses, c.Sub(begin))
		if wait, _ := p.ask("slow.example.org"); wait <= 0 {
			t.Fatal("more than one message tries after a pause")
		}
	}
	if pauses[0] != firstPause || pauses[1] != firstPause*3/2 || pauses[24] != longPause {
		t.Errorf("pauses %v", pauses)
	}
	p.Took("slow.example.org")
	for range 100 {
		if wait, _ := p.ask("slow.example.org"); wait > 0 {
			t.Fatal("it still waits although it takes messages")
		}
	}
}

func TestManyRefusalsAreOne(t *testing.T) {
	c := &clock{noon}
	p := NewPace(Pacing{}, c.now)
	for range 50 { // of messages that were under way together
		p.Slow("example.org")
	}
	c.Time = c.Add(firstPause)
	if wait, _ := p.ask("example.org"); wait > 0 {
		t.Error("refusals of one moment add up")
	}
}

func TestLanesAreBounded(t *testing.T) {
	c := &clock{noon}
	p := NewPace(Pacing{Domain: 10}, c.now)
	for i := range 5 * maxLanes {
		if i == 3*maxLanes {
			c.Time = c.Add(time.Minute)
		}
		p.ask(fmt.Sprint("d", i, ".example.org"))
	}
	if len(p.lanes) > maxLanes {
		t.Errorf("%d lanes", len(p.lanes))
	}
}

// One domain that throttles: the relay is not asked again for it, everybody
// else goes through, and its messages come back as "not now".
func TestPacedSend(t *testing.T) {
	asked := 0
	s := &sink{keep: true, rcpt: func(to string) error {
		if DomainOf(to) != "slow.example.org" {
			return nil
		}
		asked++
		return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 7, 1}, Message: to + ": too many"}
	}}
	ch := open(t, listen(t, s), nil)
	for i := range 40 {
		e := notifytest.Envelope(fmt.Sprint("msg_", i))
		slow := i%2 == 0
		if slow {
			e.To.Email = "zoe.hapax@slow.example.org"
		}
		_, err := ch.Send(t.Context(), e)
		if slow != errors.Is(err, breach.ErrTemporary) || (!slow && err != nil) {
			t.Fatalf("message %d: %v", i, err)
		}
	}
	if asked > 8 { // growing pauses; a try for each message would be 20
		t.Errorf("the slow domain was tried %d times in a moment", asked)
	}
}

func TestQuality(t *testing.T) {
	for _, tt := range []struct {
		name                      string
		sent, bounced, complained int
		want                      Level
	}{
		{"too few to tell", 499, 499, 0, Fine},
		{"good", 1000, 49, 0, Fine},
		{"5 % bounce", 1000, 50, 0, Review},
		{"10 % bounce", 1000, 100, 0, Paused},
		{"one in a thousand complains", 1000, 0, 1, Review},
		{"five in a thousand complain", 1000, 0, 5, Paused},
	} {
		q := Quality{Thresholds: Usual()}
		for range tt.sent {
			q.Sent()
		}
		for range tt.bounced {
			q.Count(NoMailbox)
		}
		for range tt.complained {
			q.Count(Complaint)
		}
		q.Count(MailboxFull) // nobody's fault
		if got := q.Level(); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
		for range 10 * tt.sent {
			q.Sent()
		}
		if tt.want == Paused && (q.Level() != Paused || !errors.Is(q.Open(), breach.ErrTemporary)) {
			t.Errorf("%s: the pause ended by itself", tt.name)
		}
	}
}

func TestBadListIsPaused(t *testing.T) {
	s := &sink{keep: true, rcpt: func(string) error {
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no"}
	}}
	th := Usual()
	th.Least = 20
	ch := open(t, listen(t, s), func(c *Config) { c.Quality = &Quality{Thresholds: th} })
	bounced := 0
	for i := range 50 {
		if _, err := ch.Send(t.Context(), notifytest.Envelope(fmt.Sprint("msg_", i))); errors.Is(err, breach.ErrInvalid) {
			bounced++
		} else if !errors.Is(err, breach.ErrTemporary) {
			t.Fatal(err)
		}
	}
	if bounced < 20 || bounced > 21 {
		t.Errorf("%d addresses were tried, want the 20 that are needed to tell", bounced)
	}
}

func TestReasons(t *testing.T) {
	for status, want := range map[string]string{
		"5.1.1": NoMailbox, "5.1.0": NoMailbox, "5.1.2": NoDomain, "5.1.10": NoDomain, "5.1.3": BadAddress, "5.1.6": Moved, "5.2.1": MailboxDisabled,
		"5.2.2": MailboxFull, "5.2.3": TooLarge, "5.3.4": TooLarge, "5.3.0": Refused, "5.4.4": NoRoute, "4.4.7": Expired, "5.6.1": ContentRefused,
		"5.7.1": Policy, "5.7.26": Policy, "5.0.0": Refused, "2.1.5": Refused, "5.9.9": Refused,
	} {
		s, ok := ParseStatus(status)
		if got := Reason(s); !ok || got != want {
			t.Errorf("%s: got %s, want %s", status, got, want)
		}
	}
	for _, bad := range []string{"", "5", "5.1", "5.1.", "5..1", "5.1.1.1", "5.1234.1", "x5.1.1", "5.1.1x", "-5.1.1"} {
		if s, ok := ParseStatus(bad); ok {
			t.Errorf("%q: read as %v", bad, s)
		}
	}
}

func TestReturnPath(t *testing.T) {
	r := Return{Domain: "vigie.example.org", Key: []byte("0123456789abcdef")}
	key := "msg_0123456789abcdef01234567"
	path, err := r.path(key)
	if err != nil || len(path)-len("@vigie.example.org") > 64 || !plain(path) {
		t.Fatalf("path %q, %v", path, err)
	}
	for _, ok := range []string{path, "<" + path + ">", "bounce+" + r.Token(key) + "@VIGIE.example.org", strings.ToUpper(path)} {
		if got, is := r.Of(ok); !is || got != key {
			t.Errorf("%s: not known again", ok)
		}
	}
	other := Return{Domain: r.Domain, Key: []byte("another key, 16+")}
	stolen, _ := other.path(key)
	for _, bad := range []string{"", "@", "bounce+@vigie.example.org", "bounce+" + key + "@vigie.example.org", stolen,
		"bounce+" + key + "." + "@vigie.example.org", path[:len(path)-1], "x" + path, "bounce+" + r.Token(key) + "@example.com"} {
		if _, is := r.Of(bad); is {
			t.Errorf("%q counts as ours", bad)
		}
	}
	if _, is := (Return{Domain: r.Domain}).Of("bounce+" + (Return{}).Token(key) + "@vigie.example.org"); is {
		t.Error("without a key anybody can make return paths")
	}
	if _, err := r.path("msg_A"); !errors.Is(err, breach.ErrInvalid) {
		t.Errorf("a key whose capitals get lost: %v", err)
	}
	if _, err := r.path("msg_" + string(make([]byte, 60))); !errors.Is(err, breach.ErrInvalid) {
		t.Errorf("a local part of more than 64 octets: %v", err)
	}
}
