package wording

import (
	"slices"
	"strings"

	"vigie/internal/breach"
	"vigie/notify"
)

// Complete refuses facts that leave out an element GDPR Art. 34(2) asks for:
// the nature of the breach, a contact point, the likely consequences, the
// measures taken and what the person can do. The hint lists every gap.
func Complete(f notify.Facts, lang string) error {
	var gaps []string
	for _, need := range []struct {
		name string
		ok   bool
	}{
		{"incident", f.Incident != ""},
		{"version", f.Version > 0},
		{"controller.name", line(f.Controller.Name) != ""},
		{"controller.dpo", line(f.Controller.DPO) != ""},
		{"summary." + lang, line(f.Summary[lang]) != ""},
		{"discovered_at or aware_at", !f.DiscoveredAt.IsZero() || !f.AwareAt.IsZero()},
		{"present", len(f.Present) > 0},
		{"consequences", len(f.Consequences) > 0},
		{"measures", len(f.Measures) > 0},
		{"actions (three at least)", len(f.Actions) >= 3},
		{"attested_by", len(f.Attested) == 0 || line(f.AttestedBy) != ""},
		{"complaint", slices.Contains([]string{"", "none", "announced", "open", "withdrawn"}, f.Complaint)},
		{"complaint_url", f.Complaint != "open" || f.ComplaintURL != ""},
	} {
		if !need.ok {
			gaps = append(gaps, need.name)
		}
	}
	for _, c := range f.Present {
		if slices.Contains(f.Attested, c.Code) {
			gaps = append(gaps, "attested "+c.Code+" is in the dump")
		}
	}
	if len(gaps) == 0 {
		return nil
	}
	return &breach.RefusedError{Code: "incomplete", What: "facts of incident " + string(f.Incident), Hint: strings.Join(gaps, ", ")}
}

// Propose fills the consequences and the actions, where the facts have none,
// with what follows from the categories found; actions come most urgent first.
// Measures are never proposed: only people know what was done.
func Propose(f notify.Facts) notify.Facts {
	has := map[string]bool{}
	for _, c := range f.Present {
		has[c.Code] = true
		if class, ok := notify.CategoryClass(c.Code); ok {
			// A benefit is of the form's class of finances, and no bank account;
			// a marital status is of civil status, and no identity.
			if c.Code != "income" && c.Code != "family" {
				has[class] = true
			}
			has["sensitive"] = has["sensitive"] || notify.SensitiveClass(class)
		}
	}
	address := has["address"] || (has["contact"] && !has["email"] && !has["phone"])
	if len(f.Consequences) == 0 {
		f.Consequences = chosen([]choice{
			{"phishing", true}, {"identity_theft", has["civil_status"] || has["nir"] || has["official_document"]},
			{"account_takeover", has["password"] || has["credentials"] && !has["identifier"]}, {"bank_fraud", has["financial"]},
			{"social_fraud", has["nir"] || has["income"]}, {"unwanted_contact", address || has["phone"]},
			{"discrimination", has["sensitive"]}, {"loss_of_control", true},
		})
	}
	if len(f.Actions) == 0 {
		f.Actions = chosen([]choice{
			{"feel_unsafe", address}, {"ignore_links", true}, {"never_give", true},
			{"change_password", has["password"] || has["credentials"] && !has["identifier"]}, {"bank_alert", has["financial"]},
			{"check_social", has["nir"] || has["income"]}, {"watch_accounts", has["civil_status"] || has["nir"] || has["financial"]},
			{"warn_family", true}, {"report", true}, {"get_help", true},
		})
	}
	return f
}

type choice struct {
	code string
	yes  bool
}

func chosen(list []choice) []string {
	var codes []string
	for _, c := range list {
		if c.yes {
			codes = append(codes, c.code)
		}
	}
	return codes
}
