package app

import (
	"testing"

	"vigie/internal/breach"
	"vigie/internal/france"
)

func TestRegionOf(t *testing.T) {
	fr, err := france.Load()
	if err != nil {
		t.Fatal(err)
	}
	region := regionOf(fr)
	for address, want := range map[string]string{
		"1 rue du Port|35000 RENNES": "53", "20000 AJACCIO": "94", "97400 SAINT-DENIS": "04", "": "", "1 rue": "", "00001 ORBE": "",
	} {
		if got := region(breach.Controller{Address: address}); got != want {
			t.Errorf("%q is in %q, want %q", address, got, want)
		}
	}
}
