package lint

import (
	"regexp"
	"slices"
	"strings"

	"vigie/notify"
)

// unit is a sentence of a paragraph, or an item of a list, where it stands.
type unit struct {
	text    string // folded
	words   []string
	where   string // as findings say it
	section section
	block   int
	para    int              // of the document, counted on
	list    int              // which list it is an item of, counted from 1; 0 for a sentence
	warns   bool             // it says what is never asked
	directs bool             // it orders or advises
	odds    [aspects]float64 // what the model tells of it
	at      int              // its place in the outline
	lead    string           // what leads to the list, folded: the sentence before, and the heading
}

// outline is a communication read in order.
type outline struct {
	units   []unit
	lists   int
	present map[section]bool // a heading announces it
}

// outlineOf reads a document. Blocks without a heading belong to the one above;
// what follows the list of things to do in a block of its own is said at large.
func outlineOf(d notify.Document) outline {
	o := outline{present: map[section]bool{}}
	at, under, para := loose, "", 0
	for i, b := range d.Blocks {
		switch next := sectionOf(b.Heading); {
		case b.Heading != "":
			if next != loose || at != actions || len(b.List) == 0 { // "This week" under what to do
				at = next
			}
			o.present[at], under = true, b.Heading
		case at == actions && i > 0 && len(d.Blocks[i-1].List) > 0 && len(b.List) == 0:
			at, under = loose, ""
		}
		last := ""
		for j, t := range b.Text {
			at = turn(t, at)
			para++
			for _, s := range sentences(t) {
				last = fold(strings.TrimSpace(s))
				o.units = append(o.units, unit{text: last, words: wordsOf(last), where: whereOf(i, j, len(b.Text)), section: at, block: i, para: para})
			}
		}
		if len(b.List) > 0 {
			o.lists++
		}
		for j, s := range b.List {
			s = fold(strings.TrimSpace(s))
			o.units = append(o.units, unit{text: s, words: wordsOf(s), where: whereOf(i, len(b.Text)+j, len(b.Text)), section: at, block: i, list: o.lists, lead: last + " " + fold(under)})
		}
	}
	o.gather()
	for i, u := range o.units {
		o.units[i].at = i
		o.units[i].warns, o.units[i].directs = neverAsk.says(u.text), u.orders()
		o.units[i].odds = learnt().of(u.words, u.text)
	}
	return o
}

// turn is the section that a paragraph opens by the side it speaks of.
func turn(paragraph string, at section) section {
	switch head := fold(paragraph[:min(len(paragraph), 60)]); {
	case ourSide.says(head):
		return measures
	case yourSide.says(head):
		return actions
	}
	return at
}

var (
	ourSide  = re(`^(?:de notre côté|pour notre part|côté (?:mairie|lycée|collège|ville|école|hôpital|région)|nous :|on our (?:side|part)|for our part|meanwhile, we)`)
	yourSide = re(`^(?:de votre côté|de ton côté|pour votre part|toi :|on your (?:side|part)|for your part)`)
)

// gather finds the list of things to do where no heading announces it: the
// sentence before it does, or most of its items are orders.
func (o *outline) gather() {
	if slices.ContainsFunc(o.units, func(u unit) bool { return u.section == actions && u.list > 0 }) {
		return
	}
	for n := 1; n <= o.lists; n++ {
		orders, items := 0, 0
		lead := ""
		for _, u := range o.units {
			if u.list == n {
				items, lead = items+1, u.lead
				if u.orders() {
					orders++
				}
			}
		}
		if 2*orders < items || orders == 0 || items == 1 && !announces.MatchString(lead) {
			continue
		}
		for i := range o.units {
			if o.units[i].list == n && (orders > items/2 || o.units[i].orders()) {
				o.units[i].section = actions
			}
		}
	}
}

// announces is a sentence that leads to things to do.
var announces = re(`consigne|précaution|conseil|recommand|gestes|réflexes|étapes|choses à faire|que faire|(vous|te|tu) (devez|pouvez|dois|peux)|(vous|te) (demand|propos)|(merci|veuillez|prière) de|à faire|suivez|agissez|` +
	`do the following|following (steps|things|actions)|you (can|should|must|need)|we (would |strongly )?(ask|advise|recommend|suggest|urge)|(may|can) (we|i) (suggest|ask|advise)|would you|please|steps|what to do|advice`)

// todo are the items of the list of things to do.
func (o outline) todo() []unit {
	return slices.DeleteFunc(slices.Clone(o.units), func(u unit) bool { return u.section != actions || u.list == 0 })
}

// orders tells whether a unit orders or advises the reader to do something. In
// a list an infinitive or a gerund is an order too.
func (u unit) orders() bool { return directive(u.text, u.list > 0) }

func directive(s string, item bool) bool {
	if duty.says(s) {
		return true
	}
	if !item { // an order opens the sentence, or follows when or if
		for _, c := range stops.Split(s, -1) {
			head, rest, more := strings.Cut(c, ", ")
			if ordersClause(head, false) || more && when.says(head) && ordersClause(rest, false) {
				return true
			}
		}
		return false
	}
	for i, c := range clauseCut.Split(s, -1) {
		if ordersClause(c, i < 3) {
			return true
		}
	}
	return false
}

// ordersClause tells whether a clause begins with an order.
func ordersClause(s string, item bool) bool {
	words := wordsOf(s)
	for len(words) > 0 && fillers.has(words[0]) {
		words = words[1:]
	}
	if len(words) == 0 {
		return false
	}
	w := words[0]
	switch {
	case noOrder.has(w):
		return false
	case strings.HasSuffix(w, "ez") && len(w) > 4, w == "faites", w == "dites":
		return !strings.HasPrefix(s, "vous ") && !strings.HasPrefix(strings.TrimSpace(s), "vous ")
	case orderWords.has(w):
		return len(words) == 1 || !nounAfter.has(words[1])
	case !item || len(words) == 1:
		return false
	case len(w) > 4 && (strings.HasSuffix(w, "er") || strings.HasSuffix(w, "ir") || strings.HasSuffix(w, "re")) && !noInfinitive.has(w) && !englishSmall.in(words):
		return true
	}
	return len(w) > 5 && strings.HasSuffix(w, "ing") && !noGerund.has(w)
}

var (
	stops     = regexp.MustCompile(`[.!?:;]+ `)
	clauseCut = regexp.MustCompile(`[.!?:;,()–—→»]+ | [-–—→] `)
	duty      = re(`(vous|tu) (devez|dois|pouvez aussi|devriez)\b|il (vous |te )?faut |you (must|should|need to|ought to)\b`)
	// nounAfter shows that the word before was no order: "copy of your card".
	nounAfter = stems(`of$ is$ are$ was$ were$ has$ de$ du$ des$ est$ sont$`)
	fillers   = stems(`ne$ n$ se$ s$ vous$ y$ en$ de$ d$ à$ puis$ et$ surtout$ alors$ aussi$ pas$ jamais$ plutôt$ simplement$ please$ do$ don$ t$ not$ never$ always$ also$ then$ and$ just$ simply$ to$ immediately$ first$ second$ third$ 1$ 2$ 3$ 4$ 5$ le$ la$ les$ nous$`)
	noOrder   = stems(`chez$ assez$ avez$ êtes$ serez$ pouvez$ pourrez$ allez$ aurez$ saurez$ verrez$ devez$ voulez$`)
	// Nouns and adjectives with the ending of an infinitive.
	noInfinitive = stems(`courrier$ dossier$ dernier$ premier$ février$ janvier$ papier$ avenir$ loisir$ lettre$ notre$ votre$ autre$ titre$ centre$ chiffre$ mesure$ facture$ membre$ septembre$ octobre$ novembre$ décembre$ hier$ cahier$ fichier$ atelier$ particulier$ maire$ mairie$ ministre$ registre$ number$ letter$ other$ never$ whether$ another$ either$ their$ there$ where$ before$ after$ under$ over$ members$ october$ september$ november$ december$ officer$ offer$ order$ paper$ your$ ever$ whatever$ whenever$ however$ more$ sure$ figure$ picture$ signature$ encore$ propre$ libre$ rencontre$ secrétaire$ contraire$ honoraire$ cadre$ offre$ ordre$`)
	noGerund     = stems(`during$ nothing$ something$ everything$ anything$ morning$ evening$ according$ following$ regarding$ including$ concerning$ pending$ depending$ building$ meeting$ training$ housing$ hearing$ parking$`)
	// Orders to a reader who is called tu, and in English.
	orderWords = stems(
		`change$ active$ garde$ regarde$ va$ raccroche$ sors$ fais$ dis$ parle$ parles$ montre$ préviens$ appelle$ note$ bloque$ supprime$ demande$ vérifie$ évite$ ignore$ refuse$ ouvre$ lis$ ferme$ mets$ prends$ viens$ passe$ écris$ réponds$ clique$ transfère$ signale$ contacte$ donne$ envoie$ crée$ choisis$ utilise$ déconnecte$ installe$ surveille$ reste$ attends$ rappelle$ apporte$ porte$ conserve$ tape$ imprime$ communique$ partage$ retire$ cherche$ explique$ compare$ jette$ efface$ méfie$ sois$ laisse$ renvoie$ confirme$ indique$ saisis$ fournis$ paie$ paye$ accepte$ relève$ modifie$ pense$ prouve$ remplis$ remplace$ suis$ arrête$ coupe$ publie$ poste$ protège$ prévois$ assure$ déclare$ dépose$ connecte$ tiens$ veille$ veuillez$ merci$`,
		`accept$ act$ add$ agree$ allow$ answer$ appeal$ apply$ approach$ arrange$ ask$ avoid$ be$ bear$ beware$ block$ book$ bring$ buy$ call$ cancel$ carry$ change$ check$ choose$ claim$ clear$ click$ close$ collect$ come$ compare$ complain$ complete$ consider$ contact$ contest$ copy$ cover$ create$ decide$ decline$ delete$ destroy$ dial$ disconnect$ dispute$ double$ download$ drop$ email$ enable$ end$ ensure$ enter$ examine$ expect$ explain$ fetch$ file$ fill$ find$ follow$ forward$ freeze$ get$ give$ go$ hand$ hang$ have$ help$ hold$ ignore$ inform$ inspect$ install$ insist$ join$ keep$ lay$ leave$ let$ limit$ list$ lock$ log$ look$ mail$ make$ mark$ mention$ monitor$ move$ note$ notify$ object$ open$ park$ pay$ phone$ photograph$ pick$ place$ play$ post$ practise$ prepare$ print$ produce$ protect$ put$ query$ question$ raise$ read$ record$ refer$ refrain$ refuse$ register$ reject$ remember$ remind$ remove$ renew$ repeat$ replace$ reply$ report$ request$ resist$ respond$ retype$ return$ review$ ring$ run$ save$ say$ scan$ search$ see$ send$ set$ share$ show$ shred$ shut$ sign$ speak$ spend$ start$ state$ stay$ stick$ stop$ store$ submit$ supply$ switch$ take$ talk$ tell$ text$ think$ throw$ transfer$ treat$ try$ turn$ type$ update$ upload$ use$ verify$ visit$ wait$ walk$ warn$ watch$ wipe$ write$`)
)
