package document

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vigie/matchers/dump/dumptest"
)

func TestRTF(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"letters", `{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}{\colortbl;\red0;}Zo\'e9 Lef\u232?vre\par n\'e9e\~Martin}`, "Zoé Lefèvre\nnée Martin\n"},
		{"pairs and uc", `{\rtf1\uc2 \u-10179??\u-8704??{\uc0 \u233}t\u233 ..e}`, "😀étée\n"},
		{"code pages", `{\rtf1\ansicpg1251 \'cf\'f0\par\pca \'82}`, "Пр\né\n"},
		{"groups to skip", `{\rtf1 a{\*\generator x{y}}{\pict\bin5 }}{{\x}b{\*\unknown no}c{\*\shptxt cadre}}`, "abccadre\n"},
		{"author", `{\rtf1{\info{\title Bilan}{\author Ada Martin}{\revtim\yr2026}}texte}`, "Bilan\nAda Martin\ntexte\n"},
		{"never ends", `{\rtf1 a{{{{\par b\`, "a\nb\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := read(t, "x", []byte(tt.text))
			if got := strings.TrimRight(s.Texts["body"], "\n") + "\n"; got != tt.want || s.Err != nil {
				t.Errorf("%q, want %q, error %v", got, tt.want, s.Err)
			}
		})
	}
	s := read(t, "x", []byte(`{\rtf1 avant\par\trowd\cellx1\cellx2\intbl Nom\cell Ville\cell\row\trowd\intbl Zo\'e9\cell Orb\'e9\cell\row\pard apr\'e8s\par}`))
	if d := cmp.Diff([][]string{{"Nom", "Ville"}, {"Zoé", "Orbé"}}, s.Find(t, "table_1").Rows); d != "" {
		t.Error(d)
	}
	if s.Texts["body"] != "avant\nNom\tVille\nZoé\tOrbé\naprès\n" {
		t.Errorf("%q", s.Texts["body"])
	}
}

func FuzzRTF(f *testing.F) {
	f.Add([]byte(`{\rtf1\ansicpg932 \'e9{\*\x}\u-10179?\trowd a\cell b\cell\row\trowd a\cell b\cell\row\pard}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		s := dumptest.Read(context.Background(), rtf{}, "x", data)
		if s.Err != nil {
			t.Fatal(s.Err)
		}
		checkSeen(t, s)
	})
}

func FuzzDocx(f *testing.F) {
	f.Add([]byte(wordHead + row("a", "b") + row("c", "d") + wordTail))
	f.Add([]byte(odtBody))
	f.Add([]byte("<!DOCTYPE x [<!ENTITY a \"&b;&b;\">]><a><![CDATA[&a;]]>&#x41;<w:t a='>'>&amp;"))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, s := range []*dumptest.Seen{
			dumptest.Read(context.Background(), docx{}, "x", zipped(t, "word/document.xml", string(data))),
			dumptest.Read(context.Background(), odf{}, "x", zipped(t, "content.xml", string(data))),
			dumptest.Read(context.Background(), docx{}, "x", data),
		} {
			if s.Err != nil && reason(s.Err) == s.Err.Error() {
				t.Fatal(s.Err)
			}
			checkSeen(t, s)
		}
	})
}
