package extract

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"vigie/internal/breach"
)

// The names under which sites' JSON tells the parts of a post, best first.
var (
	titleKeys   = []string{"title", "name", "heading", "company", "companyname", "victim", "victimname", "header", "headline", "organization", "organisation", "target", "org", "entity", "subject", "domain"}
	textKeys    = []string{"description", "desc", "text", "content", "body", "about", "summary", "details", "announcement"}
	siteKeys    = []string{"website", "site", "web", "homepage", "domain", "www"}
	dateKeys    = []string{"date", "published", "publishedat", "publishdate", "discloseddate", "disclosedat", "created", "createddt", "createdat", "encryptedat", "added", "addedat", "updatedat", "time", "timestamp", "ts", "when", "at", "posted", "postedat", "pubdate", "datepublished"}
	countryKeys = []string{"country", "countrycode", "cc", "location"}
	endKeys     = []string{"deadline", "discloseat", "publishat", "expires", "expiresat", "end", "endsat", "enddate", "countdown", "timer", "until"}
	sizeKeys    = []string{"size", "datasize", "volume", "totalsize", "leaksize", "amount", "vol", "bytes"}
	priceKeys   = []string{"price", "ransom", "cost", "priceusd", "buy", "demand"}
	viewKeys    = []string{"views", "view", "visits", "hits", "viewcount", "reads"}
	linkKeys    = []string{"url", "link", "href", "links", "slug", "download", "files", "permalink"}
)

// fromJSON reads posts from a body that is JSON.
func fromJSON(body []byte) ([]breach.Post, bool) {
	body = bytes.TrimSpace(body)
	if len(body) == 0 || body[0] != '{' && body[0] != '[' {
		return nil, false
	}
	var v any
	if err := json.Unmarshal(body, &v); err != nil {
		return nil, false
	}
	return jsonPosts(v), true
}

// onlyPre is the text of a page that is one <pre>, as a browser shows what is no
// page; "" of others.
func onlyPre(root *html.Node) string {
	pre := find(root, func(n *html.Node) bool { return n.DataAtom == atom.Pre })
	if pre == nil || pre.FirstChild == nil || pre.FirstChild != pre.LastChild || textOf(pre) != textOf(root) {
		return ""
	}
	return pre.FirstChild.Data
}

// fromScripts reads posts from JSON inside the scripts of a shell page.
func fromScripts(root *html.Node) ([]breach.Post, bool) {
	var best []breach.Post
	budget := maxBytes
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.ElementNode && n.DataAtom == atom.Script && n.FirstChild != nil && attr(n, "type") != "application/ld+json" { // that describes the page
			if posts := scriptPosts(n.FirstChild.Data, &budget); len(posts) > len(best) {
				best = posts
			}
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
	}
	walk(root)
	return best, len(best) > 0
}

// scriptPosts tries each place where a JSON value that could hold posts
// starts. budget bounds the bytes decoded over all tries.
func scriptPosts(js string, budget *int) []breach.Post {
	var best []breach.Post
	for at := 0; at < len(js) && *budget > 0; {
		i := strings.IndexAny(js[at:], "[{")
		if i < 0 {
			break
		}
		at += i
		rest := strings.TrimLeft(js[at+1:min(at+40, len(js))], " \t\r\n")
		rows := js[at] == '[' && (strings.HasPrefix(rest, "['") || strings.HasPrefix(rest, `["`))
		if !rows && !strings.HasPrefix(rest, "{") && !strings.HasPrefix(rest, `"`) && !strings.HasPrefix(rest, `1,"`) {
			at++
			continue
		}
		if rows || js[at] == '[' && strings.HasPrefix(rest, "{") && !strings.HasPrefix(strings.TrimLeft(rest[1:], " \t\r\n"), `"`) { // [{title: 'Acme'}]
			text, read := literal(js[at:])
			*budget -= max(read, 512)
			var v any
			if text != "" && json.Unmarshal([]byte(text), &v) == nil {
				if posts := jsonPosts(v); len(posts) > len(best) {
					best = posts
				}
			}
			at += max(read, 1)
			continue
		}
		dec := json.NewDecoder(strings.NewReader(js[at:]))
		var v any
		err := dec.Decode(&v)
		read := int(dec.InputOffset())
		var bad *json.SyntaxError
		switch {
		case errors.As(err, &bad):
			*budget -= int(bad.Offset) + 512
		case err != nil:
			*budget -= len(js) - at
		}
		if err != nil {
			at++
			continue
		}
		if posts := jsonPosts(v); len(posts) > len(best) {
			best = posts
		}
		for _, s := range strs(v) { // JSON inside a string, as pages that are streamed have it
			if strings.Contains(s, `":`) && len(s) <= *budget {
				*budget -= len(s)
				if posts := scriptPosts(s, budget); len(posts) > len(best) {
					best = posts
				}
			}
		}
		at += max(read, 1)
	}
	return best
}

// jsonPosts finds the list of objects that reads most like posts.
func jsonPosts(v any) []breach.Post {
	var best []breach.Post
	var walk func(v any, place string, depth int)
	walk = func(v any, place string, depth int) {
		if depth > 32 {
			return
		}
		switch v := v.(type) {
		case []any:
			if posts := objectPosts(v, place); len(posts) > len(best) {
				best = posts
			}
			for i, e := range v {
				walk(e, place+"["+strconv.Itoa(i)+"]", depth+1)
			}
		case map[string]any:
			for _, k := range slices.Sorted(maps.Keys(v)) {
				walk(v[k], place+"."+clip(k, 60), depth+1)
			}
		}
	}
	walk(v, "$", 0)
	return best
}

// objectPosts reads a list as posts if most of it are objects with a title
// and at least one other part.
func objectPosts(list []any, place string) []breach.Post {
	var out []breach.Post
	guess := namesOf(list)
	for i, e := range list {
		o, ok := unwrapped(e)
		if !ok || len(out) >= maxPosts {
			continue
		}
		if p := objectPost(renamed(o, guess), place+"["+strconv.Itoa(i)+"]"); p.Title != "" && (p.Text != "" || p.Website != "" || p.Date != "") {
			out = append(out, p)
		}
	}
	if 2*len(out) < len(list) {
		return nil
	}
	return out
}

// unwrapped is an object without what only wraps it, such as the nodes of a
// graph and the attributes of a resource.
func unwrapped(e any) (o map[string]any, ok bool) {
	if row, is := e.([]any); is && len(row) > 1 { // a row of a table, whose columns the values tell
		o = make(map[string]any, len(row))
		for i, v := range row {
			o[strconv.Itoa(i)] = v
		}
		return o, true
	}
	o, ok = e.(map[string]any)
	for range 4 {
		if _, key := str(o, textKeys); key != "" {
			return o, ok
		}
		var inner map[string]any
		n := 0
		for k, v := range o {
			if m, is := v.(map[string]any); is && !slices.Contains(titleKeys, keyNames.Replace(strings.ToLower(k))) {
				inner, n = m, n+1
			} else if slices.Contains(titleKeys, keyNames.Replace(strings.ToLower(k))) {
				return o, ok
			}
		}
		if n != 1 || !titled(inner) && len(o) > 1 {
			break
		}
		o = inner
	}
	return o, ok
}

func titled(o map[string]any) bool {
	for k := range o {
		if slices.Contains(titleKeys, keyNames.Replace(strings.ToLower(k))) {
			return true
		}
	}
	return false
}

// sureJSON is how sure a field is that stands under a name of its own.
const sureJSON = .9

// keyNames drops what is written differently in one name.
var keyNames = strings.NewReplacer("_", "", "-", "")

// objectPost reads the parts of one object by their names.
func objectPost(o map[string]any, place string) breach.Post {
	low := make(map[string]any, len(o))
	for k, v := range o {
		low[keyNames.Replace(strings.ToLower(k))] = v
	}
	for _, k := range slices.Sorted(maps.Keys(o)) { // what is kept together: its domain and its country
		inner, _ := o[k].(map[string]any)
		for _, k := range slices.Sorted(maps.Keys(inner)) {
			key := keyNames.Replace(strings.ToLower(k))
			if _, taken := low[key]; !taken && (key == "domain" || !slices.Contains(titleKeys, key)) {
				low[key] = inner[k]
			}
		}
	}
	p := breach.Post{Confidence: sureJSON, Marks: map[string]breach.Mark{}}
	from := func(field, value, key string) string {
		if value != "" {
			p.Marks[field] = breach.Mark{Place: place + "." + key, Confidence: sureJSON}
		}
		return value
	}
	take := func(field string, keys []string) string {
		v, key := str(low, keys)
		return from(field, v, key)
	}
	p.Title = clip(plain(take("title", titleKeys)), maxTitle)
	p.Text = clip(plain(take("text", textKeys)), maxText)
	if p.Text == "" {
		v, key := longest(low, p.Title)
		p.Text = clip(from("text", v, key), maxText)
	}
	p.Website = take("website", siteKeys)
	for _, k := range linkKeys {
		p.Links = append(p.Links, strs(low[k])...)
	}
	p.Links = p.Links[:min(len(p.Links), maxLinks)]
	if p.Website == "" {
		p.Website = elsewhere(p.Links)
	}
	v, key := dateOf(low, dateKeys)
	p.Date = from("date", v, key)
	v, key = dateOf(low, endKeys)
	p.Deadline = from("deadline", v, key)
	word, key := str(low, countryKeys)
	if p.Country = countryOf(nil, "country: "+word); p.Country == "" && len(word) == 2 {
		p.Country = strings.ToUpper(word)
	}
	from("country", p.Country, key)
	v, key = str(low, sizeKeys)
	if p.Size, _ = sizeOf(v); p.Size == 0 {
		p.Size, _ = sizeOf(p.Text)
	}
	from("size", number(p.Size), key)
	v, key = str(low, priceKeys)
	if p.Price = priceIn(v, false); p.Price == "" {
		p.Price = priceIn("price: "+v, true)
	}
	from("price", p.Price, key)
	v, key = str(low, viewKeys)
	if p.Views, _ = strconv.ParseInt(v, 10, 64); p.Views < 0 {
		p.Views = 0
	}
	from("views", number(p.Views), key)
	for _, l := range p.Links {
		if fileName.MatchString(l) {
			p.Files = append(p.Files, l)
			p.Marks["files"] = breach.Mark{Place: place, Confidence: sureJSON}
		}
	}
	return p
}

// longest is the longest value that reads like sentences: a text under a name
// of the site's own.
func longest(o map[string]any, title string) (best, key string) {
	for k, v := range o {
		s, _ := v.(string)
		if s = plain(s); len(s) < 40 || strings.Count(s, " ") < 4 || s == title {
			continue
		}
		if len(s) > len(best) || len(s) == len(best) && s < best {
			best, key = s, k
		}
	}
	return best, key
}

// elsewhere is the first link that leads to an ordinary site by its front page.
func elsewhere(links []string) string {
	for _, l := range links {
		for _, l := range strings.Fields(l) {
			u, err := url.Parse(l)
			if err == nil && (u.Scheme == "http" || u.Scheme == "https") && ordinaryHost(u.Hostname()) && len(u.Path) < 2 {
				return l
			}
		}
	}
	return ""
}

// dateOf reads a date that is written out or counted in seconds or
// milliseconds since 1970.
func dateOf(o map[string]any, keys []string) (date, key string) {
	for _, k := range keys {
		switch v := o[k].(type) {
		case string:
			if d := dateIn(v); d != "" {
				return d, k
			}
		case float64:
			if d := counted(v); d != "" {
				return d, k
			}
		}
	}
	return "", ""
}

// counted is a moment counted in seconds or milliseconds since 1970, if it lies
// in the years 2000 to 2099.
func counted(v float64) string {
	if v > 1e12 {
		v /= 1000
	}
	if v < 946684800 || v > 4102444800 {
		return ""
	}
	return time.Unix(int64(v), 0).UTC().Format(time.RFC3339)
}

func str(o map[string]any, keys []string) (value, key string) {
	for _, k := range keys {
		switch v := o[k].(type) {
		case string:
			if v != "" {
				return strings.TrimSpace(v), k
			}
		case float64:
			return fmt.Sprintf("%.0f", v), k
		case []any:
			if s := strs(v); len(s) > 0 {
				return strings.Join(s, " "), k
			}
		case map[string]any: // a text with its form, such as {"rendered": "..."}
			for _, form := range []string{"rendered", "value", "text", "name", "html", "raw"} {
				if s, ok := v[form].(string); ok && s != "" {
					return strings.TrimSpace(s), k
				}
			}
		}
	}
	return "", ""
}

func strs(v any) []string {
	switch v := v.(type) {
	case string:
		if v != "" {
			return []string{v}
		}
	case []any:
		var out []string
		for _, e := range v {
			switch e := e.(type) {
			case string:
				if e != "" {
					out = append(out, e)
				}
			case map[string]any: // a file or a link with a name of its own
				for _, k := range linkKeys {
					if s, ok := e[k].(string); ok && s != "" {
						out = append(out, s)
						break
					}
				}
			}
		}
		return out
	}
	return nil
}

// plain drops markup inside a JSON string.
func plain(s string) string {
	if !strings.ContainsAny(s, "<&") {
		return strings.Join(strings.Fields(s), " ")
	}
	root, err := html.Parse(strings.NewReader(s))
	if err != nil {
		return ""
	}
	return textOf(root)
}
