package linkage_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vigie/matchers"
	"vigie/matchers/linkage"
)

// levels are the fields and levels that the best candidate of a row agrees on.
func levels(t *testing.T, registry []matchers.Record, row matchers.Record, opt linkage.Options) map[string]string {
	t.Helper()
	ix, err := linkage.Build(slice(registry))
	if err != nil {
		t.Fatal(err)
	}
	model, err := linkage.Train(context.Background(), ix, slice(nil), opt)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	ms := match(t, linkage.NewMatcher(ix, model, opt), row)
	if len(ms) == 0 {
		return nil
	}
	for _, e := range ms[0].Why {
		switch e.Field {
		case "birth_date", "sex", "birth_place", "nir":
			out[e.Field] = e.Level
		}
	}
	return out
}

// TestNIR reads sex, year, month and place of birth from a NIR, where the law
// lets it be looked at, and never twice.
func TestNIR(t *testing.T) {
	const nir = "284032923212345" // a woman born in March 1984 in 29232; the key is made right below
	row := person("", "birth_name=Quelin; given_names=Zzxq; nir="+proved(nir))
	known := person("a", "birth_name=Quelin; given_names=Zzxq; sex=F; birth_date=1984-03-09; birth_commune=29232")
	withNIR := known
	withNIR.Values[matchers.NIR] = proved(nir)
	tests := []struct {
		name     string
		registry matchers.Record
		basis    bool
		want     map[string]string
	}{
		{"parts", known, true, map[string]string{"birth_date": "known_parts", "birth_place": "exact", "sex": "same"}},
		{"no basis", known, false, map[string]string{}},
		{"compared itself", withNIR, true, map[string]string{"nir": "exact"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := levels(t, []matchers.Record{test.registry}, row, linkage.Options{NIR: test.basis})
			if d := cmp.Diff(test.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

// proved gives a NIR of 13 digits the key 97 - N mod 97.
func proved(nir string) string {
	n := 0
	for _, c := range nir[:13] {
		n = (n*10 + int(c-'0')) % 97
	}
	key := 97 - n
	return nir[:13] + string([]byte{byte('0' + key/10), byte('0' + key%10)})
}
