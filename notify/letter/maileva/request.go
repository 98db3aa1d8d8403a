package maileva

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"vigie/internal/breach"
	"vigie/notify"
)

// token is an access token. It lives in memory alone and prints nothing.
type token struct {
	value   string
	expires time.Time
}

// String hides the token from every formatted output.
func (token) String() string { return "[redacted]" }

// GoString hides it from %#v as well.
func (token) GoString() string { return "[redacted]" }

// early is how long before its end a token is renewed.
const early = 30 * time.Second

// bearer is a token that is still good. fresh asks for a new one.
func (s *Service) bearer(ctx context.Context, fresh bool) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !fresh && s.token.value != "" && s.cfg.Now().Before(s.token.expires.Add(-early)) {
		return s.token.value, nil
	}
	form := url.Values{"grant_type": {"client_credentials"}}
	if s.cfg.User != "" {
		form = url.Values{"grant_type": {"password"}, "username": {s.cfg.User}, "password": {s.cfg.Password}}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.cfg.TokenURL, strings.NewReader(form.Encode()))
	if err != nil {
		return "", errors.New("the token's address is wrong")
	}
	req.SetBasicAuth(url.QueryEscape(s.cfg.ClientID), url.QueryEscape(s.cfg.Secret))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	var reply struct {
		AccessToken string `json:"access_token"`
		ExpiresIn   int64  `json:"expires_in"` // seconds
	}
	if _, err := s.exchange(req, "asking for a token", &reply); err != nil {
		return "", err
	}
	if reply.AccessToken == "" || strings.ContainsAny(reply.AccessToken, "\r\n") {
		return "", fmt.Errorf("asking for a token: none came: %w", breach.ErrTemporary)
	}
	s.token = token{reply.AccessToken, s.cfg.Now().Add(time.Duration(min(max(reply.ExpiresIn, 0), 86_400)) * time.Second)}
	return s.token.value, nil
}

// statusError is an answer that is not 2xx. What the service says in words may
// repeat an address, so that only the number is kept.
type statusError struct {
	doing  string
	status int
}

func (e *statusError) Error() string {
	return e.doing + ": the print service answered " + strconv.Itoa(e.status)
}

// call sends a request with a token, and once more with a new one if it is
// refused. body may be nil.
func (s *Service) call(ctx context.Context, doing, method, path, kind string, body []byte, reply any) (http.Header, error) {
	for fresh := false; ; fresh = true {
		bearer, err := s.bearer(ctx, fresh)
		if err != nil {
			return nil, err
		}
		req, err := http.NewRequestWithContext(ctx, method, s.cfg.URL+path, bytes.NewReader(body))
		if err != nil {
			return nil, fmt.Errorf("%s: no such address: %w", doing, breach.ErrInvalid)
		}
		req.Header.Set("Authorization", "Bearer "+bearer)
		req.Header.Set("Accept", "application/json")
		if kind != "" {
			req.Header.Set("Content-Type", kind)
		}
		header, err := s.exchange(req, doing, reply)
		var status *statusError
		if errors.As(err, &status) && status.status == http.StatusUnauthorized && !fresh {
			continue
		}
		return header, err
	}
}

func (s *Service) exchange(req *http.Request, doing string, reply any) (http.Header, error) {
	resp, err := s.http.Do(req)
	if err != nil {
		if cause := req.Context().Err(); cause != nil {
			return nil, fmt.Errorf("%s: %w", doing, cause)
		}
		return nil, fmt.Errorf("%s: no answer", doing) // the client's words name the address
	}
	defer func() { _ = resp.Body.Close() }()
	data, err := io.ReadAll(io.LimitReader(resp.Body, maxReply))
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return nil, &statusError{doing, resp.StatusCode}
	}
	if err != nil {
		return nil, fmt.Errorf("%s: the answer broke off", doing)
	}
	if reply != nil && json.Unmarshal(data, reply) != nil {
		return nil, fmt.Errorf("%s: an answer that cannot be read", doing)
	}
	return resp.Header, nil
}

// notYet makes of what went wrong before the last step an error that may be
// tried again: nothing is printed until a sending is submitted.
func notYet(err error) error {
	if err == nil || errors.Is(err, breach.ErrTemporary) || errors.Is(err, breach.ErrInvalid) || errors.Is(err, notify.ErrUnknown) {
		return err
	}
	return fmt.Errorf("%w: %w", breach.ErrTemporary, err)
}

// refusal makes of an answer about the letter itself (400, 413, 422) one that is
// final for its recipient.
func refusal(err error) error {
	var status *statusError
	if errors.As(err, &status) && slices.Contains([]int{http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity}, status.status) {
		return fmt.Errorf("%w: %w", breach.ErrInvalid, err)
	}
	return notYet(err)
}

// idShape is what the identifiers of a service may be: they go into addresses.
var idShape = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$`)

func (s *Service) create(ctx context.Context, key string) (string, error) {
	body, err := json.Marshal(map[string]any{
		"name": key, "custom_id": key, "postage_type": s.cfg.Postage, "color_printing": s.cfg.Letter.Color, "duplex_printing": s.cfg.Letter.Duplex,
		"optional_address_sheet": false, "print_sender_address": false, "envelope_windows_type": s.cfg.Envelope, "treat_undelivered_mail": true,
	})
	if err != nil {
		return "", err
	}
	var made sending
	header, err := s.call(ctx, "making a sending", http.MethodPost, "/sendings", "application/json", body, &made)
	if err != nil {
		return "", err
	}
	id := made.ID
	if id == "" {
		where := header.Get("Location")
		id = where[strings.LastIndexByte(where, '/')+1:]
	}
	if !idShape.MatchString(id) {
		return "", errors.New("making a sending: it has no identifier")
	}
	return id, nil
}

// fill gives a draft its document and its recipient.
func (s *Service) fill(ctx context.Context, id, key string, pdf []byte, lines [6]string, country string) error {
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	meta, err := w.CreatePart(textproto.MIMEHeader{"Content-Disposition": {`form-data; name="metadata"`}, "Content-Type": {"application/json"}})
	if err == nil {
		err = json.NewEncoder(meta).Encode(map[string]any{"priority": 1, "name": key + ".pdf", "shrink": false})
	}
	var part io.Writer
	if err == nil {
		part, err = w.CreatePart(textproto.MIMEHeader{"Content-Disposition": {`form-data; name="document"; filename="` + key + `.pdf"`}, "Content-Type": {"application/pdf"}})
	}
	if err == nil {
		_, err = part.Write(pdf)
	}
	if err = errors.Join(err, w.Close()); err != nil {
		return err
	}
	if _, err := s.call(ctx, "adding a document", http.MethodPost, "/sendings/"+id+"/documents", w.FormDataContentType(), form.Bytes(), nil); err != nil {
		return refusal(err)
	}
	to := map[string]any{"custom_id": key, "country_code": country}
	for i, line := range lines {
		to["address_line_"+strconv.Itoa(i+1)] = line
	}
	body, err := json.Marshal(to)
	if err != nil {
		return err
	}
	_, err = s.call(ctx, "adding a recipient", http.MethodPost, "/sendings/"+id+"/recipients", "application/json", body, nil)
	if err = refusal(err); errors.Is(err, breach.ErrInvalid) {
		_ = s.drop(context.WithoutCancel(ctx), id) // a draft that stays prints nothing
	}
	return err
}

// submit is the last step. Whatever goes wrong here leaves a doubt, but for an
// answer that says that it was not done.
func (s *Service) submit(ctx context.Context, id string) error {
	_, err := s.call(ctx, "submitting a sending", http.MethodPost, "/sendings/"+id+"/submit", "application/json", nil, nil)
	var status *statusError
	if !errors.As(err, &status) {
		return err
	}
	switch status.status {
	case http.StatusConflict: // it was submitted before
		return nil
	case http.StatusTooManyRequests, http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusPaymentRequired:
		return notYet(err)
	}
	return refusalOnly(err)
}

// refusalOnly leaves an error that is no refusal as it is: a doubt.
func refusalOnly(err error) error {
	if refused := refusal(err); errors.Is(refused, breach.ErrInvalid) {
		return refused
	}
	return err
}

// drop removes a draft; one that is gone is fine.
func (s *Service) drop(ctx context.Context, id string) error {
	_, err := s.call(ctx, "dropping a draft", http.MethodDelete, "/sendings/"+id, "", nil, nil)
	var status *statusError
	if errors.As(err, &status) && status.status == http.StatusNotFound {
		return nil
	}
	return notYet(err)
}

// page asks for a page of sendings, from an index that begins with 1.
func (s *Service) page(ctx context.Context, query url.Values, from int) ([]sending, error) {
	query.Set("start_index", strconv.Itoa(from))
	query.Set("count", strconv.Itoa(pageSize))
	var reply struct {
		Sendings []sending `json:"sendings"`
	}
	_, err := s.call(ctx, "listing sendings", http.MethodGet, "/sendings?"+query.Encode(), "", nil, &reply)
	for _, x := range reply.Sendings {
		if err == nil && !idShape.MatchString(x.ID) {
			err = errors.New("listing sendings: one without an identifier")
		}
	}
	return reply.Sendings, err
}

// find lists the sendings under a key, the oldest first. A service that does not
// know the filter lists them all; what has another key is left out.
func (s *Service) find(ctx context.Context, key string) (found []sending, err error) {
	for n := range maxPages {
		list, err := s.page(ctx, url.Values{"custom_id": {key}, "sort": {"creation_date"}}, n*pageSize+1)
		if err != nil {
			return nil, err
		}
		for _, x := range list {
			if x.CustomID == key {
				found = append(found, x)
			}
		}
		if len(list) < pageSize {
			return found, nil
		}
	}
	return nil, notify.ErrUnknown
}
