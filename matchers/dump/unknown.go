package dump

import (
	"bytes"
)

// magics are the first bytes of what no format here reads, and the way out.
var magics = []struct{ prefix, name, hint string }{
	{"\x89PNG", "png", "a picture holds no table: read it with text recognition and inspect the text"},
	{"\xff\xd8\xff", "jpeg", "a picture holds no table: read it with text recognition and inspect the text"},
	{"GIF8", "gif", "a picture holds no table"},
	{"age-encryption.org/", "age", "it is sealed: open it with its key"},
	{"-----BEGIN PGP", "pgp", "it is encrypted: open it with its key"},
	{"\x7fELF", "program", "a program is not read"},
	{"MZ", "program", "a program is not read"},
	{"{\\rtf", "rtf", "save it as text"},
	{"OggS", "sound", "sound is not read"},
	{"RIFF", "sound or film", "sound and film are not read"},
	{"ID3", "sound", "sound is not read"},
}

// unknown is the refusal of a file that no format knows.
func unknown(head []byte) error {
	for _, m := range magics {
		if bytes.HasPrefix(head, []byte(m.prefix)) {
			return Refuse(CodeNoReader, "this is "+m.name+": "+m.hint)
		}
	}
	return Refuse(CodeUnknown, "these are bytes of no format that is read here")
}
