package cli

import (
	"bufio"
	"encoding/json"
	"fmt"

	"vigie/internal/breach"
	"vigie/notify/sms"
)

// smsCmd looks after text messages.
type smsCmd struct {
	Count smsCountCmd `cmd:"" help:"Count the segments of texts, one a line on standard input."`
}

type smsCountCmd struct {
	JSON bool `help:"Each input line is a JSON string."`
}

// Help shows an example.
func (smsCountCmd) Help() string {
	return "Example:\n  echo 'Un courrier vous attend' | vigie sms count"
}

// Run counts.
func (c smsCountCmd) Run(s *session) error {
	in := bufio.NewScanner(s.stdin())
	in.Buffer(nil, maxLine)
	enc := lines(s.std.Out)
	for n := 1; in.Scan(); n++ {
		text := in.Text()
		if c.JSON {
			var said *string // null is no string
			if err := json.Unmarshal(in.Bytes(), &said); err == nil && said != nil {
				text = *said
			} else {
				return &breach.RefusedError{Code: "not-json", What: fmt.Sprintf("standard input, line %d", n), Hint: "want one JSON string a line"}
			}
		}
		encoding, units, segments := sms.Count(text)
		if err := enc.Encode(struct {
			Encoding string `json:"encoding"`
			Units    int    `json:"units"`
			Segments int    `json:"segments"`
		}{encoding, units, segments}); err != nil {
			return err
		}
	}
	return in.Err()
}
