// Package charset tells in which encoding a file of text is written, decodes
// it as a stream, and repairs text that was decoded wrongly before it came to
// us.
//
// A file says nothing of its encoding: the byte 0x82 is é to a DOS program, a
// low quotation mark to Windows and Ç to a Mac. [Detect] weighs every
// encoding by the length, in bits, of the shortest message that would carry
// the text under it: a model of letter pairs for each language says how
// surprising "Ren" followed by é, by ‚ or by Ç is, and the encoding that
// surprises least wins. Encodings of several bytes a character are weighed in
// the same bits, by how common their characters are.
//
// Behaviour stated once for the whole package:
//
//   - Overlong UTF-8 is never decoded to the character it hides: each of its
//     bytes becomes U+FFFD. The same goes for code points above U+10FFFF.
//   - Surrogates written in UTF-8 (CESU-8, what Oracle and old Java write)
//     are joined when they come in pairs; a lone one becomes U+FFFD.
//   - NUL passes as it is; it is up to the splitter of rows to refuse it.
//   - Composed (NFC) and decomposed (NFD) text is left as it is: both are
//     sound, and comparing them is the business of whoever compares.
package charset

// Guess is what [Detect] found.
type Guess struct {
	// Name is the encoding in the names of the WHATWG Encoding Standard, and
	// beyond these "utf-32le", "utf-32be", "cp437", "cp850", "cp852" and their
	// like for what browsers never read. Pure ASCII is "utf-8". As in the
	// standard, ISO-8859-1 is "windows-1252", which decodes all its letters
	// alike and its gaps as the controls of ISO-8859-1; ISO-8859-9 is
	// "windows-1254", TIS-620 "windows-874", GB 2312 "gbk", CP949 "euc-kr" and
	// CP932 "shift_jis". Where two encodings decode a text alike, the one of
	// Windows is named.
	Name string
	// Confidence is between 0 and 1: how far the second best answer is.
	Confidence float64
	// Mixed says that part of the text is in Fallback, not in Name: files
	// get glued together.
	Mixed bool
	// Fallback is the encoding of what Name cannot decode; never empty.
	Fallback string
	// BOM says that the text begins with a byte order mark.
	BOM bool
}

const utf8Name = "utf-8"

// MaxHead is how many bytes of a file [Detect] looks at.
const MaxHead = 1 << 20
