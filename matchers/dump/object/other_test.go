package object

import (
	"testing"

	"vigie/matchers/dump/dumptest"
)

var ldifCases = []sample{
	{"entries", "version: 1\n# export\ndn: uid=ana,ou=people,dc=example,dc=org\nobjectClass: top\nobjectClass: person\ncn:: QW5hIEzDqW8=\nmail: ana@example.\n org\nuserPassword:: e1NTSEF9YWJj\njpegPhoto:: /9j/4A==\n\ndn: uid=bob,dc=example,dc=org\nMAIL: bob@example.org\ntelephoneNumber: +33 1 99 00 01 02\n\n# search result\nsearch: 2\nresult: 0 Success\n", `
: dn,objectClass,cn,mail,userPassword,jpegPhoto,telephoneNumber
  uid=ana,ou=people,dc=example,dc=org|top; person|Ana Léo|ana@example.org|{SSHA}abc|/9j/4A==
  uid=bob,dc=example,dc=org|-|-|bob@example.org|-|-|+33 1 99 00 01 02
`},
	{"changes", "dn: cn=a,dc=example\r\nchangetype: modify\r\nreplace: mail\r\nmail: a@example.org\r\n-\r\n", ": dn,changetype,replace,mail\n  cn=a,dc=example|modify|mail|a@example.org\n"},
	{"a line that is none", "dn: cn=a,dc=example\nmail: a\n\ndn: cn=b,dc=example\nwhat is this\n\ndn: cn=c,dc=example\nmail: c\n", `
: dn,mail
  cn=a,dc=example|a
  cn=c,dc=example|c
  1 refused: damaged
`},
}

func TestLDIF(t *testing.T) { try(t, ldifFormat{}, "x.ldif", ldifCases) }

var vcardCases = []sample{
	{"3.0", "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ana Dubois\r\nN:Dubois;Ana;Marie\\, Zoé;Mme;\r\nEMAIL;TYPE=home:ana@example.org\r\nitem1.EMAIL;TYPE=work:a@example.org\r\nTEL:+33 1 99 00\r\n  01 02\r\nADR;TYPE=home:;;1 rue A\\nbât. B;Sète;;34200;France\r\nBDAY:1990-02-03\r\nORG:Mairie;Voirie\r\nPHOTO;ENCODING=b:/9j/\r\nX-SKYPE:ana\r\nEND:VCARD\r\nBEGIN:VCARD\r\nFN:Bob\r\nEND:VCARD\r\n", `
contacts: full_name,family_name,given_name,additional_name,prefix,email,email_2,phone,street,city,postcode,country,birth_date,organization,photo,x-skype
  Ana Dubois|Dubois|Ana|Marie, Zoé|Mme|ana@example.org|a@example.org|+33 1 99 00 01 02|1 rue A
bât. B|Sète|34200|France|1990-02-03|Mairie; Voirie|binary|ana
  Bob|-|-|-|-|-|-|-|-|-|-|-|-|-|-|-
`},
	{"2.1", "BEGIN:VCARD\nVERSION:2.1\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:L=C3=A9o;Zo=C3=\n=AB;;;\nTEL;CELL:+33639980102\nNOTE;CHARSET=ISO-8859-1;QUOTED-PRINTABLE:=E9t=E9\nEND:VCARD\n", `
contacts: family_name,given_name,phone,note
  Léo|Zoë|+33639980102|été
`},
	{"4.0", "BEGIN:VCARD\nVERSION:4.0\nFN:A\nTEL;VALUE=uri;TYPE=\"voice,home\":tel:+33-1-99-00-01-02\nEND:VCARD\n", "contacts: full_name,phone\n  A|+33-1-99-00-01-02\n"},
	{"cut", "BEGIN:VCARD\nFN:A\nEND:VCARD\nBEGIN:VCARD\nFN:B\n", "contacts: full_name\n  A\n  1 refused: cut\n! cut\n"},
}

func TestVCard(t *testing.T) { try(t, vcardFormat{}, "x.vcf", vcardCases) }

var htmlCases = []sample{
	{"table", "<!DOCTYPE html><html><head><title>Liste</title><style>a{}</style></head><body><script>var x='<p>no</p>';</script><p>Voici la&nbsp;liste&eacute;</p><table><thead><tr><th>id<th>nom</thead><tr><td>1<td>Ren&eacute;e<br>B</td></tr><tr><td colspan=2>2</td></tr></table><p>fin</p></body></html>", `
table 1: 
  id|nom
  1|Renée
B
  2|-
page> Liste / Voici la` + "\u00a0" + `listeé / fin
`},
	{"rows over rows", "<table><tr><td rowspan=2>a</td><td>b</td></tr><tr><td>c</td></tr><tr><td>d</td><td>e</td></tr></table>", "table 1: \n  a|b\n  -|c\n  d|e\n"},
	{"layout", "<html><table><tr><td>menu<table><tr><td>1</td></tr><tr><td>2</td></tr></table></td></tr></table></html>", "table 1: \n  1\n  2\npage> menu\n"},
	{"text", "<html><body><h1>Bonjour</h1><div>a<b>b</b> c</div></body></html>", "page> Bonjour / ab c\n"},
}

func TestHTML(t *testing.T) {
	for _, c := range htmlCases {
		if s := (htmlFormat{}).Sniff(dumptest.File("x", []byte(c.in))); s > 0.8 {
			t.Errorf("%s: surer than who reads spreadsheets: %v", c.name, s)
		}
	}
	try(t, htmlFormat{}, "x.html", htmlCases)
}

// What only begins like one of the formats is left to others.
func TestSniffNot(t *testing.T) {
	for name, in := range map[string]string{
		"csv of json":     "{\"a\":1},x\n{\"a\":2},y\n",
		"csv, json first": "{\"a\":1,\"b\":2},Ana,1990\n{\"a\":3,\"b\":4},Bob,1991\n",
		"log":             "[2024-01-01 10:00:00] start\n[2024-01-01 10:00:01] stop\n",
		"log levels":      "[INFO] start\n[WARN] stop\n",
		"ini":             "[section]\nkey=value\n[other]\nk=v\n",
		"braces":          "{name} lives in {city}\n",
		"css":             "a { color: red; }\nb { margin: 0; }\n",
		"numbers":         "1\n2\n3\n",
		"words":           "id,name\n1,a\n",
		"code":            "function f() { return {a: 1}; }\n",
		"go":              "package x\n\nvar a = []int{1}\n",
		"blocks":          "name: a\nmail: b\n\nname: c\nmail: d\n",
		"dn without":      "dn: x\n",
		"markers":         "{{template}}\n",
		"sets":            "{1,2,3}\n{4,5,6}\n",
		"one bracket":     "[",
		"empty":           "",
		"sql":             "INSERT INTO t VALUES ('{\"a\":1}');\n",
	} {
		for _, f := range Formats() {
			if got := f.Sniff(dumptest.File("x", []byte(in))); got >= 0.4 {
				t.Errorf("%s: %s is %v sure", name, f.Name(), got)
			}
		}
	}
}
