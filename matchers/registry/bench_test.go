//go:build unix

package registry

import (
	"bytes"
	"context"
	"crypto/cipher"
	"fmt"
	"syscall"
	"testing"
	"time"
)

// plainText is a cipher that hides nothing, to measure what hiding costs.
type plainText struct{}

func (plainText) NonceSize() int { return digestSize }
func (plainText) Overhead() int  { return tagSize }

func (plainText) Seal(dst, _, plain, _ []byte) []byte {
	return append(append(dst, plain...), make([]byte, tagSize)...)
}

func (plainText) Open(dst, _, sealed, _ []byte) ([]byte, error) {
	return append(dst, sealed[:len(sealed)-tagSize]...), nil
}

// crowd writes n people of a civil registry, each with names, dates and an
// address of their own.
func crowd(n int) []byte {
	var b bytes.Buffer
	b.WriteString("id,birth_name,usage_name,given_names,sex,birth_date,birth_place,birth_commune,nationality,email,phone,street,postcode,city\n")
	for i := range n {
		fmt.Fprintf(&b, "c%08d,Canari%d,,Lina Zoé,F,19%02d-%02d-%02d,Orbeville %d,%05d,FR,lina%d@example.org,+336399%05d,%d rue Canariste,%05d,ORBEVILLE\n",
			i, i%9973, i%100, i%12+1, i%28+1, i%800, i%90000, i, i%100000, i%300, i%90000)
	}
	return b.Bytes()
}

// processorTime is what the process has used of all processors: on a busy
// machine it says more than the clock.
func processorTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkImport says what an import costs, and how much of it is encryption.
func BenchmarkImport(b *testing.B) {
	const n = 300_000
	keys, text := newKeys(b), crowd(n)
	for _, bb := range []struct {
		name   string
		cipher newCipher
	}{
		{"sealed", nil},
		{"plain", func([]byte) (cipher.AEAD, error) { return plainText{}, nil }},
	} {
		b.Run(bb.name, func(b *testing.B) {
			before := processorTime(b)
			for b.Loop() {
				o := options(b.TempDir(), keys, "", "")
				o.Persons, o.Relations, o.cipher = bytes.NewReader(text), nil, bb.cipher
				o.Manifest.Controllers = o.Manifest.Controllers[:1]
				if _, refused, err := Import(context.Background(), o); err != nil || refused.Count > 0 {
					b.Fatal(refused.ByCode, err)
				}
			}
			b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "persons/s")
			b.ReportMetric(float64((processorTime(b)-before).Nanoseconds())/float64(n*b.N), "cpu-ns/person")
		})
	}
}

// BenchmarkRelations says what two guardians each cost.
func BenchmarkRelations(b *testing.B) {
	const n = 100_000
	var relations bytes.Buffer
	relations.WriteString(relationsHeader)
	for i := range n {
		for h := range 2 {
			fmt.Fprintf(&relations, "c%08d,h%d,parent,joint,,,,,Mme,Canari,Val%d,mere%d@example.org,,%d rue Autre,,,,00003,LOIN,FR,,\n", (i*7919)%n, i*2+h, i, i, i%100)
		}
	}
	keys, people := newKeys(b), crowd(n)
	before := processorTime(b)
	for b.Loop() {
		o := options(b.TempDir(), keys, "", "")
		o.Persons, o.Relations = bytes.NewReader(people), bytes.NewReader(relations.Bytes())
		o.Manifest.Controllers = o.Manifest.Controllers[:1]
		if _, refused, err := Import(context.Background(), o); err != nil || refused.Count > 0 {
			b.Fatal(refused.ByCode, err)
		}
	}
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "persons/s")
	b.ReportMetric(float64((processorTime(b)-before).Nanoseconds())/float64(n*b.N), "cpu-ns/person")
}
