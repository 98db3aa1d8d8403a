package reading

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"vigie/matchers/dump"
)

// rows invents rows of about 100 bytes in nine columns.
func rows(n int) dump.Bytes {
	r := rand.New(rand.NewPCG(3, 4))
	var b strings.Builder
	b.WriteString("id;nom;prenom;date_naissance;email;telephone;adresse;code_postal;ville\n")
	pick := func(s ...string) string { return s[r.IntN(len(s))] }
	for i := range n {
		given := pick("Lina", "Omar", "Yann", "Zoé", "Inès", "Sacha", "Léo", "Marie")
		fmt.Fprintf(&b, "%d;%s;%s;%02d/%02d/%d;%s%d@example.org;06 39 98 %02d %02d;%d rue des Lilas;%s;%s\n", i,
			pick("MARTINEAU", "LEMAIRE", "GILLARD", "TANGUY", "ROUSSEL", "LE GOFF"), given, 1+r.IntN(28), 1+r.IntN(12), 1940+r.IntN(70),
			strings.ToLower(given), i, i/100%100, i%100, 1+r.IntN(200), pick("34000", "31000", "75011"), pick("MONTPELLIER", "TOULOUSE", "PARIS"))
	}
	return dump.Bytes(b.String())
}

// million are the rows that all benchmarks read.
var million = sync.OnceValue(func() dump.Bytes { return rows(1_000_000) })

// spent is the processor time of this process and of the children that ended.
func spent(b *testing.B) (total time.Duration) {
	for _, who := range []int{syscall.RUSAGE_SELF, syscall.RUSAGE_CHILDREN} {
		var u syscall.Rusage
		if err := syscall.Getrusage(who, &u); err != nil {
			b.Fatal(err)
		}
		total += time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	return total
}

// benchmark measures bytes read by processor time, garbage collection included:
// what a machine that is busy with other things does not change.
func benchmark(b *testing.B, read func(*dump.Engine, dump.Source, *dump.Layout) error) {
	src := million()
	e := &dump.Engine{Formats: formats(false), Options: options(&task{})}
	l, _, err := e.Inspect(context.Background(), src)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(src.Size())
	b.ReportAllocs()
	before := spent(b)
	for b.Loop() {
		if err := read(e, src, l); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(src.Size())*float64(b.N)/1e6/(spent(b)-before).Seconds(), "MB/cpu-s")
}

// The anchor: encoding/csv cuts the same rows and does nothing with them.
func BenchmarkEncodingCSV(b *testing.B) {
	benchmark(b, func(_ *dump.Engine, src dump.Source, _ *dump.Layout) error {
		r := csv.NewReader(bytes.NewReader(src.(dump.Bytes)))
		r.Comma, r.ReuseRecord = ';', true
		for {
			if _, err := r.Read(); errors.Is(err, io.EOF) {
				return nil
			} else if err != nil {
				return err
			}
		}
	})
}

// What one core does, without the jail.
func BenchmarkInspect(b *testing.B) {
	benchmark(b, func(e *dump.Engine, src dump.Source, _ *dump.Layout) error {
		_, _, err := e.Inspect(context.Background(), src)
		return err
	})
}

func BenchmarkRecords(b *testing.B) {
	benchmark(b, func(e *dump.Engine, src dump.Source, l *dump.Layout) error {
		for _, err := range e.Records(context.Background(), src, l) {
			if err != nil {
				return err
			}
		}
		return nil
	})
}

func BenchmarkConvert(b *testing.B) {
	benchmark(b, func(e *dump.Engine, src dump.Source, _ *dump.Layout) error {
		_, err := e.Convert(context.Background(), io.Discard, src, dump.Conversion{})
		return err
	})
}

// What the parent gets out of the jail, both processes counted.
func BenchmarkJailedRecords(b *testing.B) {
	r := &Reader{}
	benchmark(b, func(_ *dump.Engine, src dump.Source, l *dump.Layout) error {
		for _, err := range r.Records(context.Background(), src, l) {
			if err != nil {
				return err
			}
		}
		return nil
	})
}
