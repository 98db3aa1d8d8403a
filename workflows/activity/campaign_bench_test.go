package activity

import (
	"fmt"
	"sync/atomic"
	"testing"

	"golang.org/x/sync/errgroup"

	"vigie/internal/breach"
	"vigie/internal/store"
	"vigie/workflows"
)

// BenchmarkCampaign hands 4,000 e-mails over to a provider that takes no time:
// what is left is Vigie's own work for a message, from the late check in the
// sealed registry to the settled row of the ledger. The batches are those of
// the Campaign workflow, eight at once. A provider that cannot say what it has
// waits for the mark of each message before it leaves.
func BenchmarkCampaign(b *testing.B) {
	b.Run("asked", func(b *testing.B) { benchmarkCampaign(b, false) })
	b.Run("blind", func(b *testing.B) { benchmarkCampaign(b, true) })
}

func benchmarkCampaign(b *testing.B, blind bool) {
	const people, batch = 4000, 200
	for b.Loop() {
		b.StopTimer()
		w := openWorld(b, b.TempDir())
		w.email.blind = blind
		list := map[string]string{}
		var linked []store.CandidateRow
		for i := range people {
			id := fmt.Sprintf("p%04d", i)
			list[id] = person(id, "ml-a", fmt.Sprintf("Canari%04d", i), "Lina", "1990-05-17", id+"@example.org", "", fmt.Sprintf("%d allée du Canari", i+1), "", "")
			linked = append(linked, store.CandidateRow{Candidate: breach.Candidate{ID: breach.CandidateID("cnd_" + id), Incident: incident, Registry: "youth",
				Row: int64(i) + 100, Person: breach.PersonID(id), Probability: 1, Band: breach.BandLink, State: breach.CandidateLinked, Version: 1}})
		}
		w.importYouth(list, "")
		w.importRegistry("civil", 2, []string{"ville"}, civil, "")
		w.open()
		w.must(w.Store.SaveCandidates(b.Context(), linked))
		w.plan()
		w.must(w.decide("ml-a", breach.DecisionTell))
		w.sign("ml-a")
		end, err := w.Store.LedgerEnd(b.Context(), incident, "ml-a")
		w.must(err)
		b.StartTimer()
		var sent atomic.Int64
		var g errgroup.Group
		g.SetLimit(8)
		for from := int64(1); from <= end; from += batch {
			g.Go(func() error {
				out, err := run[workflows.BatchResult](w, workflows.ActivitySend, workflows.BatchInput{Incident: incident, Controller: "ml-a",
					Channel: breach.ChannelEmail, From: from, To: min(from+batch-1, end)})
				sent.Add(out.Sent)
				return err
			})
		}
		w.must(g.Wait())
		if sent.Load() != people {
			b.Fatalf("%d handed over, want %d", sent.Load(), people)
		}
	}
	b.ReportMetric(float64(people)*float64(b.N)/b.Elapsed().Seconds(), "messages/s")
}
