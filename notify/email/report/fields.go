package report

import (
	"strings"

	"vigie/internal/breach"
	"vigie/notify/email"
)

// fields is one group of "name: value" lines, by lower-case name; of a name
// that stands twice the first counts.
type fields map[string]string

// split reads the groups of a delivery report or the header of a message:
// groups are parted by an empty line, a line that begins with a space goes on
// with the one before. At most most groups are read; what is no field is passed
// over.
func split(text []byte, most int) []fields {
	var out []fields
	var group fields
	last := ""
	for line := range strings.Lines(string(text)) {
		line = strings.TrimRight(line, "\r\n")
		switch {
		case len(out) >= most:
			return out
		case line == "":
			if group != nil {
				out, group, last = append(out, group), nil, ""
			}
		case line[0] == ' ' || line[0] == '\t':
			if last != "" && len(group[last]) < 2048 {
				group[last] += " " + strings.TrimSpace(line)
			}
		default:
			name, value, ok := strings.Cut(line, ":")
			name = strings.ToLower(strings.TrimSpace(name))
			if last = ""; !ok || name == "" {
				continue
			}
			if group == nil {
				group = fields{}
			}
			if _, there := group[name]; !there && len(group) < 200 {
				group[name], last = strings.TrimSpace(value), name
			}
		}
	}
	if group != nil && len(out) < most {
		out = append(out, group)
	}
	return out
}

// delivery decides what the recipients' groups of a delivery report say. Ours
// is one recipient; where its mailbox forwards to several, it has failed when
// all have.
func delivery(groups []fields) (breach.MessageState, string) {
	failed, seen := 0, 0
	code := ""
	for _, g := range groups {
		action := strings.ToLower(g["action"])
		if cut := strings.IndexAny(action, " (;"); cut >= 0 {
			action = action[:cut] // comments are allowed
		}
		switch action {
		case "delivered":
			return breach.MessageDelivered, ""
		case "failed":
			failed++
			if code == "" {
				code = email.Reason(status(g))
			}
		}
		if action != "" {
			seen++
		}
	}
	if failed == 0 || failed < seen {
		return "", "" // delayed, relayed, expanded: no verdict
	}
	return breach.MessageBounced, code
}

// status is the enhanced code of a group: that of the Status field, unless it
// says nothing (x.0.0) and the words of the last server say more.
func status(g fields) email.Status {
	s, ok := email.ParseStatus(g["status"])
	if ok && (s[1] != 0 || s[2] != 0) {
		return s
	}
	for word := range strings.FieldsSeq(g["diagnostic-code"]) {
		if d, ok := email.ParseStatus(strings.TrimLeft(word, "#(")); ok && (d[0] == 4 || d[0] == 5) {
			return d
		}
	}
	return s
}
