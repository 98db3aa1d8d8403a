package console

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"vigie/internal/breach"
)

// What the public form takes.
const (
	maxReport   = 12 << 20 // bytes of a report with its files
	maxUpload   = 10 << 20 // bytes of one file
	maxUploads  = 5
	maxWords    = 64 << 10        // bytes of one field
	formFastest = 3 * time.Second // a person does not fill it in sooner
	formOldest  = 12 * time.Hour  // nor leave it open longer
	formsHour   = 6               // from one address
	formsAll    = 200             // from everywhere, an hour
)

// ReportForm is what a person sent with the form.
type ReportForm struct {
	Kind, Role, Body, Text, Contact string
	Files                           []ReportFile
}

// ReportFile is a file that came with it. Its name is for people to read.
type ReportFile struct {
	Name string
	Data []byte
}

// reportKinds are what a report may be about.
var reportKinds = []string{"leak", "counterfeit"}

type reportView struct {
	page
	Kind    string
	Kinds   []string
	Roles   []string
	Issued  string
	Proof   string
	Receipt string
	Refused string // code
}

func (c *console) reportShow(w http.ResponseWriter, r *http.Request) error {
	return c.reportForm(w, r, http.StatusOK, "")
}

func (c *console) reportForm(w http.ResponseWriter, r *http.Request, code int, refused string) error {
	v := reportView{page: c.page(r, "report.title"), Roles: breach.ReportRoles, Refused: refused, Kinds: reportKinds}
	if v.Kind = r.URL.Query().Get("kind"); !slices.Contains(reportKinds, v.Kind) {
		v.Kind = reportKinds[0]
	}
	v.Path = "/report"
	v.Issued = strconv.FormatInt(c.Now().Unix(), 10)
	v.Proof = c.formProof(v.Issued)
	return c.show(w, code, "report", v)
}

// formProof shows that a form is ours, and since when it has been open.
func (c *console) formProof(issued string) string {
	mac := hmac.New(sha256.New, c.FormKey)
	mac.Write([]byte("report form " + issued))
	return hex.EncodeToString(mac.Sum(nil))
}

// reportSubmit takes a report. It answers the same to everybody: a receipt. A
// machine that fills in the field that people do not see gets one too, and
// nothing is kept of it.
func (c *console) reportSubmit(w http.ResponseWriter, r *http.Request) error {
	if c.File == nil {
		return breach.ErrNotFound
	}
	if !c.forms.allow(c.remote(r), c.Now()) {
		return c.reportForm(w, r, http.StatusTooManyRequests, "busy")
	}
	select { // each holds a report in memory
	case c.uploads <- struct{}{}:
		defer func() { <-c.uploads }()
	default:
		return c.reportForm(w, r, http.StatusServiceUnavailable, "busy")
	}
	fields, files, err := readForm(r)
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large), errors.Is(err, errTooLarge):
		return c.reportForm(w, r, http.StatusRequestEntityTooLarge, "large")
	case err != nil:
		return c.reportForm(w, r, http.StatusBadRequest, "broken")
	}
	if code := c.stale(fields["issued"], fields["proof"]); code != "" {
		return c.reportForm(w, r, http.StatusBadRequest, code)
	}
	v := reportView{page: c.page(r, "report.thanks")}
	v.Path = "/report"
	if fields["homepage"] != "" {
		v.Receipt = breach.NewID("rep")
		return c.show(w, http.StatusOK, "report", v)
	}
	kind := fields["kind"]
	if !slices.Contains(reportKinds, kind) {
		kind = reportKinds[0]
	}
	v.Receipt, err = c.File(r.Context(), ReportForm{kind, fields["role"], fields["body"], fields["text"], fields["contact"], files})
	if isKind(err, breach.ErrInvalid) {
		return c.reportForm(w, r, http.StatusBadRequest, "empty")
	}
	if err != nil {
		return err
	}
	return c.show(w, http.StatusOK, "report", v)
}

// stale refuses a form that is not ours, or filled in by a machine.
func (c *console) stale(issued, proof string) string {
	at, err := strconv.ParseInt(issued, 10, 64)
	if err != nil || !hmac.Equal([]byte(proof), []byte(c.formProof(issued))) {
		return "broken"
	}
	switch age := c.Now().Sub(time.Unix(at, 0)); {
	case age < formFastest:
		return "fast"
	case age > formOldest:
		return "old"
	}
	return ""
}

var errTooLarge = errors.New("a part is too large")

// readForm reads a multipart form in memory: what people send may be stolen,
// and must not rest on disk in clear.
func readForm(r *http.Request) (map[string]string, []ReportFile, error) {
	mr, err := r.MultipartReader()
	if err != nil {
		return nil, nil, err
	}
	fields, files := map[string]string{}, []ReportFile(nil)
	for n := 0; n < 40; n++ {
		part, err := mr.NextPart()
		if errors.Is(err, io.EOF) {
			return fields, files, nil
		}
		if err != nil {
			return nil, nil, err
		}
		if part.FileName() == "" && part.FormName() != "files" {
			text, err := bounded(part, maxWords)
			if err != nil {
				return nil, nil, err
			}
			fields[part.FormName()] = string(text)
			continue
		}
		data, err := bounded(part, maxUpload)
		if err != nil {
			return nil, nil, err
		}
		if len(data) > 0 {
			files = append(files, ReportFile{strings.ToValidUTF8(part.FileName(), ""), data})
		}
		if len(files) > maxUploads {
			return nil, nil, errTooLarge
		}
	}
	return nil, nil, errTooLarge
}

func bounded(p *multipart.Part, most int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(p, most+1))
	if err == nil && int64(len(data)) > most {
		err = errTooLarge
	}
	return data, err
}

// File takes in a report and gives its receipt.
type filer func(ctx context.Context, f ReportForm) (receipt string, err error)
