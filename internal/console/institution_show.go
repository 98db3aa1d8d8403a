package console

import (
	"bytes"
	"fmt"
	"mime"
	"net/http"
	"path"
	"regexp"
	"slices"
	"strconv"

	"vigie/internal/breach"
)

// bodyPage begins a page about what one body of an incident is told or answers.
type bodyPage struct {
	page
	Incident breach.Incident
	Case     breach.Case
	Base     string
}

func (c *console) bodyPage(r *http.Request, title string) (bodyPage, error) {
	id, controller, here := casePath(r)
	if c.Bodies == nil {
		return bodyPage{}, breach.ErrNotFound
	}
	k, err := c.Store.Case(r.Context(), id, controller)
	if err != nil {
		return bodyPage{}, err
	}
	incident, err := c.Store.Incident(r.Context(), id)
	return bodyPage{page: c.page(r, title), Incident: incident, Case: k, Base: here}, err
}

type institutionView struct {
	bodyPage
	Version    int            // of the facts, 0 while there are none
	Papers     []breach.Paper // of that version
	Old        []breach.Paper
	Deliveries []breach.Delivery
	Briefed    bool // the front desks have the article of this version
	Key        breach.HandoverKey
	Followups  []breach.Followup
}

// institutionShow lists what was written for the institution, who was given
// it, and what the institution answered later.
func (c *console) institutionShow(w http.ResponseWriter, r *http.Request) error {
	body, err := c.bodyPage(r, "institution.title")
	if err != nil {
		return err
	}
	ctx, v := r.Context(), institutionView{bodyPage: body}
	id, controller := v.Case.Incident, v.Case.Controller
	papers, err := c.Bodies.Papers(ctx, id, controller)
	if err != nil && !isKind(err, breach.ErrNotFound) && !isKind(err, breach.ErrInvalid) {
		return err
	}
	for _, p := range papers {
		if p.Version >= v.Version {
			v.Version = p.Version
			v.Papers = append(v.Papers, p)
		} else {
			v.Old = append(v.Old, p)
		}
	}
	if v.Deliveries, err = c.Bodies.Deliveries(ctx, id, controller); err != nil {
		return err
	}
	v.Briefed = slices.ContainsFunc(v.Deliveries, func(d breach.Delivery) bool { return d.Kind == breach.PaperIntranet && d.Version >= v.Version })
	if v.Key, err = c.Bodies.HandoverKey(ctx, controller); err != nil && !isKind(err, breach.ErrNotFound) {
		return err
	}
	all, err := c.Bodies.Followups(ctx, id)
	for _, f := range all {
		if f.Controller == controller {
			v.Followups = append(v.Followups, f)
		}
	}
	if err != nil {
		return err
	}
	return c.show(w, http.StatusOK, "institution", v)
}

// Given is when a document of the version was delivered; zero when it was not.
func (v institutionView) Given(kind string) breach.Delivery {
	for _, d := range v.Deliveries {
		if d.Kind == kind && d.Version == v.Version {
			return d
		}
	}
	return breach.Delivery{}
}

// Kinds lists the documents, each once.
func (v institutionView) Kinds() (list []string) {
	for _, p := range v.Papers {
		if !slices.Contains(list, p.Kind) {
			list = append(list, p.Kind)
		}
	}
	return list
}

// Of lists the documents of a kind.
func (v institutionView) Of(kind string) (list []breach.Paper) {
	for _, p := range v.Papers {
		if p.Kind == kind {
			list = append(list, p)
		}
	}
	return list
}

var paperName = regexp.MustCompile(`^v[0-9]{1,6}/[a-z0-9-]{1,40}\.(fr|en)\.(html|txt|pdf)$`)

// institutionPaper gives a document out, to be kept or printed.
func (c *console) institutionPaper(w http.ResponseWriter, r *http.Request) error {
	id, controller, _ := casePath(r)
	file := r.PathValue("version") + "/" + r.PathValue("file")
	if c.Bodies == nil || !paperName.MatchString(file) {
		return breach.ErrNotFound
	}
	data, err := c.Bodies.PaperFile(r.Context(), id, controller, file)
	if err != nil {
		return err
	}
	return download(w, path.Base(file), mime.TypeByExtension(path.Ext(file)), data)
}

// download answers with a file. It is never shown as a page of the console.
func download(w http.ResponseWriter, name, media string, data []byte) error {
	if media == "" {
		media = "application/octet-stream"
	}
	w.Header().Set("Content-Type", media)
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	w.Header().Set("Content-Length", strconv.Itoa(len(data)))
	_, err := w.Write(data)
	return err
}

// institutionDelivered records that somebody gave the institution a document.
// Without the intranet article nothing is sent to people.
func (c *console) institutionDelivered(w http.ResponseWriter, r *http.Request) error {
	id, controller, here := casePath(r)
	if c.Bodies == nil {
		return breach.ErrNotFound
	}
	at, ok1 := instant(r, "at")
	how, ok2 := field(r, "how")
	version, err := strconv.Atoi(r.PostForm.Get("version"))
	if !ok1 || !ok2 || err != nil || at.After(c.Now()) {
		return back(w, r, here+"/institution", "err", "delivered")
	}
	err = c.Bodies.AddDelivery(r.Context(), breach.Delivery{Incident: id, Controller: controller, Kind: r.PostForm.Get("kind"), Version: version,
		At: at, By: who(r).ID, How: how})
	if isKind(err, breach.ErrNotFound) {
		return back(w, r, here+"/institution", "err", "delivered")
	}
	if err == nil {
		c.nudge(r.Context(), id)
	}
	return answer(w, r, here+"/institution", "delivered", err)
}

var ageRecipient = regexp.MustCompile(`^age1[0-9a-z]{58,800}$`)

// institutionKey records the institution's key, and how it was checked.
func (c *console) institutionKey(w http.ResponseWriter, r *http.Request) error {
	_, controller, here := casePath(r)
	if c.Bodies == nil {
		return breach.ErrNotFound
	}
	recipient, ok1 := field(r, "recipient")
	how, ok2 := field(r, "how")
	if !ok1 || !ok2 || !ageRecipient.MatchString(recipient) {
		return back(w, r, here+"/institution", "err", "key")
	}
	err := c.Bodies.SetHandoverKey(r.Context(), breach.HandoverKey{Controller: controller, Recipient: recipient, How: how, By: who(r).ID, At: c.Now().UTC()})
	return answer(w, r, here+"/institution", "key", err)
}

// institutionPeople hands the sealed list of the institution's people over.
func (c *console) institutionPeople(w http.ResponseWriter, r *http.Request) error {
	id, controller, here := casePath(r)
	if c.Bodies == nil {
		return breach.ErrNotFound
	}
	reason, ok := field(r, "reason")
	if !ok {
		return back(w, r, here+"/institution", "err", "reason")
	}
	var sealed bytes.Buffer
	if _, err := c.Bodies.SealPeople(r.Context(), &sealed, id, controller, who(r).ID, reason); err != nil {
		return answer(w, r, here+"/institution", "", err)
	}
	return download(w, fmt.Sprintf("%s-%s.csv.age", id, controller), "application/octet-stream", sealed.Bytes())
}

// institutionFollowup records what the institution answered at three or six
// months.
func (c *console) institutionFollowup(w http.ResponseWriter, r *http.Request) error {
	id, controller, here := casePath(r)
	if c.Bodies == nil {
		return breach.ErrNotFound
	}
	measures, ok1 := field(r, "measures")
	next, ok2 := field(r, "next")
	months, err1 := strconv.Atoi(r.PostForm.Get("months"))
	score, err2 := strconv.Atoi(r.PostForm.Get("score"))
	if !ok1 || !ok2 || err1 != nil || err2 != nil || score < 0 || score > 100 {
		return back(w, r, here+"/institution", "err", "followup")
	}
	err := c.Bodies.AnswerFollowup(r.Context(), id, controller, months,
		breach.Strategy{Measures: measures, Score: score, Next: next, NewFacts: r.PostForm.Get("new_facts") == "yes"}, who(r).ID, c.Now().UTC())
	return answer(w, r, here+"/institution", "followup", err)
}
