package object

import (
	"context"
	"encoding/binary"
	"testing"
	"unicode/utf16"

	"vigie/matchers/dump"
	"vigie/matchers/dump/dumptest"
)

// A file is the same in every encoding of two or four bytes a character, with a
// mark and without.
func TestWide(t *testing.T) {
	for _, c := range []struct {
		format   dump.Format
		in, want string
	}{
		{jsonFormat{}, `[{"prénom":"Zoé"},{"prénom":"Léa"}]`, ": prénom\n  Zoé\n  Léa\n"},
		{xmlFormat{}, `<r><u><n>Zoé</n></u><u><n>Léa</n></u></r>`, "u: n\n  Zoé\n  Léa\n"},
		{vcardFormat{}, "BEGIN:VCARD\r\nFN:Zoé\r\nEND:VCARD\r\n", "contacts: full_name\n  Zoé\n"},
	} {
		for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
			for _, mark := range []string{"", "\ufeff"} {
				var two, four []byte
				for _, u := range utf16.Encode([]rune(mark + c.in)) {
					two = order.AppendUint16(two, u)
				}
				for _, r := range mark + c.in {
					four = order.AppendUint32(four, uint32(r))
				}
				for width, b := range map[int][]byte{16: two, 32: four} {
					if sure := c.format.Sniff(dumptest.File("x", b)); sure < 0.9 {
						t.Errorf("%s, %d bits, %v, mark %q: sniffed %v", c.format.Name(), width, order, mark, sure)
					}
					if got := brief(dumptest.Read(context.Background(), c.format, "x", b)); got != c.want {
						t.Errorf("%s, %d bits, %v, mark %q: %s", c.format.Name(), width, order, mark, got)
					}
				}
			}
		}
	}
}
