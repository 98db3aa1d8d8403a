package index

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/blevesearch/bleve/v2"
	bleveindex "github.com/blevesearch/bleve_index_api"

	"vigie/internal/breach"
)

// invented draws posts of about the length of those of leak sites: a title of
// three words and a text of 12, from 30,000 words as frequent as in a language
// (Zipf).
func invented(rng *rand.Rand, from, n int) []breach.Post {
	z := rand.NewZipf(rng, 1.1, 8, 30_000)
	word := func() string { return "m" + strconv.FormatUint(z.Uint64()*2654435761%1_000_000, 36) }
	text := func(n int) string {
		var b strings.Builder
		for i := range n {
			if i > 0 {
				b.WriteByte(' ')
			}
			b.WriteString(word())
		}
		return b.String()
	}
	out := make([]breach.Post, n)
	for i := range out {
		out[i] = post(fmt.Sprint("p", from+i), text(3), text(12))
	}
	return out
}

// processor is the time that all processors gave this process, which other
// processes on the machine disturb less than they do the clock.
func processor() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkPutBesideBleve puts the same posts into our index, masked and
// encrypted, and into one of bleve alone with its standard analyzer.
func BenchmarkPutBesideBleve(b *testing.B) {
	b.Run("bleve", func(b *testing.B) {
		write, read := bleveindex.WriterHook, bleveindex.ReaderHook
		bleveindex.WriterHook, bleveindex.ReaderHook = nil, nil
		defer func() { bleveindex.WriterHook, bleveindex.ReaderHook = write, read }()
		m := bleve.NewIndexMapping()
		m.DefaultAnalyzer = "standard"
		x, err := bleve.New(filepath.Join(b.TempDir(), "alone"), m)
		if err != nil {
			b.Fatal(err)
		}
		defer func() { _ = x.Close() }()
		rng, n := rand.New(rand.NewPCG(1, 1)), 0
		cpu := processor()
		for b.Loop() {
			batch := x.NewBatch()
			for _, p := range invented(rng, n, batchSize) {
				if err := batch.Index(string(p.ID), map[string]any{"title": p.Title, "text": p.Text, "source": string(p.Source), "captured_at": p.FirstSeenAt}); err != nil {
					b.Fatal(err)
				}
			}
			if err := x.Batch(batch); err != nil {
				b.Fatal(err)
			}
			n += batchSize
		}
		b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "posts/s")
		b.ReportMetric(float64((processor()-cpu).Microseconds())/float64(n), "cpu-µs/post")
	})
	b.Run("vigie", func(b *testing.B) {
		x := opened(b, filepath.Join(b.TempDir(), "index"))
		defer func() { _ = x.Close() }()
		rng, n := rand.New(rand.NewPCG(1, 1)), 0
		cpu := processor()
		for b.Loop() {
			if err := x.Put(b.Context(), invented(rng, n, batchSize)); err != nil {
				b.Fatal(err)
			}
			n += batchSize
		}
		b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "posts/s")
		b.ReportMetric(float64((processor()-cpu).Microseconds())/float64(n), "cpu-µs/post")
	})
}

// BenchmarkSearchMany fills an index (VIGIE_BENCH_POSTS, 20,000 unless told) and
// asks what analysts ask; it reports the median and the 95th percentile, of all
// and of each shape of query. VIGIE_BENCH_INDEX names a folder in which the
// index is kept and found again.
func BenchmarkSearchMany(b *testing.B) {
	total := 20_000
	if s := os.Getenv("VIGIE_BENCH_POSTS"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil {
			b.Fatal(err)
		}
		total = n
	}
	dir := os.Getenv("VIGIE_BENCH_INDEX")
	if dir == "" {
		dir = b.TempDir()
	}
	x := opened(b, filepath.Join(dir, "index"))
	defer func() { _ = x.Close() }()
	held, err := x.Count()
	if err != nil {
		b.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(2, 2))
	began := time.Now()
	var known []string
	for n := 0; n < total; n += 10 * batchSize {
		posts := invented(rng, n, 10*batchSize)
		if len(known) < 5000 {
			for _, p := range posts {
				known = append(known, p.Title)
			}
		}
		if n < int(held) {
			continue
		}
		if err := x.Put(b.Context(), posts); err != nil {
			b.Fatal(err)
		}
	}
	b.Logf("%d posts put at %.0f posts/s", total, float64(total)/time.Since(began).Seconds())
	var took, work []time.Duration
	var shapes [10][]time.Duration
	var worst [10]struct {
		took  time.Duration
		query string
	}
	for i := 0; b.Loop(); i++ {
		w := strings.Fields(known[rng.IntN(len(known))])
		q := []string{w[0], w[0] + " " + w[1], `"` + w[0] + " " + w[1] + `"`, w[0] + " OR " + w[2], w[1][:min(len(w[1]), 4)] + "*", w[0] + " NOT " + w[1], "title:" + w[0], `"` + w[0] + " " + w[2] + `"~5`, w[1] + "~", "source:invented " + w[0]}[i%10]
		start, cpu := time.Now(), processor()
		if _, err := x.Search(b.Context(), q, 20); err != nil {
			b.Fatal(err)
		}
		took, work = append(took, time.Since(start)), append(work, processor()-cpu)
		shapes[i%10] = append(shapes[i%10], took[i])
		if shape := i % 10; took[i] > worst[shape].took {
			worst[shape].took, worst[shape].query = took[i], q
		}
	}
	for i, w := range worst {
		if t := shapes[i]; len(t) > 0 {
			slices.Sort(t)
			b.Logf("median %6.1f p95 %6.1f slowest %6.1f ms %s", ms(t[len(t)/2]), ms(t[len(t)*95/100]), ms(w.took), w.query)
		}
	}
	slices.Sort(took)
	slices.Sort(work)
	b.ReportMetric(ms(work[len(work)*95/100]), "cpu-ms-p95") // other processes disturb it less
	b.ReportMetric(ms(took[len(took)/2]), "ms-median")
	b.ReportMetric(ms(took[len(took)*95/100]), "ms-p95")
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
