package extract

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"vigie/crawlers"
)

var remake = flag.Bool("remake", false, "learn the states anew from the told pages and write state_learnt.txt")

// sighting is a told page and what is seen on it.
type sighting struct {
	file, state string
	seen        sight
}

// sightingsIn reads the pages of one writer, but those whose state is a fact or
// stands in JSON.
func sightingsIn(t *testing.T, path string) (out []sighting) {
	t.Helper()
	for _, row := range talesIn(t, path) {
		p := crawlers.Page{URL: row.URL, Status: 200, Body: []byte(row.Page), ContentType: "text/html"}
		if json.Valid(p.Body) {
			continue
		}
		v := look(p, Template{})
		if v.doc == nil || v.doc.seen == nil {
			continue
		}
		state := strings.TrimPrefix(row.State, "file-")
		if !slices.Contains(states, state) {
			t.Fatalf("%s has the state %q", row.File, row.State)
		}
		out = append(out, sighting{row.File, state, v.doc.seen})
	}
	return out
}

const (
	stateRounds = 400
	stateStride = .05 // of Adam
	statePower  = .75 // of the share of a state that it weighs
	stateHold   = .002
	guess       = 1 // what a topic adds to its state before anything was learnt
)

// guessed are the weights before learning: topics speak for their states, and
// posts for a listing.
func guessed() stateWeights {
	m := stateWeights{}
	add := func(name, state string, v float64) {
		m[name] = make([]float64, len(states))
		m[name][slices.Index(states, state)] = v
	}
	for _, topic := range topics {
		add("says "+topic.name, topic.says, guess)
		add("head "+topic.name, topic.says, guess)
	}
	for state, names := range map[string]string{
		crawlers.StateListing: "posts|posts beyond one|sure|sure choice|thread|posts told|posts dated", crawlers.StateIndex: "directory|folder|columns|tree|store|folder in head|posts named as files|links named as files", crawlers.StateMarket: "buys|cart|offers|posts priced",
		crawlers.StateLogin: "password|form to log in", crawlers.StateCaptcha: "pictures to pick|called captcha|sum|one of several", crawlers.StateShell: "root|bundle|module|fetches|noscript|braces|bound|loads",
		crawlers.StateParked: "advertised|squatted", crawlers.StateError: "code in head|code in text", crawlers.StateEmpty: "no letter|name alone|vacant|hollow",
		crawlers.StateRedirect: "refresh away|jump|frame|one way out", crawlers.StateOther: "key|posts boards|posts facts",
	} {
		for name := range strings.SplitSeq(names, "|") {
			add(name, state, 2*guess)
		}
	}
	return m
}

// fitStates climbs the mean log of the likelihood of the told states; each state
// weighs by the root of its share, for most pages are listings.
func fitStates(told []sighting) stateWeights {
	start, seen := guessed(), make([]sighting, 0, len(told))
	for _, s := range told { // a listing of which nothing was read cannot be told
		if s.state != crawlers.StateListing || s.seen["posts"] > 0 {
			seen = append(seen, s)
		}
	}
	names := map[string]int{}
	for _, s := range seen {
		for n := range s.seen {
			names[n] = 0
		}
	}
	order := slices.Sorted(maps.Keys(names))
	for i, n := range order {
		names[n] = i
	}
	type term struct {
		at int
		v  float64
	}
	rows, count := make([][]term, len(seen)), map[string]float64{}
	for i, s := range seen {
		count[s.state]++
		for _, n := range slices.Sorted(maps.Keys(s.seen)) {
			rows[i] = append(rows[i], term{names[n], s.seen[n]})
		}
	}
	total := 0.0
	for _, n := range count {
		total += math.Pow(n, statePower)
	}
	k := len(states)
	w, from := make([]float64, len(order)*k), make([]float64, len(order)*k)
	for i, n := range order {
		copy(from[i*k:], start[n])
	}
	copy(w, from)
	m, v, grad := make([]float64, len(w)), make([]float64, len(w)), make([]float64, len(w))
	p := make([]float64, k)
	for round := 1; round <= stateRounds; round++ {
		for i := range grad {
			grad[i] = -stateHold * (w[i] - from[i])
		}
		for i, row := range rows {
			clear(p)
			for _, t := range row {
				for j := range p {
					p[j] += w[t.at*k+j] * t.v
				}
			}
			seen[i].seen.weigh(p)
			weight := math.Pow(count[seen[i].state], statePower-1) / total
			for j := range p {
				p[j] *= -weight
				if states[j] == seen[i].state {
					p[j] += weight
				}
			}
			for _, t := range row {
				for j := range p {
					grad[t.at*k+j] += p[j] * t.v
				}
			}
		}
		for i, g := range grad {
			m[i] = .9*m[i] + .1*g
			v[i] = .999*v[i] + .001*g*g
			w[i] += stateStride * (m[i] / (1 - math.Pow(.9, float64(round)))) / (math.Sqrt(v[i]/(1-math.Pow(.999, float64(round)))) + 1e-8)
		}
	}
	out := stateWeights{}
	for i, n := range order {
		out[n] = w[i*k : (i+1)*k]
	}
	return out
}

// judgedStates tells macro F1 and how many are right, and names the others.
func judgedStates(t *testing.T, name string, seen []sighting, w stateWeights, say bool) float64 {
	t.Helper()
	hit, got, want := map[string]int{}, map[string]int{}, map[string]int{}
	right, loss := 0, 0.0
	for _, s := range seen {
		state, sure := w.name(s.seen)
		got[state]++
		want[s.state]++
		loss -= math.Log(max(w.shares(s.seen)[slices.Index(states, s.state)], 1e-9)) / float64(len(seen))
		if state == s.state {
			hit[state]++
			right++
		} else if say {
			t.Logf("  %s %s is %s, read as %s (%.2f)", name, s.file, s.state, state, sure)
		}
	}
	sum := 0.0
	var each []string
	for _, state := range states {
		if want[state] > 0 {
			f := 2 * float64(hit[state]) / float64(got[state]+want[state])
			sum += f / float64(len(want))
			each = append(each, fmt.Sprintf("%s %d/%d of %d", state, hit[state], want[state], got[state]))
		}
	}
	t.Logf("%s: macro F1 %.3f, %d of %d right, loss %.3f: %s", name, sum, right, len(seen), loss, strings.Join(each, ", "))
	return sum
}

// TestLearnStates learns how states are told from the pages of several writers,
// and holds each writer's against what all others teach: it must be better than
// what was guessed. -remake writes down what all teach; VIGIE_LEARN names more
// folders, parted by colons.
func TestLearnStates(t *testing.T) {
	paths := toldPages(t, "testdata/*/*.jsonl.gz")
	var sets [][]sighting
	for _, path := range paths {
		sets = append(sets, sightingsIn(t, path))
	}
	for i, held := range sets {
		name := strings.TrimSuffix(filepath.Base(paths[i]), ".jsonl.gz")
		before := judgedStates(t, name+", guessed", held, guessed(), false)
		if after := judgedStates(t, name, held, fitStates(without(sets, i)), true); after <= before && strings.HasPrefix(paths[i], "testdata") {
			t.Errorf("%s: what is learnt reaches %.3f, what was guessed %.3f", name, after, before)
		}
	}
	all := slices.Concat(sets...)
	w := fitStates(all)
	judgedStates(t, "learnt from all", all, w, true)
	if shipped := judgedStates(t, "as shipped", all, stateModel(), false); shipped < .9 {
		t.Errorf("the weights as shipped reach %.3f: -remake them", shipped)
	}
	if *remake {
		var b strings.Builder
		for _, name := range slices.Sorted(maps.Keys(w)) {
			b.WriteString(name + "\t")
			for k, v := range w[name] {
				if k > 0 {
					b.WriteByte(' ')
				}
				fmt.Fprintf(&b, "%.0f", 100*v)
			}
			b.WriteByte('\n')
		}
		if err := os.WriteFile("state_learnt.txt", []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
