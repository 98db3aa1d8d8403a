package document

import (
	"encoding/binary"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vigie/matchers/dump"
)

const odtBody = `<office:document-content><office:automatic-styles/><office:body><office:text>
<text:h>Compte rendu</text:h><text:p>Zo&#233;<text:s text:c="2"/>Lefèvre<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>née Martin</text:p></text:note-body></text:note><text:tab/>Orbé</text:p>
<table:table><table:table-row><table:table-cell><text:p>Nom</text:p></table:table-cell><table:table-cell><text:p>Ville</text:p></table:table-cell></table:table-row>
<table:table-row><table:table-cell><text:p>Zoé</text:p><text:p>Anne</text:p></table:table-cell><table:table-cell><text:p>Orbé</text:p></table:table-cell></table:table-row></table:table>
</office:text></office:body></office:document-content>`

func TestOdt(t *testing.T) {
	for name, data := range map[string][]byte{
		"odt": zipped(t, "mimetype", "application/vnd.oasis.opendocument.text", "content.xml", odtBody,
			"styles.xml", `<x><style:header><text:p>Mairie</text:p></style:header></x>`, "meta.xml", `<m><meta:initial-creator>Ada Martin</meta:initial-creator></m>`),
		"fodt": []byte(`<?xml version="1.0"?><office:document office:mimetype="application/vnd.oasis.opendocument.text">` + odtBody + `</office:document>`),
	} {
		s := read(t, "x", data)
		want := "Compte rendu\nZoé  Lefèvre 1 née Martin Orbé\nNom\tVille\nZoé Anne\tOrbé\n"
		if s.Texts["body"] != want || s.Err != nil {
			t.Errorf("%s: %q, %v", name, s.Texts["body"], s.Err)
		}
		if d := cmp.Diff([][]string{{"Nom", "Ville"}, {"Zoé Anne", "Orbé"}}, s.Find(t, "table_1").Rows); d != "" {
			t.Error(name, d)
		}
		if name == "odt" && (s.Texts["header"] != "Mairie\n" || s.Texts["metadata"] != "Ada Martin\n") {
			t.Errorf("%q", s.Texts)
		}
	}
}

func TestOdfOfOthers(t *testing.T) {
	for name, data := range map[string][]byte{
		"ods":  zipped(t, "mimetype", "application/vnd.oasis.opendocument.spreadsheet", "content.xml", "<a/>"),
		"fods": []byte(`<?xml version="1.0"?><office:document office:mimetype="application/vnd.oasis.opendocument.spreadsheet">`),
		"zip":  zipped(t, "mimetypes", "application/vnd.oasis.opendocument.text"),
		"xlsx": zipped(t, "[Content_Types].xml", "<Types/>", "xl/workbook.xml", "<a/>"),
	} {
		for _, x := range Formats() {
			if n := x.Sniff(dump.NewFile("x", dump.Bytes(data))); n > 0 {
				t.Errorf("%s is %s by %v", name, x.Name(), n)
			}
		}
	}
	s := read(t, "x", zipped(t, "mimetype", "application/vnd.oasis.opendocument.text", "content.xml", "\x00\x01\x02\x03"))
	if s.Reasons["body"] != dump.CodeEncrypted {
		t.Errorf("encrypted text: %v", s.Reasons)
	}
}

// exifJPEG is a picture that says who took it, and where.
func exifJPEG() []byte {
	le := binary.LittleEndian
	tiff := []byte("II*\x00\x08\x00\x00\x00")
	field := func(tag, kind uint16, n, value uint32) {
		tiff = le.AppendUint32(le.AppendUint32(le.AppendUint16(le.AppendUint16(tiff, tag), kind), n), value)
	}
	tiff = le.AppendUint16(tiff, 2)
	field(0x013b, 2, 10, 38)
	field(0x8825, 4, 1, 48)
	tiff = append(append(le.AppendUint32(tiff, 0), "Ada Martin"...), 0)
	tiff = tiff[:48]
	tiff = le.AppendUint16(tiff, 4)
	field(1, 2, 2, 'N')
	field(2, 5, 3, 102)
	field(3, 2, 2, 'W')
	field(4, 5, 3, 126)
	tiff = le.AppendUint32(tiff, 0)
	for _, n := range []uint32{48, 1, 30, 1, 0, 1, 1, 1, 15, 1, 0, 1} {
		tiff = le.AppendUint32(tiff, n)
	}
	segment := append([]byte("Exif\x00\x00"), tiff...)
	out := append([]byte("\xff\xd8\xff\xe0\x00\x04ab\xff\xe1"), binary.BigEndian.AppendUint16(nil, uint16(len(segment)+2))...)
	return append(append(out, segment...), "\xff\xda\x00\x00"...)
}

func TestPictures(t *testing.T) {
	s := read(t, "x.jpg", exifJPEG())
	if s.Err != nil || s.Reasons[""] != CodeScan || s.Texts["metadata"] != "Ada Martin\nGPS 48.500000, -1.250000\n" {
		t.Errorf("%q %v %v", s.Texts, s.Reasons, s.Err)
	}
	for _, head := range []string{"\x89PNG\r\n\x1a\n", "GIF89a", "RIFF1234WEBP", "RIFF1234WAVE", "\x00\x00\x00\x18ftypmp42", "ID3\x04", "II*\x00\xff\xff\xff\xff"} {
		if s := read(t, "x", []byte(head)); s.Reasons[""] != CodeScan || s.Err != nil {
			t.Errorf("%q: %v %v", head, s.Reasons, s.Err)
		}
	}
}
