package consoletest

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"vigie/internal/breach"
	"vigie/internal/console"
)

// Bodies is the console's view of institutions and the authority, in memory.
type Bodies struct {
	Given    []breach.Delivery
	Key      breach.HandoverKey
	Sealed   []string // reasons
	Asked    []breach.Followup
	Stated   map[string][]byte // answers, severity
	Notified []breach.Notification
}

var paper = breach.Paper{Incident: "inc_1", Controller: "ml-orbe", Kind: breach.PaperIntranet, Language: "fr", Version: 1, File: "v1/intranet.fr.html"}

// Papers lists one article.
func (*Bodies) Papers(_ context.Context, _ breach.IncidentID, c breach.ControllerID) ([]breach.Paper, error) {
	if c != paper.Controller {
		return nil, breach.ErrNotFound
	}
	return []breach.Paper{paper}, nil
}

// PaperFile gives that article out.
func (*Bodies) PaperFile(_ context.Context, _ breach.IncidentID, _ breach.ControllerID, file string) ([]byte, error) {
	if file != paper.File {
		return nil, breach.ErrNotFound
	}
	return []byte("<p>article</p>"), nil
}

// Deliveries lists what was given.
func (b *Bodies) Deliveries(context.Context, breach.IncidentID, breach.ControllerID) ([]breach.Delivery, error) {
	return b.Given, nil
}

// AddDelivery keeps a delivery of the one article.
func (b *Bodies) AddDelivery(_ context.Context, d breach.Delivery) error {
	if d.Kind != paper.Kind || d.Version != paper.Version {
		return breach.ErrNotFound
	}
	b.Given = append(b.Given, d)
	return nil
}

// HandoverKey is the key that was set.
func (b *Bodies) HandoverKey(context.Context, breach.ControllerID) (breach.HandoverKey, error) {
	if b.Key.Recipient == "" {
		return b.Key, breach.ErrNotFound
	}
	return b.Key, nil
}

// SetHandoverKey sets it.
func (b *Bodies) SetHandoverKey(_ context.Context, k breach.HandoverKey) error { b.Key = k; return nil }

// SealPeople writes something that stands for the sealed list.
func (b *Bodies) SealPeople(_ context.Context, w io.Writer, _ breach.IncidentID, _ breach.ControllerID, _ breach.UserID, why string) (int64, error) {
	if b.Key.Recipient == "" {
		return 0, &breach.RefusedError{Code: "no-key"}
	}
	b.Sealed = append(b.Sealed, why)
	_, err := fmt.Fprint(w, "age-encryption.org/v1")
	return 1, err
}

// Followups lists those asked.
func (b *Bodies) Followups(context.Context, breach.IncidentID) ([]breach.Followup, error) {
	return b.Asked, nil
}

// AnswerFollowup keeps an answer.
func (b *Bodies) AnswerFollowup(_ context.Context, _ breach.IncidentID, _ breach.ControllerID, months int, a breach.Strategy, by breach.UserID, at time.Time) error {
	for i := range b.Asked {
		if b.Asked[i].Months == months {
			b.Asked[i].Strategy, b.Asked[i].By, b.Asked[i].AnsweredAt = a, by, at
			return nil
		}
	}
	return breach.ErrNotFound
}

// Dossier is a notification in the making.
func (b *Bodies) Dossier(context.Context, breach.IncidentID, breach.ControllerID) (console.Dossier, error) {
	d := console.Dossier{Type: "initiale", Gravity: "Maximal", Score: 4, Unknown: []string{"cause"}, Files: []string{"dossier.html"}, Sent: b.Notified, Factors: map[string]string{"simple": "3", "ei": "0.75", "malice": "0.5"},
		Answers: b.Stated["answers"], Lists: map[string][]console.Choice{"cause": {{Code: "unknown", Words: "Inconnu"}}, "origin": {{Code: "hack", Words: "Piratage"}}}}
	if len(b.Stated["severity"]) > 0 {
		d.History = []console.Assessed{{By: "ana", Reason: Hostile, Score: 4, Rationale: []string{Hostile}}}
	}
	return d, nil
}

// DossierFile gives the one file out.
func (*Bodies) DossierFile(_ context.Context, _ breach.IncidentID, _ breach.ControllerID, name string) ([]byte, string, error) {
	if name != "dossier.html" {
		return nil, "", breach.ErrNotFound
	}
	return []byte("<p>dossier</p>"), "text/html; charset=utf-8", nil
}

func (b *Bodies) state(key string, data []byte) error {
	if !json.Valid(data) {
		return breach.ErrInvalid
	}
	if b.Stated == nil {
		b.Stated = map[string][]byte{}
	}
	b.Stated[key] = data
	return nil
}

// Answer keeps answers.
func (b *Bodies) Answer(_ context.Context, _ breach.IncidentID, _ breach.ControllerID, data []byte, _ string, _ breach.UserID) error {
	return b.state("answers", data)
}

// Assess keeps factors.
func (b *Bodies) Assess(_ context.Context, _ breach.IncidentID, _ breach.ControllerID, data []byte, _ string, _ breach.UserID) error {
	return b.state("severity", data)
}
