package object

import (
	"context"
	"strings"
	"testing"

	"vigie/matchers/dump/dumptest"
)

var xmlCases = []sample{
	{"rows", `<?xml version="1.0" encoding="UTF-8"?><people><person id="1"><name>Zoé &amp; Léa</name><address><street>1 rue A</street><city>S&#232;te</city></address></person><person id="2"><name/><phone xmlns:i="x" i:nil="true"/></person></people>`, `
person: id,name,address.street,address.city,phone
  1|Zoé & Léa|1 rue A|Sète
  2||-|-|-
`},
	{"one row", `<people><person><name>a</name><mail>a@example.org</mail></person></people>`, "person: name,mail\n  a|a@example.org\n"},
	{"the root is the row", `<person><name>a</name><address><city>b</city></address></person>`, "person: name,address.city\n  a|b\n"},
	{"several kinds", `<db><users><user><n>a</n></user><user><n>b</n></user></users><orders><order ref="x" total="2"/><order ref="y" total="3"/></orders><settings><theme>dark</theme></settings></db>`, `
users.user: n
  a
  b
orders.order: ref,total
  x|2
  y|3
settings: theme
  dark
`},
	{"repeated values", `<r><u><id>1</id><mail>a</mail><mail>b</mail><tel type="h">1</tel><tel type="w">2</tel></u><u><id>2</id></u></r>`, `
u: id,mail,tel.type,tel
  1|a; b|h; w|1; 2
  2|-|-|-
`},
	{"lists", `<r><u><id>1</id><o><ref>x</ref></o><o><ref>y</ref><n>2</n></o></u><u><id>2</id><o><ref>z</ref></o></u></r>`, `
u: id,o.ref,o.2.ref,o.2.n
  1|x|y|2
  2|z|-|-
`},
	{"attributes, no root", `<row id="1" name="a &lt; b"/><row id="2"/><row id="3" name=""/>`, "row: id,name\n  1|a < b\n  2|-\n  3|\n"},
	{"values", `<emails><email>a@example.org</email><email>b@example.org</email></emails>`, "email: email\n  a@example.org\n  b@example.org\n"},
	{"phpmyadmin", `<?xml version="1.0"?><pma_xml_export version="1.0" xmlns:pma="https://www.phpmyadmin.net/some_doc_url/">
<pma:structure_schemas><pma:database name="d"><pma:table name="users">CREATE TABLE x</pma:table></pma:database></pma:structure_schemas>
<database name="d"><!-- Table users --><table name="users"><column name="id">1</column><column name="n">a</column></table><table name="users"><column name="id">2</column><column name="n">NULL</column></table><table name="logs"><column name="ip">192.0.2.1</column></table></database></pma_xml_export>`, `
users: id,n
  1|a
  2|NULL
logs: ip
  192.0.2.1
beside the table> version: 1.0 / database.name: d
`},
	{"mysqldump", `<?xml version="1.0"?><mysqldump xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><database name="d"><table_structure name="u"><field Field="id" Type="int"/><field Field="n" Type="text"/></table_structure><table_data name="u"><row><field name="id">1</field><field name="n" xsi:nil="true" /></row><row><field name="id">2</field><field name="n">b</field></row></table_data></database></mysqldump>`, `
u: id,n
  1|-
  2|b
beside the table> database.name: d / database.table_data.name: u
`},
	{"feed", `<rss version="2.0"><channel><title>t</title><link>l</link><item><title>a</title><link>x</link></item><item><title>b</title></item></channel></rss>`, `
channel.item: title,link
  a|x
  b|-
beside the table> version: 2.0 / channel.title: t / channel.link: l
`},
	{"cdata and entities of a document type", `<!DOCTYPE r [<!ENTITY a "aaa"><!ENTITY x SYSTEM "file:///etc/passwd">]><r><u><n><![CDATA[<b>&amp;]]> c</n></u><u><n>&a;&x;</n></u></r>`, "u: n\n  <b>&amp; c\n  &a;&x;\n"},
	{"namespaces", `<s:Envelope xmlns:s="x"><s:Body><d:User><d:Name>a</d:Name></d:User><d:User><d:Name>b</d:Name></d:User></s:Body></s:Envelope>`, "Body.User: Name\n  a\n  b\n"},
	{"cut", `<r><u><n>a</n></u><u><n>b</n></u><u><n>c`, "u: n\n  a\n  b\n  1 refused: cut\n! cut\n"},
	{"a row left open", `<r><us><u><n>a</n></u><u><n>b</n></us><us><u><n>c</n></u></us></r>`, "us.u: n\n  a\n  c\n  1 refused: damaged\n! damaged\n"},
	{"latin", "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><r><u><n>Ren\xe9e</n></u><u><n>Zo\xe9</n></u></r>", "u: n\n  Renée\n  Zoé\n"},
	{"utf-8 that lies", "<?xml version=\"1.0\" encoding=\"UTF-16\"?><r><u><n>Renée</n></u><u><n>Zoé</n></u></r>", "u: n\n  Renée\n  Zoé\n"},
}

func TestXML(t *testing.T) { try(t, xmlFormat{}, "x.xml", xmlCases) }

func TestXMLIsNot(t *testing.T) {
	for name, in := range map[string]string{
		"html":        "<html><body><p>x</p></body></html>",
		"doctype":     "<!DOCTYPE html><html><head><title>x</title></head></html>",
		"spreadsheet": `<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet/></Workbook>`,
		"fods":        `<?xml version="1.0"?><office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"><office:body/></office:document>`,
		"svg":         `<svg xmlns="http://www.w3.org/2000/svg"><g/></svg>`,
		"addresses":   "<a@example.org>\n<b@example.org>\n",
		"arrows":      "<- a\n-> b\n",
		"csv":         "<b>id</b>,name\n1,a\n",
	} {
		if got := (xmlFormat{}).Sniff(dumptest.File("x", []byte(in))); got > 0.3 {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// A record deeper than the limit, and one larger, are refused; those behind are
// read.
func TestXMLLimits(t *testing.T) {
	for name, bad := range map[string]string{
		"too-deep":  "<u><n>x</n>" + strings.Repeat("<u>", 100_000) + strings.Repeat("</u>", 100_000) + "</u>",
		"too-large": "<u><n>" + strings.Repeat("x", maxField+1) + "</n></u>",
	} {
		in := "<r><u><n>a</n></u>" + bad + "<u><n>b</n></u></r>"
		got := brief(dumptest.Read(context.Background(), xmlFormat{}, "x", []byte(in)))
		if want := "u: n\n  a\n  b\n  1 refused: " + name + "\n"; got != want {
			t.Errorf("%s: %.300q", name, got)
		}
	}
}
