package cli

import (
	"bufio"
	"encoding/json"
	"fmt"

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
	in := bufio.NewScanner(s.std.In)
	in.Buffer(nil, 1<<20)
	enc := json.NewEncoder(s.std.Out)
	for n := 1; in.Scan(); n++ {
		text := in.Text()
		if c.JSON {
			if err := json.Unmarshal(in.Bytes(), &text); err != nil {
				return usageError{fmt.Errorf("line %d is not a JSON string", n)}
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
