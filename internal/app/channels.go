package app

import (
	"context"
	"path/filepath"

	"vigie/internal/breach"
	"vigie/notify"
	"vigie/notify/email"
	"vigie/notify/sms"
)

// openChannels makes the carriers: SMTP when a submission server is
// configured, and directories from which a gateway or print route takes over.
func (a *App) openChannels(ctx context.Context) error {
	out := a.Config.Channels.Outbox
	s, err := sms.NewDirectory(filepath.Join(out, "sms"))
	if err != nil {
		return err
	}
	l, err := a.openLetters(ctx)
	if err != nil {
		return err
	}
	a.Steps.Channels = map[breach.Channel]notify.Channel{breach.ChannelSMS: s, breach.ChannelLetter: l}
	if addr := a.Config.Channels.SMTP; addr != "" {
		return a.UseSMTP(email.Config{
			Addr: addr, Username: a.Config.Channels.SMTPUser, Password: string(a.Config.Channels.SMTPPass),
			From: a.Config.Channels.EmailFrom, NeutralName: a.Config.Channels.NeutralName,
		})
	}
	return nil
}

// UseSMTP sets the e-mail channel, such as the demo's in-process sink.
func (a *App) UseSMTP(cfg email.Config) error {
	ch, err := email.NewSMTP(cfg)
	if err != nil {
		return err
	}
	a.Steps.Channels[breach.ChannelEmail] = ch
	a.closers = append(a.closers, ch.Close)
	return nil
}
