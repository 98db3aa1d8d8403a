package object

import (
	"context"
	"fmt"
	"sort"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vigie/matchers/dump"
	"vigie/matchers/dump/dumptest"
)

// brief writes down everything that was seen, a line each.
func brief(s *dumptest.Seen) string {
	var b strings.Builder
	for _, t := range s.Tables {
		fmt.Fprintf(&b, "%s: %s\n", t.Info.Name, strings.Join(t.Info.Columns, ","))
		for _, r := range t.Rows {
			b.WriteString("  " + strings.ReplaceAll(strings.Join(r, "|"), dumptest.Null, "-") + "\n")
		}
		for _, code := range sorted(t.Refused) {
			fmt.Fprintf(&b, "  %d refused: %s\n", t.Refused[code], code)
		}
	}
	for _, where := range sorted(s.Texts) {
		fmt.Fprintf(&b, "%s> %s\n", where, strings.ReplaceAll(strings.TrimSpace(s.Texts[where]), "\n", " / "))
	}
	for _, w := range s.Warned {
		b.WriteString("! " + w + "\n")
	}
	for _, part := range sorted(s.Reasons) {
		b.WriteString("unread " + part + ": " + s.Reasons[part] + "\n")
	}
	if s.Err != nil {
		b.WriteString("error\n")
	}
	return b.String()
}

func sorted[T any](m map[string]T) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

type sample struct{ name, in, want string }

func try(t *testing.T, f dump.Format, path string, cases []sample) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if sure := f.Sniff(dumptest.File(path, []byte(c.in))); sure < 0.8 {
				t.Errorf("sniffed %v", sure)
			}
			got := brief(dumptest.Read(context.Background(), f, path, []byte(c.in)))
			if diff := cmp.Diff(strings.TrimLeft(c.want, "\n"), got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

var jsonCases = []sample{
	{"array of objects", `[{"id":1,"name":"Zoé","ok":true},{"id":2,"name":null,"phone":"+33 1 99 00 01 02"},{}]`, `
: id,name,ok,phone
  1|Zoé|true
  2|-|-|+33 1 99 00 01 02
`},
	{"shell", "> db.users.find()\n{\"a\":1}\n{\"a\":2}\n", ": a\n  1\n  2\n"},
	{"one empty", `[{"a":""},{"a":null,"b":0}]`, `
: a,b
  
  -|0
`},
	{"lines", "{\"a\":1}\n{\"a\":2,\"b\":\"x\"}\r\n\n{\"b\":\"y\"}\n", `
: a,b
  1
  2|x
  -|y
`},
	{"concatenated", `{"a":1}{"a":2} {"a":3}`, ": a\n  1\n  2\n  3\n"},
	{"pretty, concatenated", "{\n  \"a\": 1\n}\n{\n  \"a\": 2\n}\n", ": a\n  1\n  2\n"},
	{"numbers verbatim", `[{"a":12345678901234567890.10,"b":-0,"c":1E+400,"d":007}]`, ": a,b,c,d\n  12345678901234567890.10|-0|1E+400|007\n"},
	{"escapes", `[{"a":"l\u00e9a \ud83d\ude00 \"x\" \\ \/ a\nb","\u00e9":"\ud83d"}]`, ": a,é\n  léa 😀 \"x\" \\ / a\nb|\ufffd\n"},
	{"nested", `[{"id":1,"address":{"street":"1 rue A","geo":{"lat":1.5}},"tags":["a","b",3]},{"id":2,"address":null,"tags":[]}]`, `
: id,address.street,address.geo.lat,tags,address
  1|1 rue A|1.5|a; b; 3
  2|-|-||-
`},
	{"list of objects", `[{"id":7,"phones":[{"n":"1"},{"n":"2","t":"x"}]},{"phones":[]}]`, `
: id,phones.0.n,phones.1.n,phones.1.t,phones
  7|1|2|x
  -|-|-|-|
`},
	{"long list", `[{"id":"k","o":[{"n":0},{"n":1},{"n":2},{"n":3},{"n":4},{"n":5},{"n":6},{"n":7},{"n":8,"i":[{"z":1}]},{"n":9}]}]`, `
: id,o.0.n,o.1.n,o.2.n,o.3.n,o.4.n,o.5.n,o.6.n,o.7.n
  k|0|1|2|3|4|5|6|7
o: _parent,n
  k|8
  k|9
o.i: _parent,z
  1|1
`},
	{"wrapper", `{"status":"ok","count":2,"data":{"users":[{"id":1},{"id":2}],"next":null}}`, `
data.users: id
  1
  2
beside the table> status: ok / count: 2
`},
	{"several tables", `{"users":[{"id":1,"n":"a"}],"orders":[{"ref":"x"},{"ref":"y"}]}`, `
users: id,n
  1|a
orders: ref
  x
  y
`},
	{"map", `{"-Ka":{"n":"a","e":"a@example.org"},"-Kb":{"n":"b","e":"b@example.org"},"-Kc":{"n":"c"}}`, `
: _key,n,e
  -Ka|a|a@example.org
  -Kb|b|b@example.org
  -Kc|c|-
`},
	{"wrapped map", `{"users":{"u1":{"n":"a"},"u2":{"n":"b"}},"posts":{"p1":{"t":"x","by":"u1"},"p2":{"t":"y","by":"u2"}}}`, `
users: _key,n
  u1|a
  u2|b
posts: _key,t,by
  p1|x|u1
  p2|y|u2
`},
	{"one record", `{"name":"Ana","address":{"city":"Sète"},"age":3}`, ": name,address.city,age\n  Ana|Sète|3\n"},
	{"rows", `[["id","name"],[1,"a"],[2,null,"x"],[[1],{"a":1}]]`, ": \n  id|name\n  1|a\n  2|-|x\n  [1]|{\"a\":1}\n"},
	{"lines of rows", "[\"a\",\"b\"]\n[\"c\",\"d\"]\n", ": \n  a|b\n  c|d\n"},
	{"scalars", `["a@example.org","b@example.org"]`, ": value\n  a@example.org\n  b@example.org\n"},
	{"elasticsearch export", `{"_index":"u","_id":"1","_source":{"name":"a","x":{"y":1}}}
{"_index":"u","_id":"2","_source":{"name":"b"}}
`, `
: _index,_id,name,x.y
  u|1|a|1
  u|2|b|-
`},
	{"elasticsearch bulk", `{"index":{"_index":"u","_id":"1"}}
{"name":"a"}
{"index":{"_index":"u","_id":"2"}}
{"name":"b"}
`, `
: _id,name
  1|a
  2|b
`},
	{"mongodb", `{"_id":{"$oid":"5f0c"},"at":{"$date":{"$numberLong":"1577836800000"}},"on":{"$date":"2020-01-01T00:00:00Z"},"n":{"$numberLong":"12"},"b":{"$binary":{"base64":"AA==","subType":"00"}}}
{"_id":ObjectId("5f0d"),"at":ISODate("2020-01-02"),"n":NumberInt(3)}
`, `
: _id,at,on,n,b
  5f0c|2020-01-01T00:00:00.000Z|2020-01-01T00:00:00Z|12|AA==
  5f0d|2020-01-02|-|3|-
! relaxed-json
`},
	{"geojson", `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"nom":"a"},"geometry":{"type":"Point","coordinates":[2.5,48.8]}},{"type":"Feature","properties":{"nom":"b"},"geometry":{"type":"Polygon","coordinates":[[[1,2],[3,4]]]}}]}`, `
features: type,nom,geometry.type,geometry.coordinates
  Feature|a|Point|2.5; 48.8
  Feature|b|Polygon|[[[1,2],[3,4]]]
beside the table> type: FeatureCollection
`},
	{"relaxed", "// list\n[{'a': 'it\\'s', b: NaN,}, /* c */ {'a': None, 'b': True},]", ": a,b\n  it's|NaN\n  -|True\n! relaxed-json\n"},
	{"python lines", "{'a': u'x', 'b': None}\n{'a': \"it's\", 'b': False}\n", ": a,b\n  x|-\n  it's|False\n! relaxed-json\n"},
	{"script", `window.YTD.account.part0 = [ {"account":{"email":"a@example.org"}} ];`, ": account.email\n  a@example.org\n"},
	{"cut", `[{"a":1},{"a":2},{"a":"x`, ": a\n  1\n  2\n  1 refused: cut\n! cut\n"},
	{"damaged", `[{"a":1,"b":2},{"a":1,"b"},{"a":3,"b":{"a":9}}]`, ": a,b,b.a\n  1|2\n  3|-|9\n  1 refused: damaged\n! damaged\n"},
	{"damaged line", "{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n{\"a\":4}\n{\"a\":\"x}\n{\"a\":6}\n", ": a\n  1\n  2\n  3\n  4\n  6\n  1 refused: damaged\n! damaged\n"},
	{"phpmyadmin", `[
{"type":"header","version":"5.2.1","comment":"Export to JSON plugin for PHPMyAdmin"},
{"type":"database","name":"d"},
{"type":"table","name":"users","database":"d","data":
[
{"id":"1","n":"a"},
{"id":"2","n":null}
]
}
]`, `
users: id,n
  1|a
  2|-
`},
	{"split by pandas", `{"columns":["id","n"],"index":[0,1],"data":[[1,"a"],[2,"b"]]}`, "data: id,n\n  1|a\n  2|b\n"},
	{"duplicates", `[{"a":1,"a":2,"b":3,"a":4}]`, ": a,b\n  1; 2; 4|3\n"},
	{"record sequence", "\x1e{\"a\":1}\n\x1e{\"a\":2}\n", ": a\n  1\n  2\n"},
	{"mark", "\ufeff[{\"a\":1}]", ": a\n  1\n"},
	{"latin", "[{\"pr\xe9nom\":\"Ren\xe9e\"}]", ": prénom\n  Renée\n"},
	{"escapes that end early", `[{"a":"\u12","b":"\x4","c":"\q"}]`, ": a,b,c\n  \\u12|\\x4|\\q\n"},
	{"empty list", "[]", "unread : no-table\n"},
}

func TestJSON(t *testing.T) { try(t, jsonFormat{}, "x.json", jsonCases) }
