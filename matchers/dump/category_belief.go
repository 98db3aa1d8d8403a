package dump

import (
	"slices"
	"strings"
	"sync"
)

// Beliefs are what Article 9 of the GDPR names beside health: they are told by
// the words of a column, and by what its header says of it where the words alone
// could be others. They are looked for in columns, not in running text, and how
// many are missed was not measured: that one was not found is never stated.
type belief int

const (
	union belief = iota
	religion
	origin
	sexuality
	politics
	beliefs
)

// beliefWords are values that say a belief, and words of headers that name it.
var beliefWords = [beliefs]struct{ values, headers string }{
	union: {"CGT|CFDT|CFTC|CFE-CGC|CGC|UNSA|SUD|SOLIDAIRES|FSU|FORCE OUVRIERE|FO|SNES|SNUIPP|SE-UNSA|SUD EDUCATION|SUD SANTE|FA-FPT|SYNDIQUE|SYNDIQUEE|NON SYNDIQUE|NON SYNDIQUEE|CGT-FO|SGEN-CFDT|SNALC|INTERCO CFDT",
		"SYNDICAT|SYNDICALE|SYNDICAL|SYNDIQUE|SYNDIQUEE"},
	religion: {"CATHOLIQUE|PROTESTANT|PROTESTANTE|MUSULMAN|MUSULMANE|JUIF|JUIVE|ISRAELITE|BOUDDHISTE|HINDOUISTE|ORTHODOXE|EVANGELIQUE|ATHEE|AGNOSTIQUE|SUNNITE|CHIITE|ISLAM|CATHOLICISME|JUDAISME|BOUDDHISME|TEMOIN DE JEHOVAH|MUSLIM|JEWISH|CATHOLIC|CHRISTIAN|HINDU|BUDDHIST",
		"RELIGION|CONFESSION|RELIGIEUSE|RELIGIEUX|CROYANCE"},
	origin: {"CAUCASIEN|CAUCASIENNE|MAGHREBIN|MAGHREBINE|SUBSAHARIEN|SUBSAHARIENNE|AFRO-CARIBEEN|AFRO-CARIBEENNE|METISSE|GENS DU VOYAGE|TSIGANE|CAUCASIAN|HISPANIC|AFRICAN AMERICAN",
		"ETHNIE|ETHNIQUE|ETHNICITY|ETHNIC"},
	sexuality: {"HETEROSEXUEL|HETEROSEXUELLE|HOMOSEXUEL|HOMOSEXUELLE|BISEXUEL|BISEXUELLE|LESBIENNE|ASEXUEL|PANSEXUEL|HETEROSEXUAL|HOMOSEXUAL|BISEXUAL|LESBIAN|GAY",
		"SEXUELLE|SEXUALITE|SEXUAL"},
	politics: {"LFI|RN|EELV|PCF|UDI|MODEM|RENAISSANCE|LR|PS|RECONQUETE|HORIZONS|LES REPUBLICAINS|PARTI SOCIALISTE|RASSEMBLEMENT NATIONAL|DVG|DVD|DIVERS GAUCHE|DIVERS DROITE|NPA|LUTTE OUVRIERE|PARTI COMMUNISTE|LES ECOLOGISTES|GAUCHE|DROITE|CENTRE",
		"PARTI|POLITIQUE|OPINION"},
}

// beliefOf finds the belief that a value says, in capitals without accents.
var beliefOf = sync.OnceValue(func() map[string]belief {
	words := map[string]belief{}
	for b, w := range beliefWords {
		for v := range strings.SplitSeq(w.values, "|") {
			words[v] = belief(b)
		}
	}
	return words
})

// beliefSaid counts the values of the columns that say a belief: where most
// values are its words, or where the header names it and they are some of its
// words, or yes and no. Sides of politics are words of other things too.
func beliefSaid(b belief, columns []Column, cols []*column) (n int64) {
	for i, c := range cols {
		said := c.part(int64(c.beliefs[b]))
		headed := slices.ContainsFunc(headerWords(columns[i].Name), func(w string) bool {
			return slices.Contains(strings.Split(beliefWords[b].headers, "|"), strings.ToUpper(w))
		})
		switch {
		case headed && (said >= 0.2 || c.share(tBoolean)+c.share(tBit) > 0.9), said >= 0.8 && b != politics && len(c.values) > 1 && c.looked >= 5:
			n = max(n, columns[i].Filled)
		}
	}
	return n
}
