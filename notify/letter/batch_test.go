package letter

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/pdfcpu/pdfcpu/pkg/api"

	"vigie/internal/breach"
	"vigie/internal/i18n"
	"vigie/notify"
	"vigie/notify/notifytest"
)

// many are letters of all lengths, to invented people.
func many(n int) []notify.Envelope {
	var list []notify.Envelope
	for i := range n {
		e := notifytest.Envelope(fmt.Sprintf("msg_%03d", i))
		e.Date = time.Date(2026, 3, 9, 0, 0, 0, 0, time.UTC)
		for range i % 6 {
			e.Doc.Blocks = append(e.Doc.Blocks, notifytest.Document().Blocks...)
		}
		if i%7 == 3 {
			e.To.Given = "Łukasz" // western too
		}
		if i%11 == 5 {
			e.Doc.Title = "Ваши данные"
		}
		list = append(list, e)
	}
	return list
}

func TestSplitGivesTheSameLetters(t *testing.T) {
	o := Options{Marks: DataMatrix, Duplex: true, Seal: func(key string) (Seal, error) { return Seal{key, "payload " + key}, nil }}
	list := many(40)
	bad := notifytest.Envelope("msg_bad")
	bad.To.Address.Street = strings.Repeat("Hapax", 12)
	pdf, m, refused, err := Merge("batch_1", append(append(list, list[3]), bad), o)
	if err != nil || len(m.Letters) != 40 || len(refused) != 1 || refused[0].Key != "msg_bad" {
		t.Fatalf("%d letters, refused %v, %v", len(m.Letters), refused, err)
	}
	if err := api.Validate(bytes.NewReader(pdf), nil); err != nil {
		t.Fatal(err)
	}
	files, err := Split(pdf, m)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range list {
		want, err := Render(e, o)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(files[e.Key], want) {
			t.Errorf("%s does not come out as it went in", e.Key)
		}
	}
	again, m2, _, err := Merge("batch_1", list, o)
	if err != nil || m2.SHA256 != m.SHA256 || !bytes.Equal(again, pdf) {
		t.Error("the same letters give another batch")
	}
}

func TestRecallFromBatch(t *testing.T) {
	list := many(10)
	pdf, m, _, err := Merge("batch_1", list, Options{})
	if err != nil {
		t.Fatal(err)
	}
	left, m2, n, err := Recall(pdf, m, []string{"msg_004", "msg_none"}, false)
	if err != nil || n != 1 {
		t.Fatalf("%d recalled, %v", n, err)
	}
	want, m3, _, err := Merge("batch_1", append(list[:4:4], list[5:]...), Options{})
	if err != nil || !bytes.Equal(left, want) {
		t.Error("what is left is not the batch without the letter")
	}
	if diff := cmp.Diff(m3, m2); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestSplitRefuses(t *testing.T) {
	pdf, m, _, err := Merge("batch_1", many(3), Options{})
	if err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func() ([]byte, Manifest){
		"another file": func() ([]byte, Manifest) { return append(bytes.Clone(pdf), ' '), m },
		"letters swapped": func() ([]byte, Manifest) {
			s := m
			s.Letters = []Piece{m.Letters[1], m.Letters[0], m.Letters[2]}
			return pdf, s
		},
		"a letter too many": func() ([]byte, Manifest) { s := m; s.Letters = append(s.Letters[:3:3], s.Letters[0]); return pdf, s },
		"pages beyond": func() ([]byte, Manifest) {
			s := m
			s.Letters = append([]Piece{}, m.Letters...)
			s.Letters[2].Pages = 9
			return pdf, s
		},
		"no PDF": func() ([]byte, Manifest) { s := m; s.SHA256 = digest([]byte("x")); return []byte("x"), s },
	} {
		if _, err := Split(spoil()); !errors.Is(err, breach.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestCalendar(t *testing.T) {
	paris := func(s string) time.Time {
		at, err := time.ParseInLocation("2006-01-02 15:04", s, i18n.Paris())
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	for _, tt := range []struct{ handed, cutOff, printed string }{
		{"2026-11-23 10:00", "2026-11-23 17:30", "2026-11-24 00:00"}, // Monday
		{"2026-11-23 17:30", "2026-11-24 17:30", "2026-11-25 00:00"}, // at the cut-off: too late
		{"2026-11-27 18:00", "2026-11-30 17:30", "2026-12-01 00:00"}, // Friday evening
		{"2026-04-03 12:00", "2026-04-03 17:30", "2026-04-07 00:00"}, // Good Friday; Easter Monday is the 6th
		{"2026-05-13 12:00", "2026-05-13 17:30", "2026-05-15 00:00"}, // Ascension on the 14th
		{"2026-05-23 12:00", "2026-05-26 17:30", "2026-05-27 00:00"}, // Whit Monday on the 25th
		{"2026-07-14 09:00", "2026-07-15 17:30", "2026-07-16 00:00"},
		{"2026-12-24 17:00", "2026-12-24 17:30", "2026-12-28 00:00"}, // Christmas on a Friday
		{"2026-03-27 18:00", "2026-03-30 17:30", "2026-03-31 00:00"}, // over the night of 23 hours
	} {
		cutOff, printed := Calendar{}.Leaves(paris(tt.handed))
		if !cutOff.Equal(paris(tt.cutOff)) || !printed.Equal(paris(tt.printed)) {
			t.Errorf("%s: recalled until %v, printed %v", tt.handed, cutOff, printed)
		}
	}
	for year, day := range map[int]string{2024: "0331", 2025: "0420", 2026: "0405", 2027: "0328", 2038: "0425"} {
		if got := easter(year).Format("0102"); got != day {
			t.Errorf("Easter %d: %s, want %s", year, got, day)
		}
	}
	if (Calendar{}).Holiday(paris("2026-04-03 08:00")) || !(Calendar{Territory: "alsace-moselle"}).Holiday(paris("2026-04-03 08:00")) {
		t.Error("Good Friday is a holiday in the east alone")
	}
	if got := (Calendar{}).Last(paris("2026-12-23 10:00"), 50_000, 20_000); !got.Equal(paris("2026-12-29 00:00")) {
		t.Errorf("the last of 50,000 letters is printed on %v", got)
	}
}

func BenchmarkMerge(b *testing.B) {
	list := many(100)
	for b.Loop() {
		if _, _, _, err := Merge("batch_1", list, Options{}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N*len(list))/b.Elapsed().Seconds(), "letters/s")
}
