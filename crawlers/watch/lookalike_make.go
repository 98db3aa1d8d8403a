package watch

import (
	"slices"
	"strings"

	"golang.org/x/net/idna"
)

// endings are those under which names that pass for a French body's are
// registered.
var endings = []string{"fr", "com", "net", "org", "eu", "info", "online", "site", "top", "xyz", "app", "click", "live", "support", "services", "help", "co", "io", "re", "paris"}

// Variants lists names that pass for ours, to hand to whoever watches
// registrations: other endings, hyphens, words put beside, letters dropped,
// doubled, swapped or replaced by their neighbour on a French keyboard, and
// letters of other alphabets, as they are registered (punycode).
func Variants(domain string) []string {
	_, label, suffix, ok := parts(cleanHost(domain))
	if !ok {
		return nil
	}
	var out []string
	add := func(label, ending string) {
		name := label + "." + ending
		if ascii, err := idna.Registration.ToASCII(name); err == nil && name != label+"."+suffix || err == nil && label != strings.SplitN(domain, ".", 2)[0] {
			out = append(out, ascii)
		}
	}
	for _, e := range endings {
		if e != suffix {
			add(label, e)
		}
	}
	for _, l := range slices.Concat(hyphens(label), words(label, suffix), typos(label), glyphs(label)) {
		if l != label {
			add(l, "fr")
			add(l, "com")
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func hyphens(label string) (out []string) {
	if plain := strings.ReplaceAll(label, "-", ""); plain != label {
		out = append(out, plain)
	}
	for i := 2; i+2 < len(label); i++ {
		if label[i] != '-' && label[i-1] != '-' {
			out = append(out, label[:i]+"-"+label[i:])
		}
	}
	return out
}

func words(label, suffix string) []string {
	out := []string{label + "-" + strings.ReplaceAll(suffix, ".", "-"), label + "-gouv-fr"}
	for _, w := range baits {
		out = append(out, label+"-"+w, w+"-"+label, label+w)
	}
	return out
}

// keys are the neighbours on a French keyboard.
var keys = map[byte]string{'a': "zq", 'z': "ae", 'e': "zr", 'r': "et", 't': "ry", 'y': "tu", 'u': "yi", 'i': "uo", 'o': "ip", 'p': "om", 'q': "asw", 's': "qdx", 'd': "sf", 'f': "dg", 'g': "fh", 'h': "gj",
	'j': "hk", 'k': "jl", 'l': "km", 'm': "lp", 'w': "xq", 'x': "wc", 'c': "xv", 'v': "cb", 'b': "vn", 'n': "bj"}

func typos(label string) (out []string) {
	long := len(strings.ReplaceAll(label, "-", "")) >= longLabel
	for i := range len(label) {
		if label[i] == '-' {
			continue
		}
		out = append(out, label[:i]+string(label[i])+label[i:]) // doubled
		if i+1 < len(label) && label[i+1] != '-' && label[i+1] != label[i] {
			out = append(out, label[:i]+string([]byte{label[i+1], label[i]})+label[i+2:])
		}
		if !long {
			continue
		}
		if i > 0 && i+1 < len(label) {
			out = append(out, label[:i]+label[i+1:])
		}
		for _, k := range keys[label[i]] {
			out = append(out, label[:i]+string(k)+label[i+1:])
		}
	}
	return out
}

func glyphs(label string) (out []string) {
	from := map[string][]rune{}
	for r, c := range confusable {
		from[c] = append(from[c], r)
	}
	for i := range len(label) {
		list := from[string(label[i])]
		slices.Sort(list)
		for _, r := range list {
			out = append(out, label[:i]+string(r)+label[i+1:])
		}
	}
	return out
}
