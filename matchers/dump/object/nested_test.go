package object

import (
	"testing"

	"vigie/matchers/dump"
	"vigie/matchers/dump/dumptest"
)

// nestedCases are files by the name of their format.
var nestedCases = map[string][]sample{
	"icalendar": {
		{"events", "BEGIN:VCALENDAR\r\nX-WR-CALNAME:Dr Léa\r\nBEGIN:VTIMEZONE\r\nTZID:Europe/Paris\r\nEND:VTIMEZONE\r\nBEGIN:VEVENT\r\nDTSTART;TZID=\"a:b\":20240102T090000\r\nSUMMARY:Ana Dubois\\, suivi\r\n  long\r\nATTENDEE;CN=\"Ana\":mailto:ana@example.org\r\nBEGIN:VALARM\r\nTRIGGER:-PT15M\r\nEND:VALARM\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:Bob\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n", `
VEVENT: DTSTART,SUMMARY,ATTENDEE,VALARM.TRIGGER
  20240102T090000|Ana Dubois, suivi long|ana@example.org|-PT15M
  -|Bob|-|-
beside the table> X-WR-CALNAME: Dr Léa / TZID: Europe/Paris
`},
	},
	"ofx": {
		{"statement", "OFXHEADER:100\nDATA:OFXSGML\n\n<OFX><BANKTRANLIST><DTSTART>20240101\n<STMTTRN><TRNTYPE>DEBIT\n<TRNAMT>-12.50\n<NAME>VIR DUBOIS\n</STMTTRN>\n<STMTTRN><TRNTYPE>CREDIT</TRNTYPE><TRNAMT>3</TRNAMT><NAME></NAME></STMTTRN>\n</BANKTRANLIST></OFX>\n", `
STMTTRN: TRNTYPE,TRNAMT,NAME
  DEBIT|-12.50|VIR DUBOIS
  CREDIT|3|-
beside the table> OFXHEADER:100 / DATA:OFXSGML / DTSTART: 20240101
`},
	},
	"gedcom": {
		{"tree", "0 HEAD\n1 CHAR ANSI\n0 @I1@ INDI\n1 NAME Ana /DUBOIS/\n1 BIRT\n2 DATE 3 FEB 1990\n2 PLAC Sète\n1 NOTE one\n2 CONT two\n0 @I2@ INDI\n1 NAME Bob /DUBOIS/\n0 @F1@ FAM\n1 HUSB @I2@\n0 @F2@ FAM\n1 HUSB @I1@\n0 TRLR\n", `
INDI: INDI,NAME,BIRT.DATE,BIRT.PLAC,NOTE
  @I1@|Ana /DUBOIS/|3 FEB 1990|Sète|one; two
  @I2@|Bob /DUBOIS/|-|-|-
FAM: FAM,HUSB
  @F1@|@I2@
  @F2@|@I1@
beside the table> CHAR: ANSI
`},
	},
	"print_r": {
		{"print_r", "Array\n(\n    [0] => Array\n        (\n            [id] => 7\n            [nom] => Ana => b\n            [tel] => \n            [adr] => stdClass Object\n                (\n                    [cp] => 34200\n                )\n\n        )\n\n    [1] => Array\n        (\n            [id] => 8\n            [nom] => Bob\nand Co\n        )\n\n)\n", `
: id,nom,tel,adr.cp
  7|Ana => b||34200
  8|Bob; and Co|-|-
`},
		{"var_dump", "array(2) {\n  [0]=>\n  array(2) {\n    [\"id\"]=>\n    int(7)\n    [\"nom\"]=>\n    string(3) \"Ana\"\n  }\n  [1]=>\n  object(Client)#2 (2) {\n    [\"id\":protected]=>\n    int(8)\n    [\"nom\"]=>\n    NULL\n  }\n}\n", `
: id,nom
  7|Ana
  8|-
`},
		{"one record", "Array\n(\n    [nom] => Ana\n    [cp] => 34200\n)\n", ": nom,cp\n  Ana|34200\n"},
	},
}

func nestedOf(name string) dump.Format {
	for _, f := range nestedFormats() {
		if f.Name() == name {
			return f
		}
	}
	return nil
}

func TestNested(t *testing.T) {
	for name, cases := range nestedCases {
		t.Run(name, func(t *testing.T) { try(t, nestedOf(name), "x", cases) })
	}
}

func TestNoNested(t *testing.T) {
	for _, in := range []string{"BEGIN:VCARD\nFN:A\nEND:VCARD\n", "0 HEADACHES\n1 b\n", "Array of people\n(some)\n", "nom;prenom\n", "<OFFRE>1</OFFRE>", "\n\n{"} {
		for _, f := range nestedFormats() {
			if sure := f.Sniff(dumptest.File("x", []byte(in))); sure != 0 {
				t.Errorf("%s: %q: %v", f.Name(), in, sure)
			}
		}
	}
}

func FuzzCalendar(f *testing.F) { fuzz(f, nestedOf("icalendar"), nestedCases["icalendar"]) }
func FuzzOFX(f *testing.F)      { fuzz(f, nestedOf("ofx"), nestedCases["ofx"]) }
func FuzzGEDCOM(f *testing.F)   { fuzz(f, nestedOf("gedcom"), nestedCases["gedcom"]) }
func FuzzPrinted(f *testing.F)  { fuzz(f, nestedOf("print_r"), nestedCases["print_r"]) }
