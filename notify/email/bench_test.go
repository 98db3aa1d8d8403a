package email

import (
	"crypto/ed25519"
	"crypto/rand"
	"fmt"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"vigie/notify"
	"vigie/notify/notifytest"
)

// long is a communication as long as the real ones: 3 KB of words, of which
// some are the reader's own.
func long(n int64) notify.Envelope {
	e := notifytest.Envelope(fmt.Sprintf("msg_%024x", n))
	e.To.Email = fmt.Sprintf("reader.%d@mail%d.example.org", n, n%50)
	e.Doc.Blocks = append(e.Doc.Blocks[:1:1], e.Doc.Blocks...)
	e.Doc.Blocks[0] = notify.Block{Text: []string{fmt.Sprintf("Madame Zoé Hapax n° %d,", n)}}
	for range 5 {
		e.Doc.Blocks = append(e.Doc.Blocks, notifytest.Document().Blocks[1:]...)
	}
	return e
}

// processor is what the process has used of it, user and system.
func processor(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkSend hands personalised messages to a relay in the same process,
// whose work counts as well. cpu-us/msg is the processor time of one message;
// 2e6 divided by it is what two idle cores carry in a second.
func BenchmarkSend(b *testing.B) {
	rs, err := rsaKey()
	if err != nil {
		b.Fatal(err)
	}
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		b.Fatal(err)
	}
	rsaSigner := DKIM{Domain: "vigie.example.org", Selector: "r", Signer: rs}
	edKey := DKIM{Domain: "vigie.example.org", Selector: "e", Signer: ed}
	for _, bb := range []struct {
		name string
		keys []DKIM
	}{{"unsigned", nil}, {"ed25519", []DKIM{edKey}}, {"rsa2048", []DKIM{rsaSigner}}, {"both", []DKIM{rsaSigner, edKey}}} {
		b.Run(bb.name, func(b *testing.B) {
			addr := listen(b, &sink{})
			ch := open(b, addr, func(c *Config) {
				c.Conns, c.DKIM, c.Return = 8, bb.keys, Return{Domain: "vigie.example.org", Key: make([]byte, 32)}
			})
			var n atomic.Int64
			b.SetParallelism(4)
			b.ReportAllocs()
			b.ResetTimer()
			before := processor(b)
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					if _, err := ch.Send(b.Context(), long(n.Add(1))); err != nil {
						b.Error(err)
						return
					}
				}
			})
			us := float64((processor(b) - before).Microseconds()) / float64(b.N)
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "msg/s")
			b.ReportMetric(us, "cpu-us/msg")
			b.ReportMetric(2e6/us, "msg/s-on-2-cores")
		})
	}
}

// BenchmarkSign is what one signature costs by itself.
func BenchmarkSign(b *testing.B) {
	rs, err := rsaKey()
	if err != nil {
		b.Fatal(err)
	}
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		b.Fatal(err)
	}
	message := []byte("From: <a@example.org>\r\n\r\n" + strings.Repeat("Bonjour, voici ce qui est arrive.\r\n", 240))
	for name, key := range map[string]DKIM{"rsa2048": {Domain: "a", Selector: "r", Signer: rs}, "ed25519": {Domain: "a", Selector: "e", Signer: ed}} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := sign([]DKIM{key}, message); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
