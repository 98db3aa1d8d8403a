package lint

import "strings"

// fold writes in lower case, with straight apostrophes and plain spaces.
func fold(s string) string { return folding.Replace(strings.ToLower(s)) }

var folding = strings.NewReplacer("’", "'", "\u00a0", " ", "\u202f", " ", "\n", " ")

// elements are what a communication must say in itself (GDPR Art. 34(2) with
// 33(3)(b), (c) and (d)), by the rule that misses each.
var elements = []struct {
	rule   string
	aspect aspect
}{
	{"art34-nature", aNature},
	{"art34-data", aData},
	{"art34-consequences", aConsequences},
	{"art34-measures", aMeasures},
	{"art34-contact", aContact},
}

const (
	months   = `(?:janvier|janv|février|févr|mars|avril|mai|juin|juillet|juil|août|septembre|sept|octobre|oct|novembre|nov|décembre|déc|january|jan|february|feb|march|april|may|june|july|august|aug|september|october|november|december|dec)`
	weekdays = `(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|monday|tuesday|wednesday|thursday|friday|saturday|sunday)`
)

var (
	dated = re(`\d{1,2}(?:er|st|nd|rd|th)? (?:of )?` + months + `\b|\b` + months + `\.? \d{1,2}\b|\b\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}|\b\d{4}-\d\d-\d\d\b|\b` + months + `,? 20\d\d|` + weekdays + `,? (?:the |le )?\d{1,2}\b|\b(?:on the|le) \d{1,2}(?:st|nd|rd|th|er)?\b(?: (?:au|et|à)|[.,;:]|$)|` +
		`\b(?:hier|avant-hier|ce matin|cette nuit|yesterday|this morning|last night|last ` + weekdays + `|` + weekdays + ` dernier)\b|(?:début|mi|fin)[- ]` + months + `|(?:early|mid|late)[- ]` + months + `|` +
		`(?:date|quand|jour)[^.]*(?:pas (?:encore )?(?:connue?|établie?)|inconnue?|ignorons)|(?:ignorons|(?:savons|sait|sais) pas)[^.]*(?:date|quand|jour)|date[^.]*(?:not (?:yet )?known|unknown)|(?:do not|don't|cannot|can't) (?:yet )?(?:know|say|tell)[^.]*(?:when|date)`)
)
