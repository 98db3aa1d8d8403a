package text

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vigie/matchers/dump"
	"vigie/matchers/dump/dumptest"
)

const null = dumptest.Null

func TestLayouts(t *testing.T) {
	tests := []struct {
		name, text string
		columns    []string
		header     dump.HeaderHint
		want       [][]string
	}{
		{"mysql", "+----+-----------+\n| id | nom       |\n+----+-----------+\n|  1 | Lina      |\n|  2 | D. Zoé    |\n+----+-----------+\n2 rows in set (0.00 sec)\n",
			nil, dump.HeaderYes, [][]string{{"id", "nom"}, {"1", "Lina"}, {"2", "D. Zoé"}}},
		{"mysql without names", "+---+------+\n| 1 | Lina |\n| 2 | Zoé  |\n+---+------+\n", nil, dump.HeaderUnknown, [][]string{{"1", "Lina"}, {"2", "Zoé"}}},
		{"psql", " id |   nom   | ville \n----+---------+-------\n  1 | Lina    | Orbe\n  2 | Zoé     | \n(2 rows)\n\n",
			nil, dump.HeaderYes, [][]string{{"id", "nom", "ville"}, {"1", "Lina", "Orbe"}, {"2", "Zoé", ""}}},
		{"box drawing", "┌────┬──────┐\n│ id │ nom  │\n├────┼──────┤\n│ 1  │ Lina │\n│ 2  │ Zoé  │\n└────┴──────┘\n",
			nil, dump.HeaderYes, [][]string{{"id", "nom"}, {"1", "Lina"}, {"2", "Zoé"}}},
		{"markdown", "| Nom | Ville |\n|:----|------:|\n| Lina | Orbe |\n| Zoé |  |\n", nil, dump.HeaderYes, [][]string{{"Nom", "Ville"}, {"Lina", "Orbe"}, {"Zoé", ""}}},
		{"markdown with marks", "| Nom | Code |\n|---|---|\n| **Lina** M | `ab*1` |\n| a**b | ``` |\n", nil, dump.HeaderYes, [][]string{{"Nom", "Code"}, {"Lina M", "ab*1"}, {"a**b", "```"}}},
		{"framed delimiter", "id|;|nom|;|ville\n1|;|Lina|;|Orbe\n2|;||;|Lyon; a|b\n3|;|Zoé|;|\n", nil, 0, [][]string{{"id", "nom", "ville"}, {"1", "Lina", "Orbe"}, {"2", "", "Lyon; a|b"}, {"3", "Zoé", ""}}},
		{"framed by characters", "id§||§nom§||§ville\n1§||§Lina§||§Orbe\n2§||§§||§Lyon\n3§||§Zoé§||§\n", nil, 0, [][]string{{"id", "nom", "ville"}, {"1", "Lina", "Orbe"}, {"2", "", "Lyon"}, {"3", "Zoé", ""}}},
		{"framed by others", strings.Repeat("7<~>Lina<~>a@example.org<~>0639980000\n8<~>Zoé<~>b@example.org<~>0639980001\n", 2), nil, 0,
			[][]string{{"7", "Lina", "a@example.org", "0639980000"}, {"8", "Zoé", "b@example.org", "0639980001"}, {"7", "Lina", "a@example.org", "0639980000"}, {"8", "Zoé", "b@example.org", "0639980001"}}},
		{"values in brackets frame nothing", "[1],[Lina],[Orbe]\n[2],[Zoé],[Lyon]\n[3],[Omar],[Brest]\n", nil, 0, [][]string{{"[1]", "[Lina]", "[Orbe]"}, {"[2]", "[Zoé]", "[Lyon]"}, {"[3]", "[Omar]", "[Brest]"}}},
		{"backslashes", "12\\lina\\210332\\orbe\n15\\zoé\\010232\\lyon\n18\\omar\\130326\\\n", nil, 0, [][]string{{"12", "lina", "210332", "orbe"}, {"15", "zoé", "010232", "lyon"}, {"18", "omar", "130326", ""}}},
		{"formulas", "nom;tel;cp\nLina;=\"0639980000\";=\"01000\"\nZoé;=\"0639980001\";=\"\"\nOmar;=A1;=\"02000\"\n", nil, 0, [][]string{{"nom", "tel", "cp"}, {"Lina", "0639980000", "01000"}, {"Zoé", "0639980001", ""}, {"Omar", "=A1", "02000"}}},
		{"access log", strings.Repeat("192.0.2.1 - lina [10/Feb/2024:04:35:04 +0100] \"GET /a HTTP/1.1\" 200 84 \"-\" \"curl/8\"\n", 4), nil, 0, slices.Repeat([][]string{{"192.0.2.1", "-", "lina", "10/Feb/2024:04:35:04 +0100", "GET /a HTTP/1.1", "200", "84", "-", "curl/8"}}, 4)},
		{"sqlplus", "\n        ID NOM          VILLE\n---------- ------------ ----------\n         1 Lina         Orbe\n         2 Zoé Marie    Le Mans\n         3 Omar\n\n3 rows selected.\n\nSQL> spool off\n",
			nil, dump.HeaderYes, [][]string{{"ID", "NOM", "VILLE"}, {"1", "Lina", "Orbe"}, {"2", "Zoé Marie", "Le Mans"}, {"3", "Omar", ""}}},
		{"fixed width", "MARTINEAU   Lina Zoé    17/05/2009  Orbe\nN'GUESSAN   Omar        03/12/2001  Le Mans\nLE GOFF     Yann        30/01/1999\nDIALLO      Aïcha Marie 21/07/1987  Orbe\nPETIT       Jean        21/07/1988  Lyon\n",
			nil, 0, [][]string{{"MARTINEAU", "Lina Zoé", "17/05/2009", "Orbe"}, {"N'GUESSAN", "Omar", "03/12/2001", "Le Mans"}, {"LE GOFF", "Yann", "30/01/1999", ""}, {"DIALLO", "Aïcha Marie", "21/07/1987", "Orbe"}, {"PETIT", "Jean", "21/07/1988", "Lyon"}}},
		{"full columns under names", "NUM    NOM         DELIVRE   PTS CAT\n" + strings.Repeat("17AA   MARTINEAU   18.01.20176   AM\n18AB   LE GOFF     10.10.201612  B\n", 6), nil, 0,
			slices.Concat([][]string{{"NUM", "NOM", "DELIVRE", "PTS", "CAT"}}, slices.Repeat([][]string{{"17AA", "MARTINEAU", "18.01.2017", "6", "AM"}, {"18AB", "LE GOFF", "10.10.2016", "12", "B"}}, 6))},
		{"blocks", "Nom: Martineau\nEmail: lina@example.org\nNotes: vu: oui\n\nNom: Diallo\nEmail: a@example.org\nTél: 01\n\nNom: Petit\nEmail: p@example.org\nNotes: a\n  b\n",
			[]string{"Nom", "Email", "Notes", "Tél"}, dump.HeaderNo,
			[][]string{{"Martineau", "lina@example.org", "vu: oui", null}, {"Diallo", "a@example.org", null, "01"}, {"Petit", "p@example.org", "a\nb", null}}},
		{"flattened list", "#Tue Mar 09\napp.name=Cimet\nconc.0001.nom=Ren\\u00e9 Abel\nconc.0001.tel=0639980000\nconc.0002.nom=Zoé\nconc.0002.tel=0639980001\nconc.0002.lien=veuve\nconc.0003.nom=Omar\nconc.0003.tel=\n", []string{"section", "nom", "tel", "lien"}, dump.HeaderNo,
			[][]string{{"conc.0001", "René Abel", "0639980000", null}, {"conc.0002", "Zoé", "0639980001", "veuve"}, {"conc.0003", "Omar", "", null}}},
		{"forms of two pairs a line", "*    Forum: example.org    *\n\n" + strings.Repeat("=====\nNom : LE GOFF        Prénom : Lina\nAdresse : 3 rue des Lilas\n          44000 Nantes    Tél. : 0639980000\nNote : vu   le 3\n", 3), []string{"Nom", "Prénom", "Adresse", "Tél.", "Note"}, dump.HeaderNo,
			slices.Repeat([][]string{{"LE GOFF", "Lina", "3 rue des Lilas\n44000 Nantes", "0639980000", "vu   le 3"}}, 3)},
		{"parted by signs", strings.Repeat("Carte: 7\nNom: Lina\nNote: a\n-=-\n", 3), []string{"Carte", "Nom", "Note"}, dump.HeaderNo, [][]string{{"7", "Lina", "a"}, {"7", "Lina", "a"}, {"7", "Lina", "a"}}},
		{"stealer log", "===============\nURL: https://a.example.org/login\nUsername: lina\nPassword: a:b|c\nApplication: Chrome\n===============\nURL: https://b.example.org:8443/\nUsername: zoe@example.org\nPassword: \nApplication: Edge\n===============\n",
			[]string{"URL", "Username", "Password", "Application"}, dump.HeaderNo,
			[][]string{{"https://a.example.org/login", "lina", "a:b|c", "Chrome"}, {"https://b.example.org:8443/", "zoe@example.org", "", "Edge"}}},
		{"stealer log without blanks", strings.Repeat("SOFT: x\nURL: https://a.example.org\nUSER: lina\nPASS: p\n", 3), []string{"SOFT", "URL", "USER", "PASS"}, dump.HeaderNo,
			[][]string{{"x", "https://a.example.org", "lina", "p"}, {"x", "https://a.example.org", "lina", "p"}, {"x", "https://a.example.org", "lina", "p"}}},
		{"mysql vertical", "*************************** 1. row ***************************\n   id: 1\n  nom: Lina\n*************************** 2. row ***************************\n   id: 2\n  nom: NULL\n2 rows in set (0.00 sec)\n",
			[]string{"id", "nom"}, dump.HeaderNo, [][]string{{"1", "Lina"}, {"2", null}}},
		{"ldif", "dn: cn=Lina,dc=example\ncn: Lina\nmail: a@example.org\nmail: b@example.org\n\ndn: cn=Zoe,dc=example\ncn: Zoe\n\ndn: cn=Al,dc=example\ncn: Al\nmail: c@example.org\n",
			[]string{"dn", "cn", "mail"}, dump.HeaderNo, [][]string{{"cn=Lina,dc=example", "Lina", "a@example.org; b@example.org"}, {"cn=Zoe,dc=example", "Zoe", null}, {"cn=Al,dc=example", "Al", "c@example.org"}}},
		{"mail and password", "a@example.org:pass\nb@example.org:pa:ss:\nc@example.org:\"x\nd@example.org:y\ne@example.org:z\n", nil, 0,
			[][]string{{"a@example.org", "pass"}, {"b@example.org", "pa:ss:"}, {"c@example.org", "\"x"}, {"d@example.org", "y"}, {"e@example.org", "z"}}},
		{"colons in every password", strings.Repeat("a@example.org:x:y\nb@example.org:azerty:!\n", 2), nil, 0,
			[][]string{{"a@example.org", "x:y"}, {"b@example.org", "azerty:!"}, {"a@example.org", "x:y"}, {"b@example.org", "azerty:!"}}},
		{"login and password", "lina|p1\nzoe|p|2\nomar|'x\nyann|;:\n", nil, 0, [][]string{{"lina", "p1"}, {"zoe", "p|2"}, {"omar", "'x"}, {"yann", ";:"}}},
		{"mail, semicolon", "a@example.org;p;1\nb@example.org;p2\nc@example.org;p3\n", nil, 0, [][]string{{"a@example.org", "p;1"}, {"b@example.org", "p2"}, {"c@example.org", "p3"}}},
		{"URL first", "https://a.example.org/login:lina:p:1\nhttps://b.example.org:8443/x:zoe@example.org:p2\nhttps://c.example.org:12345:pw\nandroid://k==@org.example/:omar:x\n", nil, 0,
			[][]string{{"https://a.example.org/login", "lina", "p:1"}, {"https://b.example.org:8443/x", "zoe@example.org", "p2"}, {"https://c.example.org", "12345", "pw"}, {"android://k==@org.example/", "omar", "x"}}},
		{"URL first, some bare", "a.example.org/login:lina:p:1\nhttps://b.example.org:8443/x:zoe@example.org:p2\nc.example.org:8443/x:12345:pw\nc.example.org:omar:\n", nil, 0,
			[][]string{{"a.example.org/login", "lina", "p:1"}, {"https://b.example.org:8443/x", "zoe@example.org", "p2"}, {"c.example.org:8443/x", "12345", "pw"}, {"c.example.org", "omar", ""}}},
		{"URL last", "lina:p1:https://a.example.org/login\nzoe@example.org:p:2:https://b.example.org:8443/x\n", nil, 0,
			[][]string{{"lina", "p1", "https://a.example.org/login"}, {"zoe@example.org", "p:2", "https://b.example.org:8443/x"}}},
		{"mail, hash and address", strings.Repeat("a@example.org:5f4dcc3b5aa765d61d8327deb882cf99:192.0.2.1\n", 3), nil, 0,
			[][]string{{"a@example.org", "5f4dcc3b5aa765d61d8327deb882cf99", "192.0.2.1"}, {"a@example.org", "5f4dcc3b5aa765d61d8327deb882cf99", "192.0.2.1"}, {"a@example.org", "5f4dcc3b5aa765d61d8327deb882cf99", "192.0.2.1"}}},
		{"addresses", "a@example.org\nb@example.org\n", nil, 0, [][]string{{"a@example.org"}, {"b@example.org"}}},
		{"log lines", "2024-03-03 10:00:01 INFO connexion de lina, depuis 192.0.2.1\n2024-03-03 10:00:02 WARN refus: zoe\n2024-03-03 10:01:02 INFO fin\n", nil, 0,
			[][]string{{"2024-03-03 10:00:01 INFO connexion de lina, depuis 192.0.2.1"}, {"2024-03-03 10:00:02 WARN refus: zoe"}, {"2024-03-03 10:01:02 INFO fin"}}},
		{"ini", "[db]\nhost=localhost\nport=5432\n\n[mail]\nfrom=a@example.org\n", nil, 0, [][]string{{"[db]"}, {"host=localhost"}, {"port=5432"}, {"[mail]"}, {"from=a@example.org"}}},
		{"sep", "sep=;\nnom;email\nLina, Zoé;a@example.org\n", nil, 0, [][]string{{"nom", "email"}, {"Lina, Zoé", "a@example.org"}}},
		{"comments", "# export\n# version 2, complète\nnom,age,ville\nLina,3,Orbe\nZoé,4,Lyon\n", nil, 0, [][]string{{"nom", "age", "ville"}, {"Lina", "3", "Orbe"}, {"Zoé", "4", "Lyon"}}},
		{"line separators", "nom;age\u2028Lina;3\u2028Zoé;4\u2028", nil, 0, [][]string{{"nom", "age"}, {"Lina", "3"}, {"Zoé", "4"}}},
		{"record separators", "nom\x1fage\x1eLina\x1f3\x1eZoé\x1f4\x1e", nil, 0, [][]string{{"nom", "age"}, {"Lina", "3"}, {"Zoé", "4"}}},
		{"typographic quotes", "“nom”,“ville”\n“Lina, Zoé”,“Orbe”\n“Omar”,“Lyon”\n", nil, 0, [][]string{{"nom", "ville"}, {"Lina, Zoé", "Orbe"}, {"Omar", "Lyon"}}},
		{"CR only", "nom;age\rLina;3\rZoé;4\r", nil, 0, [][]string{{"nom", "age"}, {"Lina", "3"}, {"Zoé", "4"}}},
		{"lines between values", "nom;adresse;age\r\nLina;\"3, rue\r\ndes Lilas\";3\r\nZoé;x;4\r\n", nil, 0, [][]string{{"nom", "adresse", "age"}, {"Lina", "3, rue\r\ndes Lilas", "3"}, {"Zoé", "x", "4"}}},
		{"windows-1252", "nom;pr\xe9nom;\xe2ge\nLef\xe8vre;Zo\xe9;3\nB\xe9nard;Aur\xe9lie;4\n", nil, 0, [][]string{{"nom", "prénom", "âge"}, {"Lefèvre", "Zoé", "3"}, {"Bénard", "Aurélie", "4"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := read(t, tt.text)
			if d := cmp.Diff(tt.want, padded(got)); d != "" {
				t.Error(d)
			}
			if d := cmp.Diff(tt.columns, got.Info.Columns); d != "" || got.Info.Header != tt.header {
				t.Errorf("header %v, columns %s", got.Info.Header, d)
			}
		})
	}
}

// padded gives rows that came before a column did what they lack.
func padded(t *dumptest.Table) [][]string {
	for i := range t.Rows {
		for len(t.Rows[i]) < len(t.Info.Columns) {
			t.Rows[i] = append(t.Rows[i], null)
		}
	}
	return t.Rows
}

func TestUTF16WithTabs(t *testing.T) {
	text := "Élèves\r\n\r\nnom\tprénom\tville\r\nLefèvre\tZoé\tOrbe\r\n" + strings.Repeat("Bénard\tÉlodie\tLyon\r\n", 5)
	b := []byte{0xff, 0xfe}
	for _, r := range text {
		b = append(b, byte(r), byte(r>>8))
	}
	got := read(t, string(b))
	if got.Info.Encoding != "utf-16le" || got.Info.Dialect != (dump.Dialect{Delimiter: "\t", Quote: `"`, Escape: `"`, Newline: "\r\n"}) {
		t.Errorf("%+v", got.Info)
	}
	if len(got.Rows) != 7 || got.Rows[1][0] != "Lefèvre" {
		t.Errorf("%q", got.Rows)
	}
}

func TestSeveralTables(t *testing.T) {
	people := "nom,prénom,ville\nLina,M,Orbe\nZoé,M,Lyon\nOmar,D,Orbe\n"
	orders := "commande,date,montant,état\n1,2024-03-03,12.5,payé\n2,2024-03-04,3.2,dû\n3,2024-03-05,7.1,payé\n"
	tests := []struct {
		name, text string
		rows       []int
	}{
		{"one after another", people + "\nCommandes\n" + orders, []int{4, 4}},
		{"blank line", people + "\n" + orders, []int{4, 4}},
		{"same header, narrower", orders + "commande,date,montant\n1,2024-03-03,12.5\n2,2024-03-03,2.5\n3,2024-03-03,1.5\n", []int{4, 4}},
		{"three", people + "\n" + orders + "\n" + strings.NewReplacer(",ville", "", ",Orbe", "", ",Lyon", "").Replace(people), []int{4, 4, 4}},
		{"two boxes", "+---+\n| n |\n+---+\n| 1 |\n+---+\n\n+---+-----+\n| a | b   |\n+---+-----+\n| 1 | x   |\n+---+-----+\n", []int{2, 2}},
		{"ragged rows are none", people + "Al,B\nCé,D\n" + people, []int{10}},
		{"same table again", people + "\n" + people, []int{8}},
		{"wider first, titles with signs", "### TABLE : a ###\n" + orders + "### FIN (3)\n\n### TABLE : b\n" + people + "### FIN\n### TABLE : c\n" + orders, []int{4, 4, 4}},
		{"no names", strings.Repeat("root:x:0:1:/root:/bin/sh\n", 20) + "$ sudo cat /etc/shadow\n" + strings.Repeat("root:$6$ab$cd:16695:0:99999:7:::\n", 20), []int{20, 20}},
		{"no names, few rows", strings.Repeat("root:x:0:1:/root:/bin/sh\n", 20) + "$ sudo cat /etc/shadow\n" + strings.Repeat("root:$6$ab$cd:16695:0:99999:7:::\n", 5), []int{26}},
		{"wide rows of data", people + "\nLina,M,Orbe,34000\nZoé,M,Lyon,34001\nOmar,D,Orbe,34002\n", []int{7}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := dumptest.Read(context.Background(), New(), "x.csv", []byte(tt.text))
			var rows []int
			for _, x := range s.Tables {
				rows = append(rows, len(x.Rows))
			}
			if d := cmp.Diff(tt.rows, rows); d != "" || s.Err != nil {
				t.Error(s.Err, d)
			}
			for i, x := range s.Tables {
				if name := tableName(i + 1); len(s.Tables) > 1 && x.Info.Name != name || len(s.Tables) == 1 && x.Info.Name != "" {
					t.Errorf("name %q", x.Info.Name)
				}
			}
		})
	}
}

func TestRefused(t *testing.T) {
	tests := []struct{ name, data, code string }{
		{"empty", "", dump.CodeEmpty},
		{"blank", " \r\n\t\n", dump.CodeEmpty},
		{"mark only", "\ufeff", dump.CodeEmpty},
		{"error page", "\n<!DOCTYPE html><html><title>404</title>", codeHTML},
		{"bytes", "\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x03\x00\x3e\x00\x01\x00\x00\x00\x00\x10", codeNotText},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := dumptest.File("x", []byte(tt.data))
			if n := New().Sniff(f); n != 0 {
				t.Errorf("sniffed %v", n)
			}
			s := dumptest.Read(context.Background(), New(), "x", []byte(tt.data))
			if code := refusal(s.Err); code != tt.code || len(s.Tables) > 0 {
				t.Errorf("error %v, %d tables", s.Err, len(s.Tables))
			}
		})
	}
}

func TestEncodingIsTold(t *testing.T) {
	tests := []struct {
		name, text, encoding string
		want                 string
		warned               []string
	}{
		{"mixed", "nom;ville\nLef\xe8vre;Orb\xe9\nB\xe9nard;Cr\xe9teil\nZoé;Sète\nH\xe9l\xe8ne;Orb\xe9\n", "windows-1252", "Lefèvre", []string{dump.WarningMixed}},
		{"damaged", "nom;ville\nLefÃ¨vre;OrbÃ©\nBÃ©nard;CrÃ©teil\n", "utf-8", "Lefèvre", []string{warnRepaired}},
		{"late", "nom;ville\n" + strings.Repeat("Martin;Lyon\n", 100_000) + "Lef\xe8vre;\xc9vry\n", "utf-8", "Martin", []string{dump.WarningMixed}},
		{"lost", "nom;ville\nLef\ufffdvre;Orb\ufffd\nB\ufffdnard;Cr\ufffdteil\n", "utf-8", "Lef\ufffdvre", []string{warnLost}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := dumptest.Read(context.Background(), New(), "x.csv", []byte(tt.text))
			x := s.Find(t, "")
			if x.Rows[1][0] != tt.want || x.Info.Encoding != tt.encoding {
				t.Errorf("%q in %s", x.Rows[1][0], x.Info.Encoding)
			}
			if d := cmp.Diff(tt.warned, s.Warned); d != "" {
				t.Error(d)
			}
		})
	}
}
