package extract

import (
	"encoding/json"
	"testing"
)

func TestLiteral(t *testing.T) {
	for _, tt := range []struct{ js, want string }{
		{`[{title: 'Orbelis Marine', date: "2031-02-03", 'n': 4,}, {title: 'L\'Orbe',},]; x()`, `[{"title":"Orbelis Marine","date":"2031-02-03","n":4},{"title":"L'Orbe"}]`},
		{"[{a: `b \\u00e9`, c: undefined, d: -1.5, e: [true, null]}]", `[{"a":"b é","c":null,"d":-1.5,"e":[true,null]}]`},
		{"[{a: new Date('2031-02-03'), // sold\n b: new  Date(1927843200000)}, /* none */ {c: 'http://x'}]", `[{"a":"2031-02-03","b":1927843200000},{"c":"http://x"}]`},
		{`[{a: new Date(2031, 1, 3)}]`, `[{"a":"2031-02-03"}]`}, {`[new Date(2031, 1)]`, ""}, {`[new Date(a, 1, 2)]`, ""}, {`[{a: new Date('x'`, ""}, {`[{a: new Map('x')}]`, ""}, {`[1 / 2]`, ""}, {`[/* `, ""},
		{`[{a: new Date()}]`, ""}, {"[{a: `x${b}`}]", ""}, {`[{a: 1]`, ""}, {`[{a: 'b`, ""}, {`[{`, ""},
	} {
		if got, _ := literal(tt.js); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.js, got, tt.want)
		}
	}
}

// FuzzLiteral: a script of any make is read without a fault, and no further than
// it goes.
func FuzzLiteral(f *testing.F) {
	for _, s := range []string{`[{title: 'a', b: [1, {c: "d"}]}]`, "[`x`]", `{a:`, `[{a: '\u00e9'}]`, `[}`, `[{a: new Date("b"), // c`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, js string) {
		text, read := literal(js)
		if read > len(js) {
			t.Fatalf("read %d of %d bytes", read, len(js))
		}
		var v any
		if text != "" {
			_ = json.Unmarshal([]byte(text), &v) // may be wrong, as scripts may be; must not panic
		}
	})
}
