package sms

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/net/http/httpguts"

	"vigie/internal/breach"
)

var placeholder = regexp.MustCompile(`\{([a-z_]*)\}`)

// verdicts are the words of Statuses and Codes.
var verdicts = map[string]bool{"accepted": true, "known": true, "refused": true, "busy": true, "quota": true, "failed": true}

// fields are what a body may hold of a message, and nothing else of it.
var fields = map[string]bool{"to": true, "digits": true, "text": true, "key": true, "sender": true}

func (m Message) values() map[string]string {
	return map[string]string{"to": m.To, "digits": strings.TrimPrefix(m.To, "+"), "text": m.Text, "key": m.Key, "sender": m.Sender}
}

// fill puts values where their names stand. What was put is not looked at again.
func fill(s string, values map[string]string) string {
	return placeholder.ReplaceAllStringFunc(s, func(p string) string {
		if v, ok := values[p[1:len(p)-1]]; ok {
			return v
		}
		return p
	})
}

// body makes the body of a request. Values are put into strings of the
// finished structure, so that no text can change its shape.
func (c HTTPConfig) body(values map[string]string) ([]byte, string, error) {
	if c.Form != nil {
		form := url.Values{}
		for k, v := range c.Form {
			form.Set(k, fill(v, values))
		}
		return []byte(form.Encode()), "application/x-www-form-urlencoded", nil
	}
	data, err := json.Marshal(fillAll(c.JSON, values))
	if err != nil {
		return nil, "", fmt.Errorf("making the body: %w", breach.ErrTemporary)
	}
	return data, "application/json", nil
}

func fillAll(v any, values map[string]string) any {
	switch v := v.(type) {
	case string:
		return fill(v, values)
	case []any:
		out := make([]any, len(v))
		for i, x := range v {
			out[i] = fillAll(x, values)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, x := range v {
			out[k] = fillAll(x, values)
		}
		return out
	}
	return v
}

// check refuses a configuration that could not work or that says too much.
func (c HTTPConfig) check() error {
	wrong := func(hint string) error {
		return &breach.RefusedError{Code: "sms-provider", What: "SMS provider " + c.Name, Hint: hint}
	}
	if err := CheckSender(c.Sender); err != nil {
		return err
	}
	if (c.JSON == nil) == (c.Form == nil) {
		return wrong("one of json and form")
	}
	if c.ID == "" {
		return wrong("id: say where the answer bears the reference")
	}
	if c.Method != http.MethodPost && c.Method != http.MethodPut && c.Method != http.MethodPatch {
		return wrong("method: POST, PUT or PATCH")
	}
	seen := map[string]bool{}
	if bad := unknownField(c.JSON, seen) + unknownField(c.Form, seen); bad != "" {
		return wrong("unknown field {" + bad + "}: want to, digits, text, key or sender")
	}
	if !seen["text"] || !seen["to"] && !seen["digits"] {
		return wrong("the body wants {text}, and {to} or {digits}")
	}
	for name, v := range c.Headers {
		if !httpguts.ValidHeaderFieldName(name) || !httpguts.ValidHeaderFieldValue(v) {
			return wrong("a header that is none")
		}
		for _, p := range placeholder.FindAllStringSubmatch(v, -1) {
			if p[1] != "key" {
				return wrong("a header bears no field but {key}")
			}
		}
	}
	for status, v := range c.Statuses {
		if !verdicts[v] {
			return wrong(fmt.Sprintf("statuses: %q: want accepted, known, refused, busy, quota or failed", status))
		}
	}
	for code, v := range c.Codes {
		if !verdicts[v] || code < 100 || code > 599 {
			return wrong("codes: want an HTTP status, and accepted, known, refused, busy, quota or failed")
		}
	}
	if c.Poll != nil {
		if err := c.Poll.check(wrong); err != nil {
			return err
		}
	}
	return c.checkAddresses(wrong)
}

func (c HTTPConfig) checkAddresses(wrong func(string) error) error {
	addresses := map[string][]string{c.URL: {"key"}}
	if c.Ask != nil {
		addresses[c.Ask.URL] = []string{"key"}
		if !strings.Contains(c.Ask.URL, "{key}") || c.Ask.ID == "" {
			return wrong("ask: want an address with {key}, and an id")
		}
		if c.Ask.After < 0 || c.Ask.After > maxAfter {
			return wrong("ask: after: want from 0 to 1h")
		}
	}
	if c.Poll != nil {
		addresses[c.Poll.URL] = []string{"cursor"}
	}
	for address, may := range addresses { // each may bear one field
		for _, p := range placeholder.FindAllStringSubmatch(address, -1) {
			if p[1] != may[0] {
				return wrong("an address bears no number and no text: they would stand in logs")
			}
		}
		u, err := url.Parse(placeholder.ReplaceAllString(address, "x"))
		safe := err == nil && (u.Scheme == "https" || u.Scheme == "http" && c.Local)
		if !safe || u.Host == "" || u.User != nil {
			return wrong("want an https address without a password in it")
		}
	}
	return nil
}

// unknownField names the first placeholder that is no field, and notes those
// that are.
func unknownField(v any, seen map[string]bool) string {
	switch v := v.(type) {
	case string:
		for _, p := range placeholder.FindAllStringSubmatch(v, -1) {
			if !fields[p[1]] {
				return p[1] + " "
			}
			seen[p[1]] = true
		}
	case []any:
		for _, x := range v {
			if bad := unknownField(x, seen); bad != "" {
				return bad
			}
		}
	case map[string]any:
		for _, x := range v {
			if bad := unknownField(x, seen); bad != "" {
				return bad
			}
		}
	case map[string]string:
		for _, x := range v {
			if bad := unknownField(x, seen); bad != "" {
				return bad
			}
		}
	}
	return ""
}

// find follows a path of names and positions, joined by dots, into JSON.
func find(v any, path string) any {
	if path == "" {
		return nil
	}
	for _, name := range strings.Split(path, ".") {
		switch x := v.(type) {
		case map[string]any:
			v = x[name]
		case []any:
			i, err := strconv.Atoi(name)
			if err != nil || i < 0 || i >= len(x) {
				return nil
			}
			v = x[i]
		default:
			return nil
		}
	}
	return v
}

// text is a string, or a number as one, of what a provider says; "" when it is
// neither or too long to be a reference.
func text(v any) string {
	s := ""
	switch v := v.(type) {
	case string:
		s = v
	case json.Number:
		s = v.String()
	}
	if len(s) > 128 || strings.ContainsFunc(s, func(c rune) bool { return c < ' ' || c > '~' }) {
		return ""
	}
	return s
}

// parse reads JSON, numbers as they were written: a reference may be longer
// than a float can hold.
func parse(raw []byte) (v any, ok bool) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	return v, dec.Decode(&v) == nil
}
