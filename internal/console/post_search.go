package console

import (
	"net/http"
	"strings"

	"vigie/internal/breach"
)

const searchLimit = 50

type searchView struct {
	page
	Query string
	Posts []breach.Post // masked
	Full  bool          // there may be more
}

func (c *console) postSearch(w http.ResponseWriter, r *http.Request) error {
	v := searchView{page: c.page(r, "search.title"), Query: strings.TrimSpace(r.URL.Query().Get("q"))}
	if len(v.Query) > 200 {
		v.Fault, v.Query = v.T("err.query"), ""
	}
	if v.Query != "" {
		posts, err := c.Search(r.Context(), v.Query, searchLimit)
		switch {
		case isKind(err, breach.ErrInvalid):
			v.Fault = v.T("err.query")
		case err != nil:
			return err
		}
		for _, p := range posts {
			p.Title, p.Text = maskPost(p.Title), excerpt(maskPost(p.Text))
			v.Posts = append(v.Posts, p)
		}
		v.Full = len(posts) == searchLimit
	}
	return c.show(w, http.StatusOK, "search", v)
}

// excerpt keeps the beginning of a text.
func excerpt(text string) string {
	r := []rune(text)
	if len(r) <= 300 {
		return text
	}
	return strings.TrimSpace(string(r[:300])) + " …"
}
