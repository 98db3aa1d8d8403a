package sms

import (
	"fmt"
	"regexp"
	"strings"

	"vigie/internal/breach"
	"vigie/notify"
)

// MaxSegments is the longest pointer that is handed over. A longer one is a
// mistake in a template, multiplied by the number of recipients.
const MaxSegments = 3

// DefaultSender is whom messages are from where nothing else is configured.
const DefaultSender = "INFO PUBLIC"

// Message is one text message, ready for a provider.
type Message struct {
	Key      string `json:"key"`
	To       string `json:"to"` // E.164
	Sender   string `json:"sender"`
	Text     string `json:"text"`
	Encoding string `json:"encoding"`
	Segments int    `json:"segments"`
}

var (
	link = regexp.MustCompile(`(?i)https?:|www\.|[a-z0-9-]\.(fr|com|org|net|eu|gouv|info|link|ly|me|io|app)\b`)
	// sender: 1 to 11 letters and digits of GSM-7 (3GPP TS 23.040, 9.1.2.5), with
	// a letter among them, so that it does not pass for a number; a blank or a
	// hyphen inside is what operators let through.
	sender = regexp.MustCompile(`^[A-Za-z0-9](?:[A-Za-z0-9 -]{0,9}[A-Za-z0-9])?$`)
	letter = regexp.MustCompile(`[A-Za-z]`)
)

// CheckSender refuses a sender that handsets could not show. It is the same
// for every controller, so that it tells nobody's service.
func CheckSender(name string) error {
	if !sender.MatchString(name) || !letter.MatchString(name) {
		return &breach.RefusedError{Code: "sender", What: "SMS sender", Hint: "1 to 11 letters and digits, at least one letter"}
	}
	return nil
}

// spellings is the policy of each language that notices are written in: what
// GSM-7 can spell is transliterated, and other alphabets are sent as they are.
var spellings = map[string]Policy{
	"": Transliterate, "fr": Transliterate, "en": Transliterate, "es": Transliterate, "pt": Transliterate, "it": Transliterate, "de": Transliterate,
}

// Spelling is the policy for a template of a language. One that is not in the
// table keeps its letters: nothing is ever misspelled to save a part.
func Spelling(language string) Policy {
	if p, ok := spellings[language]; ok {
		return p
	}
	return Preserve
}

// Compose makes the message of an envelope. A number that takes no SMS, an
// empty text, a link, or a text longer than MaxSegments is ErrInvalid.
func Compose(e notify.Envelope, sender string) (Message, error) {
	refuse := func(code, hint string) error {
		return &breach.RefusedError{Code: code, What: "SMS " + e.Key, Hint: hint}
	}
	if err := notify.CheckKey(e.Key); err != nil {
		return Message{}, err
	}
	if _, err := Number(e.To.Phone); err != nil {
		return Message{}, fmt.Errorf("SMS %s: %w", e.Key, err)
	}
	if strings.TrimSpace(e.Doc.Short) == "" {
		return Message{}, refuse("empty", "the document has no short text")
	}
	if link.MatchString(e.Doc.Short) {
		return Message{}, refuse("link", "an SMS bears no link")
	}
	text, err := Prepare(e.Doc.Short, Spelling(e.Language))
	if err != nil {
		return Message{}, err
	}
	encoding, _, segments := Count(text)
	if segments > MaxSegments {
		return Message{}, refuse("too-long", fmt.Sprintf("%d segments, %d at most", segments, MaxSegments))
	}
	return Message{Key: e.Key, To: e.To.Phone, Sender: sender, Text: text, Encoding: encoding, Segments: segments}, nil
}
