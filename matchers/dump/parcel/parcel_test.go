package parcel

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"testing"

	"vigie/internal/breach"
	"vigie/matchers/dump"
)

func packed(t *testing.T, parts map[string][]byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, content := range parts {
		h := &zip.FileHeader{Name: name}
		if len(content) > 0 {
			h.Method = zip.Deflate
		}
		w, err := z.CreateHeader(h)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(content); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// unpack reads every part and returns the reason code of the first refusal.
func unpack(t *testing.T, b []byte) (code string, read int64) {
	t.Helper()
	reason := func(err error) string {
		var refused *breach.RefusedError
		if !errors.As(err, &refused) {
			t.Fatal(err)
		}
		return refused.Code
	}
	p, err := Open(t.Context(), dump.NewFile("x.docx", bytes.NewReader(b)))
	if err != nil {
		return reason(err), 0
	}
	for _, z := range p.Files {
		r, err := p.Part(z)
		if err == nil {
			_, err = io.Copy(io.Discard, r)
		}
		if err != nil {
			return reason(err), p.read
		}
	}
	return "", p.read
}

func TestRefusals(t *testing.T) {
	sound := packed(t, map[string][]byte{`Word\Document.xml`: []byte("<w/>")})
	locked := bytes.Clone(sound)
	locked[bytes.Index(locked, []byte("PK\x01\x02"))+8] |= 1
	damaged := bytes.Clone(sound)
	damaged[bytes.Index(damaged, []byte("Document.xml"))+len("Document.xml")+1] ^= 0xff
	for _, tt := range []struct {
		name string
		b    []byte
		want string
	}{
		{"sound", sound, ""},
		{"cut", sound[:len(sound)-30], dump.CodeCut},
		{"locked", locked, dump.CodeEncrypted},
		{"damaged", damaged, dump.CodeDamaged},
		{"bomb", packed(t, map[string][]byte{"a": make([]byte, dump.RatioFrom+1<<20)}), dump.CodeBomb},
	} {
		if got, _ := unpack(t, tt.b); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
	many := map[string][]byte{}
	for i := range 80_000 {
		many[fmt.Sprintf("%060d", i)] = nil
	}
	if got, _ := unpack(t, packed(t, many)); got != dump.CodeTooMany {
		t.Errorf("many: %q", got)
	}
}
