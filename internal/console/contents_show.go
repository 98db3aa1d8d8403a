package console

import (
	"context"
	"net/http"

	"vigie/internal/breach"
)

type contentsView struct {
	page
	Incident breach.Incident
	Contents contents
}

// contentsShow shows what the incident's file holds, as far as it was read:
// classes of data, meanings and counts, never a value.
func (c *console) contentsShow(w http.ResponseWriter, r *http.Request) error {
	ctx, id := r.Context(), breach.IncidentID(r.PathValue("incident"))
	inc, err := c.Store.Incident(ctx, id)
	if err != nil {
		return err
	}
	v := contentsView{page: c.page(r, "contents.of", inc.Title), Incident: inc}
	var d breach.Dump
	if inc.Dump != "" {
		if d, _, err = c.Store.Dump(ctx, inc.Dump); err != nil {
			return err
		}
	}
	v.Contents = newContents(v.page, inc.ID, d)
	if err := c.nameSeen(ctx, v.Contents.Seen); err != nil {
		return err
	}
	return c.show(w, http.StatusOK, "contents", v)
}

// maxNamed bounds the earlier dumps whose incident is looked up.
const maxNamed = 20

// nameSeen says which incident each earlier dump belongs to. One that has been
// purged since keeps its ID alone.
func (c *console) nameSeen(ctx context.Context, seen []seenLine) error {
	for i := range seen[:min(len(seen), maxNamed)] {
		d, _, err := c.Store.Dump(ctx, seen[i].Dump)
		if isKind(err, breach.ErrNotFound) || err == nil && d.Incident == "" {
			continue
		}
		if err != nil {
			return err
		}
		inc, err := c.Store.Incident(ctx, d.Incident)
		if err != nil && !isKind(err, breach.ErrNotFound) {
			return err
		}
		seen[i].Incident, seen[i].Title = inc.ID, inc.Title
	}
	return nil
}
