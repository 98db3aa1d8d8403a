package app

import (
	"math"

	"vigie/internal/blob"
	"vigie/internal/breach"
	"vigie/notify"
	"vigie/notify/email"
	"vigie/notify/letter"
	"vigie/notify/route"
)

// PaceConfig is a provider's share of a channel's traffic, and its limits.
type PaceConfig struct {
	Weight    int     `yaml:"weight"`     // in any unit; 1 when 0
	PerSecond float64 `yaml:"per_second"` // 0: as fast as it goes
	PerDay    int64   `yaml:"per_day"`    // 0: no quota; days of UTC
}

// SecondConfig names who takes over, by weight and when the first fails.
type SecondConfig struct {
	Email  *SecondRelay `yaml:"email"`
	Letter *SecondPrint `yaml:"letter"`
}

// SecondRelay is another submission server.
type SecondRelay struct {
	PaceConfig `yaml:",inline"`
	SMTP       string `yaml:"smtp"`
	User       string `yaml:"smtp_user"`
	Pass       Secret `yaml:"smtp_pass"`
}

// SecondPrint is another print route, which watches a directory of its own.
type SecondPrint struct {
	PaceConfig `yaml:",inline"`
	Outbox     string `yaml:"outbox"`
}

func (c ChannelConfig) check(wrong func(string, ...any) error) error {
	for ch, p := range c.Pace {
		if ch != breach.ChannelEmail && ch != breach.ChannelLetter {
			return wrong("channels.pace.%s: want email or letter; providers of SMS have a pace of their own", ch)
		}
		if p.Weight < 0 || p.PerSecond < 0 || p.PerDay < 0 {
			return wrong("channels.pace.%s: want numbers of 0 or more", ch)
		}
	}
	if s := c.Second.Letter; s != nil && s.Outbox == "" {
		return wrong("channels.second.letter: outbox: want a directory")
	}
	if s := c.Second.Email; s != nil && s.SMTP == "" {
		return wrong("channels.second.email: smtp: want host:port")
	}
	return c.SMS.check(wrong)
}

func (p PaceConfig) provider(name string, ch notify.Channel) route.Provider {
	return route.Provider{Name: name, Channel: ch, Weight: p.Weight, PerSecond: p.PerSecond, PerDay: p.PerDay}
}

// secondRelay puts the second relay beside the first, when there is one. The
// first keeps the channel's name in the ledger.
func (a *App) secondRelay(first notify.Channel, cfg email.Config) (notify.Channel, error) {
	c := a.Config.Channels
	list := []route.Provider{c.Pace[breach.ChannelEmail].provider("email", first)}
	if s := c.Second.Email; s != nil {
		cfg.Addr, cfg.Username, cfg.Password, cfg.Asker, cfg.Reports = s.SMTP, s.User, string(s.Pass), nil, nil
		second, err := email.NewSMTP(cfg)
		if err != nil {
			return nil, err
		}
		a.closers = append(a.closers, second.Close)
		list = append(list, s.provider("email-2", second))
	}
	return a.routed(c.Pace, list)
}

// secondRoute puts the second print route beside the first.
func (a *App) secondRoute(first notify.Channel) (notify.Channel, error) {
	c := a.Config.Channels
	list := []route.Provider{c.Pace[breach.ChannelLetter].provider("letter", first)}
	if s := c.Second.Letter; s != nil {
		cal, err := c.Letters.calendar()
		if err != nil {
			return nil, err
		}
		store, err := blob.OpenDir(s.Outbox)
		if err != nil {
			return nil, err
		}
		second := letter.NewShelf(store, letter.Options{NeutralSender: c.NeutralSender}, cal, now)
		list = append(list, s.provider("letter-2", second))
	}
	return a.routed(c.Pace, list)
}

// routed leaves a channel alone that has one provider and no limits.
func (a *App) routed(pace map[breach.Channel]PaceConfig, list []route.Provider) (notify.Channel, error) {
	first := list[0].Channel
	if _, limited := pace[first.Channel()]; len(list) == 1 && !limited {
		return first, nil
	}
	return route.New(now, list...)
}

// dearest is what a part of an SMS may cost, in euros: above it somebody has
// written cents.
const dearest = 2

// micros turns a price in euros into millionths.
func micros(euros float64) int64 { return int64(math.Round(euros * 1e6)) }
