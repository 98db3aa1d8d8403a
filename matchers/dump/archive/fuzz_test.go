package archive

import (
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"vigie/matchers/dump"
	"vigie/matchers/dump/dumptest"
)

// fuzzLimits keep one reading short.
func fuzzLimits() limits {
	return limits{entries: 50, output: 1 << 20, ratio: 1000, from: 1 << 18}
}

// survive reads what the fuzzer made up: it ends, its error is a refusal, and its
// names are fit to print.
func survive(t *testing.T, f dump.Format, data []byte, passwords ...string) {
	s := &dumptest.Seen{Reasons: map[string]string{}, Keep: 1 << 10}
	err := f.Read(t.Context(), dumptest.File("f.x", data, passwords...), s)
	if err != nil && refusal(err) == "" {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, m := range s.Members {
		if seen[m.Name] || len(m.Name) > maxName || m.Name == "" || !utf8.ValidString(m.Name) || strings.ContainsFunc(m.Name, unicode.IsControl) || slices.Contains(strings.Split(m.Name, "/"), "..") {
			t.Fatalf("name %q", m.Name)
		}
		seen[m.Name] = true
	}
}

// seed adds the samples whose names end in one of the suffixes.
func seed(f *testing.F, suffixes ...string) {
	for name, data := range samples(f) {
		for _, s := range suffixes {
			if strings.HasSuffix(name, s) {
				f.Add(data)
			}
		}
	}
}

func FuzzZip(f *testing.F) {
	seed(f, ".zip")
	whole := zipOf(f, "a.csv", people(3))
	f.Add(whole[:len(whole)-30])
	f.Fuzz(func(t *testing.T, data []byte) { survive(t, zipFormat{fuzzLimits()}, data, "secret") })
}

func FuzzTar(f *testing.F) {
	seed(f, ".tar")
	f.Add(tarOf(f, long(300), people(3)))
	f.Fuzz(func(t *testing.T, data []byte) { survive(t, tarFormat{fuzzLimits()}, data) })
}

func FuzzSevenzip(f *testing.F) {
	seed(f, ".7z")
	f.Add(sevenOf("\x21", "\x10", []byte{1, 0, 4, 'a', 'b', 'c', 'd', 'e', 0}, 5, 1))
	f.Fuzz(func(t *testing.T, data []byte) {
		survive(t, sevenFormat{fuzzLimits()}, data)
		survive(t, sevenFormat{fuzzLimits()}, sevenMend(data))
	})
}

// FuzzRar reads rar archives of both versions.
func FuzzRar(f *testing.F) {
	seed(f, ".rar")
	f.Add(rarOf(4, rarFileOf{name: "a", data: people(3), info: 3<<7 | 2<<10}))
	f.Fuzz(func(t *testing.T, data []byte) { survive(t, rarFormat{fuzzLimits()}, data) })
}

// FuzzCompressed reads with every compression: the first byte says which.
func FuzzCompressed(f *testing.F) {
	all := compressions()
	for name, data := range samples(f) {
		for i, c := range all {
			if c.sniff(data) > 0.5 && name != "" {
				f.Add(append([]byte{byte(i)}, data...))
			}
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) == 0 {
			return
		}
		c := all[int(data[0])%len(all)]
		c.limits = fuzzLimits()
		survive(t, c, data[1:])
	})
}
