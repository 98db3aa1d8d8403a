package console

import (
	"strings"
	"testing"
	"unicode/utf8"

	"vigie/matchers"
)

func TestMask(t *testing.T) {
	for _, tt := range []struct {
		field       matchers.Field
		value, want string
	}{
		{matchers.Email, "jeanne.dupuy@exemple.example.org", "j•••@ex•••.org"},
		{matchers.Email, "x@y", "x•••@y•••"},
		{matchers.Email, "not an address", "n•• •• •••••••"},
		{matchers.Email, "sha256:" + strings.Repeat("0f", 32), "sha256 •••"},
		{matchers.Phone, "+33199001234", "+•••••••••34"},
		{matchers.BirthDate, "1999-04-17", "1999-••-••"},
		{matchers.Postcode, "34170", "34•••"},
		{matchers.BirthName, "LE GOFF-D'ORBE", "L• G•••-D'O•••"},
		{matchers.GivenNames, "Éloïse Zoé", "É••••• Z••"},
		{matchers.GivenNames, "Éloïse", "É•••••"}, // decomposed accents
		{matchers.Street, "12 bis rue des Mirabelles", "•• b•• r•• d•• M•••••••••"},
		{matchers.NIR, "299043417012345", "•••••••••••••••"},
		{matchers.Sex, "F", "F"},
		{matchers.BirthName, "", ""},
	} {
		if got := Mask(tt.field, tt.value); got != tt.want {
			t.Errorf("Mask(%s, %q) = %q, want %q", tt.field, tt.value, got, tt.want)
		}
	}
}

func TestMaskText(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"e-mail", "to j.d+x@mail.example.org now", "to j•••@ma•••.org now"},
		{"phone", "tel 06 39 98 12 34.", "tel •• •• •• •• 34."},
		{"international", "+33 (0)6.39.98.12.34", "+•• (•)•.••.••.••.34"},
		{"NIR", "2 99 04 34 170 123 45", "• •• •• •• ••• ••• 45"},
		{"card", "4970-1012-3456-7890", "••••-••••-••••-••90"},
		{"counts stay", "1.2M rows, 1,200,000 lines", "1.2M rows, 1,200,000 lines"},
		{"a year and a day stay", "2026-11 and 75001", "2026-11 and 75001"},
		{"accented address", "zoé@été.example.org", "z•••@ét•••.org"},
	} {
		if got := MaskText(tt.text); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}

// Whatever a leak site writes, no address and no phone comes through, and
// masking twice is masking once.
func FuzzMaskText(f *testing.F) {
	for _, s := range []string{"a@b.fr", "06 39 98 12 34", "<b>@x.y</b>", "@@@", "+", "1234567", "é@é.é", "\xff@\xfe.z"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) {
			return
		}
		got := MaskText(s + " jane.doe@mail.example.org +33639981234")
		if strings.Contains(got, "jane.doe") || strings.Contains(got, "63998") {
			t.Errorf("left in clear: %q", got)
		}
	})
}

func TestMaskPairShowsSlipsOnly(t *testing.T) {
	flat := func(list []span) string {
		var b strings.Builder
		for _, s := range list {
			if s.Differs {
				b.WriteString("[" + s.Text + "]")
			} else {
				b.WriteString(s.Text)
			}
		}
		return b.String()
	}
	for _, tt := range []struct {
		name        string
		field       matchers.Field
		left, right string
		l, r        string
	}{
		{"same", matchers.BirthName, "MARTIN", "Martin", "M•••••", "M•••••"},
		{"changed letter", matchers.BirthName, "MARTIN", "MARTEN", "M•••[I]•", "M•••[E]•"},
		{"inserted letter", matchers.BirthName, "MARTIN", "MARTTIN", "M•••••", "M••[T]•••"},
		{"another name", matchers.BirthName, "MARTIN", "DUPUY", "M•••••", "D••••"},
		{"swapped day", matchers.BirthDate, "1999-04-17", "1999-04-71", "1999-••-[17]", "1999-••-[71]"},
		{"another date", matchers.BirthDate, "1999-04-17", "1984-11-30", "1999-••-••", "1984-••-••"},
		{"one side", matchers.Email, "a@b.fr", "", "a•••@b•••.fr", ""},
		{"NIR never", matchers.NIR, "299043417012345", "299043417012346", "•••••••••••••••", "•••••••••••••••"},
		{"short and wholly different", matchers.GivenNames, "Jo", "Al", "J•", "A•"},
	} {
		l, r := maskPair(tt.field, tt.left, tt.right)
		if flat(l) != tt.l || flat(r) != tt.r {
			t.Errorf("%s: got %q and %q, want %q and %q", tt.name, flat(l), flat(r), tt.l, tt.r)
		}
	}
}

func FuzzMaskPair(f *testing.F) {
	f.Add("MARTIN", "MARTEN")
	f.Add("a@b.fr", "")
	f.Add("é", "é")
	f.Fuzz(func(t *testing.T, a, b string) {
		for field := range matchers.NumFields {
			l, r := maskPair(field, a, b)
			n := 0
			for _, s := range append(l, r...) {
				if s.Differs {
					n += utf8.RuneCountInString(s.Text)
				}
			}
			if n > 2*maxShown {
				t.Errorf("%d characters shown", n)
			}
		}
	})
}

// TestMaskPostHidesPrintedRows: names in rows have no shape of their own.
func TestMaskPostHidesPrintedRows(t *testing.T) {
	got := maskPost("Sample of the base:\nnom;prenom;date_naissance;email\nQUELIN;Ambre;2007-05-18;ambre@example.org\nGILLARD;Léo;2006-05-09;leo@example.org\nTANGUY;Inès;2005-11-30;\nMore soon.")
	for _, v := range []string{"QUELIN", "Ambre", "ambre", "2007", "GILLARD", "Léo", "TANGUY"} {
		if strings.Contains(got, v) {
			t.Errorf("%s is shown: %s", v, got)
		}
	}
	if !strings.Contains(got, "Sample of the base:") || !strings.Contains(got, "More soon.") {
		t.Errorf("what is no row is hidden: %s", got)
	}
}
