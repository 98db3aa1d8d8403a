package activity

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"vigie/crawlers/report"
	"vigie/internal/breach"
	"vigie/notify"
)

// reportConfidence is how sure a report alone makes us at most.
const reportConfidence = 0.5

// unnamed is the body of a report in which no known body is named: what the
// person typed may be anybody's name, and stays sealed.
const unnamed = "?"

// File takes in what a person tells: what was received is sealed first, as
// evidence; then it enters the queue of alerts, joining the open one on the
// same body. The same report twice is one, and both get the same receipt.
func (s *Steps) File(ctx context.Context, f report.Filing) (receipt string, err error) {
	if f, err = f.Check(); err != nil {
		return "", err
	}
	whole := f.Whole
	if whole == nil {
		if whole, err = json.Marshal(struct{ Role, Body, Text, Contact string }{f.Role, f.Body, f.Text, f.Contact}); err != nil {
			return "", err
		}
	}
	parts := []string{string(whole)}
	for _, x := range f.Files {
		sum := sha256.Sum256(x.Data)
		parts = append(parts, hex.EncodeToString(sum[:]))
	}
	digest := s.Keys.Digest("report", parts...)
	id := "rep_" + digest[:20]
	files, err := s.sealReport(ctx, id, f, whole)
	if err != nil {
		return "", fmt.Errorf("filing report %s: %w", id, err)
	}
	now := s.Now()
	p := breach.Post{ID: breach.PostID("pst_" + id), Source: breach.SourceReport, Title: f.Body, Text: f.Text,
		Confidence: reportConfidence, FirstSeenAt: now, LastSeenAt: now}
	a := s.reported(f, p, now)
	if v := s.judge(ctx, f.Text); suspicious(f, v) {
		suspect(&a, f, v)
	}
	filed, _, err := s.Store.FileReport(ctx, breach.Report{ID: id, At: now, Channel: f.Channel, Role: f.Role, Digest: digest,
		Post: p.ID, Files: files, Contact: f.Contact}, p, a)
	if err != nil {
		return "", fmt.Errorf("filing report %s: %w", id, err)
	}
	return filed, s.wake(ctx, a.ID)
}

// sealReport keeps what was received, and each attachment, in the vault. A
// retry meets what the first try kept.
func (s *Steps) sealReport(ctx context.Context, id string, f report.Filing, whole []byte) ([]string, error) {
	who, why := "report:"+f.Channel, "report "+id
	var names []string
	for i, data := range append([][]byte{whole}, contents(f.Files)...) {
		name := fmt.Sprintf("%s-%d", id, i)
		if _, _, err := s.Vault.PutDump(ctx, breach.DumpID(name), who, why, bytes.NewReader(data)); err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	return names, nil
}

func contents(files []report.File) (out [][]byte) {
	for _, x := range files {
		out = append(out, x.Data)
	}
	return out
}

// reported is the alert of a report: on the body that its words name, if the
// watch-lists know one.
func (s *Steps) reported(f report.Filing, p breach.Post, now time.Time) breach.Alert {
	a := breach.Alert{ID: breach.AlertID("alr_" + s.Keys.Digest("alert", string(p.ID), "report")[:20]), Post: p.ID, Source: breach.SourceReport,
		Entity: unnamed, Kind: "other", Confidence: reportConfidence / 2, Why: "reported (" + f.Role + ", " + f.Channel + ")",
		RaisedAt: now, State: breach.AlertNew}
	hits, _ := s.Watch.Match(f.Body, f.Text, "", "FR")
	if len(hits) > 0 {
		best := hits[0]
		a.Entity, a.Kind, a.Code, a.Confidence = best.Entity, best.Kind, best.Code, min(best.Confidence, reportConfidence)
		a.Why += ": " + best.Why
	}
	a.Urgency = breach.UrgencyOf(a, 0, time.Time{}, now)
	return a
}

// Acknowledge answers a person who wrote by e-mail: that it arrived, its
// receipt, and nothing about anybody. Machines are not answered.
func (s *Steps) Acknowledge(ctx context.Context, f report.Filing, receipt string) error {
	channel, ok := s.Channels[breach.ChannelEmail]
	if !ok || f.Auto || f.Contact == "" || f.Channel != "email" {
		return nil
	}
	key := "ack_" + receipt
	_, err := channel.Send(ctx, notify.Envelope{Key: key, To: breach.Contact{Email: f.Contact}, From: breach.Controller{Name: s.Duties.From}, Language: "fr", Date: s.Now(),
		Doc: notify.Document{Title: "Signalement reçu / Report received", Blocks: []notify.Block{
			{Text: []string{"Votre message est arrivé. Numéro : " + receipt + ".", "Une personne le lira. Nous ne confirmons ni n’infirmons rien au sujet de qui que ce soit. Ne nous envoyez pas de fichier volé."}},
			{Text: []string{"Your message has arrived. Number: " + receipt + ".", "A person will read it. We neither confirm nor deny anything about anybody. Send us no stolen file."}}}}})
	if errors.Is(err, breach.ErrInvalid) {
		return nil // nobody to answer
	}
	return err
}
