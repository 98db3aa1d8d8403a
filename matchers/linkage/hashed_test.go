package linkage_test

import (
	"bytes"
	"context"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vigie/internal/breach"
	"vigie/matchers"
	"vigie/matchers/linkage"
)

func sum256(s string) string {
	h := sha256.Sum256([]byte(s))
	return "sha256:" + hex.EncodeToString(h[:])
}
func sumMD5(s string) string { h := md5.Sum([]byte(s)); return "md5:" + hex.EncodeToString(h[:]) }
func sum1(s string) string   { h := sha1.Sum([]byte(s)); return "sha1:" + hex.EncodeToString(h[:]) }
func sum512(s string) string {
	h := sha512.Sum512([]byte(s))
	return "sha512:" + hex.EncodeToString(h[:])
}

// hide gives the contacts of rows as hashes.
func hide(rows []matchers.Record, hash func(string) string) []matchers.Record {
	out := make([]matchers.Record, len(rows))
	for i, r := range rows {
		if v := r.Values[matchers.Email]; v != "" {
			r.Values[matchers.Email] = hash(v)
		}
		if v := r.Values[matchers.Phone]; v != "" {
			r.Values[matchers.Phone] = hash("+33" + v[len(v)-9:])
		}
		out[i] = r
	}
	return out
}

// run compares rows with an index after joining what they hash.
func run(t *testing.T, ix *linkage.Index, model *linkage.Model, rows []matchers.Record) (map[int64][]linkage.Match, breach.MatchSummary, *linkage.Joined) {
	t.Helper()
	joined, err := linkage.Join(context.Background(), slice(rows), ix)
	if err != nil {
		t.Fatal(err)
	}
	opt := linkage.Options{Joined: joined}
	if model == nil {
		if model, err = linkage.Train(context.Background(), ix, slice(rows), opt); err != nil {
			t.Fatal(err)
		}
	}
	answers := map[int64][]linkage.Match{}
	sum, err := linkage.NewMatcher(ix, model, opt).Run(context.Background(), slice(rows), func(r matchers.Record, ms []linkage.Match) error {
		answers[r.Row] = ms
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return answers, sum, joined
}

func links(answers map[int64][]linkage.Match) map[string]bool {
	out := map[string]bool{}
	for row, ms := range answers {
		for _, m := range ms {
			if m.Band == breach.BandLink {
				out[fmt.Sprint(row, " ", m.Person)] = true
			}
		}
	}
	return out
}

// misspelt tells whether a contact of a link is only nearly the person's.
func misspelt(ms []linkage.Match, id string) bool {
	for _, m := range ms {
		for _, e := range m.Why {
			if m.Person == id && (e.Field == "email" || e.Field == "phone") && (e.Level == "close" || e.Level == "local_part") {
				return true
			}
		}
	}
	return false
}

// TestHashedLinksAsClear compares one leak twice, with its contacts in clear and
// given by their hashes.
func TestHashedLinksAsClear(t *testing.T) {
	c := newCountry(31, 1600)
	ix, err := linkage.Build(c.records(c.people))
	if err != nil {
		t.Fatal(err)
	}
	rows := collect(rowsOf(c.leak(c.people[:800], 1600, 0.4)))
	clear, clearSum, none := run(t, ix, nil, rows)
	if none != nil {
		t.Error("a dump without hashes is joined")
	}
	want := links(clear)
	for name, hash := range map[string]func(string) string{"sha256": sum256, "md5": sumMD5} {
		t.Run(name, func(t *testing.T) {
			answers, sum, joined := run(t, ix, nil, hide(rows, hash))
			got, lost := links(answers), 0
			for k := range want {
				var row int64
				var id string
				_, _ = fmt.Sscan(k, &row, &id)
				// A letter off in an address makes a different hash: only that may be lost.
				if !got[k] && !misspelt(clear[row], id) {
					lost++
				}
			}
			if len(want) < 300 || lost*200 > len(want) || len(got) > len(want)+len(want)/50 {
				t.Errorf("%d links, %d of the %d with clear contacts are lost", len(got), lost, len(want))
			}
			if sum.Rows != clearSum.Rows {
				t.Errorf("%d rows, want %d", sum.Rows, clearSum.Rows)
			}
			if hashed, known := joined.Hashed(); hashed == 0 || known == 0 || known > hashed {
				t.Errorf("%d hashed contacts, %d known", hashed, known)
			}
		})
	}
	t.Run("salted", func(t *testing.T) {
		answers, _, joined := run(t, ix, nil, hide(rows, func(s string) string { return sum256("pepper" + s) }))
		if _, known := joined.Hashed(); known != 0 {
			t.Errorf("%d salted hashes are known", known)
		}
		bare := make([]matchers.Record, len(rows))
		for i, r := range rows {
			r.Values[matchers.Email], r.Values[matchers.Phone] = "", ""
			bare[i] = r
		}
		without, _, _ := run(t, ix, nil, bare)
		for row, ms := range answers {
			for _, m := range ms {
				for _, e := range m.Why {
					if e.Field == "email" || e.Field == "phone" {
						t.Fatalf("row %d: a salted hash speaks: %+v", row, e)
					}
				}
			}
		}
		if got, want := links(answers), links(without); len(got) < len(want)*95/100 {
			t.Errorf("%d links with unreadable hashes, %d without them", len(got), len(want))
		}
	})
}

// TestHashedForms reads the hash of each way to write a contact.
func TestHashedForms(t *testing.T) {
	people := []matchers.Record{
		person("ada", "birth_name=Quillivic; given_names=Ada; birth_date=1990-02-03; email=ada.quillivic+ville@gmail.com; phone=+33639981111"),
		person("bo", "birth_name=Tressard; given_names=Bo; birth_date=1991-02-03; email=bo@example.org; phone=+262692998877"),
		person("cy", "birth_name=Ormelan; given_names=Cy; birth_date=1992-02-03; phone=+33199001234"),
	}
	ix, err := linkage.Build(slice(people))
	if err != nil {
		t.Fatal(err)
	}
	wide := func(s string) string {
		var b strings.Builder
		for i := range len(s) {
			b.WriteByte(s[i])
			b.WriteByte(0)
		}
		return b.String()
	}
	tests := []struct {
		name, field, value, person, level string
	}{
		{"as it is", "email", sum256("ada.quillivic+ville@gmail.com"), "ada", "exact_sha256"},
		{"in capitals", "email", sumMD5("ADA.QUILLIVIC+VILLE@GMAIL.COM"), "ada", "exact_md5"},
		{"with capitals", "email", sum1("Ada.Quillivic+Ville@gmail.com"), "ada", "exact_sha1"},
		{"as Gmail sees it", "email", sum512("adaquillivic@gmail.com"), "ada", "exact_sha512"},
		{"with a line break", "email", sumMD5("bo@example.org\n"), "bo", "exact_md5"},
		{"in UTF-16", "email", sum256(wide("bo@example.org")), "bo", "exact_sha256"},
		{"E.164", "phone", sum256("+33639981111"), "ada", "exact_sha256"},
		{"without its sign", "phone", sum256("33639981111"), "ada", "exact_sha256"},
		{"national", "phone", sum1("0639981111"), "ada", "exact_sha1"},
		{"in pairs", "phone", sumMD5("06 39 98 11 11"), "ada", "exact_md5"},
		{"in pairs with prefix", "phone", sumMD5("+33 6 39 98 11 11"), "ada", "exact_md5"},
		{"dots", "phone", sum256("06.39.98.11.11"), "ada", "exact_sha256"},
		{"0033", "phone", sum256("0033639981111"), "ada", "exact_sha256"},
		{"lost zero", "phone", sum256("639981111"), "ada", "exact_sha256"},
		{"a fixed line", "phone", sum256("0199001234"), "cy", "exact_sha256"},
		{"Réunion", "phone", sum256("+262692998877"), "bo", "exact_sha256"},
		{"Réunion at home", "phone", sum256("0692998877"), "bo", "exact_sha256"},
		{"a phone among e-mails, unsure", "email", "?" + sum256("0639981111"), "ada", "exact_sha256"},
		{"an e-mail, unsure", "email", "?" + sum256("bo@example.org"), "bo", "exact_sha256"},
		{"a stranger's", "email", sum256("nobody@example.org"), "", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			answers, _, _ := run(t, ix, nil, []matchers.Record{{Row: 1, Values: person("", test.field+"="+test.value).Values}})
			if test.person == "" {
				if len(answers[1]) > 0 {
					t.Errorf("found %+v", answers[1])
				}
				return
			}
			if len(answers[1]) != 1 || answers[1][0].Person != test.person {
				t.Fatalf("found %+v, want %s", answers[1], test.person)
			}
			level := ""
			for _, e := range answers[1][0].Why {
				if e.Field == "email" || e.Field == "phone" {
					level = e.Level
				}
			}
			if level != test.level {
				t.Errorf("level %q, want %q", level, test.level)
			}
		})
	}
}

// TestHashedFamily shares an address between a mother and her children: its hash
// says no more than the address.
func TestHashedFamily(t *testing.T) {
	c := newCountry(33, 800)
	ix, err := linkage.Build(chain(known, c.records(c.people)))
	if err != nil {
		t.Fatal(err)
	}
	model, err := linkage.Train(context.Background(), ix, rowsOf(c.leak(c.people[:400], 1200, 0.4)), linkage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{
		"email=sidonie.vantrou@example.org",
		"birth_name=Ravaudet; birth_date=2006-05-14; email=ravaudet.famille@example.org; phone=+33639980002",
		"birth_name=Ravaudet; given_names=Lena; birth_date=2006-05-14; email=ravaudet.famille@example.org; phone=+33639980002",
		"birth_name=Morlaque; given_names=Timothée; birth_date=2007-09-30; email=sidonie.vantrou@example.org; phone=+33639980004",
	} {
		row := person("", s)
		row.Row = 1
		// Another row's contact is known too, so that what differs may speak.
		more := person("", "email=maelys.b@example.org; phone=+33639980006")
		more.Row = 2
		clear, _, _ := run(t, ix, model, []matchers.Record{row, more})
		hashed, _, _ := run(t, ix, model, hide([]matchers.Record{row, more}, sum256))
		if len(clear[1]) != len(hashed[1]) {
			t.Fatalf("%s: %d people in clear, %d hashed", s, len(clear[1]), len(hashed[1]))
		}
		for i, m := range clear[1] {
			h := hashed[1][i]
			if h.Person != m.Person || h.Band != m.Band || h.Weight != m.Weight || h.Probability != m.Probability {
				t.Errorf("%s: clear %s %s %.3f, hashed %s %s %.3f", s, m.Person, m.Band, m.Weight, h.Person, h.Band, h.Weight)
			}
		}
	}
}

// TestHashedPanel asks many registries at once, in any order of rows.
func TestHashedPanel(t *testing.T) {
	c := newCountry(37, 800)
	people := collect(c.records(c.people))
	var members []linkage.Member
	var indexes []*linkage.Index
	for k := range 5 {
		ix, err := linkage.Build(slice(people[k*len(people)/5 : (k+1)*len(people)/5]))
		if err != nil {
			t.Fatal(err)
		}
		indexes = append(indexes, ix)
		members = append(members, linkage.Member{Registry: breach.RegistryID(fmt.Sprint("r", k)), Index: ix})
	}
	rows := hide(collect(rowsOf(c.leak(c.people, 1500, 0.4))), sum1)
	panel, err := linkage.NewPanel(context.Background(), members)
	if err != nil {
		t.Fatal(err)
	}
	ask := func(rows []matchers.Record, workers int) map[int64][]linkage.Answer {
		joined, err := linkage.Join(context.Background(), slice(rows), indexes...)
		if err != nil {
			t.Fatal(err)
		}
		opt := linkage.Options{Joined: joined, Workers: workers}
		models, err := panel.Train(context.Background(), slice(rows), opt)
		if err != nil {
			t.Fatal(err)
		}
		out := map[int64][]linkage.Answer{}
		if _, err := panel.Matcher(models, opt).Run(context.Background(), slice(rows), func(r matchers.Record, as []linkage.Answer) error {
			if len(as) > 0 {
				out[r.Row] = as
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		return out
	}
	want := ask(rows, 1)
	alone := map[int64][]linkage.Answer{}
	for k, ix := range indexes {
		answers, _, _ := run(t, ix, nil, rows)
		for row, ms := range answers {
			if len(ms) > 0 {
				alone[row] = append(alone[row], linkage.Answer{Member: k, Matches: ms})
			}
		}
	}
	if d := cmp.Diff(alone, want); d != "" {
		t.Errorf("a panel answers otherwise than its members: %s", d)
	}
	rng := rand.New(rand.NewPCG(5, 6))
	rng.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
	if d := cmp.Diff(want, ask(rows, 3)); d != "" {
		t.Errorf("answers depend on the order of rows: %s", d)
	}
}

// TestHashedRegistry puts hashes where a registry has contacts: they are none, and
// the index is the same as without.
func TestHashedRegistry(t *testing.T) {
	write := func(r matchers.Record) []byte {
		var b bytes.Buffer
		if _, err := linkage.Write(context.Background(), &b, slice([]matchers.Record{r}), nil); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	with := write(person("a", "birth_name=Ormelan; email="+sum256("a@example.org")+"; phone="+sum256("0199001234")))
	if !bytes.Equal(with, write(person("a", "birth_name=Ormelan"))) {
		t.Error("an index keeps hashes as contacts")
	}
}
