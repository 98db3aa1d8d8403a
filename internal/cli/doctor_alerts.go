package cli

import (
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"time"

	"vigie/internal/app"
	"vigie/internal/breach"
	"vigie/internal/store"
	"vigie/notify/duty"
)

// alertsPlace looks at what follows an alert, as far as the configuration tells
// it: whom to wake, whom to tell.
func alertsPlace(cfg app.Config) []finding {
	out := []finding{dutyRead(cfg)}
	a := cfg.Alerts
	switch {
	case len(a.Hooks) == 0:
		out = append(out, finding{"hooks", true, "none: no other system is told of alerts (alerts.hooks)"})
	case a.Producer == "" || a.Domain == "":
		out = append(out, finding{"hooks", false, fmt.Sprintf("%d configured, but exports name nobody: set alerts.producer and alerts.domain", len(a.Hooks))})
	default:
		out = append(out, finding{"hooks", true, fmt.Sprintf("%d configured, signed; marked TLP:%s", len(a.Hooks), orDefault(a.TLP, "amber"))})
	}
	if dir := a.Maildir; dir != "" {
		if st, err := os.Stat(dir); err != nil || !st.IsDir() {
			out = append(out, finding{"reports", false, "alerts.maildir is no folder that can be read: reports by e-mail are not taken in"})
		} else {
			out = append(out, finding{"reports", true, "by e-mail from " + dir})
		}
	}
	return out
}

func orDefault(s, d string) string {
	if s == "" {
		return d
	}
	return s
}

// dutyRead reads the duty directory and says whom nobody could wake.
func dutyRead(cfg app.Config) finding {
	if cfg.Alerts.Duty == "" {
		return finding{"duty", false, "no directory: an alert wakes nobody; set alerts.duty"}
	}
	f, err := os.Open(cfg.Alerts.Duty)
	if err != nil {
		return finding{"duty", false, err.Error()}
	}
	defer func() { _ = f.Close() }()
	d, err := duty.Read(f)
	if err != nil {
		return finding{"duty", false, err.Error()}
	}
	say := fmt.Sprintf("%d of the team, %d bodies", len(d.Team), len(d.Bodies))
	phones := 0
	for _, c := range d.Team {
		if c.Phone != "" {
			phones++
		}
	}
	switch {
	case len(d.Team) == 0:
		return finding{"duty", false, say + ": nobody of the watch team is woken"}
	case phones == 0:
		return finding{"duty", false, say + ": nobody of the team has a telephone, and e-mail wakes no one at night"}
	case len(d.Team) == 1:
		return finding{"duty", false, say + ": one person alone; who takes over when they do not answer?"}
	case d.Policy.Auto == "":
		say += "; a person opens each duty (policy.auto is not set)"
	default:
		say += fmt.Sprintf("; woken by themselves from %s on, next rung after %s", d.Policy.Auto, d.Policy.Ack)
	}
	return finding{"duty", true, say}
}

// chance is how improbable it must be, were the budget kept, that so many of few
// alerts were false, for doctor to call it a problem.
const chance = .05

// fewDecided is below how many alerts chance is asked; above, the share is.
const fewDecided = 10

// falseAlarms holds what was decided against the budget, over all and for each
// kind of body: one kind that is always wrong hides among many that are right.
func falseAlarms(counts []breach.AlarmCount, allowed float64) finding {
	var all breach.AlarmCount
	var worst []string
	for _, c := range counts {
		all.Decided, all.False = all.Decided+c.Decided, all.False+c.False
		if overBudget(c, allowed) {
			worst = append(worst, fmt.Sprintf("%s %d of %d", c.Kind, c.False, c.Decided))
		}
	}
	say := fmt.Sprintf("%d of %d alerts decided in %d days were false, budget %.0f %%", all.False, all.Decided, budgetDays, 100*allowed)
	if len(worst) > 0 {
		say += "; over it: " + strings.Join(worst, ", ")
	}
	if over := overBudget(all, allowed); over || len(worst) > 0 {
		return finding{"alerts", false, say + ": see the console, alerts, health, for the reasons given"}
	}
	return finding{"alerts", true, say}
}

// overBudget tells a share above the budget from bad luck among few: the
// binomial probability of at least as many false ones.
func overBudget(c breach.AlarmCount, allowed float64) bool {
	if float64(c.False) <= allowed*float64(c.Decided) || c.Decided >= fewDecided {
		return float64(c.False) > allowed*float64(c.Decided)
	}
	fewer, term := 0., math.Pow(1-allowed, float64(c.Decided))
	for k := range c.False {
		fewer += term
		term *= float64(c.Decided-k) / float64(k+1) * allowed / (1 - allowed)
	}
	return 1-fewer < chance
}

// budgetDays is how far back false alarms count.
const budgetDays = 90

// alertsKept looks at what became of alerts: false alarms against their budget,
// and systems that do not take what they are told.
func alertsKept(s *session, cfg app.Config, st *store.Store) []finding {
	counts, err := st.FalseAlarms(s, time.Now().AddDate(0, 0, -budgetDays))
	if err != nil {
		return []finding{{"alerts", false, err.Error()}}
	}
	out := []finding{falseAlarms(counts, cfg.Alerts.FalseAlarms)}
	hooks, err := st.Hooks(s)
	if err != nil {
		return append(out, finding{"hooks", false, err.Error()})
	}
	for _, h := range hooks {
		configured := slices.ContainsFunc(cfg.Alerts.Hooks, func(c app.HookConfig) bool { return c.Name == h.Name })
		if configured && h.Failures > 0 {
			out = append(out, finding{"hooks", false, fmt.Sprintf("%s does not take what it is told: %s, %d times since %s", h.Name, h.Fault, h.Failures, h.Since.Format(time.RFC3339))})
		}
	}
	return out
}
