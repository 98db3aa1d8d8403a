package console

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"vigie/internal/breach"
	"vigie/internal/i18n"
)

type requestStore interface {
	Requests(ctx context.Context, limit int) ([]breach.Request, error)
	Request(ctx context.Context, id breach.RequestID) (breach.Request, []byte, error)
	// AddRequest takes one in; one about a message suspends the address.
	AddRequest(ctx context.Context, q breach.Request, sealed []byte) error
	IdentifyRequest(ctx context.Context, id breach.RequestID, incident breach.IncidentID, registry breach.RegistryID, person breach.PersonID, by breach.UserID) error
	ExtendRequest(ctx context.Context, id breach.RequestID, due time.Time, reason string, by breach.UserID) error
	AnswerRequest(ctx context.Context, id breach.RequestID, state breach.RequestState, outcome string, by breach.UserID, at time.Time) error
}

// Kept is what is kept of a person in one incident: categories and
// communications, never values.
type Kept struct {
	Incident   breach.IncidentID
	Title      string
	Held       []string // codes
	Messages   []breach.Message
	ProofEnded bool // the retention of the proof is over
}

// requestsLimit is how many requests one screen lists.
const requestsLimit = 200

// petition is what a person said and how to answer, as it is sealed.
type petition struct {
	Text   string `json:"text"`
	Reply  string `json:"reply"`
	Tongue string `json:"lang"` // fr or en
}

func requestPlace(id breach.RequestID) string { return "request " + string(id) }

type requestsView struct {
	page
	List []requestLine
	Full bool
}

type requestLine struct {
	breach.Request
	Late bool
	Rest time.Duration // until it is due
}

func (c *console) requestLine(q breach.Request) requestLine {
	return requestLine{q, q.State == breach.RequestOpen && c.Now().After(q.DueAt), q.DueAt.Sub(c.Now())}
}

// Kinds lists what a request may be.
func (requestsView) Kinds() []breach.RequestKind { return breach.RequestKinds }

func (c *console) requestList(w http.ResponseWriter, r *http.Request) error {
	list, err := c.Store.Requests(r.Context(), requestsLimit)
	if err != nil {
		return err
	}
	v := requestsView{page: c.page(r, "request.title"), Full: len(list) == requestsLimit}
	for _, q := range list {
		v.List = append(v.List, c.requestLine(q))
	}
	return c.show(w, http.StatusOK, "requests", v)
}

// requestAdd takes in what somebody asks or says, by letter, call or e-mail. The
// clock runs from when it came, which may be before it was typed.
func (c *console) requestAdd(w http.ResponseWriter, r *http.Request) error {
	text, ok1 := field(r, "text")
	reply, ok2 := field(r, "reply")
	at, ok3 := instant(r, "received_at")
	kind := breach.RequestKind(r.PostForm.Get("kind"))
	lang := r.PostForm.Get("lang")
	if !ok1 || !ok2 || !ok3 || at.After(c.Now()) || !slices.Contains(breach.RequestKinds, kind) || lang != "fr" && lang != "en" || c.SealText == nil {
		return back(w, r, "/requests", "err", "request")
	}
	q := breach.Request{ID: breach.RequestID(breach.NewID("req")), Kind: kind, State: breach.RequestOpen, ReceivedAt: at,
		DueAt: breach.AnswerBy(at, false, i18n.Paris()), TakenBy: who(r).ID, Message: breach.MessageID(strings.TrimSpace(r.PostForm.Get("message")))}
	raw, err := json.Marshal(petition{text, reply, lang})
	if err != nil {
		return err
	}
	box, err := c.SealText(raw, requestPlace(q.ID))
	if err != nil {
		return err
	}
	err = c.Store.AddRequest(r.Context(), q, box)
	if isKind(err, breach.ErrNotFound) {
		return back(w, r, "/requests", "err", "reference")
	}
	return answer(w, r, "/requests/"+string(q.ID), "request", err)
}

type requestView struct {
	page
	requestLine
	petition
	Gone       bool // the words were erased
	Registries []breach.RegistryID
	Kept       []Kept
	Draft      []string // paragraphs of the answer
	MayExtend  bool
}

func (c *console) requestShow(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	q, box, err := c.Store.Request(ctx, breach.RequestID(r.PathValue("request")))
	if err != nil {
		return err
	}
	v := requestView{page: c.page(r, "request.of", string(q.ID)), requestLine: c.requestLine(q), Gone: len(box) == 0,
		MayExtend: q.State == breach.RequestOpen && q.Longer == ""}
	v.Tongue = "fr"
	if !v.Gone && c.OpenText != nil {
		if err := c.Auditor.Audit(ctx, who(r).ID, "request.opened", string(q.ID), ""); err != nil {
			return err
		}
		raw, err := c.OpenText(box, requestPlace(q.ID))
		if err != nil {
			return err
		}
		if err := json.Unmarshal(raw, &v.petition); err != nil {
			return err
		}
	}
	if v.Registries, err = c.Registries(ctx); err != nil {
		return err
	}
	if q.Person != "" && q.Kind == breach.RequestAccess && c.Kept != nil {
		if v.Kept, err = c.Kept(ctx, q.Registry, q.Person); err != nil {
			return err
		}
	}
	v.Draft = c.draft(v.Tongue, q, v.Kept)
	return c.show(w, http.StatusOK, "request", v)
}

// draft proposes an answer from what is held, in the person's language. About
// anybody else than the person who asks it says nothing: who says "you wrote to
// my former partner" learns that an address is blocked, and not whether they
// were right.
func (c *console) draft(lang string, q breach.Request, kept []Kept) (out []string) {
	say := func(key string, args ...any) { out = append(out, c.words.T(lang, "draft."+key, args...)) }
	say("begin", i18n.Date(lang, q.ReceivedAt))
	switch q.Kind {
	case breach.RequestAccess:
		c.draftAccess(lang, kept, say)
	case breach.RequestWrong:
		say("wrong")
	case breach.RequestPartner:
		say("partner")
	default:
		say("object")
	}
	say("rights")
	return out
}

func (c *console) draftAccess(lang string, kept []Kept, say func(key string, args ...any)) {
	found := false
	for _, k := range kept {
		if len(k.Held) == 0 && len(k.Messages) == 0 {
			continue
		}
		found = true
		say("incident", k.Title)
		var held []string
		for _, code := range k.Held {
			held = append(held, c.words.T(lang, "held."+code))
		}
		if len(held) > 0 {
			say("held", strings.Join(held, ", "))
		}
		told := false
		for _, m := range k.Messages {
			if m.State == breach.MessageHandedOver || m.State == breach.MessageDelivered {
				told = true
				say("told", i18n.Date(lang, m.UpdatedAt), c.words.T(lang, "channel."+string(m.Channel)), m.Notice)
			}
		}
		if !told {
			say("untold")
		}
	}
	switch {
	case len(kept) == 0 || !found:
		say("nothing")
	}
	if slices.ContainsFunc(kept, func(k Kept) bool { return k.ProofEnded }) {
		say("ended")
	}
}

func requestPath(r *http.Request) (breach.RequestID, string) {
	id := breach.RequestID(r.PathValue("request"))
	return id, "/requests/" + string(id)
}

// requestIdentify says who asks, by the registry's own identifier: the identity
// was checked outside (GDPR Art. 12(6)).
func (c *console) requestIdentify(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	id, here := requestPath(r)
	person, ok := field(r, "person")
	registries, err := c.Registries(ctx)
	if err != nil {
		return err
	}
	reg := breach.RegistryID(r.PostForm.Get("registry"))
	if !ok || len(person) > 128 || !slices.Contains(registries, reg) {
		return back(w, r, here, "err", "identify")
	}
	q, _, err := c.Store.Request(ctx, id)
	if err != nil {
		return err
	}
	return answer(w, r, here, "identified", c.Store.IdentifyRequest(ctx, id, q.Incident, reg, breach.PersonID(person), who(r).ID))
}

// requestExtend takes two months more, within the first and with reasons that
// the person is told (GDPR Art. 12(3)).
func (c *console) requestExtend(w http.ResponseWriter, r *http.Request) error {
	id, here := requestPath(r)
	reason, ok := field(r, "reason")
	q, _, err := c.Store.Request(r.Context(), id)
	if err != nil {
		return err
	}
	if !ok || c.Now().After(q.DueAt) {
		return back(w, r, here, "err", "extend")
	}
	due := breach.AnswerBy(q.ReceivedAt, true, i18n.Paris())
	return answer(w, r, here, "extended", c.Store.ExtendRequest(r.Context(), id, due, MaskText(reason), who(r).ID))
}

// requestAnswer closes a request once the answer has gone out.
func (c *console) requestAnswer(w http.ResponseWriter, r *http.Request) error {
	id, here := requestPath(r)
	state, outcome := breach.RequestState(r.PostForm.Get("state")), r.PostForm.Get("outcome")
	known := []string{breach.OutcomeNone, breach.OutcomeConfirmed, breach.OutcomeRight, breach.OutcomeUnknown}
	if !slices.Contains(known, outcome) {
		return back(w, r, here, "err", "invalid")
	}
	return answer(w, r, here, "answered", c.Store.AnswerRequest(r.Context(), id, state, outcome, who(r).ID, c.Now().UTC()))
}
