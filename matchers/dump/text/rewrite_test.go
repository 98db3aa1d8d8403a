package text

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"vigie/matchers/dump/dumptest"
)

// tables writes down what was read, a line a row.
func tables(s *dumptest.Seen) string {
	var b strings.Builder
	for _, t := range s.Tables {
		b.WriteString("#\n")
		for _, r := range t.Rows {
			b.WriteString(strings.ReplaceAll(strings.Join(r, "|"), dumptest.Null, "-") + "\n")
		}
	}
	return b.String()
}

// What tools do to a file, and what people write around its rows, is none of them.
func TestRewritten(t *testing.T) {
	var r strings.Builder
	var wantR strings.Builder
	r.WriteString("\"nom\" \"sexe\" \"imc\"\n")
	wantR.WriteString("#\n|nom|sexe|imc\n")
	for i := range 9 {
		fmt.Fprintf(&r, "\"%d\" \"Mallet%c\" \"F\" 2%d.4\n", i+1, 'a'+i, i)
		fmt.Fprintf(&wantR, "%d|Mallet%c|F|2%d.4\n", i+1, 'a'+i, i)
	}
	for _, x := range []struct{ name, in, want string }{
		{"whole lines quoted", "\"nom,ville,objet\"\r\n\"Mallet,Orbe,bruit\"\r\n\"Rey,Lyon,eau\"\r\n\"Sow,Orbe,eau\"\r\n", "#\nnom|ville|objet\nMallet|Orbe|bruit\nRey|Lyon|eau\nSow|Orbe|eau\n"},
		{"quoted sentences", "\"Bonjour, merci\"\n\"Non, oui, peut-être, donc\"\n\"Rien\"\n\"Mallet, Orbe\"\n", "#\nBonjour, merci\nNon, oui, peut-être, donc\nRien\nMallet, Orbe\n"},
		{"Ctrl-Z", "a;b;c\r\n1;x;y\r\n2;z;t\r\n\x1a", "#\na|b|c\n1|x|y\n2|z|t\n"},
		{"quoted twice", "\"\"\"nom\"\",\"\"rue\"\"\"\n\"\"\"Le Goff\"\",\"\"3, quai du \"\"\"\"Port\"\"\"\"\"\"\"\n\"\"\"Brun\"\",\"\"1 place\"\"\"\n", "#\nnom|rue\nLe Goff|3, quai du \"Port\"\nBrun|1 place\n"},
		{"a quoted list", "\"12, rue du Lac\"\n\"13, rue du \"\"Lac\"\"\"\n\"14, rue du Lac\"\n", "#\n12, rue du Lac\n13, rue du \"Lac\"\n14, rue du Lac\n"},
		{"names of rows", r.String(), wantR.String()},
		{"null", "7\x01LECA\x01\\N\n8\x01RIOU\x01\\N\n9\x01SY\x0133\n", "#\n7|LECA|-\n8|RIOU|-\n9|SY|33\n"},
		{"averages", "Nom;Maths;HG;Avis\nMALLET;12,5;8;Bien\nSY;11;9,5;Passable\nLECA;13;10;Bien\nMoyenne classe;11,75;8,75;\nMax;12,5;9,5;\n", "#\nNom|Maths|HG|Avis\nMALLET|12,5|8|Bien\nSY|11|9,5|Passable\nLECA|13|10|Bien\n"},
		{"a person called Max", "Nom;Ville;HG\nMALLET;Gap;8\nMax;Pau;\nSY;Agen;9\n", "#\nNom|Ville|HG\nMALLET|Gap|8\nMax|Pau|\nSY|Agen|9\n"},
		{"end of file", "user,ip,mac\na,192.0.2.1,x\nb,192.0.2.2,y\nc,192.0.2.3,z\n# eof\n", "#\nuser|ip|mac\na|192.0.2.1|x\nb|192.0.2.2|y\nc|192.0.2.3|z\n"},
		{"banner", "#### by nobody ####\n*** vouch ***\n\nrose.sy|agathe12\nleca3|Yann54\nronan5|Henin97\n", "#\nrose.sy|agathe12\nleca3|Yann54\nronan5|Henin97\n"},
		{"titles", "ENFANTS\nNOM;NE LE;CLASSE;CANTINE\nSY Ange;06/01/2016;MS;O\nLECA Eva;07/06/2014;MS;N\nBRUN Rémi;03/02/2018;GS;N\n\nPERSONNEL\nNOM;PRENOM;MAIL;TEL;FONCTION\nCOLIN;Mehdi;m@example.org;0199000102;Directrice\nSY;Naël;n@example.org;0199000103;Agent\nBRUN;Eva;e@example.org;0199000104;Agent\n",
			"#\nNOM|NE LE|CLASSE|CANTINE\nSY Ange|06/01/2016|MS|O\nLECA Eva|07/06/2014|MS|N\nBRUN Rémi|03/02/2018|GS|N\n#\nNOM|PRENOM|MAIL|TEL|FONCTION\nCOLIN|Mehdi|m@example.org|0199000102|Directrice\nSY|Naël|n@example.org|0199000103|Agent\nBRUN|Eva|e@example.org|0199000104|Agent\n"},
	} {
		t.Run(x.name, func(t *testing.T) {
			if diff := cmp.Diff(x.want, tables(dumptest.Read(context.Background(), New(), "x", []byte(x.in)))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Streams that are rewritten come out the same however they are cut.
func TestRewrittenInPieces(t *testing.T) {
	in := []byte("\"a\x1a\"\"b\"\r\n\x1a\nx\"\"\n\"\"\n\x1a")
	for _, x := range []struct {
		name, want string
		make       func(io.Reader) io.Reader
	}{
		{"dos", "\"a\x1a\"\"b\"\r\n\x1a\nx\"\"\n\"\"\n", func(r io.Reader) io.Reader { return &dosEnd{r: r} }},
	} {
		for n, r := range []io.Reader{bytes.NewReader(in), iotest.OneByteReader(bytes.NewReader(in)), iotest.DataErrReader(bytes.NewReader(in)), iotest.HalfReader(bytes.NewReader(in))} {
			got, err := io.ReadAll(x.make(r))
			if err != nil || string(got) != x.want {
				t.Errorf("%s %d: %q, %v", x.name, n, got, err)
			}
		}
	}
}
