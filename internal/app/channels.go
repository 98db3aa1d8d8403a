package app

import (
	"context"

	"vigie/internal/breach"
	"vigie/notify"
)

// openChannels makes the carriers: e-mail when a relay or Amazon SES is
// configured, and directories from which a gateway or print route takes over.
func (a *App) openChannels(ctx context.Context) error {
	s, err := a.openSMS(ctx)
	if err != nil {
		return err
	}
	l, err := a.openLetters(ctx)
	if err != nil {
		return err
	}
	a.Steps.Channels = map[breach.Channel]notify.Channel{breach.ChannelSMS: s}
	if a.Steps.Channels[breach.ChannelLetter], err = a.secondRoute(l); err != nil {
		return err
	}
	return a.openMail(ctx)
}
