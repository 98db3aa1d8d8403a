package extract

import (
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"vigie/crawlers"
	"vigie/internal/breach"
)

// signs of states in a page's own words, looked for only where little else
// is said.
var (
	captchaSign = regexp.MustCompile(`(?i)captcha|are you (a )?human|not a robot|(select|click|pick|tick) (on )?(all )?(of )?(the )?(images|pictures|tiles|squares)|(select|click|choose|find|tap|pick) (on )?(the |all |every )?(\w+ ){0,3}(circles?|pictures?|images?|squares?|shapes?|icons?|objects?|slider)\b|(slide|drag) (the|to)\b|sélectionnez (toutes )?les images|выберите (все )?(картинки|изображения)|alle bilder|anti.?crawl|prove you are|(enter|type) the (characters|letters|digits|code|text) (you see|shown|in|from)|капч|验证码|安全验证|完成验证|\d\s*[+×x*-]\s*\d+\s*=\s*(\?|$|\W*$)|依次点击|滑块|введите (код|символы) с`)
	gateSign    = regexp.MustCompile(`(?i)ddos|placed in a queue|access queue|waiting (room|queue)|place in (the )?(queue|line)|position in (the )?(queue|line)|checking your browser|verifying (your browser|you are)|you will be (automatically )?redirected|please wait|just a moment|anti.?flood|not a bot|proof.of.work|file d.attente|veuillez patienter|bitte warten|espere un momento|подождите|проверка браузера|请稍候|正在检查|(at least|au moins|minimum( of)?) \d+ (\pL+ ){0,2}(messages|posts|credits|crédits|points|likes|replies)|you (confirm|certify|declare) (that )?you are|(are|be) (over |at least )?18\b|\b18\+|before you (come|go) in|access .{0,40}(reserved|restricted|limited) to|accès .{0,40}(réservé|restreint|limité)|mot secret|secret word|apply for access|access token|invit(e|ation).only|only by invitation|sur invitation`)
	loginSign   = regexp.MustCompile(`(?i)log ?in|sign in|password|private key|(enter|type) (your|the) (id|key|code)|(open|enter|join) (the )?chat|authori[sz]ation|se connecter|mot de passe|passwort|contraseña|пароль|войти|密码|登录|client id|chat with`)
	parkedSign  = regexp.MustCompile(`(?i)domain (name )?(is|may be) for sale|buy this domain|domain.{0,30}(parked|(has |have )?expired|is registered|has been registered|is reserved)|parked (free|domain)|sedo|domaine.{0,40}(à vendre|parqué|enregistré|réservé|expiré)|domain.{0,30}(steht zum verkauf|geparkt|reserviert|registriert)|dominio.{0,30}(en venta|aparcado|registrado|in vendita)|домен.{0,30}(прода|припаркован|зарегистрирован)|(domain|web ?site|site|server)s? (name )?(has|have) been seized|domaine.{0,40}(créé|saisi)|domain.{0,30}(was|has been) (successfully )?created|域名.{0,10}(出售|转让)|related searches|(account|site|compte|cuenta|konto) .{0,40}(suspended|suspendue?|suspendida|gesperrt)`)
	errorSign   = regexp.MustCompile(`(?i)^(error\b|\d{3}\b)|(40[0-9]|50[0-9])[^0-9]{0,20}(not found|forbidden|error|bad gateway|unavailable|time-?out)|not found|bad gateway|service unavailable|temporarily (down|unavailable)|internal server error|forbidden|access denied|unable to connect|could ?n.t connect|connection (refused|timed out|reset)|database connection|(fatal|uncaught|parse|syntax) (error|exception)|stack trace|traceback \(|unhandled exception|too many connections|welcome to nginx|apache2 .*default page|it works!|доступ запрещ[её]н|not be found|under maintenance|en maintenance|технические работы|^\W*maintenance\b|does ?n.t exist|do(es)? not exist|no longer (exists|available)|(thread|topic|post|page|message)s? (was|were|has been|have been) (deleted|removed)|invalid (thread|topic|post|forum|link)|n.existe (pas|plus)|introuvable|не существует|existiert nicht|no existe|не найдена|ошибка \d|zugriff verweigert|acceso denegado|accès (refusé|interdit)`)
	errorTitle  = regexp.MustCompile(`(?i)^\W*(error\b|[45]\d\d\b)|\b[45]\d\d: |\berror$|not found|bad gateway|unavailable|time-?out|timed out|introuvable|^erreur|^ошибка|^fehler`)
	loginTitle  = regexp.MustCompile(`(?i)\b(log ?in|sign ?in|chat|enter the key|recovery|connexion)\b`)
	ransomNote  = regexp.MustCompile(`(?i)your (files|data|network) (are|is|was|were|has been|have been) (encrypted|locked|compromised)|restore your (files|data)`)
	shellSign   = regexp.MustCompile(`(?i)enable javascript|javascript (is )?(required|disabled)|you need to enable|activer javascript`)
	emptySign   = regexp.MustCompile(`(?i)\b(no|zero|0) (\w+ )?(posts?|publications?|leaks?|victims?|entries|results?|articles?|news|data|items|records|companies|threads?|topics?)\b( (found|yet|here|available|for|to (show|display)|match\w*|in this))|nothing (was )?(found|here|yet|to (show|display|see))|(rien|aucune? \w+) ?(de |à |n.a été |pour )?(trouvé|afficher|publi|le moment|résultat)|il n.y a (aucune?|pas) |noch (keine|nichts)|keine (einträge|beiträge|ergebnisse)|(no hay|sin) (publicaciones|resultados|entradas)|ничего не найдено|пока (пусто|нет)|нет (записей|публикаций|данных)|暂无|没有(数据|内容|结果)|list is empty|coming soon`)
	askedSign   = regexp.MustCompile(`(?i)^\W*(f\.?a\.?q\.?\b|frequently asked|questions?\b|jobs?\b|careers?\b|vacanc|we are hiring|about\b( us\b)?|contacts?\b|rules?\b|(our |official )?mirrors?\b|pgp\b|terms\b|privacy|how to\b|foire aux questions|questions fréquentes|offres d.emploi|emplois?\b|recrutement|à propos|qui sommes|règles?\b|mentions légales|häufige fragen|stellen(angebote)?\b|über uns|impressum|kontakt|preguntas frecuentes|empleos?\b|trabajo\b|sobre nosotros|contacto|reglas|вопросы|вакансии|о нас|о компании|правила|контакты|常见问题|招聘|关于|规则|联系)|\b(jobs|careers|faq)\W*$`)
)

// movedSign is how servers say where a page is now.
var movedSign = regexp.MustCompile(`(?i)^\W*30[1278]\b|(document|page|site) (has |was |is )?(been )?(permanently |temporarily )?moved|moved (permanently|temporarily)`)

// stateOf names what a page is. What was extracted speaks first, unless the
// page is a queue, shop or error that happens to repeat something.
func stateOf(p crawlers.Page, d *document, posts []breach.Post, confidence float64) (string, float64) {
	if p.Status >= 400 {
		return crawlers.StateError, .95
	}
	if d == nil { // JSON
		if len(posts) == 0 {
			return answerOf(p.Body)
		}
		return crawlers.StateListing, confidence
	}
	words, title := clip(textOf(d.root), 20_000), d.title()
	start := title + " " + clip(words, 3000) // what a page is, it says at once
	low := strings.ToLower(words)
	short := d.total < 1500
	dated := slices.ContainsFunc(posts, func(p breach.Post) bool { return p.Date != "" || p.Deadline != "" || p.Size > 0 })
	listed := len(posts) > 0 && confidence >= minConfidence
	waiting := d.total < 400 && gateSign.MatchString(start)
	switch {
	case d.total < 300 && movedSign.MatchString(start):
		return crawlers.StateRedirect, .85
	case d.total < 1000 && errorTitle.MatchString(title):
		return crawlers.StateError, .9
	case lists(strings.ToLower(start)), lists(strings.ToLower(string(p.Body[:min(len(p.Body), headOfPage)]))), d.directory(posts):
		return crawlers.StateIndex, .85
	case len(posts) > 0 && sells(low), d.shop(low), offered(posts) && saleWord.MatchString(low):
		return crawlers.StateMarket, .8
	case listed && !dated && d.total < 600 && d.has("input", "type", "password"):
		return crawlers.StateLogin, .85
	case !dated && askedSign.MatchString(title) && (d.heading() == "" || askedSign.MatchString(d.heading())):
		return crawlers.StateOther, .6
	case !dated && d.total < 1500 && parkedSign.MatchString(start):
		return crawlers.StateParked, .8
	case len(posts) <= fewPosts && ransomNote.MatchString(clip(words, 3000)):
		return crawlers.StateLogin, .8
	case listed && !waiting:
		return crawlers.StateListing, confidence
	case d.filed():
		return crawlers.StateIndex, .75
	case short && len(posts) == 0 && d.leadsTo(cartLink) && cartWord.MatchString(low):
		return crawlers.StateMarket, .7
	case short && (captchaSign.MatchString(start) || d.asks(captchaName) || d.picks()):
		return crawlers.StateCaptcha, .85
	case short && gateSign.MatchString(start):
		return crawlers.StateGate, .85
	case parkedSign.MatchString(start), d.total < 300 && d.leads(parkedHost), d.squatted(p.URL):
		return crawlers.StateParked, .8
	case d.total < 600 && errorSign.MatchString(strings.TrimSpace(start)):
		return crawlers.StateError, .85
	case d.total < 100 && d.shell():
		return crawlers.StateShell, .8
	case d.total < 400 && (emptySign.MatchString(start) || d.vacant()):
		return crawlers.StateEmpty, .8
	case short && (d.has("input", "type", "password") || loginTitle.MatchString(title) || d.has("input", "", "") && loginSign.MatchString(start)):
		return crawlers.StateLogin, .8
	case d.redirects() && d.total < 300:
		return crawlers.StateRedirect, .85
	case shellSign.MatchString(d.noscript()+" "+words) && d.total < 400:
		return crawlers.StateShell, .75
	case !hasLetter(words):
		return crawlers.StateEmpty, .9
	}
	return crawlers.StateOther, .5
}

// fewPosts may be read in what is a note to victims.
const fewPosts = 3

// answerOf names an answer in JSON that holds no post.
func answerOf(body []byte) (string, float64) {
	var v any
	if json.Unmarshal(body, &v) != nil {
		return crawlers.StateOther, .5
	}
	o, ok := v.(map[string]any)
	for _, k := range []string{"error", "errors", "exception"} {
		if e := o[k]; e != nil && e != false && e != "" {
			return crawlers.StateError, .85
		}
	}
	if code, _ := o["status"].(float64); code >= 400 {
		return crawlers.StateError, .85
	}
	if bare(v, 4) || ok && len(o) == 0 {
		return crawlers.StateEmpty, .8
	}
	return crawlers.StateOther, .5
}

// bare tells a value that is an empty list or holds one.
func bare(v any, depth int) bool {
	switch v := v.(type) {
	case []any:
		return len(v) == 0
	case map[string]any:
		for _, e := range v {
			if depth > 0 && bare(e, depth-1) {
				return true
			}
		}
	}
	return false
}

// captchaName is how the pictures and fields of captchas are called.
var captchaName = regexp.MustCompile(`(?i)captcha`)

// asks tells a page with a field or a picture of a name.
func (d *document) asks(name *regexp.Regexp) bool {
	return find(d.root, func(n *html.Node) bool {
		return (n.DataAtom == atom.Input || n.DataAtom == atom.Img || n.DataAtom == atom.Div || n.DataAtom == atom.Iframe) &&
			(name.MatchString(attr(n, "name")) || name.MatchString(attr(n, "src")) || name.MatchString(attr(n, "class")))
	}) != nil
}

// vacant tells a page whose markup says that its list is empty.
func (d *document) vacant() bool {
	return find(d.root, func(n *html.Node) bool {
		return n.DataAtom != atom.Html && slices.ContainsFunc(strings.Fields(attr(n, "class")), func(c string) bool {
			return c == "no-results" || c == "no-posts" || c == "empty-state" || c == "no-data" || c == "nothing-found"
		})
	}) != nil
}

// heading is the first heading of the page.
func (d *document) heading() string {
	if n := find(d.root, func(n *html.Node) bool { return headingLevel(n) > 0 && textOf(n) != "" }); n != nil {
		return textOf(n)
	}
	return ""
}

var (
	buyWord  = regexp.MustCompile(`(?i)^\W*(buy|buy now|purchase|order|add to (cart|basket)|acheter|ajouter au panier|commander|kaufen|in den warenkorb|comprar|añadir al carrito|купить|в корзину|购买|加入购物车)\W*$`)
	cartWord = regexp.MustCompile(`(?i)\b(cart|basket|balance|in stock|escrow|deposit|panier|en stock|solde|warenkorb|carrito)\b|корзин|в наличии|гарант|баланс|购物车|余额|库存`)
)

// shop tells a page where several things can each be bought.
func (d *document) shop(low string) bool {
	n := 0
	for _, e := range d.nodes {
		switch e.DataAtom {
		case atom.Button, atom.A:
			if t := textOf(e); len(t) < 60 && buyWord.MatchString(t) {
				n++
			}
		case atom.Input:
			if buyWord.MatchString(attr(e, "value")) {
				n++
			}
		}
	}
	return n >= minLaid && cartWord.MatchString(low)
}

// headOfPage is how many bytes of a page are searched for a directory's words,
// which laying it out may have moved.
const headOfPage = 4 << 10

// lists tells a directory as web servers show it.
func lists(low string) bool {
	for _, sign := range []string{"index of /", "index of/", "index de /", "parent directory", "directory listing for", "<listbucketresult"} {
		if strings.Contains(low, sign) {
			return true
		}
	}
	if strings.Count(low, "├──")+strings.Count(low, "└──") > 2 || strings.Count(low, "📁") > 1 { // as programs draw trees
		return true
	}
	i := strings.Index(low, "file name")
	return i >= 0 && strings.Contains(low[i:min(i+60, len(low))], "file size")
}

// parkedHost is how the hosts are called from which parked names take their
// advertisements.
var parkedHost = regexp.MustCompile(`(?i)//[^/]*(parking|parked|sedo|domain-?(market|sale)|buydomain)|/afs/ads|/caf/`)

// leads tells pages that load something from an address of a kind.
func (d *document) leads(where *regexp.Regexp) bool {
	return find(d.root, func(n *html.Node) bool {
		return where.MatchString(attr(n, "src")) || n.DataAtom == atom.Link && where.MatchString(attr(n, "href"))
	}) != nil
}

// squatted tells a name that now shows the page of an ordinary site: it says
// that its proper address is elsewhere, and counts its visitors.
func (d *document) squatted(address string) bool {
	here, err := url.Parse(address)
	if err != nil {
		return false
	}
	proper := ""
	for n := range d.root.Descendants() {
		switch {
		case n.DataAtom == atom.Link && strings.EqualFold(attr(n, "rel"), "canonical"):
			proper = attr(n, "href")
		case n.DataAtom == atom.Meta && proper == "" && attr(n, "property") == "og:url":
			proper = attr(n, "content")
		}
	}
	there, err := url.Parse(proper)
	if err != nil || !ordinaryHost(there.Hostname()) || strings.EqualFold(strings.TrimPrefix(there.Hostname(), "www."), strings.TrimPrefix(here.Hostname(), "www.")) {
		return false
	}
	return d.leads(counters)
}

var counters = regexp.MustCompile(`(?i)//[^/]*(googletagmanager|google-analytics|doubleclick|googlesyndication|facebook\.net|matomo|hotjar)`)

// saleWord stands where things are sold; a price alone may be a ransom.
var saleWord = regexp.MustCompile(`\b(buy|bids?|bets?|blitz|vendors?|sellers?|escrow|deposit|cart|basket)\b|购买|出售|купить|продавец|acheter|vendeur|panier`)

// offered tells offers: two posts or more, nearly all with a price.
func offered(posts []breach.Post) bool {
	n := 0
	for _, p := range posts {
		if p.Price != "" {
			n++
		}
	}
	return n > 1 && 5*n >= 4*len(posts)
}

// sells tells a shop by its buttons.
func sells(low string) bool {
	n := 0
	for _, w := range []string{"add to cart", "buy now", "ajouter au panier", "checkout", "my cart"} {
		n += strings.Count(low, w)
	}
	for _, w := range []string{"become a seller", "become a vendor", "devenir vendeur"} {
		n += 3 * strings.Count(low, w)
	}
	return n >= 3
}

var cartLink = regexp.MustCompile(`(?i)(^|[/?=])(cart|basket|panier|checkout)([/?.&]|$)`)

// leadsTo tells a page with a link of a kind.
func (d *document) leadsTo(where *regexp.Regexp) bool {
	return find(d.root, func(n *html.Node) bool { return n.DataAtom == atom.A && where.MatchString(attr(n, "href")) }) != nil
}

var bundle = regexp.MustCompile(`(?i)(chunk|bundle|vendors|runtime|main|app|index)[-.~][\w-]*\.?(chunk\.)?js|_next/|meteor`)

// fetches tells a script that asks for what it then shows, and loading a page
// that says so meanwhile.
var (
	fetches = regexp.MustCompile(`(\bfetch\(|axios\.|XMLHttpRequest|\$\.(get|ajax|getJSON)\()[\s\S]*(innerHTML|createElement|appendChild|render|json\(\))`)
	loading = regexp.MustCompile(`(?i)^\W*(loading|chargement|загрузка|加载|wird geladen|cargando|please wait)|\b(loading|chargement)\b(\W*$|\s*(…|\.\.\.))`)
)

// shell tells a page whose content comes by JavaScript: an element that waits
// for it, or scripts as build tools name them.
func (d *document) shell() bool {
	return find(d.root, func(n *html.Node) bool {
		switch n.DataAtom {
		case atom.Script:
			return bundle.MatchString(attr(n, "src")) || n.FirstChild != nil && fetches.MatchString(n.FirstChild.Data) && loading.MatchString(clip(textOf(d.root), 200))
		case atom.Div:
			switch attr(n, "id") {
			case "root", "app", "react-root", "__next", "__nuxt", "svelte":
				return true
			}
		}
		return false
	}) != nil
}

func (d *document) title() string {
	if n := find(d.root, func(n *html.Node) bool { return n.DataAtom == atom.Title }); n != nil && n.FirstChild != nil {
		return strings.TrimSpace(n.FirstChild.Data)
	}
	return ""
}

// has tells whether an element stands on the page with an attribute's value;
// an empty key asks for the element alone.
func (d *document) has(tag, key, value string) bool {
	return find(d.root, func(n *html.Node) bool {
		return n.Data == tag && (key == "" || strings.EqualFold(attr(n, key), value))
	}) != nil
}

func (d *document) noscript() string {
	n := find(d.root, func(n *html.Node) bool { return n.DataAtom == atom.Noscript })
	if n == nil || n.FirstChild == nil {
		return ""
	}
	return n.FirstChild.Data
}

var jumps = regexp.MustCompile(`(?i)(window|document|top|self)?\.?location(\.href)?\s*=|location\.replace\(`)

// redirects tells pages that only point elsewhere.
func (d *document) redirects() bool {
	return find(d.root, func(n *html.Node) bool {
		switch n.DataAtom {
		case atom.Meta:
			return strings.EqualFold(attr(n, "http-equiv"), "refresh") && strings.Contains(strings.ToLower(attr(n, "content")), "url")
		case atom.Frame, atom.Frameset, atom.Iframe:
			return true
		case atom.Script:
			return n.FirstChild != nil && len(n.FirstChild.Data) < 600 && jumps.MatchString(n.FirstChild.Data)
		}
		return false
	}) != nil
}

// find returns the first element, in document order, that ok accepts.
func find(n *html.Node, ok func(*html.Node) bool) *html.Node {
	for c := range n.Descendants() {
		if c.Type == html.ElementNode && ok(c) {
			return c
		}
	}
	return nil
}
