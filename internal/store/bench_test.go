package store_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"vigie/internal/breach"
	"vigie/internal/store"
	"vigie/internal/store/storetest"
)

func benchIncident(b *testing.B, s *storetest.DB) breach.IncidentID {
	b.Helper()
	ctx := context.Background()
	if _, err := s.RaiseAlert(ctx, breach.Alert{ID: "alr_1", Post: "pst_1", Entity: "e", RaisedAt: noon}); err != nil {
		b.Fatal(err)
	}
	if err := s.ConfirmAlert(ctx, breach.Acquisition{Alert: "alr_1", By: "amina", Purpose: "p", LegalBasis: "l", At: noon},
		breach.Incident{ID: "inc_1", Alert: "alr_1", OpenedAt: noon}, nil); err != nil {
		b.Fatal(err)
	}
	return "inc_1"
}

func benchMessages(from, n int) []breach.Message {
	list := make([]breach.Message, n)
	for i := range list {
		list[i] = breach.Message{ID: breach.MessageID(breach.NewID("msg")), Incident: "inc_1", Controller: "ml-val-d-orbe", Registry: "youth",
			Subject: breach.PersonID(fmt.Sprintf("person-%09d", from+i)), Recipient: "self", Role: "self", Notice: 1, Variant: "young",
			Channel: breach.ChannelEmail, Why: "adult,email-valid", AddressKey: "0123456789abcdef0123456789abcdef", UpdatedAt: noon}
	}
	return list
}

// BenchmarkLedger reserves and settles messages in batches of 50, each batch
// being two transactions on disk.
func BenchmarkLedger(b *testing.B) {
	engines(b, func(b *testing.B, s *storetest.DB) {
		ctx := context.Background()
		benchIncident(b, s)
		const batch = 50
		n := b.N * batch
		var ids []breach.MessageID
		for from := 0; from < n; from += 10_000 {
			list := benchMessages(from, min(10_000, n-from))
			for _, m := range list {
				ids = append(ids, m.ID)
			}
			if err := s.PlanMessages(ctx, list); err != nil {
				b.Fatal(err)
			}
		}
		b.ResetTimer()
		for i := range b.N {
			part, err := s.Reserve(ctx, ids[i*batch:(i+1)*batch], "smtp", false, noon)
			if err != nil || len(part) != batch {
				b.Fatal(len(part), err)
			}
			settled := make([]store.Settlement, batch)
			for j, h := range part {
				settled[j] = store.Settlement{ID: h.ID, State: breach.MessageHandedOver, Ref: "250 queued as 4Zx1", At: noon}
			}
			if err := s.Settle(ctx, settled); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "messages/s")
	})
}

// BenchmarkPlanMessages adds 10,000 ledger rows in one call.
func BenchmarkPlanMessages(b *testing.B) {
	engines(b, func(b *testing.B, s *storetest.DB) {
		benchIncident(b, s)
		for i := range b.N {
			if err := s.PlanMessages(context.Background(), benchMessages(i*10_000, 10_000)); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(b.N)*10_000/b.Elapsed().Seconds(), "messages/s")
	})
}

func benchCandidates(from, n int) []store.CandidateRow {
	r := rand.New(rand.NewPCG(uint64(from), 1))
	list := make([]store.CandidateRow, n)
	for i := range list {
		list[i] = store.CandidateRow{Sealed: []byte(strings.Repeat("x", 300)), Candidate: breach.Candidate{
			ID: breach.CandidateID(fmt.Sprintf("cnd_%09d", from+i)), Incident: "inc_1", Registry: "youth", Row: int64(from + i), Person: breach.PersonID(fmt.Sprint("p", from+i)),
			Weight: r.Float64() * 30, Probability: r.Float64(), Band: breach.BandReview,
			Why: []breach.Evidence{{Field: "birth_name", Level: "close", Weight: 3.1}, {Field: "birth_date", Level: "exact", Weight: 11.2}, {Field: "postcode", Level: "different", Weight: -2.2}},
		}}
	}
	return list
}

// BenchmarkSaveCandidates adds 20,000 candidates in one call.
func BenchmarkSaveCandidates(b *testing.B) {
	engines(b, func(b *testing.B, s *storetest.DB) {
		benchIncident(b, s)
		for i := range b.N {
			if err := s.SaveCandidates(context.Background(), benchCandidates(i*20_000, 20_000)); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(b.N)*20_000/b.Elapsed().Seconds(), "candidates/s")
	})
}

// BenchmarkNextOpen reads a page of the queue with a million open candidates,
// from anywhere in it.
func BenchmarkNextOpen(b *testing.B) {
	s := openSQLite(b)
	ctx := context.Background()
	incident := benchIncident(b, s)
	const size = 1_000_000
	for from := 0; from < size; from += 50_000 {
		if err := s.SaveCandidates(ctx, benchCandidates(from, 50_000)); err != nil {
			b.Fatal(err)
		}
	}
	r := rand.New(rand.NewPCG(7, 7))
	slowest := time.Duration(0)
	for b.Loop() {
		start := time.Now()
		after := breach.CandidateID("")
		if r.IntN(4) > 0 {
			after = breach.CandidateID(fmt.Sprintf("cnd_%09d", r.IntN(size)))
		}
		if _, err := s.NextOpen(ctx, incident, after, 20); err != nil {
			b.Fatal(err)
		}
		slowest = max(slowest, time.Since(start))
	}
	b.ReportMetric(float64(slowest.Microseconds())/1000, "slowest-ms")
}

// BenchmarkVerifyAudit verifies a log of a million entries against a
// checkpoint.
func BenchmarkVerifyAudit(b *testing.B) {
	s := openSQLite(b)
	ctx := context.Background()
	const size = 1_000_000
	fillAudit(b, s, size)
	checkpoint, err := s.Checkpoint(ctx)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if r, err := s.VerifyAudit(ctx, checkpoint); err != nil || !r.OK || r.Entries != size {
			b.Fatalf("%+v %v", r, err)
		}
	}
	b.ReportMetric(size*float64(b.N)/b.Elapsed().Seconds(), "entries/s")
}

// fillAudit writes entries in one transaction, as the store would have.
func fillAudit(b *testing.B, s *storetest.DB, size int64) {
	b.Helper()
	tx, err := s.Raw.Begin()
	if err != nil {
		b.Fatal(err)
	}
	insert, err := tx.Prepare(`INSERT INTO audit (seq, at, who, action, object, detail, ok, prev, nodes) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = insert.Close() }()
	var stored []tlog.Hash
	var prev tlog.Hash
	read := tlog.HashReaderFunc(func(indexes []int64) (out []tlog.Hash, err error) {
		for _, i := range indexes {
			out = append(out, stored[i])
		}
		return out, nil
	})
	for seq := int64(1); seq <= size; seq++ {
		at := noon.Add(time.Duration(seq) * time.Second)
		who, action, object, detail := "system:send", "messages.settle", "inc_0123456789abcdefghjk", "handed_over=48 bounced=2 ignored=0"
		text := fmt.Appendf(nil, "vigie audit 1\n%d\n%s\n%s\n%s\n%s\n%s\n%t\n%s\n", seq, at.Format(time.RFC3339Nano), who, action, object, detail, true, prev)
		hashes, err := tlog.StoredHashes(seq-1, text, read)
		if err != nil {
			b.Fatal(err)
		}
		stored = append(stored, hashes...)
		nodes := make([]byte, 0, len(hashes)*tlog.HashSize)
		for _, h := range hashes {
			nodes = append(nodes, h[:]...)
		}
		if _, err := insert.Exec(seq, at.UnixNano(), who, action, object, detail, true, prev[:], nodes); err != nil {
			b.Fatal(err)
		}
		prev = hashes[0]
	}
	if err := tx.Commit(); err != nil {
		b.Fatal(err)
	}
}

func engines(b *testing.B, run func(*testing.B, *storetest.DB)) {
	b.Run("sqlite", func(b *testing.B) { run(b, openSQLite(b)) })
	b.Run("postgres", func(b *testing.B) { run(b, (&postgres{server: storetest.Postgres(b)}).open(b)) })
}
