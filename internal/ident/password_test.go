package ident

import "testing"

func TestPasswordLike(t *testing.T) {
	for _, test := range []struct {
		in          string
		least, most float64
	}{
		{"123456", 1, 1}, {"azerty", 1, 1}, {"MotDePasse", 1, 1}, {"soleil34", 1, 1}, {"Bonjour!", 1, 1}, {"chocolat2009!", 1, 1},
		{"qsdfghjk12", 0.85, 1}, {"poiuytreza", 0.85, 1}, {"azer1234wxcv", 0.85, 1},
		{"Tr0ub4dor&3", 0.7, 1}, {"xK9pL2mQ7", 0.6, 1}, {"ornithorynque34", 0.6, 0.9}, {"gtaV!san", 0.4, 1},
		{"Durand", 0, 0.2}, {"Jean-Baptiste", 0, 0.2}, {"O'Neill", 0, 0.2}, {"camille.durand@example.org", 0, 0}, {"2009-03-12", 0, 0.1}, {"12/03/2009", 0, 0.1}, {"0639980001", 0, 0.2},
		{"12 rue des Lilas", 0, 0}, {"192.0.2.17", 0, 0}, {"AB-123-CD", 0, 0}, {"https://example.org", 0, 0}, {"abc", 0, 0}, {"", 0, 0},
		{"5d41402abc4b2a76b9719d911017c592", 0, 0}, {"AB123456", 0, 0.4}, {"34000", 0, 0.2},
	} {
		if got := PasswordLike([]byte(test.in)); got < test.least || got > test.most {
			t.Errorf("%q: %.2f, want %.2f to %.2f", test.in, got, test.least, test.most)
		}
	}
}

func TestLoginLike(t *testing.T) {
	for _, test := range []struct {
		in          string
		least, most float64
	}{
		{"cdurand", 0.4, 1}, {"camille.durand", 0.7, 1}, {"c_durand34", 0.7, 1}, {"camille34", 0.5, 1}, {"EXAMPLE\\cdurand", 0.3, 1}, {"camille@example.org", 0.4, 0.6},
		{"12 rue des Lilas", 0, 0}, {"0639980001", 0, 0}, {"P@ss!", 0, 0}, {"2009-03-12", 0, 0}, {"", 0, 0}, {"192.0.2.17", 0, 0}, {"DURAND", 0, 0.2},
	} {
		if got := LoginLike([]byte(test.in)); got < test.least || got > test.most {
			t.Errorf("%q: %.2f, want %.2f to %.2f", test.in, got, test.least, test.most)
		}
	}
}

func BenchmarkPasswordLike(b *testing.B) {
	for _, v := range []string{"Durand", "soleil34", "xK9pL2mQ7", "12 rue des Lilas"} {
		b.Run(v, func(b *testing.B) {
			in := []byte(v)
			b.ReportAllocs()
			for b.Loop() {
				PasswordLike(in)
			}
		})
	}
}
