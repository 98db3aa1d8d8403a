package dump

import (
	"fmt"
	"testing"
)

// Names of communes and of their groups are places, also where nothing stands
// beside them and where the header says no more than a name.
func TestPlacesAreNoSurnames(t *testing.T) {
	o := worldOptions()
	communes := franceData().Communes
	name := func(i int) string { return communes[i*37%len(communes)].Name }
	for what, text := range map[string]string{
		"communes":           tableOf("nom;population", 80, func(i int) string { return fmt.Sprintf("%s;%d", name(i), i*311%9000) }),
		"communes alone":     tableOf("nom", 80, name),
		"groups abbreviated": tableOf("nom;siege", 80, func(i int) string { return []string{"CC du Pays de ", "CA de ", "CC "}[i%3] + name(i) + ";x" }),
		"groups without header": tableOf("zzz;population", 80, func(i int) string {
			return []string{"CC ", "CA ", "CU "}[i%3] + name(i) + fmt.Sprintf(";%d", i*311%9000)
		}),
	} {
		l, _ := inspect(t, text, o)
		if got := l.Columns[0].Meaning; got != city {
			t.Errorf("%s: %s", what, got)
		}
	}
}
