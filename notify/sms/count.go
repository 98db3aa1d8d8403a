// Package sms counts, prepares and hands over text messages. An SMS here is a
// pointer: it announces a letter or an e-mail, bears no link, and never counts
// as told (decisions.md 5).
package sms

import "unicode/utf16"

// Encodings of a text message (3GPP TS 23.038).
const (
	GSM7 = "GSM-7"
	UCS2 = "UCS-2"
)

// Capacities in units: septets for GSM-7, UTF-16 code units for UCS-2. A part
// of a longer message loses six octets to the header that numbers it.
const (
	gsmSingle, gsmPart = 160, 153
	ucsSingle, ucsPart = 70, 67
)

// basic and extension are the GSM 7-bit default alphabet and its extension
// table (3GPP TS 23.038 6.2.1). A character of the extension table takes two
// septets.
const (
	basic = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?" +
		"¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
	extension = "\f^{}\\[~]|€"
)

var septets = table()

func table() map[rune]int {
	m := make(map[rune]int, 140)
	for _, c := range basic {
		m[c] = 1
	}
	for _, c := range extension {
		m[c] = 2
	}
	return m
}

// Count returns how a text is encoded, its length in units of that encoding,
// and the exact number of messages billed. A character of two units, whether
// from the extension table or a surrogate pair, never straddles two parts: it
// moves to the next one, and the unit left behind is lost. An empty text is
// one empty message.
func Count(text string) (encoding string, units, segments int) {
	widths := make([]int, 0, len(text))
	for _, c := range text {
		w, ok := septets[c]
		if !ok {
			return count(text, UCS2, ucsSingle, ucsPart)
		}
		widths = append(widths, w)
	}
	units, segments = pack(widths, gsmSingle, gsmPart)
	return GSM7, units, segments
}

func count(text, encoding string, single, part int) (string, int, int) {
	widths := make([]int, 0, len(text))
	for _, c := range text {
		widths = append(widths, utf16.RuneLen(c))
	}
	units, segments := pack(widths, single, part)
	return encoding, units, segments
}

func pack(widths []int, single, part int) (units, segments int) {
	room := 0
	for _, w := range widths {
		units += w
		if w > room {
			segments++
			room = part
		}
		room -= w
	}
	if units <= single {
		segments = 1
	}
	return units, segments
}
