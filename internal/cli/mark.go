package cli

import (
	"fmt"
	"io"
	"strings"
	"time"

	"vigie/internal/breach"
	"vigie/notify/mark"
)

// markCmd is about what proves messages genuine.
type markCmd struct {
	Check markCheckCmd `cmd:"" help:"Check a mark read from a letter, with the published key alone."`
	Key   markKeyCmd   `cmd:"" help:"Write the public key that checks marks (PEM)."`
}

type markCheckCmd struct {
	File    string `arg:"" help:"What a reader of DataMatrix codes shows: one line of text." placeholder:"FILE"`
	Key     string `help:"The published key (PEM)." required:"" type:"path" placeholder:"FILE"`
	Channel string `help:"How the message came, such as letter." placeholder:"CHANNEL"`
	Day     string `help:"The date it bears (2026-03-09)." placeholder:"DAY"`
	Batch   string `help:"A batch that the public page names." placeholder:"BATCH"`
	JSON    bool   `help:"One JSON document."`
}

// Help shows examples.
func (markCheckCmd) Help() string {
	return "Nothing is asked of anybody: the signature is enough. A mark is good for one message; what does not fit the one in hand is told by its reason (forged, channel, day, batch) and exit status 3. " +
		"A copy of a whole letter bears a genuine mark: channel, day and what the public page says decide.\n\nWithout this program:\n" +
		"  " + strings.ReplaceAll(strings.TrimSpace(mark.Procedure), "\n", "\n  ") +
		"\n\nExample:\n  vigie mark check mark.txt --key vigie.pem --channel letter --day 2026-03-09"
}

// markFound is the answer of mark check.
type markFound struct {
	Genuine bool           `json:"genuine"`
	Code    string         `json:"code"` // why not
	Channel breach.Channel `json:"channel"`
	Batch   string         `json:"batch"`
	Day     string         `json:"day"`
	Key     string         `json:"key"` // the reference at the foot of the letter
}

// Run checks the mark.
func (c markCheckCmd) Run(s *session) error {
	key, err := readSome(c.Key)
	if err != nil {
		return err
	}
	public, err := mark.ParsePublic(key)
	if err != nil {
		return about(c.Key, err)
	}
	text, err := readSome(c.File)
	if err != nil {
		return err
	}
	out := markFound{}
	m, err := mark.Read(public, strings.TrimSpace(string(text)))
	if err != nil {
		out.Code = "forged"
	} else {
		out.Channel, out.Batch, out.Day, out.Key = m.Channel, m.Batch, m.Day.Format(time.DateOnly), m.Key
		switch {
		case c.Channel != "" && breach.Channel(c.Channel) != m.Channel:
			out.Code = "channel"
		case c.Day != "" && c.Day != out.Day:
			out.Code = "day"
		case c.Batch != "" && c.Batch != m.Batch:
			out.Code = "batch"
		}
		out.Genuine = out.Code == ""
	}
	if c.JSON {
		err = s.document(out)
	} else if out.Genuine {
		_, err = fmt.Fprintf(s.std.Out, "genuine: %s of %s, batch %s, reference %s\n", out.Channel, out.Day, out.Batch, out.Key)
	} else {
		_, err = fmt.Fprintf(s.std.Out, "not genuine: %s\n", out.Code)
	}
	if err == nil && !out.Genuine {
		return errRefused
	}
	return err
}

// readSome reads a small file.
func readSome(path string) ([]byte, error) {
	f, err := input(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	return io.ReadAll(io.LimitReader(f, 64<<10))
}

type markKeyCmd struct{}

// Help shows an example.
func (markKeyCmd) Help() string {
	return "Publish it where the institutions and the public find it. It outlives a rotation of the keys.\n\nExample:\n  vigie mark key > vigie.pem"
}

// Run writes the key.
func (markKeyCmd) Run(s *session) error {
	a, err := s.existing()
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	signer, err := a.Signer()
	if err != nil {
		return err
	}
	text, err := signer.PublicPEM()
	if err != nil {
		return err
	}
	_, err = s.std.Out.Write(text)
	return err
}
