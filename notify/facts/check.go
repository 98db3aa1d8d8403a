package facts

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"vigie/internal/breach"
	"vigie/internal/ident"
	"vigie/notify"
)

// Limits on what people type, in characters, and on lists.
const (
	maxSummary = 2000
	maxLine    = 200
	maxCodes   = 40
)

// oldest is before anything that these facts may tell of.
var oldest = time.Date(1990, 1, 1, 0, 0, 0, 0, time.UTC)

// ComplaintStates are those of the simplified complaint channel.
var complaintStates = []string{"none", "announced", "open", "withdrawn"}

// ComplaintStates lists the states of the complaint channel.
func ComplaintStates() []string { return slices.Clone(complaintStates) }

// Check refuses an edit that would make documents wrong, each fault with a
// reason code. Words tells whether a key of the catalogue, such as
// "measure.watch", has words; nil accepts any. The error wraps one
// breach.RefusedError per fault.
func (e Edit) Check(now time.Time, words func(key string) bool) error {
	var errs []error
	fault := func(bad bool, code, what, hint string) {
		if bad {
			errs = append(errs, refused(code, what, hint))
		}
	}
	for _, lang := range []string{"fr", "en"} {
		text := strings.TrimSpace(e.Summary[lang])
		fault(text == "", "summary-missing", "summary."+lang, "say in a few sentences what happened")
		fault(badText(text, maxSummary), "text", "summary."+lang, fmt.Sprintf("at most %d characters, without control characters", maxSummary))
	}
	fault(len(e.Summary) > 2, "language", "summary", "French and English")
	for what, text := range map[string]string{"system": e.System, "signer": e.Signer, "attestation.function": e.Attestation.Function, "attestation.name": e.Attestation.Name} {
		fault(badText(text, maxLine) || strings.ContainsAny(text, "\r\n"), "text", what, fmt.Sprintf("one line of at most %d characters", maxLine))
	}
	for what, text := range e.texts() {
		kind := Personal(text)
		fault(kind != "", "personal-value", what, "it holds what looks like one of these: "+kind+"; name the category of data, never a value")
	}
	for what, t := range map[string]time.Time{"occurred_at": e.OccurredAt, "discovered_at": e.DiscoveredAt, "attestation.at": e.Attestation.At} {
		fault(t.After(now), "date-future", what, "a fact lies in the past")
		fault(!t.IsZero() && t.Before(oldest), "date-old", what, "the year cannot be right")
	}
	fault(!e.OccurredAt.IsZero() && !e.DiscoveredAt.IsZero() && e.OccurredAt.After(e.DiscoveredAt), "date-order", "occurred_at", "nothing is discovered before it has happened")
	e.codes(fault, words)
	e.attested(fault)
	fault(!slices.Contains(complaintStates, e.Complaint), "complaint-state", "complaint", "one of "+strings.Join(complaintStates, ", "))
	fault(e.Complaint == "open" && e.ComplaintURL == "", "complaint-url", "complaint_url", "an open channel has an address")
	fault(e.ComplaintURL != "" && !goodURL(e.ComplaintURL), "url", "complaint_url", "an https address, without account or query")
	slices.SortFunc(errs, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return errors.Join(errs...)
}

// texts are what people have typed freely.
func (e Edit) texts() map[string]string {
	out := map[string]string{"system": e.System, "signer": e.Signer, "attestation.function": e.Attestation.Function, "attestation.name": e.Attestation.Name}
	for lang, text := range e.Summary {
		out["summary."+lang] = text
	}
	return out
}

// Personal names the kind of the first value of a person in a text that goes to
// everybody: a social security, account or card number, a telephone, an e-mail
// address, a date of birth; "" for none. Contact points stand in a block of their
// own, and no text needs them.
func Personal(text string) (kind string) {
	ident.Scan([]byte(text), func(m ident.Mention) {
		switch m.Kind {
		case ident.NIR, ident.IBAN, ident.Card, ident.Phone, ident.Email, ident.BirthDate:
			if kind == "" {
				kind = m.Kind.String()
			}
		}
	})
	return kind
}

func (e Edit) codes(fault func(bool, string, string, string), words func(string) bool) {
	fault(len(e.Present) == 0, "present-missing", "present", "name at least one category that was found")
	lists := map[string][]string{"present": e.Present, "attestation.codes": e.Attestation.Codes}
	for i, g := range e.Groups {
		fault(!slices.Contains([]string{notify.GroupAdults, notify.GroupMinors, notify.GroupProtected}, g.Code), "group-unknown", fmt.Sprintf("groups[%d]", i), "adults, minors or protected")
		fault(slices.ContainsFunc(e.Groups[:i], func(o notify.Group) bool { return o.Code == g.Code }), "group-twice", fmt.Sprintf("groups[%d]", i), "each group once")
		fault(len(g.Present) == 0, "group-empty", fmt.Sprintf("groups[%d]", i), "people about whom nothing was found are not a group to tell")
		for _, c := range g.Present {
			fault(!slices.Contains(e.Present, c), "group-category", fmt.Sprintf("groups[%d]", i), "a group's categories are among those found")
		}
		lists[fmt.Sprintf("groups[%d].present", i)] = g.Present
	}
	for what, list := range lists {
		for _, c := range list {
			_, ok := notify.CategoryClass(c)
			fault(!ok, "category-unknown", what, "use a category code")
		}
		fault(twice(list), "code-twice", what, "each code once")
	}
	for what, list := range map[string][]string{"consequence": e.Consequences, "measure": e.Measures, "action": e.Actions} {
		fault(len(list) == 0, what+"-missing", what+"s", "GDPR Art. 34(2) asks for it")
		fault(len(list) > maxCodes || twice(list), "code-twice", what+"s", "each code once")
		for _, c := range list {
			key := what + "." + c
			if what == "action" {
				key += ".what"
			}
			fault(words != nil && !words(key), "code-unknown", what+"s", "use a code of the catalogue")
		}
	}
	fault(len(e.Actions) < 3, "action-missing", "actions", "three at least")
}

// attested checks the one statement that may call data "not taken".
func (e Edit) attested(fault func(bool, string, string, string)) {
	a := e.Attestation
	signed := strings.TrimSpace(a.Function) != "" && strings.TrimSpace(a.Name) != "" && !a.At.IsZero()
	fault(len(a.Codes) > 0 && !signed, "attestation-unsigned", "attestation", "a named person of the controller attests, with function and date")
	fault(len(a.Codes) == 0 && (a.Function != "" || a.Name != "" || !a.At.IsZero()), "attestation-empty", "attestation", "say what is attested, or take the attestation away")
	for _, c := range a.Codes {
		fault(slices.Contains(e.Present, c), "attested-present", "attestation.codes", "what is in the dump cannot be attested as not held")
		class, _ := notify.CategoryClass(c)
		fault(c != class && slices.Contains(e.Present, class), "attested-present", "attestation.codes", "the class it belongs to is in the dump")
		for _, p := range e.Present {
			of, _ := notify.CategoryClass(p)
			fault(c == class && p != c && of == c, "attested-present", "attestation.codes", "a category of this class is in the dump")
		}
	}
}

func twice(list []string) bool {
	sorted := slices.Sorted(slices.Values(list))
	return len(slices.Compact(sorted)) != len(list)
}

func badText(s string, most int) bool {
	if !utf8.ValidString(s) || utf8.RuneCountInString(s) > most {
		return true
	}
	return strings.ContainsFunc(s, func(c rune) bool { return c < ' ' && c != '\n' && c != '\r' && c != '\t' || c == 0x7f })
}

func goodURL(s string) bool {
	u, err := url.Parse(s)
	return err == nil && len(s) <= maxLine && u.Scheme == "https" && u.Host != "" && u.User == nil && u.RawQuery == ""
}

// Codes lists the reason codes of an error of Check.
func Codes(err error) []string {
	var list []string
	var several interface{ Unwrap() []error }
	var one *breach.RefusedError
	switch {
	case errors.As(err, &several):
		for _, e := range several.Unwrap() {
			list = append(list, Codes(e)...)
		}
	case errors.As(err, &one):
		list = append(list, one.Code)
	}
	return slices.Compact(slices.Sorted(slices.Values(list)))
}
