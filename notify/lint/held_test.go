package lint

import (
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
)

const parts = 4

// host is a sound communication with its elements marked.
type host struct {
	name, text string
	part       int
}

func hosts(t *testing.T) (list []host) {
	for _, dir := range []string{"sound", "prose"} {
		texts := corpus(t, dir)
		for _, name := range slices.Sorted(maps.Keys(texts)) {
			list = append(list, host{name, texts[name], len(list) % parts})
		}
	}
	return list
}

// partOf puts whole files of the bank in a part; the two first, which hold many
// hands, in pieces of twenty sentences that follow each other.
func partOf(list []sample) []int {
	part, at, last := make([]int, len(list)), -1, ""
	for i, s := range list {
		if s.file != last || !strings.Contains(s.file, "-") && i%20 == 0 {
			at, last = at+1, s.file
		}
		part[i] = at % parts
	}
	return part
}

// heldOut learns a model for each part of the bank and of the texts, from all
// that is not in it.
func heldOut(t *testing.T, all []sample, part []int, texts []host) []model {
	own := slices.Concat(written(t, func(string) bool { return false }), templates(t))
	models := make([]model, parts)
	var group sync.WaitGroup
	for k := range parts {
		group.Go(func() {
			list := slices.Clone(own)
			for i, s := range all {
				if part[i] != k {
					list = append(list, s)
				}
			}
			for _, h := range texts {
				if h.part != k {
					list = append(list, marked(h.text)...)
				}
			}
			models[k] = learn(list)
		})
	}
	group.Wait()
	return models
}

// TestHeldOut judges each file of the bank and each text by a model that has
// seen nothing of it: how many of the sentences that have an aspect it finds,
// how many of the sound ones it takes for one, how many sound texts it refuses,
// and how many it passes that lack an element.
func TestHeldOut(t *testing.T) {
	if testing.Short() {
		t.Skip("learns for half a minute")
	}
	all, texts := bank(t), hosts(t)
	part := partOf(all)
	models := heldOut(t, all, part, texts)
	for a := range aspects {
		found, of, wrong, others := 0, 0, 0, 0
		for i, s := range all {
			folded := fold(s.text)
			u := unit{text: folded, words: wordsOf(folded)}
			u.odds = models[part[i]].of(u.words, folded)
			has := a < aHedge && u.odds[a] >= enough[min(a, aContact)] || a >= aHedge && u.commits(a)
			y, _ := s.target(a)
			switch {
			case y == 1:
				of++
				if has {
					found++
				}
			case a >= aHedge && !s.ok || slices.Contains(both[aspectNames[a]], s.element):
			default:
				others++
				if has {
					wrong++
				}
			}
		}
		t.Logf("%s: finds %d of %d, takes %d of %d others for one", aspectNames[a], found, of, wrong, others)
		if a < aHedge && 5*found < 3*of || 5*found < of || a >= aHedge && 50*wrong > others {
			t.Errorf("%s: finds %d of %d, takes %d of %d others for one", aspectNames[a], found, of, wrong, others)
		}
	}
	kept := learnt
	defer func() { learnt = kept }()
	refused, passed, spoilt := 0, 0, 0
	for k, m := range models {
		learnt = func() model { return m }
		for _, h := range texts {
			if h.part != k {
				continue
			}
			if rules := heldRules(h.name, whole(h.text)); len(rules) > 0 {
				refused++
				t.Logf("%s is refused for %v", h.name, rules)
			}
			for _, m := range piece.FindAllStringSubmatch(h.text, -1) {
				if m[1] == "actions" {
					continue
				}
				spoilt++
				if !slices.Contains(heldRules(h.name, whole(strings.Replace(h.text, m[0], "", 1))), "art34-"+m[1]) {
					passed++
					t.Logf("%s passes without %s", h.name, m[1])
				}
			}
		}
	}
	t.Logf("%d of %d sound texts refused, %d of %d that lack an element passed", refused, len(texts), passed, spoilt)
	if 4*refused > len(texts) || 10*passed > spoilt {
		t.Errorf("%d of %d sound texts refused, %d of %d that lack an element passed", refused, len(texts), passed, spoilt)
	}
}

// heldRules are those that a text breaks, but for the list of actions, which the
// texts of prose have not.
func heldRules(name, text string) []string {
	return slices.DeleteFunc(rulesOf(name, text), func(rule string) bool {
		return rule == "art34-actions" || strings.HasPrefix(rule, "action-")
	})
}
