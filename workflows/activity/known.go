package activity

import (
	"strings"

	"vigie/matchers/dump"
)

// Known says what is known of every registry, as far as it helps to tell whose a
// dump is. It opens no record.
func (r *Registries) Known() ([]dump.Known, error) {
	names, err := r.List()
	if err != nil {
		return nil, err
	}
	out := make([]dump.Known, 0, len(names))
	for _, name := range names {
		reg, err := r.Open(name)
		if err != nil {
			return nil, err
		}
		m := reg.Manifest()
		k := dump.Known{ID: string(m.Name)}
		for header := range m.Columns {
			k.Headers = append(k.Headers, header)
		}
		for _, c := range m.Controllers {
			_, host, _ := strings.Cut(c.DPO, "@")
			for _, domain := range []string{c.Website, host} {
				if domain != "" {
					k.Domains = append(k.Domains, strings.TrimPrefix(domain, "www."))
				}
			}
			if c.SIREN != "" {
				k.Codes = append(k.Codes, c.SIREN)
			}
		}
		out = append(out, k)
	}
	return out, nil
}
