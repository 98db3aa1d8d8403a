package console

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"vigie/internal/breach"
)

// casesPage is how many controllers one page lists.
const casesPage = 100

// fewCases is up to how many controllers the incident's own page shows.
const fewCases = 12

// The lists of cases that need somebody, and the whole.
var shows = []string{"all", "clock", "late", "mandate", "undecided", "unsigned", "refused"}

// caseLister reads what the list needs of every case in a few queries,
// whatever their number.
type caseLister interface {
	// IncidentApprovals lists the signatures of all cases of an incident.
	IncidentApprovals(ctx context.Context, incident breach.IncidentID) ([]breach.Approval, error)
	// AllNotified tells when the authority was notified, of every case where it was.
	AllNotified(ctx context.Context, incident breach.IncidentID) (map[breach.ControllerID]time.Time, error)
}

type casesView struct {
	page
	Incident breach.Incident
	Cases    []listedCase
	All      int
	Query    string
	Show     string
	Counts   map[string]int64
	Page     int
	Pages    []int // when there are several
}

// listedCase is a case and how many of its three signatures count.
type listedCase struct {
	caseLine
	Signed int
}

// is tells whether a case belongs to a list.
func (k listedCase) is(show string) bool {
	tells := k.Decision != breach.DecisionRefuse
	switch show {
	case "clock":
		return !k.AwareAt.IsZero() && k.Notified.IsZero()
	case "late":
		return k.Late
	case "mandate":
		return tells && !k.Mandate.Complete()
	case "undecided":
		return k.Decision == breach.DecisionNone
	case "unsigned":
		return tells && k.PlanHash != "" && k.Signed < 3
	case "refused":
		return !tells
	}
	return show == "all"
}

// caseList lists the controllers of an incident, the clock that ends first at
// the top. Reading is for many at once; a signature is always for one.
func (c *console) caseList(w http.ResponseWriter, r *http.Request) error {
	ctx, id := r.Context(), breach.IncidentID(r.PathValue("incident"))
	inc, err := c.Store.Incident(ctx, id)
	if err != nil {
		return err
	}
	q := r.URL.Query()
	v := casesView{page: c.page(r, "cases.title"), Incident: inc, Query: strings.TrimSpace(q.Get("q")), Show: q.Get("show"), Counts: map[string]int64{}}
	if v.Show == "" {
		v.Show = "all"
	}
	lines, err := c.caseLines(r, v.page, id)
	if err != nil {
		return err
	}
	approvals, err := c.Store.IncidentApprovals(ctx, id)
	if err != nil {
		return err
	}
	given := map[breach.ControllerID][]breach.Approval{}
	for _, a := range approvals {
		given[a.Controller] = append(given[a.Controller], a)
	}
	v.All = len(lines)
	for _, line := range lines {
		k := listedCase{caseLine: line}
		for _, a := range given[k.Controller] {
			if counts(a, k.Case, v.Now) {
				k.Signed++
			}
		}
		for _, show := range shows {
			if k.is(show) {
				v.Counts[show]++
			}
		}
		if k.is(v.Show) && (v.Query == "" || strings.Contains(strings.ToLower(k.Name+" "+string(k.Controller)), strings.ToLower(v.Query))) {
			v.Cases = append(v.Cases, k)
		}
	}
	v.turn(q.Get("page"))
	return c.show(w, http.StatusOK, "cases", v)
}

// turn keeps one page of the list.
func (v *casesView) turn(page string) {
	n := (len(v.Cases) + casesPage - 1) / casesPage
	if v.Page, _ = strconv.Atoi(page); v.Page < 1 || v.Page > n {
		v.Page = 1
	}
	if n > 1 {
		for i := range n {
			v.Pages = append(v.Pages, i+1)
		}
		v.Cases = v.Cases[(v.Page-1)*casesPage : min(v.Page*casesPage, len(v.Cases))]
	}
}

// Shows lists the lists.
func (casesView) Shows() []string { return shows }
