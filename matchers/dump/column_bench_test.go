package dump

import (
	"strings"
	"testing"
)

// BenchmarkColumns types rows of eight cells and about 100 bytes.
func BenchmarkColumns(b *testing.B) {
	text := people(1, 20_000, ";", "row_id", "birth_name", "given_names", "birth_date", "email", "phone", "street", "postcode")
	var rows [][][]byte
	for line := range strings.Lines(text) {
		var row [][]byte
		for _, v := range strings.Split(strings.TrimSuffix(line, "\n"), ";") {
			row = append(row, []byte(v))
		}
		rows = append(rows, row)
	}
	o := dictionaries()
	cols := newColumns(8)
	row := int64(0)
	for b.Loop() {
		for _, cells := range rows {
			row++
			for i, v := range cells {
				cols[i].add(v, row, &o)
			}
		}
	}
	b.SetBytes(int64(len(text)))
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(row)/8, "ns/cell")
}
