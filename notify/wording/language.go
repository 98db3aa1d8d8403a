package wording

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"unicode/utf16"

	"vigie/internal/breach"
	"vigie/internal/i18n"
	"vigie/notify"
)

// The texts that are drafts until a person has read them over, beside the
// languages of i18n.Others: easy to read (FALC), and what a child reads.
const (
	FrenchEasy   = "fr-easy"
	EnglishEasy  = "en-easy"
	FrenchChild  = "fr-child"
	EnglishChild = "en-child"
)

// Texts lists what must be read over before it may be sent or published.
func Texts() []string {
	return append(i18n.Others(), FrenchEasy, EnglishEasy, FrenchChild, EnglishChild)
}

// TextDigest is the SHA-256, in hex, of the words of a text: a reading holds for
// these words, and other words are a draft again. "" is no such text.
func TextDigest(text string) string {
	name := "messages/more/" + text + ".yaml"
	if lang, kind, ok := strings.Cut(text, "-"); ok && (kind == "easy" || kind == "child") {
		name = "messages/easy/" + lang + ".yaml"
	}
	data, err := fs.ReadFile(messages, name)
	if err != nil || !slices.Contains(Texts(), text) {
		return ""
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\n%s", text, data))
	return hex.EncodeToString(sum[:])
}

// needed tells which keys a language beside French and English has words for:
// what recipients read, and not what explains decisions to the team.
func needed(key string) bool {
	head, _, _ := strings.Cut(key, ".")
	return !slices.Contains([]string{"reason", "easy", "kid"}, head)
}

// unprinted are the languages that letters cannot be set in: Arabic needs
// letters that join and lines from the right, which the house's typesetting
// does not do. Their e-mails and pages are in the language, their letters in
// French.
var unprinted = []string{"ar"}

// Spoken is the language that stands first in a message to a recipient: the one
// the registry states, when there are words in it that somebody has read over
// and the channel can carry them, else French. read lists the texts that were.
func Spoken(r notify.Recipient, ch breach.Channel, read []string) string {
	lang := i18n.Base(r.Contact.Language)
	switch {
	case slices.Contains(i18n.Languages(), lang):
		return lang
	case slices.Contains(i18n.Others(), lang) && slices.Contains(read, lang) && (ch != breach.ChannelLetter || !slices.Contains(unprinted, lang)):
		return lang
	}
	return i18n.French
}

// Write writes the communication for one recipient by a channel: in the
// language of the person, with the French beside it, since the law and its
// authorities speak French. With a revision it says first what was wrong, as
// Revise does. Whom the rules have reading easy words, and a child, get them
// where somebody has read them over (Simply); easy words and a child's text
// exist in French and English, so beside another language the French is the
// plain one that it is held against. It refuses as Render does.
func Write(f notify.Facts, r notify.Recipient, ch breach.Channel, read []string, rev *notify.Revision) (notify.Document, error) {
	lang := Spoken(r, ch, read)
	if !slices.Contains(i18n.Languages(), lang) {
		read = nil
	}
	french, err := compose(f, r, i18n.French, rev, read)
	if err != nil || lang == i18n.French {
		return french, err
	}
	doc, err := compose(f, r, lang, rev, read)
	if err != nil {
		return doc, err
	}
	return beside(doc, french, lang), nil
}

// maxPointer is how long a pointer may be, in UTF-16 units: three segments of
// 67, as soon as one letter is not in the GSM alphabet.
const maxPointer = 201

// beside puts the French after a document in another language.
func beside(doc, french notify.Document, lang string) notify.Document {
	for i := range doc.Blocks {
		doc.Blocks[i].Lang = lang
	}
	for _, b := range french.Blocks {
		b.Lang = i18n.French
		doc.Blocks = append(doc.Blocks, b)
	}
	n := len(doc.Blocks) - len(french.Blocks)
	doc.Blocks = slices.Insert(doc.Blocks, n, notify.Block{Heading: french.Title, Lang: i18n.French})
	if both := doc.Short + " / " + french.Short; len(utf16.Encode([]rune(both))) <= maxPointer {
		doc.Short = both
	} else {
		doc.Short = french.Short
	}
	return doc
}

// Halves parts a document into what stands in another language and the French:
// each is proofread by itself.
func Halves(d notify.Document) (other, french notify.Document) {
	other, french = d, d
	other.Blocks, french.Blocks = nil, nil
	for i, b := range d.Blocks {
		switch {
		case b.Lang != i18n.French:
			other.Blocks = append(other.Blocks, b)
		case len(french.Blocks) == 0 && i > 0 && len(other.Blocks) > 0 && b.Heading != "" && len(b.Text)+len(b.List) == 0:
			french.Title = b.Heading
		default:
			french.Blocks = append(french.Blocks, b)
		}
	}
	return other, french
}
