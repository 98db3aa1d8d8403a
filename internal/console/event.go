package console

import (
	"strings"

	"vigie/internal/breach"
)

// Detail puts the details of an audit entry into words. They are pairs of a
// name and a code; identifiers and what is empty or zero stay in the log, and
// a pair without words is shown as it stands.
func (v incidentView) Detail(e Event) string {
	var out []string
	for _, pair := range strings.Fields(e.Detail) {
		key, value, ok := strings.Cut(pair, "=")
		if !ok {
			return e.Detail // a sentence
		}
		if words := v.detail(key, value); words != "" {
			out = append(out, words)
		}
	}
	return strings.Join(out, ", ")
}

func (v incidentView) detail(key, value string) string {
	switch key {
	case "approval", "hash", "asked", "ignored", "message", "given":
		return ""
	case "stage", "exemption":
		return v.Word(key, value)
	case "role":
		return v.Word("approval", value)
	case "decision":
		return v.Word(key, "is-"+value)
	case "provider":
		return v.Word("channel", value)
	case "controller":
		return v.Name(breach.ControllerID(value))
	}
	if value == "" || value == "0" {
		return ""
	}
	if key == "new" {
		key = string(breach.MessagePlanned)
	}
	if v.c.words.Has("state." + key) {
		return v.Word("state", key) + " " + value
	}
	return key + " " + value
}
