package linkage_test

import (
	"context"
	"encoding/json"
	"os"
	"testing"
	"vigie/matchers"
	"vigie/matchers/linkage"
)

func TestDebug(t *testing.T) {
	if os.Getenv("DBG") == "" {
		t.Skip()
	}
	c := newCountry(11, 10_000)
	people := c.registry(0.3)
	_ = c.leak(people, 4000, .4)
	s := scenario{}
	str := .97
	if os.Getenv("DBG") == "2" {
		str = .4
		s.keep = with([]matchers.Field{matchers.GivenNames, matchers.Postcode}, []matchers.Field{matchers.BirthDate})
	}
	leak := s.apply(c.leak(people, 4000, str))
	ix, _ := linkage.Build(c.records(people))
	model, _ := linkage.Train(context.Background(), ix, rowsOf(leak), linkage.Options{})
	b, _ := json.Marshal(model)
	var x map[string]any
	json.Unmarshal(b, &x)
	for _, k := range []string{"registered", "relatives", "first_jan"} {
		t.Log(k, x[k])
	}
	for k, v := range x["levels"].(map[string]any) {
		for _, l := range v.([]any) {
			t.Log(k, l)
		}
	}
	m := linkage.NewMatcher(ix, model, linkage.Options{})
	byID := map[string]matchers.Record{}
	for r := range c.records(c.people) {
		byID[r.ID] = r
	}
	n := 0
	for _, row := range leak {
		for _, y := range m.Match(row.rec) {
			lim := .5
			if os.Getenv("DBG") == "2" {
				lim = .2
			}
			if y.Person != row.truth && y.Probability > lim {
				n++
				if n < 12 {
					t.Logf("%q\n%q\n%+v", row.rec.Values, byID[y.Person].Values, y)
				}
			}
		}
	}
}
