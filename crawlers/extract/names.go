package extract

import (
	"maps"
	"slices"
	"strings"
)

// Sites name the parts of their posts in their own language. Where no object of
// a list has a title under a name that is known, the values tell: which are
// short, different and like titles, which are dates, addresses or sentences.

// namesOf guesses which keys of a list of objects hold the title, the date and
// the website; nil if the title has a known name or nothing looks like one.
func namesOf(list []any) map[string]string {
	values := map[string][]string{}
	objects := 0
	for _, e := range list[:min(len(list), sampleSize)] {
		o, ok := unwrapped(e)
		if !ok {
			continue
		}
		if titled(o) {
			return nil
		}
		objects++
		for k, v := range o {
			if s, ok := v.(string); ok && s != "" {
				values[k] = append(values[k], plain(s))
			}
		}
	}
	if objects < 2 {
		return nil
	}
	out, best := map[string]string{}, 0.0
	title := ""
	for _, k := range slices.Sorted(maps.Keys(values)) {
		list := values[k]
		if 2*len(list) < objects {
			continue
		}
		switch {
		case most(list, func(s string) bool { return len(s) < 40 && dateIn(s) != "" }):
			if _, taken := out["date"]; !taken {
				out["date"] = k
			}
		case most(list, func(s string) bool { return !strings.Contains(s, " ") && websiteIn(s) == s }):
			if _, taken := out["website"]; !taken {
				out["website"] = k
			}
		default:
			if q := nameLike(list) * float64(len(list)) / float64(objects); q > best {
				title, best = k, q
			}
		}
	}
	if title == "" || best < .5 {
		return nil
	}
	out["title"] = title
	return out
}

func most(list []string, ok func(string) bool) bool {
	n := 0
	for _, s := range list {
		if ok(s) {
			n++
		}
	}
	return 5*n >= 4*len(list)
}

// nameLike rates the values under a key as titles, 0 to 1: what repeats is a
// state or a category, what has no blank and no capital an identifier.
func nameLike(list []string) float64 {
	different := map[string]bool{}
	good := 0.0
	for _, s := range list {
		different[fold(s)] = true
		switch {
		case len(s) > 120 || strings.HasPrefix(s, "/") || strings.Contains(s, "://"):
		case !strings.ContainsAny(s, " ") && s == strings.ToLower(s):
			good += .4 * titleLike(s)
		default:
			good += titleLike(s)
		}
	}
	return good / float64(len(list)) * float64(len(different)) / float64(len(list))
}

// renamed is an object with its title, date and website under known names too.
func renamed(o map[string]any, guess map[string]string) map[string]any {
	if guess == nil {
		return o
	}
	out := maps.Clone(o)
	for name, key := range guess {
		if _, there := out[name]; !there {
			out[name] = out[key]
		}
	}
	return out
}
