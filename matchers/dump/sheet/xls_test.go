package sheet

import (
	"context"
	"encoding/binary"
	"math"
	"strings"
	"testing"
	"unicode/utf16"
	"vigie/internal/cfb"

	"github.com/google/go-cmp/cmp"

	"vigie/matchers/dump"
	"vigie/matchers/dump/dumptest"
)

// counted counts what comes out.
type counted struct {
	*dumptest.Seen
	tables, rows, cells int
}

func (c *counted) Table(i dump.TableInfo) (dump.Rows, error) {
	c.tables++
	rows, err := c.Seen.Table(i)
	return countedRows{rows, c}, err
}

type countedRows struct {
	dump.Rows
	c *counted
}

func (r countedRows) Row(cells [][]byte) error {
	r.c.rows++
	r.c.cells += len(cells)
	return nil
}

func limited(t testing.TB, f dump.Format, data []byte) *counted {
	t.Helper()
	c := &counted{Seen: &dumptest.Seen{Texts: map[string]string{}, Reasons: map[string]string{}, Keep: 1}}
	if err := f.Read(context.Background(), dumptest.File("x", data), c); err != nil && code(err) == err.Error() {
		t.Fatal(err)
	}
	return c
}

// compoundOf makes a compound file of streams of at least 4096 bytes, or padded to
// that.
func compoundOf(streams ...named) []byte {
	const sector = 512
	var fat []uint32
	var body []byte
	chain := func(data string) uint32 {
		first := uint32(len(fat))
		for n := (len(data) + sector - 1) / sector; n > 0; n-- {
			fat = append(fat, uint32(len(fat)+1))
		}
		fat[len(fat)-1] = cfb.EndOfChain
		body = append(body, data...)
		body = append(body, make([]byte, (sector-len(data)%sector)%sector)...)
		return first
	}
	entry := func(name string, kind byte, first uint32, size int) []byte {
		e := make([]byte, 128)
		for i, u := range utf16.Encode([]rune(name)) {
			binary.LittleEndian.PutUint16(e[2*i:], u)
		}
		binary.LittleEndian.PutUint16(e[64:], uint16(2*len(name)+2))
		e[66] = kind
		binary.LittleEndian.PutUint32(e[116:], first)
		binary.LittleEndian.PutUint32(e[120:], uint32(size))
		return e
	}
	directory := entry("Root Entry", 5, cfb.EndOfChain, 0)
	for _, s := range streams {
		data := s.data + strings.Repeat("\x00", max(0, 4096-len(s.data)))
		directory = append(directory, entry(s.name, 2, chain(data), len(data))...)
	}
	at := chain(string(directory))
	head := make([]byte, sector)
	copy(head, cfb.Magic)
	binary.LittleEndian.PutUint16(head[30:], 9)
	binary.LittleEndian.PutUint32(head[48:], at)
	binary.LittleEndian.PutUint32(head[60:], cfb.EndOfChain)
	binary.LittleEndian.PutUint32(head[68:], cfb.EndOfChain)
	for i := range 109 {
		binary.LittleEndian.PutUint32(head[76+4*i:], 0xffffffff)
	}
	for i := 0; i*128 < len(fat)+1; i++ {
		binary.LittleEndian.PutUint32(head[76+4*i:], uint32(len(body)/sector+i))
	}
	out := append(head, body...)
	for len(fat)%128 != 0 {
		fat = append(fat, 0xffffffff)
	}
	for _, f := range fat {
		out = binary.LittleEndian.AppendUint32(out, f)
	}
	return out
}

// loop is a compound file whose workbook bites its tail.
func loop() []byte {
	b := compoundOf(named{"Workbook", strings.Repeat("\x00", 8000)})
	binary.LittleEndian.PutUint32(b[len(b)-512:], 0)
	copy(b[512:], strings.Repeat("\xff", 8000))
	return b
}

func record(id uint16, data ...any) string {
	b := binary.LittleEndian.AppendUint16(nil, id)
	b = append(b, 0, 0)
	for _, d := range data {
		switch d := d.(type) {
		case string:
			b = append(b, d...)
		case int:
			b = binary.LittleEndian.AppendUint16(b, uint16(d))
		case uint32:
			b = binary.LittleEndian.AppendUint32(b, d)
		case float64:
			b = binary.LittleEndian.AppendUint64(b, math.Float64bits(d))
		case byte:
			b = append(b, d)
		}
	}
	binary.LittleEndian.PutUint16(b[2:], uint16(len(b)-4))
	return string(b)
}

// biffOf makes a workbook of one hidden and one visible sheet.
func biffOf(version int, globals, sheet string) string {
	name := func(s string) string {
		if version == 0x600 {
			return string([]byte{byte(len(s)), 0}) + s
		}
		return string([]byte{byte(len(s))}) + s
	}
	begin := record(recBOF, version, 5, 0, 0, uint32(0), uint32(0)) + globals
	bounds := func(at1, at2 int) string {
		return record(recBoundSheet, uint32(at1), 1, name("no")) + record(recBoundSheet, uint32(at2), 0, name("yes")) + record(recEOF)
	}
	hidden := record(recBOF, version, 0x10, 0, 0, uint32(0), uint32(0)) + record(recNumber, 0, 0, 0, 1.0) + record(recEOF)
	at := len(begin) + len(bounds(0, 0))
	return begin + bounds(at, at+len(hidden)) + hidden + record(recBOF, version, 0x10, 0, 0, uint32(0), uint32(0)) + sheet + record(recEOF)
}

func biff8() string {
	globals := record(recFormat, 164, 5, "\x00", "00000") + record(recXF, 0, 0) + record(recXF, 0, 14) + record(recXF, 0, 164) + record(recXF, 0, 9) +
		record(recSST, uint32(3), uint32(3), 3, "\x00", "nom", 4, "\x01", "L\x00\xe9") + record(recContinue, "\x01", "\x3d\xd8\x00", "\xde", "\x00x", 2, "\x08", 1, "ok", "\x00\x00\x00\x00")
	sheet := record(recColInfo, 1, 1, 0, 0, 1) + record(recRow, 2, 0, 5, 0, 0, 0, 0x20, 0) +
		record(recLabelSST, 0, 0, 0, uint32(0)) + record(recLabelSST, 0, 1, 0, uint32(2)) + record(recLabelSST, 0, 2, 0, uint32(9)) +
		record(recNumber, 1, 0, 1, 34726.0) + record(recRK, 1, 1, 0, uint32(12345<<2|3)) + record(recMulRK, 1, 2, 2, uint32(75<<2|2), 3, uint32(50<<2|3), 3) +
		record(recBoolErr, 2, 0, 0, byte(1), byte(0)) + record(recBoolErr, 2, 1, 0, byte(7), byte(1)) + record(recLabel, 2, 2, 0, 2, "\x01", "\xe9\x00b\x00") +
		record(recFormula, 4, 0, 0, "\x00\x00\x00\x00\x00\x00\xff\xff", 0, uint32(0), 0) + record(recString, 4, "\x00", "te") + record(recContinue, "\x00xt") +
		record(recFormula, 4, 1, 0, 2.5, 0, uint32(0), 0) + record(recMerged, 1, 4, 4, 1, 2) + record(recMulBlank, 6, 0, 0, 0, 1)
	return biffOf(0x600, globals, sheet)
}

func TestXLS(t *testing.T) {
	for _, c := range []struct {
		name string
		o    Options
		want [][]string
	}{
		{"people", Options{}, [][]string{{"nom", "ok"}, {"1995-01-27", "123.45", "00075", "50%"}, {"true", "#DIV/0!", "éb"}, {"", ""}, {"text", "2.5", "2.5"}}},
		{"notify", Options{DropHidden: true}, [][]string{{"nom", "ok"}, {"1995-01-27", "123.45", "75", "0.5"}, {"1", "#N/A", "éb"}, {}, {"text", "2.5"}, {}, {}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, data := range [][]byte{compoundOf(named{"Workbook", biff8()}), []byte(biff8())} {
				s := read(t, c.o, "x.xls", data)
				got := s.Find(t, "yes")
				if d := cmp.Diff(c.want, got.Rows); d != "" || s.Err != nil || len(s.Reasons) > 0 {
					t.Error(s.Err, s.Reasons, d)
				}
				if c.name == "people" && (len(s.Tables) != 2 || !s.Tables[0].Info.Hidden || strings.Join(got.Warned, " ") != WarnColumns+" "+WarnRows+" "+WarnCells) {
					t.Error(len(s.Tables), got.Warned)
				}
			}
		})
	}
}

func TestBIFF5(t *testing.T) {
	data := biffOf(0x500, record(recCodePage, 1251), record(recLabel, 0, 0, 0, 3, "\xcf\xf0\xe8")+record(recLabel, 0, 1, 0, 2, "ok"))
	s := read(t, Options{}, "x.xls", compoundOf(named{"Book", data}))
	if got := s.Find(t, "yes").Rows; len(got) != 1 || got[0][0] != "При" || got[0][1] != "ok" {
		t.Error(s.Err, got)
	}
	s = read(t, Options{}, "x.xls", compoundOf(named{"Workbook", biffOf(0x600, record(recFilePass, 1), "")}))
	if code(s.Err) != dump.CodeEncrypted {
		t.Error(s.Err)
	}
}

func TestNumbers(t *testing.T) {
	for _, c := range []struct {
		f            float64
		raw          string
		code         string
		people, wide string
	}{
		{1e16, "1E16", "General", "10000000000000000", "1e+16"},
		{1e-5, "1E-5", "General", "0.00001", "1e-05"},
		{123456789012345678, "123456789012345678", "General", "123456789012345678", "123456789012345678"},
		{1.5, "1.5", "0.00", "1.5", "1.5"},
		{0, "-0", "General", "-0", "0"},
		{33199000001, "33199000001", `00" "00" "00`, "33199000001", "33199000001"},
		{40000.25, "40000.25", `[$-40C]d mmm yyyy;@`, "2009-07-06 06:00:00", "2009-07-06 06:00:00"},
		{0.5, "0.5", "hh:mm", "12:00:00", "12:00:00"},
		{-1, "-1", "d/m/y", "-1", "1899-12-29 00:00:00"},
		{1e9, "1E9", "d/m/y", "1000000000", "#VALUE!"},
		{1.0000115741, "1.0000115741", "[mm]:ss", "24:00:01", "1 day, 0:00:01"},
		{7, "7", "000", "007", "7"},
		{-7, "-7", "000", "-007", "-7"},
		{12, "12", "#,##0.00", "12", "12"},
	} {
		how := parseFormat(c.code)
		if got := string(Options{}.number(nil, []byte(c.raw), c.f, how, false)); got != c.people {
			t.Errorf("%s as %s: got %s, want %s", c.raw, c.code, got, c.people)
		}
		if got := string(Options{DropHidden: true}.number(nil, []byte(c.raw), c.f, how, false)); got != c.wide {
			t.Errorf("%s as %s for notify: got %s, want %s", c.raw, c.code, got, c.wide)
		}
	}
	if got := string(isoDate(nil, nil, 1, true)); got != "1904-01-02" {
		t.Error(got)
	}
}
