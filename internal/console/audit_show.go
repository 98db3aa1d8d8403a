package console

import (
	"context"
	"net/http"
)

type auditStore interface {
	// AuditEvents returns the last events about an object, newest first; all
	// of them when object is "".
	AuditEvents(ctx context.Context, object string, limit int) ([]Event, error)
	// Checkpoint returns a signed note over the whole log.
	Checkpoint(ctx context.Context) ([]byte, error)
}

type auditView struct {
	page
	Events     []Event
	Checkpoint string
}

func (c *console) auditShow(w http.ResponseWriter, r *http.Request) error {
	v := auditView{page: c.page(r, "audit.title")}
	var err error
	if v.Events, err = c.Store.AuditEvents(r.Context(), "", 200); err != nil {
		return err
	}
	note, err := c.Store.Checkpoint(r.Context())
	if err != nil {
		return err
	}
	v.Checkpoint = string(note)
	return c.show(w, http.StatusOK, "audit", v)
}
