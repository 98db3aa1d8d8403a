package demo

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/PuerkitoBio/goquery"

	"vigie/internal/breach"
	"vigie/internal/i18n"
)

// stage is the people playing together: an analyst, a reviewer, an approver
// and one person of each controller. They look at their pages and do what is
// to be done there, until the incident is done.
type stage struct {
	analyst, reviewer, approver *player
	controllers                 map[breach.ControllerID]*player
	briefed                     map[breach.ControllerID]bool
	refuses                     breach.ControllerID // decides not to tell, with a reason
	began                       time.Time
	looked                      time.Time // when the desk last went through the signatures
}

// play goes on until an incident is done.
func (s *stage) play(ctx context.Context) (breach.IncidentID, error) {
	for {
		id, done, err := s.round(ctx)
		if err != nil {
			return id, err
		}
		if done {
			return id, nil
		}
		select {
		case <-ctx.Done():
			return id, ctx.Err()
		case <-time.After(60 * time.Millisecond):
		}
	}
}

// round lets everybody look at the home page once and act on it.
func (s *stage) round(ctx context.Context) (breach.IncidentID, bool, error) {
	home, err := s.analyst.get(ctx, "/")
	if err != nil {
		return "", false, err
	}
	for _, a := range values(home.Find("#alerts [data-alert]"), "data-alert") {
		if err := s.alert(ctx, a); err != nil {
			return "", false, err
		}
	}
	cards := home.Find("[data-incident]")
	if cards.Length() == 0 {
		return "", false, nil
	}
	id := breach.IncidentID(cards.First().AttrOr("data-incident", ""))
	at := breach.Stage(cards.First().AttrOr("data-stage", ""))
	switch at {
	case breach.StageReview:
		err = s.review(ctx, id)
	case breach.StageApprove, breach.StageSend:
		// Nobody reloads a page many times a second while letters are going out.
		if time.Since(s.looked) > time.Second {
			err = s.sign(ctx, id)
			s.looked = time.Now()
		}
	case breach.StageDone:
		return id, true, nil
	}
	return id, false, err
}

// alert reads an alert and decides: a post that offers a file and names a body
// of ours is acquired, anything else is dismissed with a reason.
func (s *stage) alert(ctx context.Context, id string) error {
	pg, err := s.analyst.get(ctx, "/alerts/"+id)
	if err != nil {
		return err
	}
	var file string
	pg.Find(`#confirm input[name="link"]`).Each(func(_ int, in *goquery.Selection) {
		if link := in.AttrOr("value", ""); strings.HasSuffix(link, ".csv") {
			file = link
		}
	})
	if file == "" {
		_, err = s.analyst.post(ctx, "/alerts/"+id+"/dismiss", url.Values{"code": {breach.DismissOther}, "reason": {"Aucun fichier proposé, organisme étranger au périmètre."}})
		return err
	}
	_, err = s.analyst.post(ctx, "/alerts/"+id+"/confirm", url.Values{
		"link":        {file},
		"purpose":     {"Identifier les personnes concernées afin de les informer (RGPD, art. 33 et 34)."},
		"legal_basis": {"Mission d'intérêt public (RGPD, art. 6.1.e), mandat des responsables de traitement (art. 28)."},
		"registry":    values(pg.Find(`#confirm input[name="registry"]`), "value"),
	})
	return err
}

// review decides every pair that waits, states the facts and closes the review.
func (s *stage) review(ctx context.Context, id breach.IncidentID) error {
	base := "/incidents/" + string(id) + "/review"
	pg, err := s.reviewer.get(ctx, base)
	if err != nil {
		return err
	}
	for {
		pair := pg.Find("#pair")
		if pair.Length() == 0 {
			break
		}
		candidate := pair.AttrOr("data-candidate", "")
		decision, reason := judge(pair)
		pg, err = s.reviewer.post(ctx, base+"/"+candidate, url.Values{
			"version": {pair.AttrOr("data-version", "")}, "decision": {decision}, "reason": {reason},
		})
		if err != nil {
			return err
		}
	}
	if err := s.prepare(ctx, id); err != nil {
		return err
	}
	if pg.Find("form#close").Length() > 0 {
		_, err = s.reviewer.post(ctx, base+"/close", url.Values{})
	}
	return err
}

// judge is what a careful reviewer makes of the evidence on the page. It sees
// masked values, levels and bits; it does not know the truth.
func judge(pair *goquery.Selection) (decision, reason string) {
	probability, _ := strconv.ParseFloat(pair.AttrOr("data-probability", "0"), 64)
	against := map[string]float64{}
	pair.Find("tr[data-field]").Each(func(_ int, tr *goquery.Selection) {
		w, _ := strconv.ParseFloat(tr.AttrOr("data-weight", "0"), 64)
		if w < 0 {
			against[tr.AttrOr("data-field", "")] = w
		}
	})
	// Somebody of the same family shares name, address, phone: what separates
	// brothers and twins is the given name or the day of birth.
	given := against["given_names"] < -1 || against["given_name"] < -1
	switch {
	case given && against["birth_date"] < 0:
		return "reject", "prénom et date de naissance différents"
	case given:
		return "reject", "autre prénom : parent ou jumeau"
	case probability >= 0.5:
		return "link", "les éléments concordent"
	}
	return "reject", "éléments insuffisants"
}

// prepare does what must be known before the plan: when each controller became
// aware, and what can be said of the incident.
func (s *stage) prepare(ctx context.Context, id breach.IncidentID) error {
	pg, err := s.analyst.get(ctx, "/incidents/"+string(id))
	if err != nil {
		return err
	}
	for _, c := range values(pg.Find(".clock[data-controller]:not([data-aware])"), "data-controller") {
		if _, err := s.analyst.post(ctx, casePath(id, c)+"/aware", url.Values{
			"aware_at": {s.began.In(i18n.Paris()).Format("2006-01-02T15:04")},
			"reason":   {"Appel téléphonique de l'équipe de veille au délégué, éléments de preuve à l'appui."},
		}); err != nil {
			return err
		}
	}
	return s.state(ctx, id)
}

// state says what happened and what was done, unless somebody has.
func (s *stage) state(ctx context.Context, id breach.IncidentID) error {
	path := "/incidents/" + string(id) + "/statement"
	pg, err := s.analyst.get(ctx, path)
	if err != nil {
		return err
	}
	if pg.Find("#statement").AttrOr("data-version", "") != "0" {
		return nil
	}
	_, err = s.analyst.post(ctx, path, url.Values{
		"summary_fr": {"Un fichier extrait du logiciel de suivi des jeunes a été publié sur un site de revente de données."},
		"summary_en": {"A file extracted from the software that follows young people was published on a site that sells data."},
		"measure":    {"access_closed", "passwords_reset", "file_examined", "authority_pending"},
	})
	return err
}

// sign clears the danger lane, then decides and signs for each controller.
func (s *stage) sign(ctx context.Context, id breach.IncidentID) error {
	if err := s.lane(ctx, id); err != nil {
		return err
	}
	pg, err := s.analyst.get(ctx, "/incidents/"+string(id))
	if err != nil {
		return err
	}
	for _, c := range values(pg.Find(".clock[data-controller]"), "data-controller") {
		if err := s.controller(ctx, id, breach.ControllerID(c)); err != nil {
			return err
		}
	}
	return nil
}

// lane reaches every person who must not be written to: first those who stand in
// the ledger, then the entries of whom the review has left none there.
func (s *stage) lane(ctx context.Context, id breach.IncidentID) error {
	const note = "Jointe par la référente, de vive voix, sans laisser de message."
	path := "/incidents/" + string(id) + "/lane"
	pg, err := s.analyst.get(ctx, path)
	if err != nil {
		return err
	}
	listed := values(pg.Find(`[data-message][data-state="listed"]`), "data-message")
	for _, m := range listed {
		if _, err := s.analyst.post(ctx, path+"/"+m, url.Values{"note": {note}}); err != nil {
			return err
		}
	}
	if len(listed) > 0 {
		return nil // another round sees what these have settled
	}
	for _, d := range values(pg.Find(`[data-entry][data-state="open"]`), "data-entry") {
		if _, err := s.analyst.post(ctx, path+"/danger/"+d+"/take", nil); err != nil {
			return err
		}
		if _, err := s.analyst.post(ctx, path+"/danger/"+d+"/attempt", url.Values{"means": {"call"}, "outcome": {string(breach.DangerReached)}, "note": {note}}); err != nil {
			return err
		}
	}
	return nil
}

// controller takes one controller's decision and collects the signatures.
func (s *stage) controller(ctx context.Context, id breach.IncidentID, c breach.ControllerID) error {
	who := s.controllers[c]
	if who == nil {
		return fmt.Errorf("nobody plays controller %s", c)
	}
	path := casePath(id, string(c))
	pg, err := who.get(ctx, path)
	if err != nil {
		return err
	}
	if pg.Find("#case").AttrOr("data-decision", "") == "" && pg.Find("form#decision").Length() > 0 {
		form := url.Values{"decision": {"tell"}, "reason": {"Risque élevé : identité, coordonnées et suivi social de jeunes, dont des mineurs."}}
		if c == s.refuses {
			form = url.Values{
				"decision": {"refuse"}, "exemption": {"34(3)(b)"},
				"reason": {"Les jeunes suivis ici ont été reçus un par un cette semaine ; le risque élevé n'est plus susceptible de se matérialiser."},
			}
		}
		if _, err := who.post(ctx, path+"/decision", form); err != nil {
			return err
		}
	}
	if c == s.refuses {
		return nil
	}
	if !s.briefed[c] {
		done, err := s.brief(ctx, who, path)
		if err != nil {
			return err
		}
		s.briefed[c] = done
	}
	for _, p := range []*player{s.analyst, s.approver, who} {
		pg, err := p.get(ctx, path)
		if err != nil {
			return err
		}
		if lint := pg.Find(`#lint[data-passed="false"]`); lint.Length() > 0 { // nobody here overrides it: waiting would never end
			return fmt.Errorf("the linter refuses %s of the communications of %s: %w", lint.AttrOr("data-findings", ""), c, breach.ErrConflict)
		}
		form := pg.Find("form#approve")
		if form.Length() == 0 {
			continue // signed already, or not this person's turn
		}
		if _, err := p.post(ctx, path+"/approve", url.Values{
			"hash": {form.Find(`input[name="hash"]`).AttrOr("value", "")}, "password": {p.acc.Password},
		}); err != nil {
			return err
		}
	}
	return nil
}

// brief says, once there is a plan, that the institution's front desks have
// the article they check messages with; then nobody opens that page again.
func (s *stage) brief(ctx context.Context, who *player, path string) (done bool, err error) {
	pg, err := who.get(ctx, path+"/institution")
	if err != nil {
		return false, err
	}
	here := pg.Find("#institution")
	if here.AttrOr("data-briefed", "") == "true" {
		return true, nil
	}
	if here.AttrOr("data-version", "0") == "0" {
		return false, nil
	}
	_, err = who.post(ctx, path+"/institution/delivered", url.Values{
		"kind": {"intranet"}, "version": {here.AttrOr("data-version", "")}, "at": {time.Now().In(i18n.Paris()).Format("2006-01-02T15:04")},
		"how": {"publié sur l'intranet, lu en réunion d'accueil"},
	})
	return err == nil, err
}

func casePath(id breach.IncidentID, c string) string {
	return "/incidents/" + string(id) + "/controllers/" + c
}

// values reads an attribute of every match.
func values(sel *goquery.Selection, attr string) []string {
	var out []string
	sel.Each(func(_ int, s *goquery.Selection) {
		if v, ok := s.Attr(attr); ok && v != "" {
			out = append(out, v)
		}
	})
	return out
}
