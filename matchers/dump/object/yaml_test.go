package object

import (
	"strings"
	"testing"

	"vigie/matchers/dump/dumptest"
)

var yamlCases = []sample{
	{"list", "---\n# export\nclub: Les Rives\nmembers:\n  - nom: \"Léo\"\n    ne_le: 15-02-1999\n    contact: # how\n      tel: '06 39 98'\n      mail: leo@example.org\n    fee: {sum: 185, paid: no}\n    tags: [a, \"b, c\"]\n  - nom: L'Ana\n    contact:\n      tel: \"\"\n    fee: {sum: ~}\n", `
members: nom,ne_le,contact.tel,contact.mail,fee.sum,fee.paid,tags
  Léo|15-02-1999|06 39 98|leo@example.org|185|no|a; b, c
  L'Ana|-||-|-|-|-
beside the table> club: Les Rives
`},
	{"documents", "---\nid: 1\nnom: Ana\n---\nid: 2\nnom: Bob\n...\n", ": id,nom\n  1|Ana\n  2|Bob\n"},
	{"texts", "- id: 1\n  note: |\n    first\n    second: line\n  more: >\n    folded\n    text\n- id: 2\n  note: goes\n    on\n  more: &x !str end\n", ": id,note,more\n  1|first\nsecond: line|folded text\n  2|goes on|end\n"},
	{"items beside their key", "people:\n- id: 1\n  nom: A\n- id: 2\n  nom: B\n  x:\n", "people: id,nom,x\n  1|A\n  2|B|-\n"},
	{"cut", "- id: 1\n  nom: A\n- id: 2\n  nom: \"B", ": id,nom\n  1|A\n  2|B\n"},
}

func TestYAML(t *testing.T) { try(t, yamlFormat{}, "x.yml", yamlCases) }

// Lists of keys and values, letters and tables are not YAML.
func TestNoYAML(t *testing.T) {
	for name, text := range map[string]string{
		"blocks":  strings.Repeat("nom: Ana\nville: Sète\n\n", 20),
		"letter":  "Bonjour,\n\n- le dossier: complet\n- la suite: demain\nCordialement\nAna\nBob\n",
		"csv":     strings.Repeat("a;b;c\n", 20),
		"changes": "dn: cn=a\nchangetype: modify\nreplace: mail\nmail: a@example.org\n-\n",
	} {
		if s := (yamlFormat{}).Sniff(dumptest.File("x", []byte(text))); s > 0 {
			t.Errorf("%s: %v sure", name, s)
		}
	}
}

func FuzzYAML(f *testing.F) { fuzz(f, yamlFormat{}, yamlCases) }
