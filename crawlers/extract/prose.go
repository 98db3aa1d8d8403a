package extract

import (
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// piece is a run of text that stands by itself.
type piece struct {
	text   string
	linked bool       // all of it is a link or a button
	at     *html.Node // the element that holds it
}

// pieces cuts what stands in an element at blocks, breaks, and elements that
// stand side by side without words between them.
func pieces(n *html.Node) []piece {
	var out []piece
	var b strings.Builder
	linked, plain := false, false
	end := func(at *html.Node) {
		if t := strings.Join(strings.Fields(b.String()), " "); t != "" {
			out = append(out, piece{t, linked && !plain, at})
		}
		b.Reset()
		linked, plain = false, false
	}
	size := 0
	var walk func(n *html.Node, link bool)
	walk = func(n *html.Node, link bool) {
		boxed := boxes(n)
		for c := n.FirstChild; c != nil && size < 8*maxText; c = c.NextSibling {
			switch {
			case c.Type == html.TextNode:
				size += len(c.Data)
				b.WriteString(c.Data)
				if strings.ContainsFunc(c.Data, alphanumeric) {
					linked, plain = linked || link, plain || !link
				}
				if boxed {
					end(n)
				}
			case c.Type != html.ElementNode || unseen(c):
			case c.DataAtom == atom.Br:
				end(n)
			case block(c) || boxed:
				end(n)
				walk(c, link || c.DataAtom == atom.A || c.DataAtom == atom.Button)
				end(c)
			default:
				walk(c, link || c.DataAtom == atom.A)
			}
		}
	}
	walk(n, n.DataAtom == atom.Button)
	end(n)
	return out
}

func alphanumeric(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// boxes tells an element that holds elements and no words of its own.
func boxes(n *html.Node) bool {
	several := 0
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type == html.TextNode && strings.ContainsFunc(c.Data, alphanumeric) {
			return false
		}
		if c.Type == html.ElementNode {
			several++
		}
	}
	return several > 1
}

// dividers part facts that share a line.
var dividers = regexp.MustCompile(`\s+[|·•│¦]+\s+|\s+[/–—-]+\s+|\s{2,}`)

// sentence tells words that are more than a value.
func sentence(t string) bool {
	n := len(strings.Fields(t))
	return n > 8 || n > 3 && (strings.HasSuffix(t, ".") || strings.HasSuffix(t, "!")) || n <= 3 && len([]rune(t)) > 24 && wide(t)
}

// wide tells a script that is written without blanks.
func wide(t string) bool {
	return strings.ContainsFunc(t, func(r rune) bool { return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai) })
}

var (
	// tellLabels are the labels of what a post says; never changed, as all sets here.
	tellLabels = wordsOf("industry|sector|category|activity|address|tel|phone|secteur|activité|adresse|отрасль|行业|branche|about|about us|about company|about the company|info|infos|information|informations|desc|description|detail|details|summary|comment|comments|note|notes|text|content|contents|message|story|what we have|what is inside|data type|data description|includes|leaked data|" +
		"à propos|contenu|détails|commentaire|commentaires|описание|о компании|содержание|说明|描述|介绍|简介|内容|beschreibung|inhalt|descripción|descrição|descrizione|resumen|resumo")
	// factLabels are the labels of what has a field of its own, or is none.
	factLabels = wordsOf("site|sites|website|web site|web|url|domain|domains|homepage|country|location|headquarters|headquarter|hq|region|city|posted in|filed under|tag|tags|revenue|revenues|income|turnover|employees|staff|data|size|data size|leak size|file size|total size|archive size|volume|data volume|amount|files|rows|records|lines|entries|format|status|state|progress|stage|view|views|visits|visitors|hits|reads|replies|reply|likes|votes|rating|downloads|price|cost|ransom|demand|asking|buy|start|starting price|blitz|blitz price|bid|date|dates|posted|published|publish date|publication|publication date|pub date|pub|added|update|updated|last post|last update|last updated|created|discovered|uploaded|released|deadline|expires|expire|ends|end|time left|timeleft|left|countdown|timer|until|by|from|author|user|seller|vendor|source|contact|id|ref|reference|proof|proofs|mirror|mirrors|link|links|download|download link|download links|password|fax|who|what|why|telegram|tox|session|total|geo|where|when|domaine|leak day|top bet|buy now|amount of data|company|name|victim|target|organization|organisation|title|" +
		"pays|effectif|effectifs|salariés|chiffre d'affaires|taille|poids|statut|état|vues|réponses|prix|rançon|publié|publiée|publié le|publiée le|ajouté|ajouté le|mise à jour|mise en ligne|mis en ligne|échéance|date limite|auteur|vendeur|par|site web|siège|fichiers|lien|liens|nom|entreprise|" +
		"сайт|страна|объем|объём|размер|дата|опубликовано|добавлено|обновлено|просмотров|просмотры|цена|статус|автор|выручка|сотрудников|компания|国家|网站|发布日期|更新日期|倒计时|截止日期|大小|数据量|日期|时间|发布|发布时间|浏览|价格|状态|作者|公司|land|größe|datum|preis|umsatz|mitarbeiter|veröffentlicht|webseite|país|tamaño|fecha|precio|sitio|sitio web|estado|tamanho|preço|sito|paese|dimensione|prezzo")
	// idleWords are what buttons, states, counters and their units are made of.
	idleWords = wordsOf("read|see|view|show|load|more|detail|details|info|full|story|file|files|all|data|continue|reading|open|get|download|downloads|here|now|link|links|proof|proofs|screenshot|screenshots|mirror|mirrors|part|parts|listing|browse|go|visit|share|like|likes|reply|replies|report|copy|contact|seller|vendor|buy|bid|bids|add|to|cart|order|comment|comments|leave|a|no|back|list|home|index|top|next|prev|previous|close|edit|quote|the|for|of|on|at|in|is|and|with|" +
		"publish|published|publication|leak|leaks|leaked|sold|out|closed|waiting|pending|pinned|sticky|hot|new|free|paid|negotiating|negotiation|negotiations|timer|countdown|active|available|unavailable|evidence|partial|partially|fully|already|soon|be|will|coming|expired|locked|unlocked|private|public|verified|auction|sale|selling|exclusive|premium|update|updated|last|stolen|encrypted|disclosed|released|upload|uploaded|uploading|ready|sample|samples|not|status|progress|posted|added|created|date|expires|ends|end|until|deadline|" +
		"views|visits|visitors|hits|reads|votes|rating|stars|sales|day|days|hour|hours|hrs|h|m|s|d|j|k|min|mins|minute|minutes|sec|secs|second|seconds|week|weeks|month|months|year|years|ago|left|remaining|time|today|yesterday|gb|mb|tb|kb|gib|mib|tib|kib|go|mo|ko|to|bytes|octets|usd|eur|euro|euros|gbp|btc|xmr|eth|usdt|bitcoin|complete|completed|rows|lines|records|entries|size|am|pm|utc|gmt|x|st|nd|rd|th|mon|tue|wed|thu|fri|sat|sun|monday|tuesday|wednesday|thursday|friday|saturday|sunday|january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sep|sept|oct|nov|dec|noon|midnight|" +
		"lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre|lire|la|le|les|suite|voir|plus|télécharger|en|savoir|ouvrir|retour|partager|répondre|acheter|publié|publiée|publiés|publiées|vendu|vendue|bientôt|nouveau|nouvelle|épinglé|gratuit|cours|disponible|jour|jours|heure|heures|semaine|semaines|mois|ans|restant|restants|il|y|vues|réponses|réponse|fichier|fichiers|taille|mise|mis|jour|ligne|ajouté|ajoutée|lignes|" +
		"подробнее|скачать|читать|далее|открыть|купить|файлы|опубликовано|опубликованы|продано|скоро|новое|ожидание|просмотров|просмотра|просмотры|дней|дня|день|часов|часа|час|минут|минуты|секунд|назад|осталось|гб|мб|тб|кб|руб|" +
		"下载|查看|详情|更多|购买|阅读全文|已售|已发布|置顶|天|小时|分钟|秒|浏览|次|元|条|份|mehr|weiterlesen|lesen|herunterladen|ansehen|verkauft|veröffentlicht|tage|stunden|minuten|leer|más|ver|descargar|vendido|publicado|días|horas|baixar|leia|mais|scarica|leggi|tutto|venduto|pubblicato|" +
		"just|moment|moments|recently|hier|aujourd|hui|à|l|instant|gestern|heute|gerade|vor|hace|ayer|hoy|há|ontem|hoje|fa|ieri|oggi|вчера|сегодня|только|что|неделю|недели|недель|месяц|месяца|месяцев|минуту|前|昨天|今天|刚刚|周|月|年|剩余")
	plainHost = regexp.MustCompile(`(?i)^(https?://)?[\pL\d][\pL\d.-]*\.[a-z]{2,18}(:\d+)?(/\S*)?$`)
	hashTags  = regexp.MustCompile(`^\s*(#[\pL\d_-]+[\s,]*)+$`)
	writtenBy = regexp.MustCompile(`(?i)(^|\s)(by|par|von|от)\s+\S+$|(^|\s)(posted|filed|publié|classé) (in|under|dans)\s+\S+( \S+)?$`)
)

// labelOf cuts a label from what it labels; "" without one.
func labelOf(t string) (label, rest string) {
	i := strings.IndexAny(t, ":：")
	if i <= 0 || i > maxLabel || strings.HasPrefix(t[i:], "://") {
		return "", t
	}
	return strings.ReplaceAll(strings.ToLower(strings.Trim(t[:i], " \t-–—•*·>#[](.")), ".", ""), strings.TrimSpace(strings.TrimLeft(t[i:], ":： "))
}

// maxLabel is how many bytes of a line may be its label.
const maxLabel = 60

// onlyLabel tells words that announce what comes in the next box.
func onlyLabel(t string) bool {
	if len(t) > maxLabel {
		return false
	}
	bare := strings.TrimRight(t, " :：")
	low := strings.ToLower(strings.Trim(bare, " #[]().-–—•*·"))
	return bare != t && len(strings.Fields(bare)) <= 3 || tellLabels[low] || factLabels[low] && !idleWords[low]
}

// isFact tells a value that is no prose: by its label or by its looks.
func isFact(t string) bool {
	t = strings.Trim(t, " \t|/·•–—->»→←«.,;:*[]()")
	if !strings.ContainsFunc(t, unicode.IsLetter) {
		return true
	}
	if len(t) > 200 {
		return false
	}
	if label, rest := labelOf(t); factLabels[label] || label != "" && (idle(label) || !hasLetter(rest)) {
		return !sentence(rest)
	}
	if plainHost.MatchString(t) || hashTags.MatchString(t) || countries()[strings.ToLower(t)] != "" || len(t) == 2 && t == strings.ToUpper(t) && t != strings.ToLower(t) {
		return true
	}
	if len(t) > 80 {
		return false
	}
	if _, from, to := dateAt(t); to > 0 {
		t = t[:from] + " " + t[to:]
		t = writtenBy.ReplaceAllString(strings.TrimSpace(t), "")
	}
	return idle(t) || writtenBy.MatchString(t) && idle(writtenBy.ReplaceAllString(t, ""))
}

// idle tells a few words that are those of buttons, states and counters alone.
func idle(t string) bool {
	n := 0
	for _, w := range strings.FieldsFunc(strings.ToLower(t), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		if n++; n > 12 {
			return false
		}
		if bare := strings.TrimFunc(w, unicode.IsDigit); bare != "" && !idleWords[bare] && !idleParts(bare) {
			return false
		}
	}
	return true
}

// idleWord tells a word of buttons, states and counters, or two of them that
// touch, as in boxes side by side.
func idleWord(w string) bool {
	for i := range w {
		if idleWords[w[i:]] && (i == 0 || idleWords[w[:i]]) {
			return true
		}
	}
	return false
}

// idleParts tells units that stand among figures without a blank: 2d04h.
func idleParts(w string) bool {
	if !strings.ContainsFunc(w, unicode.IsDigit) {
		return false
	}
	for _, part := range strings.FieldsFunc(w, unicode.IsDigit) {
		if !idleWords[part] {
			return false
		}
	}
	return true
}

// bared is a title without what decorates it at both ends, and without the
// facts that share its line.
func bared(t string) string {
	t = undecorated(t)
	if rest := t[len(leadDate.FindString(t)):]; hasLetter(rest) {
		t = rest
	}
	cuts := dividers.FindAllStringIndex(t, -1)
	for i := len(cuts) - 1; i >= 0; i-- {
		part := strings.TrimSpace(t[cuts[i][1]:])
		if strings.ContainsFunc(part, unicode.IsLetter) && dateIn(part) == "" && flagEmoji(part) == "" && (!sizeWord.MatchString(part) || !isFact(part)) || !hasLetter(t[:cuts[i][0]]) {
			break
		}
		t = t[:cuts[i][0]]
	}
	return strings.TrimRight(t, " ")
}

func undecorated(t string) string {
	lead := decoration.FindString(t)
	if lead == "" {
		return t
	}
	rest := t[len(lead):]
	if mark := strings.TrimSpace(lead); strings.HasSuffix(strings.TrimRight(rest, " "), mirrored(mark)) {
		rest = strings.TrimSuffix(strings.TrimRight(rest, " "), mirrored(mark))
	}
	if rest = strings.TrimSpace(rest); !hasLetter(rest) {
		return t
	}
	return rest
}

// decoration is what stands before a title and is no part of it.
var decoration = regexp.MustCompile(`^(?:[>=*~#_|•·►▶▸▪‣»◆■●★☆✦✓✔+–—-]{1,6}|📌)\s+`)

// mirrored is a decoration as it stands at the end.
func mirrored(mark string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case '>':
			return '<'
		case '»':
			return '«'
		case '►', '▶':
			return '◄'
		}
		return r
	}, mark)
}

// ownText is an element's text if it holds text itself or only inline
// elements: headings and links are taken whole, blocks by what is their own.
func ownText(n *html.Node) string {
	if headingLevel(n) > 0 || n.DataAtom == atom.A || n.DataAtom == atom.Dt {
		if onlyInline(n) && !lines(n) {
			return withoutTool(n)
		}
	}
	return bareText(n)
}

// withoutTool is an element's text without a last part in square brackets of
// its own: "Name[edit]".
func withoutTool(n *html.Node) string {
	t := textOf(n)
	if last := n.LastChild; last != nil && last.Type == html.ElementNode && last != n.FirstChild {
		if tool := textOf(last); len(tool) < 30 && strings.HasPrefix(tool, "[") && strings.HasSuffix(tool, "]") {
			return strings.TrimSpace(strings.TrimSuffix(t, tool))
		}
	}
	return t
}

// bareText is the text directly in an element, without its children's. A
// heading that is cut by emphasis alone is whole.
func bareText(n *html.Node) string {
	var b strings.Builder
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		switch {
		case c.Type == html.TextNode:
			b.WriteString(c.Data)
			b.WriteByte(' ')
		case headingLevel(n) > 0 && (c.DataAtom == atom.B || c.DataAtom == atom.Strong || c.DataAtom == atom.Em || c.DataAtom == atom.Mark):
			b.WriteString(textOf(c))
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}
