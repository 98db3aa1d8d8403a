package main

import (
	"slices"
	"strings"
)

// history writes what present communes were made of: a line for each of the
// former codes, with the present code, the former one, and the former name where
// a delegated or associated commune keeps it.
func history(from string) ([]string, error) {
	var rows []struct {
		Code, Nom, Type, ChefLieu string
		AnciensCodes              []string
	}
	if err := etalab(from, &rows); err != nil {
		return nil, err
	}
	names := map[[2]string]string{}
	for _, r := range rows {
		switch r.Type {
		case "commune-deleguee", "commune-associee":
			names[[2]string{r.ChefLieu, r.Code}] = r.Nom
		case "commune-actuelle":
			for _, old := range r.AnciensCodes {
				if key := [2]string{r.Code, old}; names[key] == "" {
					names[key] = "" // its name may still come
				}
			}
		}
	}
	var out []string
	for key, name := range names {
		out = append(out, strings.TrimRight(key[0]+"\t"+key[1]+"\t"+name, "\t"))
	}
	slices.Sort(out)
	return out, nil
}
