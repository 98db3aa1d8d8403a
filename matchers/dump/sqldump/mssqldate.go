package sqldump

import (
	"encoding/binary"
	"fmt"
	"strings"
	"time"
)

// binaryDate decodes the bytes that "Generate Scripts" of SQL Server casts to a
// type of date or time ([MS-TDS] 2.2.5.5.1.8 and 2.2.5.5.1.9):
//
//   - datetime: days since 1900-01-01 and 1/300 s since midnight, big endian;
//   - smalldatetime: the same in 2 + 2 bytes, and in minutes;
//   - date: days since 0001-01-01 in 3 bytes, little endian;
//   - time, datetime2, datetimeoffset: the number of decimals, the time in that
//     unit in 3 to 5 bytes, the date as above, and the offset in minutes, little
//     endian; with an offset, the time is in UTC.
func binaryDate(b []byte, typeName string) (string, bool) {
	name, _, _ := strings.Cut(strings.Trim(typeName, `[]" `), " ")
	switch strings.Trim(name, `[]"`) {
	case "datetime":
		if len(b) != 8 {
			return "", false
		}
		ticks := int64(binary.BigEndian.Uint32(b[4:]))
		return stamp(days1900(int32(binary.BigEndian.Uint32(b))).Add(time.Duration(ticks*10/3) * time.Millisecond))
	case "smalldatetime":
		if len(b) != 4 {
			return "", false
		}
		minutes := time.Duration(binary.BigEndian.Uint16(b[2:]))
		return stamp(days1900(int32(binary.BigEndian.Uint16(b))).Add(minutes * time.Minute))
	case "date":
		if len(b) < 3 || len(b) > 4 {
			return "", false
		}
		t := day0001(b)
		return t.Format(time.DateOnly), t.Year() <= 9999
	case "time", "datetime2", "datetimeoffset":
		return scaled(b, name[:4] == "time", name == "datetimeoffset")
	}
	return "", false
}

func days1900(n int32) time.Time {
	return time.Date(1900, 1, 1+int(n), 0, 0, 0, 0, time.UTC)
}

func day0001(b []byte) time.Time {
	return time.Date(1, 1, 1+little(b[:3]), 0, 0, 0, 0, time.UTC)
}

func little(b []byte) (n int) {
	for i := len(b) - 1; i >= 0; i-- {
		n = n<<8 | int(b[i])
	}
	return n
}

// scaled decodes a time with a number of decimals before it.
func scaled(b []byte, timeOnly, offset bool) (string, bool) {
	tail := 3
	if timeOnly {
		tail = 0
	} else if offset {
		tail = 5
	}
	n := len(b) - 1 - tail
	if n < 3 || n > 5 || b[0] > 7 {
		return "", false
	}
	unit := time.Second
	for range b[0] {
		unit /= 10
	}
	units := little(b[1 : 1+n])
	if units > int(24*time.Hour/unit) {
		return "", false
	}
	since := time.Duration(units) * unit
	if timeOnly {
		return time.Time{}.Add(since).Format("15:04:05.999999999"), true
	}
	t := day0001(b[1+n:]).Add(since)
	if !offset {
		return stamp(t)
	}
	minutes := int(int16(little(b[len(b)-2:])))
	s, ok := stamp(t.Add(time.Duration(minutes) * time.Minute))
	return s + fmt.Sprintf(" %+03d:%02d", minutes/60, max(minutes, -minutes)%60), ok
}

func stamp(t time.Time) (string, bool) {
	return t.Format("2006-01-02 15:04:05.999999999"), t.Year() >= 1 && t.Year() <= 9999
}
