package linkage

import (
	"strings"
	"sync"
)

// Became says what joins two communes, or two names of one.
type Became uint8

// What becomes of communes.
const (
	Merged     Became = iota + 1 // one was taken into the other, or both are names since they were joined
	Renamed                      // one commune under two names
	Renumbered                   // one commune under two codes: its department changed, or its seat
	Parted                       // one was taken out of the other
)

var becameWords = [...]string{Merged: "merged", Renamed: "renamed", Renumbered: "renumbered", Parted: "parted"}

// Kin is a commune that another became, or was made of.
type Kin struct {
	Code string
	How  Became
}

// Communes knows the history of communes by their INSEE codes, boroughs being
// their city. Names are compared folded.
type Communes interface {
	Names(code string) []string // that it bears or bore; none of a code that is not known
	Codes(name string) []string // of the communes that bear or bore a name
	Kin(code string) []Kin      // all that it became and all that became it, however many steps apart
}

// Places remembers what Communes says of the places of birth that rows give. It
// may be used from many goroutines.
type Places struct {
	communes Communes
	mu       sync.RWMutex
	known    map[[2]string]*birthplace
}

// NewPlaces asks about communes.
func NewPlaces(c Communes) *Places {
	return &Places{communes: c, known: map[[2]string]*birthplace{}}
}

// A name that more communes bear than namesCommunes says nothing of history, and
// of what a commune became at most mostKin others count.
const (
	namesCommunes = 8
	mostKin       = 256
	rememberedMax = 1 << 16
)

// birthplace is what a row's place of birth may be called: itself under its other
// key, and what it became or came from.
type birthplace struct {
	codes, names []string          // its own
	kinCodes     map[string]Became // of others
	kinNames     map[string]Became // of others, and those it bore at another time
}

// of returns what is known of a place, nil when nothing is.
func (p *Places) of(commune, place string) *birthplace {
	if p == nil || commune == "" && place == "" {
		return nil
	}
	key := [2]string{commune, place}
	p.mu.RLock()
	b, ok := p.known[key]
	p.mu.RUnlock()
	if ok {
		return b
	}
	b = p.learn(commune, place)
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.known) >= rememberedMax {
		clear(p.known)
	}
	p.known[[2]string{strings.Clone(commune), strings.Clone(place)}] = b
	return b
}

func (p *Places) learn(commune, place string) *birthplace {
	codes := []string{commune}
	if commune == "" {
		if codes = p.communes.Codes(place); len(codes) > namesCommunes {
			return nil
		}
	}
	b := &birthplace{kinCodes: map[string]Became{}, kinNames: map[string]Became{}}
	for _, c := range codes {
		names := p.communes.Names(c)
		b.codes = append(b.codes, strings.Clone(c))
		for _, n := range names {
			if n = placeText(n); commune == "" && n != place {
				b.kinNames[n] = Renamed
			} else {
				b.names = append(b.names, n)
			}
		}
		for i, k := range p.communes.Kin(c) {
			if i == mostKin {
				break
			}
			b.kinCodes[k.Code] = k.How
			for _, n := range p.communes.Names(k.Code) {
				if n = placeText(n); b.kinNames[n] == 0 && n != place {
					b.kinNames[n] = k.How
				}
			}
		}
	}
	if len(b.names)+len(b.kinCodes)+len(b.kinNames) == 0 {
		return nil
	}
	return b
}

// history compares the places of birth of a row and a registered person that are
// not equal: a code against a name of the same commune, and a commune against
// what became of it. 0 leaves the places as they are.
func (b *birthplace) history(row, person *facts) (level uint8, how Became) {
	if person.commune != "" {
		if how := b.kinCodes[person.commune]; how != 0 {
			return placeHistory, how
		}
		if row.commune == "" && contains(b.codes, person.commune) {
			return placeExact, 0
		}
		if row.commune != "" {
			return 0, 0 // two codes that nothing joins: names do not either
		}
	}
	if person.place == "" {
		return 0, 0
	}
	if row.commune != "" && contains(b.names, person.place) {
		return placeExact, 0
	}
	if how := b.kinNames[person.place]; how != 0 {
		return placeHistory, how
	}
	return 0, 0
}

// mixed compares a code with a name: where the one is known and not the other's,
// the places differ.
func (b *birthplace) mixed(row, person *facts) uint8 {
	switch {
	case row.commune != "" && row.place == "" && person.commune == "" && person.place != "" && len(b.names) > 0:
		for _, n := range b.names {
			if alikePlaces(n, person.place) {
				return placeClose
			}
		}
		return placeOff
	case row.commune == "" && row.place != "" && person.commune != "" && person.place == "" && len(b.codes) > 0:
		for _, c := range b.codes {
			if sameArea(c, person.commune) {
				return placeClose
			}
		}
		return placeOff
	}
	return 0
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// comparePlaces compares places of birth, with what became of them.
func (w *weigher) comparePlaces(row *facts, e *entry, v *vector) {
	l := comparePlaces(row, &e.facts)
	if l != placeExact && row.born != nil {
		if level, how := row.born.history(row, &e.facts); level != 0 {
			l, v.became = level, how
		} else if l == 0 {
			l = row.born.mixed(row, &e.facts)
		}
	}
	if l != 0 {
		v.level[onPlace], v.share[onPlace] = l, w.placeShare(e.raw.birthplace)
	}
}
