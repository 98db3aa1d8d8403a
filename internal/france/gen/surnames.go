package main

import (
	"bufio"
	"compress/gzip"
	"math"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"unicode"

	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"
)

// The INSEE list says which surnames exist, not how many people bear them. It
// does hold traces of it. A double name ("JULLIEN-BINARD") is a draw of two
// from the population; a common name leaves spelling variants around it; many
// surnames are old given names. The weights below were fitted by least squares
// to the logarithm of published frequencies; over 14,000 names the rank
// correlation is 0.3, so the order is plausible, not true. The names of known
// stand first, being the common knowledge every speaker of French has.
const (
	wHyphen, wSpace  = 0.879, 0.496 // parts of double names
	wGiven           = 0.089        // births of men before 1960
	wLonger, wNearby = 0.053, 0.100 // names that begin with it; names one letter away
)

const (
	headNames = 12_000  // in order of rank
	allNames  = 150_000 // the rest in alphabetical order: their rank is drawn
)

const known = `MARTIN BERNARD THOMAS PETIT ROBERT RICHARD DURAND DUBOIS MOREAU LAURENT SIMON MICHEL LEFEBVRE
LEROY ROUX DAVID BERTRAND MOREL FOURNIER GIRARD BONNET DUPONT LAMBERT FONTAINE ROUSSEAU VINCENT MULLER LEFEVRE
FAURE ANDRE MERCIER BLANC GUERIN BOYER GARNIER CHEVALIER FRANCOIS LEGRAND GAUTHIER GARCIA PERRIN ROBIN CLEMENT
MORIN NICOLAS HENRY ROUSSEL MATHIEU GAUTIER MASSON MARCHAND DUVAL DENIS DUMONT MARIE LEMAIRE NOEL MEYER DUFOUR
MEUNIER BRUN BLANCHARD GIRAUD JOLY RIVIERE LUCAS BRUNET GAILLARD BARBIER ARNAUD MARTINEZ GERARD ROCHE RENARD
SCHMITT ROY LEROUX COLIN VIDAL CARON PICARD ROGER FABRE AUBERT LEMOINE RENAUD DUMAS LACROIX OLIVIER PHILIPPE
BOURGEOIS PIERRE BENOIT REY LECLERC PAYET ROLLAND LECLERCQ GUILLAUME LECOMTE LOPEZ JEAN DUPUY GUILLOT HUBERT
BERGER CARPENTIER SANCHEZ DUPUIS MOULIN LOUIS DESCHAMPS HUET VASSEUR PEREZ BOUCHER FLEURY ROYER KLEIN JACQUET
ADAM PARIS POIRIER MARTY AUBRY GUYOT CARRE CHARLES RENAULT CHARPENTIER MENARD MAILLARD BARON BERTIN BAILLY HERVE
SCHNEIDER FERNANDEZ COLLET LEGER BOUVIER JULIEN PREVOST MILLET PERROT DANIEL COUSIN GERMAIN BRETON BESSON LANGLOIS
REMY PELLETIER LEVEQUE PERRIER LEBLANC BARRE LEBRUN MARCHAL WEBER MALLET HAMON BOULANGER JACOB MONNIER MICHAUD
RODRIGUEZ GUICHARD GILLET ETIENNE GRONDIN POULAIN TESSIER CHEVALLIER COLLIN CHAUVIN BOUCHET GAY LEMAITRE BENARD
MARECHAL HUMBERT REYNAUD ANTOINE HOARAU PERRET BARTHELEMY CORDIER PICHON LEJEUNE GILBERT LAMY DELAUNAY PASQUIER
CARLIER LAPORTE DA-SILVA FERREIRA PEREIRA RODRIGUES FERNANDES GOMES NGUYEN TRAORE DIALLO BENALI`

func surnames(from string, men map[string]int) ([]string, error) {
	f, err := os.Open(filepath.Join(from, "insee_noms_2008.txt.gz"))
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, err
	}
	var names []string
	exists := map[string]bool{}
	for s := bufio.NewScanner(z); s.Scan(); {
		if n := strings.TrimSpace(s.Text()); len(n) > 1 && !exists[n] {
			exists[n] = true
			names = append(names, n)
		}
	}
	score := scores(names, men)
	var first []string
	taken := map[string]bool{}
	for _, n := range strings.Fields(known) {
		if n = strings.ReplaceAll(n, "-", " "); exists[n] && !taken[n] {
			taken[n] = true
			first = append(first, n)
		}
	}
	var rest []string
	for _, n := range names {
		if !taken[n] {
			rest = append(rest, n)
		}
	}
	sort.SliceStable(rest, func(i, j int) bool { return score[rest[i]] > score[rest[j]] })
	ordered := append(first, rest...)
	ordered = ordered[:min(allNames, len(ordered))]
	sort.Strings(ordered[min(headNames, len(ordered)):])
	return ordered, nil
}

func scores(names []string, men map[string]int) map[string]float64 {
	hyphen, space, longer, masked := map[string]int{}, map[string]int{}, map[string]int{}, map[string]int{}
	for _, n := range names {
		switch {
		case strings.Contains(n, "-"):
			for _, w := range strings.Split(n, "-") {
				hyphen[w]++
			}
		case strings.Contains(n, " "):
			for _, w := range strings.Fields(n) {
				space[w]++
			}
		default:
			for k := 3; k < len(n); k++ {
				longer[n[:k]]++
			}
			for i := range n {
				masked[n[:i]+"*"+n[i+1:]]++
			}
		}
	}
	ln := func(n int) float64 { return math.Log1p(float64(n)) }
	out := make(map[string]float64, len(names))
	for _, n := range names {
		if strings.ContainsAny(n, " -") || len(n) < 4 { // particles and rare double names
			out[n] = float64(min(len(n), 4)) / 100
			continue
		}
		nearby := 0
		for i := range n {
			nearby += masked[n[:i]+"*"+n[i+1:]] - 1
		}
		out[n] = wHyphen*ln(hyphen[n]) + wSpace*ln(space[n]) + wGiven*ln(men[n]) + wLonger*ln(longer[n]) + wNearby*ln(nearby)
	}
	return out
}

func fold(s string) string {
	t := transform.Chain(norm.NFD, runes.Remove(runes.In(unicode.Mn)), norm.NFC)
	out, _, _ := transform.String(t, s)
	return strings.ToUpper(out)
}
