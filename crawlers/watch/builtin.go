package watch

import (
	"embed"
	"path"
	"strings"
	"sync"
)

// The built-in lists are written as a team writes its own, and read by the same
// reader. Each says where its names come from, and when.
//
//go:embed lists/*.yaml
var lists embed.FS

// builtin reads the lists once: ministries, agencies, academies, hospitals,
// universities, software and suppliers, further names of places.
var builtin = sync.OnceValue(func() []Entity {
	files, err := lists.ReadDir("lists")
	if err != nil {
		panic("watch: " + err.Error()) // embedded: only a broken build gets here
	}
	var out []Entity
	for _, file := range files {
		f, err := lists.Open(path.Join("lists", file.Name()))
		if err != nil {
			panic("watch: " + err.Error())
		}
		list, err := ReadList(f)
		if err != nil {
			panic("watch: " + file.Name() + ": " + err.Error())
		}
		out = append(out, list...)
	}
	return out
})

// spellings are further ways to write the name of a kind of body that follow
// from a rule.
func spellings(e Entity) []string {
	var out []string
	for _, name := range append([]string{e.Name}, e.Aliases...) {
		switch e.Kind {
		case "ministry":
			if what, ok := strings.CutPrefix(name, "French Ministry of "); ok {
				out = append(out, "Ministry of "+what+" of France", "Ministry of "+what+" France", "France Ministry of "+what)
				if short, ok := strings.CutPrefix(what, "the "); ok {
					out = append(out, "Ministry of "+short+" France", "French Ministry of "+short, "France Ministry of "+short)
				}
			}
		case "university":
			for _, start := range []string{"Université de ", "Université d'", "Université "} {
				if where, ok := strings.CutPrefix(name, start); ok {
					out = append(out, "University of "+where, where+" University", "Univ "+where)
					break
				}
			}
		case "hospital":
			for _, start := range []string{"CHU de ", "CHU d'", "CHRU de ", "CHU "} {
				if where, ok := strings.CutPrefix(name, start); ok {
					out = append(out, "Centre hospitalier universitaire "+where, "Centre hospitalier régional universitaire "+where,
						where+" University Hospital", "University Hospital of "+where, "CHRU "+where, "CHU "+where)
					break
				}
			}
		}
	}
	return out
}
