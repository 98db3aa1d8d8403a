package object

import (
	"testing"

	"vigie/matchers/dump/dumptest"
)

var literalCases = []sample{
	{"PHP var_export", "<?php\nreturn array (\n  0 => \n  array (\n    'id' => 3,\n    'nom' => 'L\\'Hénaff \"x\" C:\\d',\n    'ok' => true,\n  ),\n  1 => \n  array (\n    'id' => 4,\n    'nom' => NULL,\n    'ok' => false,\n  ),\n);\n", `
: id,nom,ok
  3|L'Hénaff "x" C:\d|true
  4|-|false
! relaxed-json
`},
	{"PHP short arrays", "<?php $users = [\n  ['id' => 1, 'tags' => ['a', 'b']],\n  ['id' => 2, 'tags' => []],\n];", `
: id,tags
  1|a; b
  2|
! relaxed-json
`},
	{"PHP objects", "array (\n  0 => \n  stdClass::__set_state(array(\n     'a' => 1,\n  )),\n  1 => \n  stdClass::__set_state(array(\n     'a' => 2,\n  )),\n)", `
: a
  1
  2
! relaxed-json
`},
	{"tuples of Python", "(5, 'Léa', None)\n(8, \"d'Arc\", '(x)')\n(9, 'a\\'b', 'é')\n", `
: 
  5|Léa|-
  8|d'Arc|(x)
  9|a'b|é
! relaxed-json
`},
	{"a list of tuples", "[(1, 'a'), (2, 'b'),\n (3, 'c')]\n", `
: 
  1|a
  2|b
  3|c
`},
}

func TestLiteral(t *testing.T) { try(t, literalFormat{}, "x", literalCases) }

// What only begins like one is none.
func TestNoLiteral(t *testing.T) {
	for _, x := range []string{"(555) 123-4567, Dupond\n(555) 123-4568, Durand\n", "(a) premier point\n(b) second point\n", "<?php echo 'x' => 3; function f($a) { return 1; }", "nom => prenom\na => b\n", "", "(", "array("} {
		if sure := (literalFormat{}).Sniff(dumptest.File("x", []byte(x))); sure > 0 {
			t.Errorf("%q: %v", x, sure)
		}
	}
}
