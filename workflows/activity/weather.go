package activity

import (
	"context"
	"strings"

	"vigie/internal/breach"
	"vigie/internal/france"
	"vigie/notify/weather"
)

// Weather gathers what the public weather follows from: territories, how well
// sources were watched, alerts of leak sites by department alone, and what
// bodies have told their public themselves.
func (s *Steps) Weather(ctx context.Context, fr *france.Data) (weather.Input, error) {
	in := weather.Input{Now: s.Now(), Places: places(fr)}
	since := in.Now.AddDate(0, 0, -weather.Days-weather.RainDays-1)
	for id := range s.Sources {
		in.Sources = append(in.Sources, id)
	}
	var err error
	if in.Looks, err = s.Store.Looks(ctx, since.Add(-weather.DarkAfter)); err != nil {
		return in, err
	}
	alerts, err := s.Store.AlertsSince(ctx, since)
	if err != nil {
		return in, err
	}
	where := byCode(fr)
	for _, a := range alerts {
		if a.Source != breach.SourceReport { // anybody could make it rain
			in.Claims = append(in.Claims, weather.Claim{Department: where[codeOf(a)].Department, At: a.RaisedAt})
		}
	}
	public, err := s.Store.Public(ctx, since)
	if err != nil {
		return in, err
	}
	for _, a := range public {
		if waits, err := s.quiet(ctx, a); err != nil || waits {
			if err != nil {
				return in, err
			}
			continue
		}
		if p, ok := where[codeOf(a)]; ok {
			in.Told = append(in.Told, weather.Told{Kind: p.Kind, Code: p.Code, At: a.ToldAt, URL: a.TellURL})
		}
	}
	return in, nil
}

// quiet tells whether the danger lane of an alert's incident keeps it off the
// weather map.
func (s *Steps) quiet(ctx context.Context, a breach.Alert) (bool, error) {
	if a.Incident == "" {
		return false, nil
	}
	return s.waits(ctx, a.Incident)
}

// codeOf is an alert's code with its kind: departments and communes share
// numbers.
func codeOf(a breach.Alert) string {
	if strings.HasPrefix(a.Code, "siren:") {
		return a.Code
	}
	return a.Kind + " " + a.Code
}

func places(fr *france.Data) (out []weather.Place) {
	for _, d := range fr.Departments {
		out = append(out, weather.Place{Kind: "department", Code: d.Code, Name: d.Name, Department: d.Code})
	}
	for _, e := range fr.EPCI {
		out = append(out, weather.Place{Kind: "epci", Code: e.SIREN, Name: e.Name})
	}
	for _, c := range fr.Communes {
		out = append(out, weather.Place{Kind: "commune", Code: c.Code, Name: c.Name, Department: c.Department})
	}
	return out
}

// byCode finds a place by what an alert calls it.
func byCode(fr *france.Data) map[string]weather.Place {
	out := map[string]weather.Place{}
	for _, p := range places(fr) {
		if p.Kind == "epci" {
			out["siren:"+p.Code] = p
			continue
		}
		out[p.Kind+" insee:"+p.Code] = p
	}
	for _, c := range fr.Communes {
		if p, ok := out["commune insee:"+c.Code]; ok && c.SIREN != "" {
			out["siren:"+c.SIREN] = p
		}
	}
	return out
}
