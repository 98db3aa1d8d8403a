package setting

import (
	"errors"
	"io"
	"strings"
	"testing"

	"vigie/internal/breach"
)

func TestRead(t *testing.T) {
	type colour struct {
		Name string   `yaml:"name"`
		Like []string `yaml:"like"`
	}
	for _, x := range []struct {
		name, in, want string // want: what the error says, "" for none
	}{
		{"one document", "name: blue\nlike: [sea]\n", ""},
		{"an end of document and nothing after it", "---\nname: blue\n...\n", ""},
		{"a comment after it", "name: blue\n# that is all\n", ""},
		{"a misspelt key", "nmae: blue\n", "nmae is not known here: check its spelling"},
		{"a second document", "name: blue\n---\nname: red\n", "second document"},
		{"a broken second document", "name: blue\n---\n{\n", "line"},
		{"too long", "name: blue\n" + strings.Repeat("# more\n", 200), "more than 1000 bytes"},
		{"too long, cut in a value", "name: " + strings.Repeat("b", 2000), "more than 1000 bytes"},
		{"another kind of value", "name: [blue]\n", "cannot unmarshal"},
		{"not YAML", "name: 'blue\n", "line"},
	} {
		t.Run(x.name, func(t *testing.T) {
			var c colour
			err := Read(strings.NewReader(x.in), 1000, &c)
			switch {
			case x.want == "" && (err != nil || c.Name != "blue"):
				t.Errorf("%+v, %v", c, err)
			case x.want != "" && (!errors.Is(err, breach.ErrInvalid) || !strings.Contains(err.Error(), x.want)):
				t.Errorf("%v, want %q and ErrInvalid", err, x.want)
			case err != nil && strings.Contains(err.Error(), "setting."):
				t.Errorf("%v names our types", err)
			}
		})
	}
	if err := Read(strings.NewReader("# nothing\n"), 1000, &colour{}); !errors.Is(err, io.EOF) {
		t.Errorf("a file of comments: %v, want io.EOF", err)
	}
}
