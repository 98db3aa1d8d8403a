package text

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"testing"

	"vigie/matchers/dump"
	"vigie/matchers/dump/dumptest"
)

// hundredBytes is a file of 100-byte rows of the kind that leak.
func hundredBytes(n int, quote string) []byte {
	var b bytes.Buffer
	for i := range n {
		fmt.Fprintf(&b, "%07d;%sMARTINEAU%s;%sLina Marie%s;F;%02d/%02d/19%02d;lina.m%05d@example.org;06399800%02d;%s3 rue des Lilas%s;00001;ORBE\n",
			i, quote, quote, quote, quote, i%28+1, i%12+1, i%100, i%100000, i%100, quote, quote)
	}
	return b.Bytes()
}

// sink takes rows and forgets them.
type sink struct{ dumptest.Seen }

func (*sink) Table(dump.TableInfo) (dump.Rows, error) { return nothing{}, nil }

type nothing struct{}

func (nothing) Row([][]byte) error { return nil }
func (nothing) Extend([]string)    {}
func (nothing) Refuse(string)      {}
func (nothing) Warn(string)        {}

func BenchmarkRead(b *testing.B) {
	for _, x := range []struct{ name, quote string }{{"plain", ""}, {"quoted", `"`}} {
		text := hundredBytes(400_000, x.quote)
		b.Run(x.name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				if err := New().Read(context.Background(), dumptest.File("x", text), &sink{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkSplit(b *testing.B) {
	for _, x := range []struct{ name, quote string }{{"plain", ""}, {"quoted", `"`}} {
		text := hundredBytes(100_000, x.quote)
		b.Run(x.name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				s := newSplitter(bytes.NewReader(text), dialect{delim: []byte(";"), quote: '"', escape: '"', newline: '\n'})
				s.width = 10
				for {
					if _, _, err := s.next(); err != nil {
						break
					}
				}
			}
		})
		b.Run(x.name+" encoding/csv", func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				r := csv.NewReader(bytes.NewReader(text))
				r.Comma, r.ReuseRecord = ';', true
				for {
					if _, err := r.Read(); err != nil {
						break
					}
				}
			}
		})
	}
}

// BenchmarkDetect tells the dialect of files of ordinary size.
func BenchmarkDetect(b *testing.B) {
	for _, n := range []int{20, 10_000} {
		text := hundredBytes(n, `"`)
		text = text[:min(len(text), dump.HeadSize)]
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				detect(newSample(text, true), nil)
			}
		})
	}
}
