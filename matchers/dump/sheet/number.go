package sheet

import (
	"bytes"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// format is what of a number format matters to what a cell says.
type format struct {
	kind   formatKind
	zeros  uint8 // digits at least, of "00000"
	notify formatKind
}

type formatKind uint8

const (
	plain formatKind = iota
	dated
	elapsed // [h]:mm, a duration
	percent
)

// builtin tells a number format by its identifier (ECMA-376 part 1, 18.8.30).
func builtin(id int) format {
	switch {
	case id == 9 || id == 10:
		return format{kind: percent}
	case id >= 14 && id <= 22, id == 45, id == 47:
		return format{kind: dated, notify: dated}
	case id >= 27 && id <= 36, id >= 50 && id <= 58: // dates of East Asia
		return format{kind: dated}
	case id == 46:
		return format{kind: elapsed, notify: elapsed}
	}
	return format{}
}

// parseFormat reads a number format's code: only its first section, the one for
// positive numbers, without literals, colours and locales.
func parseFormat(code string) format {
	code, _, _ = strings.Cut(code, ";")
	var bare strings.Builder
	duration := false
	for i := 0; i < len(code); i++ {
		switch c := code[i]; c {
		case '"':
			n := strings.IndexByte(code[i+1:], '"')
			if n < 0 {
				n = len(code) - i - 1
			}
			i += n + 1
		case '\\', '_', '*':
			i++
		case '[':
			n := strings.IndexByte(code[i:], ']')
			if n < 0 {
				i = len(code)
				break
			}
			switch strings.ToLower(code[i+1 : i+n]) {
			case "h", "hh", "m", "mm", "s", "ss":
				duration = true
			}
			i += n
		default:
			bare.WriteByte(c)
		}
	}
	s := strings.ToLower(bare.String())
	switch {
	case duration:
		return format{kind: elapsed, notify: elapsed}
	case s == "general" || s == "standard":
		return format{}
	case strings.ContainsAny(s, "dmhys"):
		return format{kind: dated, notify: dated}
	case strings.Contains(s, "%"):
		return format{kind: percent}
	}
	if n := strings.Count(s, "0"); n > 1 && n < 32 && n == len(strings.TrimRight(s, " -.")) && !strings.Contains(s, ".") {
		return format{zeros: uint8(n)}
	}
	return format{}
}

// number writes a number cell: raw is how the file writes it, or nil when it is
// in binary.
func (o Options) number(dst []byte, raw []byte, f float64, how format, epoch1904 bool) []byte {
	if o.DropHidden {
		if how.notify != plain {
			return pythonDate(dst, f, how.notify, epoch1904)
		}
		return pythonNumber(dst, raw, f)
	}
	switch {
	case how.kind == dated:
		return isoDate(dst, raw, f, epoch1904)
	case how.kind == elapsed:
		return clock(dst, f)
	case how.kind == percent:
		return append(significant(dst, nil, f*100), '%')
	case how.zeros > 0 && f == math.Trunc(f) && math.Abs(f) < 1e15:
		digits := strconv.FormatInt(int64(math.Abs(f)), 10)
		if f < 0 {
			dst = append(dst, '-')
		}
		for i := len(digits); i < int(how.zeros); i++ {
			dst = append(dst, '0')
		}
		return append(dst, digits...)
	}
	return significant(dst, raw, f)
}

// significant writes a number with 15 significant digits at most, as Excel
// does. Digits alone stay as they are: they may be more than that, in files that
// Excel did not write.
func significant(dst, raw []byte, f float64) []byte {
	if len(raw) > 0 && len(raw) <= 32 && digitsOnly(raw) {
		return append(dst, raw...)
	}
	f, _ = strconv.ParseFloat(strconv.FormatFloat(f, 'e', 14, 64), 64)
	if a := math.Abs(f); a >= 1e21 || a != 0 && a < 1e-9 || f != f {
		return strconv.AppendFloat(dst, f, 'g', -1, 64)
	}
	return strconv.AppendFloat(dst, f, 'f', -1, 64)
}

func digitsOnly(b []byte) bool {
	b = bytes.TrimPrefix(b, []byte("-"))
	for _, c := range b {
		if c < '0' || c > '9' {
			return false
		}
	}
	return len(b) > 0
}

// pythonNumber writes a number as Python does: what was written without point
// and exponent is an integer, the rest the shortest float, with an exponent
// from 1e16 and below 1e-4.
func pythonNumber(dst, raw []byte, f float64) []byte {
	if raw == nil && f == math.Floor(f) && math.Abs(f) < 1e300 {
		return strconv.AppendFloat(dst, f, 'f', 0, 64)
	}
	if raw != nil && !bytes.ContainsAny(raw, ".eE") {
		raw = bytes.TrimPrefix(bytes.TrimSpace(raw), []byte("+"))
		if digits, minus := bytes.CutPrefix(raw, []byte("-")); minus {
			if digits = bytes.TrimLeft(digits, "0"); len(digits) > 0 {
				return append(append(dst, '-'), digits...)
			}
			return append(dst, '0')
		}
		if raw = bytes.TrimLeft(raw, "0"); len(raw) == 0 {
			return append(dst, '0')
		}
		return append(dst, raw...)
	}
	return pythonFloat(dst, f)
}

func pythonFloat(dst []byte, f float64) []byte {
	if a := math.Abs(f); a != 0 && (a < 1e-4 || a >= 1e16) {
		return strconv.AppendFloat(dst, f, 'e', -1, 64)
	}
	start := len(dst)
	dst = strconv.AppendFloat(dst, f, 'f', -1, 64)
	if bytes.IndexByte(dst[start:], '.') < 0 && !math.IsInf(f, 0) {
		dst = append(dst, ".0"...)
	}
	return dst
}

var (
	epoch1900 = time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	epoch1904 = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
)

// civil is the moment of a serial number of days. In the 1900 system day 60 is
// 29 February 1900, which was not: days before it are one further.
func civil(f float64, in1904 bool) (time.Time, bool) {
	if !(math.Abs(f) < 3_000_000) {
		return time.Time{}, false
	}
	day := math.Floor(f)
	ms := int(math.RoundToEven((f - day) * 86_400_000))
	epoch := epoch1900
	if in1904 {
		epoch = epoch1904
	} else if f > 0 && f < 60 {
		day++
	}
	t := epoch.AddDate(0, 0, int(day)).Add(time.Duration(ms) * time.Millisecond)
	return t, t.Year() >= 1 && t.Year() <= 9999
}

// isoDate writes a date as ISO 8601, without a time of day at midnight and
// without a date below one day. A number that is no date stays a number.
func isoDate(dst, raw []byte, f float64, in1904 bool) []byte {
	t, ok := civil(f, in1904)
	switch {
	case !ok || f < 0:
		return significant(dst, raw, f)
	case f < 1 && !in1904 || f > 0 && f < 1:
		return moment(dst, t, "15:04:05")
	case f == math.Trunc(f):
		return t.AppendFormat(dst, time.DateOnly)
	}
	return moment(dst, t, time.DateTime)
}

func moment(dst []byte, t time.Time, layout string) []byte {
	dst = t.AppendFormat(dst, layout)
	if ms := t.Nanosecond() / 1e6; ms > 0 {
		dst = append(dst, '.', byte('0'+ms/100), byte('0'+ms/10%10), byte('0'+ms%10))
	}
	return dst
}

// clock writes a duration in days as hours, minutes and seconds.
func clock(dst []byte, f float64) []byte {
	if !(math.Abs(f) < 1e9) {
		return significant(dst, nil, f)
	}
	if f < 0 {
		dst = append(dst, '-')
	}
	s := int64(math.Round(math.Abs(f) * 86_400))
	dst = strconv.AppendInt(dst, s/3600, 10)
	return append(dst, ':', byte('0'+s/600%6), byte('0'+s/60%10), ':', byte('0'+s/10%6), byte('0'+s%10))
}

// pythonDate writes a date as str() of Python's datetime, time or timedelta.
func pythonDate(dst []byte, f float64, kind formatKind, in1904 bool) []byte {
	if kind == elapsed {
		return pythonDelta(dst, f)
	}
	t, ok := civil(f, in1904)
	day, fraction := math.Floor(f), f-math.Floor(f)
	switch {
	case !ok:
		return append(dst, "#VALUE!"...)
	case day == 0 && fraction < 1-0.5/86_400_000:
		return micro(t.AppendFormat(dst, "15:04:05"), t)
	}
	return micro(t.AppendFormat(dst, time.DateTime), t)
}

func micro(dst []byte, t time.Time) []byte {
	if t.Nanosecond() == 0 {
		return dst
	}
	return t.AppendFormat(dst, ".000000")
}

// pythonDelta writes str() of a timedelta rounded to milliseconds.
func pythonDelta(dst []byte, f float64) []byte {
	if !(math.Abs(f) < 999_999_999) {
		return append(dst, "#VALUE!"...)
	}
	day := math.Floor(f)
	us := int64(math.RoundToEven((f - day) * 86_400_000_000))
	us = us/1e6*1e6 + int64(math.RoundToEven(float64(us%1e6)/1000))*1000
	days := int64(day) + us/86_400_000_000
	us %= 86_400_000_000
	if days != 0 {
		dst = append(strconv.AppendInt(dst, days, 10), " day"...)
		if days != 1 && days != -1 {
			dst = append(dst, 's')
		}
		dst = append(dst, ", "...)
	}
	s := us / 1e6
	dst = strconv.AppendInt(dst, s/3600, 10)
	dst = append(dst, ':', byte('0'+s/600%6), byte('0'+s/60%10), ':', byte('0'+s/10%6), byte('0'+s%10))
	if us %= 1e6; us > 0 {
		n := strconv.FormatInt(us+1e6, 10)
		dst = append(append(dst, '.'), n[1:]...)
	}
	return dst
}

// truth writes a boolean.
func (o Options) truth(dst []byte, b bool) []byte {
	switch {
	case o.DropHidden && b:
		return append(dst, "True"...)
	case o.DropHidden:
		return append(dst, "False"...)
	}
	return strconv.AppendBool(dst, b)
}

// escaped takes back the escapes _xHHHH_ that stand in a string for characters
// XML cannot hold (ECMA-376 part 1, 22.9.2.19), in place.
func (o Options) escaped(b []byte, shared bool) []byte {
	if o.DropHidden {
		if shared && bytes.Contains(b, []byte("x005F_")) {
			return bytes.ReplaceAll(b, []byte("x005F_"), nil)
		}
		return b
	}
	if !bytes.Contains(b, []byte("_x")) {
		return b
	}
	out := b[:0]
	for i := 0; i < len(b); i++ {
		if b[i] == '_' && i+7 <= len(b) && b[i+1] == 'x' && b[i+6] == '_' {
			if v, err := strconv.ParseUint(string(b[i+2:i+6]), 16, 32); err == nil && (v < 0xd800 || v >= 0xe000) && v > 0 {
				out = utf8.AppendRune(out, rune(v))
				i += 6
				continue
			}
		}
		out = append(out, b[i])
	}
	return out
}
