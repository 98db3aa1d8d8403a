package lint

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var remake = flag.Bool("remake", false, "learn the model anew from the sentences under testdata and write model.txt")

// sample is a sentence that somebody labelled with the element it belongs to
// and whether it says it well.
type sample struct {
	text, element string
	ok            bool
	weight        float64
	vague         bool // it fails by saying nothing, and not by saying what is wrong
}

// bank reads the sentences of testdata/bank, of writers who had seen none of
// the code.
func bank(t *testing.T, language string) (list []sample) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "bank", language+".jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range bytes.Lines(data) {
		var s struct {
			Element, Text string
			OK            bool
			Why           string
		}
		if err := json.Unmarshal(line, &s); err != nil {
			t.Fatalf("%s: %v", language, err)
		}
		list = append(list, sample{s.Text, s.Element, s.OK, 1, empty.says(fold(s.Why))})
	}
	return list
}

// empty is why a sentence says nothing.
var empty = re(`vague|abstrai|renvo|ailleurs|pas (?:le|au) lecteur|jargon|elsewhere|not (?:the|about the|to the) reader|abstract|generic|points to`)

// written reads the authors' own sentences, and the elements and the rest of
// the sound communications.
func written(t *testing.T) (list []sample) {
	t.Helper()
	for _, language := range []string{"fr", "en"} {
		data, err := os.ReadFile(filepath.Join("testdata", "bank", "own-"+language+".txt"))
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(data)) {
			element, text, _ := strings.Cut(strings.TrimSpace(line), " ")
			element, empty := strings.CutSuffix(element, "~")
			element, spoilt := strings.CutSuffix(element, "-")
			list = append(list, sample{text, element, !spoilt && !empty, 1, empty})
		}
	}
	sound := corpus(t, "sound")
	for _, name := range slices.Sorted(maps.Keys(sound)) {
		for _, m := range piece.FindAllStringSubmatch(sound[name], -1) {
			element := strings.TrimSuffix(m[1], "s")
			if m[1] == "consequences" || m[1] == "measures" {
				element = m[1]
			}
			for _, u := range outlineOf(parseText("T\n\nx.\n\n" + m[2])).units[1:] {
				list = append(list, sample{u.text, element, true, .5, false})
			}
		}
		for _, u := range outlineOf(parseText(piece.ReplaceAllString(sound[name], ""))).units {
			list = append(list, sample{u.text, "other", true, 1, false})
		}
	}
	return list
}

var aspectNames = [aspects]string{"nature", "data", "consequences", "measures", "contact", "hedge", "ask", "blame", "advert", "panic", "not_taken", "consequences"}

// target is what the model should say of a sample, and how much it matters. A
// sentence of one element may hold another, so some pairs count for little.
func (s sample) target(a aspect) (y, weight float64) {
	name := aspectNames[a]
	if a > aContact { // the fault, against what comes near it and all that is sound
		switch {
		case s.element == name && !s.ok && !s.vague:
			return 1, 2 * s.weight
		case s.element == name:
			return 0, 3 * s.weight
		case !s.ok:
			return 0, .2 * s.weight
		}
		return 0, s.weight
	}
	switch {
	case s.element == name && s.ok:
		return 1, 2 * s.weight
	case s.element == name:
		return 0, 2 * s.weight
	case slices.Contains(both[name], s.element):
		return 0, .15 * s.weight
	}
	return 0, s.weight
}

var both = map[string][]string{
	"nature":       {"data", "past", "hedge", "panic", "blame", "other"},
	"data":         {"nature", "hedge", "not_taken", "other"},
	"consequences": {"panic"},
	"measures":     {"past", "other", "advert", "not_taken"},
	"contact":      {"other", "advert", "ask"},
}

const (
	epochs  = 40
	decay   = 1e-3
	rate    = .1
	seldom  = 2   // a feature seen less often is not learnt
	rounded = .02 // a smaller weight is none
)

type seen struct {
	features []string
	scale    float64
}

func look(s sample) seen {
	var list []string
	folded := fold(s.text)
	features(wordsOf(folded), folded, func(f []byte) { list = append(list, string(f)) })
	scale := scaleOf(len(list))
	slices.Sort(list)
	return seen{slices.Compact(list), scale}
}

// learn fits the weights by stochastic gradient descent with the step sizes of
// AdaGrad (Duchi, Hazan and Singer, 2011), in an order that is always the same.
func learn(list []sample) model {
	type state struct{ weight, square [aspects]float64 }
	looked, often := make([]seen, len(list)), map[string]int{}
	for i, s := range list {
		looked[i] = look(s)
		for _, f := range looked[i].features {
			often[f]++
		}
	}
	states := map[string]*state{}
	for f, n := range often {
		if n >= seldom {
			states[f] = &state{}
		}
	}
	base := &state{}
	r := rand.New(rand.NewPCG(1, 2))
	order := r.Perm(len(list))
	step := func(v *state, a int, slope float64) {
		slope += decay * v.weight[a]
		v.square[a] += slope * slope
		v.weight[a] -= rate * slope / math.Sqrt(1e-6+v.square[a])
	}
	for range epochs {
		r.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		for _, i := range order {
			z := base.weight
			for _, f := range looked[i].features {
				if v := states[f]; v != nil {
					for a := range z {
						z[a] += v.weight[a] * looked[i].scale
					}
				}
			}
			for a := range z {
				y, weight := list[i].target(aspect(a))
				slope := weight * (1/(1+math.Exp(-z[a])) - y)
				step(base, a, slope)
				for _, f := range looked[i].features {
					if v := states[f]; v != nil {
						step(v, a, slope*looked[i].scale)
					}
				}
			}
		}
	}
	m := model{bias: narrow(base.weight)}
	for f, v := range states {
		if w := narrow(v.weight); slices.ContainsFunc(w[:], func(x float32) bool { return math.Abs(float64(x)) >= rounded }) {
			m[f] = w
		}
	}
	return m
}

func narrow(w [aspects]float64) *[aspects]float32 {
	var n [aspects]float32
	for i := range w {
		n[i] = float32(math.Round(w[i]*100) / 100)
	}
	return &n
}

// TestRemake: model.txt is what is learnt from the sentences as they stand, to
// a twentieth: processors round the last digits differently. With -remake it is
// written.
func TestRemake(t *testing.T) {
	m := learn(slices.Concat(written(t), bank(t, "fr"), bank(t, "en")))
	var b strings.Builder
	for _, f := range slices.Sorted(maps.Keys(m)) {
		fmt.Fprintf(&b, "%s\t", f)
		for i, w := range m[f] {
			if i > 0 {
				b.WriteByte(' ')
			}
			fmt.Fprintf(&b, "%d", int(math.Round(float64(w)*100)))
		}
		b.WriteByte('\n')
	}
	if *remake {
		if err := os.WriteFile("model.txt", []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	kept := learnt()
	if len(kept) != len(m) {
		t.Fatalf("%d features are kept, %d learnt: go generate ./notify/lint", len(kept), len(m))
	}
	for f, want := range m {
		got := kept[f]
		if got == nil {
			t.Fatalf("%q is not kept: go generate ./notify/lint", f)
		}
		for i := range want {
			if math.Abs(float64(got[i]-want[i])) > .05 {
				t.Fatalf("%q of %s is kept as %v, and learnt as %v: go generate ./notify/lint", f, aspectNames[i], got[i], want[i])
			}
		}
	}
}

// TestHeldOut learns from one half of the bank and reads the other: how many of
// the sentences that have an aspect it finds, and how many others it takes for
// one, at the odds from which the linter believes it. Sentences of an element
// that may hold the aspect too are left out.
func TestHeldOut(t *testing.T) {
	if testing.Short() {
		t.Skip("learns for seconds")
	}
	var known, unseen []sample
	for i, s := range append(bank(t, "fr"), bank(t, "en")...) {
		if i%2 == 0 {
			known = append(known, s)
		} else {
			unseen = append(unseen, s)
		}
	}
	m := learn(append(written(t), known...))
	for a := range aspects {
		level := 0.0
		if a > aContact {
			level = certain
		}
		found, of, wrong, others := 0, 0, 0, 0
		for _, s := range unseen {
			folded := fold(s.text)
			has := m.of(wordsOf(folded), folded)[a] > level
			y, _ := s.target(a)
			switch {
			case y == 1:
				of++
				if has {
					found++
				}
			case a > aContact && !s.ok || slices.Contains(both[aspectNames[a]], s.element):
			default:
				others++
				if has {
					wrong++
				}
			}
		}
		t.Logf("aspect %d, %s: finds %d of %d, takes %d of %d others for one", a, aspectNames[a], found, of, wrong, others)
		if a <= aContact && 2*found < of || 25*wrong > others {
			t.Errorf("aspect %d, %s: finds %d of %d, takes %d of %d others for one", a, aspectNames[a], found, of, wrong, others)
		}
	}
}
