package page

import (
	"slices"
	"strings"
	"time"

	"vigie/internal/breach"
	"vigie/internal/i18n"
	"vigie/notify"
)

// sent is the first section: what was sent, through which channel, on which
// days, how it looks, and that anything else is false. A code that was copied
// blesses nothing that is not on this list (decisions.md 7).
func (s *site) sent(v *view, controller breach.ControllerID) {
	b := notify.Block{Heading: v.T("sent.heading")}
	for _, ch := range []breach.Channel{breach.ChannelLetter, breach.ChannelEmail, breach.ChannelSMS} {
		var days []string
		for _, d := range s.Sent {
			if d.Channel != ch || controller != "" && d.Controller != controller {
				continue
			}
			if day := i18n.Date(v.Lang, d.Day.Add(12*time.Hour)); !slices.Contains(days, day) {
				days = append(days, day)
			}
		}
		if len(days) == 0 {
			continue
		}
		b.List = append(b.List, v.T("sent."+string(ch), strings.Join(days, ", ")))
	}
	if len(b.List) == 0 {
		b.Text = []string{v.T("sent.nothing")}
	} else {
		b.Text = []string{v.T("sent.intro")}
	}
	v.add(b)
	after := notify.Block{Text: []string{v.T("sent.fake")}}
	if s.Sender != "" {
		after.Text = append(after.Text, v.T("sent.sender", s.Sender))
	}
	if s.Check != "" {
		after.Text = append(after.Text, v.T("sent.check", s.Check))
	}
	if s.Report != "" {
		after.Text = append(after.Text, v.T("sent.report", s.Report))
	}
	v.add(after)
	if s.Key != nil && !v.Easy {
		last := &v.Sections[len(v.Sections)-1]
		last.Links = []link{{v.Root + keyFile, v.T("sent.key")}, {v.Root + howFile, v.T("sent.how")}, {v.Root + sentFile, v.T("sent.list")}}
	}
}

// What stands beside the page for machines and for the curious.
const (
	keyFile  = "vigie.pem"
	howFile  = "verify.txt"
	sentFile = "sent.json"
)
