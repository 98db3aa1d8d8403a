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

	"go.yaml.in/yaml/v3"
)

var remake = flag.Bool("remake", false, "learn the model anew from the sentences under testdata and write model.txt")

// sample is a sentence that somebody labelled with the element it belongs to
// and whether it says it well.
type sample struct {
	text, element string
	ok            bool
	weight        float64
	vague         bool   // it fails by saying nothing, and not by saying what is wrong
	file          string // of the bank
	marked        bool   // what it says, and no more, is known
	ours          bool   // of our own templates: which elements it says besides is not known
}

// bank reads the sentences of testdata/bank, of writers who had seen none of
// the code.
func bank(t *testing.T) (list []sample) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", "bank", "*.jsonl"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no bank: %v", err)
	}
	for _, f := range files { // in the order of their names
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimSuffix(filepath.Base(f), ".jsonl")
		for line := range bytes.Lines(data) {
			var s struct {
				Element, Text string
				OK            bool
				Why           string
			}
			if err := json.Unmarshal(line, &s); err != nil {
				t.Fatalf("%s: %v", f, err)
			}
			list = append(list, sample{s.Text, s.Element, s.OK, 1, empty.says(fold(s.Why)), name, false, false})
		}
	}
	return list
}

// empty is why a sentence says nothing.
var empty = re(`vague|abstrai|renvo|ailleurs|pas (?:le|au) lecteur|jargon|elsewhere|not (?:the|about the|to the) reader|abstract|generic|points to`)

// written reads the authors' own sentences, and the elements and the rest of
// the sound communications to take.
func written(t *testing.T, take func(name string) bool) (list []sample) {
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
			list = append(list, sample{text, element, !spoilt && !empty, 1, empty, "", false, false})
		}
	}
	for _, dir := range []string{"sound", "prose"} {
		texts := corpus(t, dir)
		for _, name := range slices.Sorted(maps.Keys(texts)) {
			if take(name) {
				list = append(list, marked(texts[name])...)
			}
		}
	}
	return list
}

// templates are the sentences that we send ourselves, in both languages: none
// commits a fault, and those of some parts say an element.
func templates(t *testing.T) (list []sample) {
	t.Helper()
	says := map[string]string{"nature": "nature", "consequence": "consequences", "measure": "measures"}
	for _, name := range []string{"fr.yaml", "en.yaml", "easy/fr.yaml", "easy/en.yaml"} {
		data, err := os.ReadFile(filepath.Join("..", "wording", "messages", name))
		if err != nil {
			t.Fatal(err)
		}
		var parts yaml.Node
		if err := yaml.Unmarshal(data, &parts); err != nil {
			t.Fatal(err)
		}
		root := parts.Content[0].Content
		for i := 0; i < len(root); i += 2 {
			for _, text := range leaves(root[i+1]) {
				for _, s := range sentences(strings.ReplaceAll(text, "%s", "")) {
					list = append(list, sample{text: s, element: says[root[i].Value], ok: true, weight: 1, ours: true})
				}
			}
		}
	}
	return list
}

// leaves are the texts in a tree of YAML, in order.
func leaves(n *yaml.Node) (list []string) {
	if n.Kind == yaml.ScalarNode {
		return []string{n.Value}
	}
	for i, c := range n.Content {
		if n.Kind != yaml.MappingNode || i%2 == 1 {
			list = append(list, leaves(c)...)
		}
	}
	return list
}

// marked are the elements of a communication, and the rest of it.
func marked(text string) (list []sample) {
	for _, m := range piece.FindAllStringSubmatch(text, -1) {
		element := strings.TrimSuffix(m[1], "s")
		if m[1] == "consequences" || m[1] == "measures" {
			element = m[1]
		}
		for _, s := range saidIn(m[2]) {
			list = append(list, sample{s, element, true, 1, false, "", true, false})
		}
	}
	for _, s := range saidIn(piece.ReplaceAllString(text, "")) {
		list = append(list, sample{s, "other", true, 1, false, "", true, false})
	}
	return list
}

// saidIn are the sentences and items of a text.
func saidIn(text string) (list []string) {
	for _, b := range parseText("T\n\n" + text).Blocks {
		for _, s := range b.Text {
			for _, sentence := range sentences(s) {
				list = append(list, fold(strings.TrimSpace(sentence)))
			}
		}
		for _, s := range b.List {
			list = append(list, fold(s))
		}
	}
	return list
}

var aspectNames = [aspects]string{"nature", "data", "consequences", "measures", "contact", "hedge", "ask", "blame", "advert", "panic", "not_taken", "minimise", "person"}

// target is what the model should say of a sample, and how much it matters. A
// sentence of one element may hold another, so some pairs count for little.
func (s sample) target(a aspect) (y, weight float64) {
	name := aspectNames[a]
	if a == aMinimises && s.element == "consequences" && !s.ok {
		name = s.element
	}
	if s.ours && s.element != name && a <= aContact {
		return 0, 0
	}
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
	case !s.marked && slices.Contains(both[name], s.element):
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

// seen is a sample as the model sees it: its features by number.
type seen struct {
	features []int32
	scale    float64
}

// look numbers the features of samples, those that are seen seldom excepted.
func look(list []sample) (looked []seen, names []string) {
	number, often := map[string]int32{}, []int{}
	looked = make([]seen, len(list))
	for i, s := range list {
		n := 0
		folded := fold(s.text)
		var of []int32
		features(wordsOf(folded), folded, func(f []byte) {
			n++
			at, ok := number[string(f)]
			if !ok {
				at = int32(len(names))
				number[string(f)] = at
				names, often = append(names, string(f)), append(often, 0)
			}
			of = append(of, at)
		})
		slices.Sort(of)
		of = slices.Compact(of)
		for _, f := range of {
			often[f]++
		}
		looked[i] = seen{of, scaleOf(n)}
	}
	for i, s := range looked {
		looked[i].features = slices.DeleteFunc(s.features, func(f int32) bool { return often[f] < seldom })
	}
	return looked, names
}

// learn fits the weights by stochastic gradient descent with the step sizes of
// AdaGrad (Duchi, Hazan and Singer, 2011), in an order that is always the same.
func learn(list []sample) model {
	type state struct{ weight, square [aspects]float64 }
	looked, names := look(list)
	states, base := make([]state, len(names)), state{}
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
			z := [aspects]float64{}
			for _, f := range looked[i].features {
				for a := range z {
					z[a] += states[f].weight[a]
				}
			}
			for a := range z {
				y, weight := list[i].target(aspect(a))
				slope := weight * (1/(1+math.Exp(-z[a]*looked[i].scale-base.weight[a])) - y)
				step(&base, a, slope)
				for _, f := range looked[i].features {
					step(&states[f], a, slope*looked[i].scale)
				}
			}
		}
	}
	m := model{bias: narrow(base.weight)}
	for f, v := range states {
		if w := narrow(v.weight); slices.ContainsFunc(w[:], func(x float32) bool { return math.Abs(float64(x)) >= rounded }) {
			m[names[f]] = w
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
	m := learn(slices.Concat(written(t, func(string) bool { return true }), templates(t), bank(t)))
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
