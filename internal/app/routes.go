package app

import (
	"vigie/notify"
	"vigie/notify/email"
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
	for name, p := range map[string]PaceConfig{"mail": c.Mail.PaceConfig, "letters": c.Letters.PaceConfig} {
		if p.Weight < 0 || p.PerSecond < 0 || p.PerDay < 0 {
			return wrong("channels.%s: weight, per_second and per_day: want numbers of 0 or more", name)
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
	list := []route.Provider{c.Mail.provider("email", first)}
	if s := c.Second.Email; s != nil {
		cfg.Addr, cfg.Username, cfg.Password, cfg.Asker, cfg.Reports = s.SMTP, s.User, string(s.Pass), nil, nil
		second, err := email.NewSMTP(cfg)
		if err != nil {
			return nil, err
		}
		a.closers = append(a.closers, second.Close)
		list = append(list, s.provider("email-2", second))
	}
	return a.routed(c.Mail.PaceConfig, list)
}

// secondRoute puts the second print route beside the first.
func (a *App) secondRoute(first notify.Channel) (notify.Channel, error) {
	c := a.Config.Channels
	list := []route.Provider{c.Letters.provider("letter", first)}
	if s := c.Second.Letter; s != nil {
		second, err := dirShelf(a.Config, s.Outbox)
		if err != nil {
			return nil, err
		}
		a.shelves = append(a.shelves, second)
		list = append(list, s.provider("letter-2", second))
	}
	return a.routed(c.Letters.PaceConfig, list)
}

// routed leaves a channel alone that has one provider and no limits.
func (a *App) routed(pace PaceConfig, list []route.Provider) (notify.Channel, error) {
	if len(list) == 1 && pace == (PaceConfig{}) {
		return list[0].Channel, nil
	}
	return route.New(now, list...)
}
