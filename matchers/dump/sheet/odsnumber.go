package sheet

import (
	"bytes"
	"strconv"
	"strings"
)

// number writes a number or a percentage. Where the cell shows the number with
// leading zeros they are kept: people typed a code.
func (c *odsCell) number(dst []byte, o Options) []byte {
	f, err := strconv.ParseFloat(string(c.value), 64)
	if err != nil {
		return append(dst, c.text...)
	}
	share := string(c.kind) == "percentage"
	switch {
	case o.DropHidden && share:
		return pythonFloat(dst, f)
	case o.DropHidden:
		return pythonNumber(dst, nil, f)
	case share:
		return append(significant(dst, nil, f*100), '%')
	}
	if len(c.text) > 1 && len(c.text) < 32 && c.text[0] == '0' && digitsOnly(c.text) {
		if shown, err := strconv.ParseFloat(string(c.text), 64); err == nil && shown == f {
			return append(dst, c.text...)
		}
	}
	return significant(dst, c.value, f)
}

// odsTime writes a duration of XML Schema, such as PT12H30M15S.
func odsTime(dst []byte, v string, o Options) []byte {
	rest, ok := strings.CutPrefix(v, "PT")
	hours, rest, ok1 := strings.Cut(rest, "H")
	minutes, rest, ok2 := strings.Cut(rest, "M")
	seconds, rest, ok3 := strings.Cut(rest, "S")
	h, err1 := strconv.Atoi(hours)
	m, err2 := strconv.Atoi(minutes)
	if !ok || !ok1 || !ok2 || !ok3 || err1 != nil || err2 != nil || rest != "" || h > 1e6 || h < 0 || m < 0 || m > 1e6 {
		if o.DropHidden {
			return dst
		}
		return append(dst, v...)
	}
	s, err := strconv.Atoi(seconds)
	fraction := ""
	if err != nil || s < 0 {
		if o.DropHidden {
			return dst
		}
		seconds, fraction, _ = strings.Cut(strings.Replace(seconds, ",", ".", 1), ".")
		if s, err = strconv.Atoi(seconds); err != nil || s < 0 {
			return append(dst, v...)
		}
	}
	if o.DropHidden && h >= 24 {
		return pythonDelta(dst, float64(h*3600+m*60+s)/86_400)
	}
	for i, n := range []int{h, m, s} {
		if i > 0 {
			dst = append(dst, ':')
		}
		if n < 10 {
			dst = append(dst, '0')
		}
		dst = strconv.AppendInt(dst, int64(n), 10)
	}
	if fraction = strings.TrimRight(fraction, "0"); fraction != "" {
		dst = append(append(dst, '.'), bytes.TrimSpace([]byte(fraction))...)
	}
	return dst
}
