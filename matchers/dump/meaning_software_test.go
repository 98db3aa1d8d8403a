package dump

import (
	_ "embed"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"
)

// Software names its columns as it likes: what testdata/software.txt writes of
// each is a header, its meaning and how values look; people are those of a world.

//go:embed testdata/software.txt
var softwareText string

// software writes the tables of the list, with headers; n draws another one.
func software(n uint64) (list []told) {
	for line := range strings.Lines(softwareText) {
		name, columns, ok := strings.Cut(strings.TrimSpace(line), ": ")
		if !ok || name[0] == '#' {
			continue
		}
		seed := 1000*n + uint64(len(list))
		w := &world{r: rand.New(rand.NewPCG(seed, 78)), d: franceData(), style: map[string]int{}}
		x := told{File: "software/" + name}
		var ways []string
		for column := range strings.SplitSeq(columns, "; ") {
			header, way, _ := strings.Cut(column, "=")
			meaning, _, _ := strings.Cut(strings.Replace(way, ":", "~", 1), "~")
			switch {
			case learntKinds.index(meaning) >= 0:
			case meaning == MeaningUUID:
				meaning = MeaningToken
			default:
				meaning = ""
			}
			x.Names, x.Meanings, ways = append(x.Names, header), append(x.Meanings, meaning), append(ways, way)
		}
		empty := make([]int, len(ways)) // in hundredths
		for i := range empty {
			empty[i] = []int{0, 0, 0, 5, 30}[w.r.IntN(5)]
		}
		for range 30 + w.r.IntN(90) {
			w.row++
			h, row := w.human(), make([]string, len(ways))
			for i, way := range ways {
				if w.r.IntN(100) >= empty[i] {
					row[i] = w.write(way, h)
				}
			}
			x.Rows = append(x.Rows, row)
		}
		list = append(list, x)
	}
	return list
}

// write writes a value in a way of testdata/software.txt.
func (w *world) write(way string, h *human) string {
	_, forms, ok := strings.Cut(way, "~")
	if !ok {
		return fields[way](w, h)
	}
	var b strings.Builder
	form := w.pick(strings.Split(forms, "|")...)
	for i := 0; i < len(form); i++ {
		switch form[i] {
		case '#':
			b.WriteString(w.digits(1))
		case '^':
			b.WriteByte(byte('A' + w.r.IntN(26)))
		case '&':
			b.WriteByte("0123456789abcdef"[w.r.IntN(16)])
		case '{':
			name, _, _ := strings.Cut(form[i+1:], "}")
			b.WriteString(w.fill(name, h))
			i += len(name) + 1
		default:
			b.WriteByte(form[i])
		}
	}
	return b.String()
}

// fill writes what stands in brackets: a row's number, a date, a number of a
// range or another field.
func (w *world) fill(name string, h *human) string {
	kind, layout, _ := strings.Cut(name, ":")
	least, most, ranged := strings.Cut(name, "..")
	switch {
	case kind == "row":
		return fmt.Sprint(w.row)
	case kind == "born":
		return h.born.Format(layout)
	case kind == "on":
		return time.Date(2012+w.r.IntN(12), time.Month(1+w.r.IntN(12)), 1+w.r.IntN(28), 7+w.r.IntN(13), w.r.IntN(60), w.r.IntN(60), 0, time.UTC).Format(layout)
	case ranged:
		lo, _ := strconv.ParseFloat(strings.Replace(least, ",", ".", 1), 64)
		hi, _ := strconv.ParseFloat(strings.Replace(most, ",", ".", 1), 64)
		decimals := 0
		if i := strings.IndexAny(most, ".,"); i >= 0 {
			decimals = len(most) - i - 1
		}
		v := strconv.FormatFloat(lo+(hi-lo)*w.r.Float64(), 'f', decimals, 64)
		if strings.Contains(most, ",") {
			v = strings.Replace(v, ".", ",", 1)
		}
		return v
	}
	return fields[name](w, h)
}
