package parquet

import (
	"encoding/hex"
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	lib "github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/deprecated"
	spec "github.com/parquet-go/parquet-go/format"
)

// leaf is a column of values and how they are written.
type leaf struct {
	name     string
	repeated bool
	optional bool // it, or what it stands in
	append   func([]byte, lib.Value) []byte
}

// leavesOf lists the columns of a schema in its order.
func leavesOf(root *lib.Column) []leaf {
	var leaves []leaf
	var walk func(c *lib.Column, path []string)
	walk = func(c *lib.Column, path []string) {
		if c.Leaf() {
			leaves = append(leaves, leaf{name: columnName(path), repeated: c.MaxRepetitionLevel() > 0, optional: c.MaxDefinitionLevel() > 0, append: writer(c.Type())})
			return
		}
		for _, child := range c.Columns() {
			walk(child, append(path[:len(path):len(path)], child.Name()))
		}
	}
	walk(root, nil)
	seen := map[string]int{}
	for i := range leaves {
		if seen[leaves[i].name]++; seen[leaves[i].name] > 1 {
			leaves[i].name += "#" + strconv.Itoa(seen[leaves[i].name])
		}
	}
	return leaves
}

// columnName joins a path with dots, without the two levels that a list adds
// under its own name (LogicalTypes.md, Lists, with its backward compatible names).
func columnName(path []string) string {
	var kept []string
	for i := 0; i < len(path); i++ {
		kept = append(kept, path[i])
		if i+2 < len(path) {
			switch path[i+1] + "." + path[i+2] {
			case "list.element", "list.item", "bag.array_element", "list.array":
				i += 2
			}
		}
	}
	return strings.Join(kept, ".")
}

// writer chooses how values of a type are written.
func writer(t lib.Type) func([]byte, lib.Value) []byte {
	if l := t.LogicalType(); l != nil {
		if w := logical(l.Value, t); w != nil {
			return w
		}
	}
	if c := t.ConvertedType(); c != nil {
		if w := converted(*c); w != nil {
			return w
		}
	}
	return physical(t)
}

func logical(l spec.LogicalTypeValue, t lib.Type) func([]byte, lib.Value) []byte {
	switch l := l.(type) {
	case *spec.DecimalType:
		return decimal(int(l.Scale))
	case *spec.DateType:
		return date
	case *spec.TimeType:
		return clock(unit(l.Unit))
	case *spec.TimestampType:
		return timestamp(unit(l.Unit))
	case *spec.IntType:
		if !l.IsSigned {
			return unsigned
		}
	case *spec.UUIDType:
		return uuid
	case *spec.Float16Type:
		return half
	}
	return nil
}

func converted(c deprecated.ConvertedType) func([]byte, lib.Value) []byte {
	switch c {
	case deprecated.Date:
		return date
	case deprecated.TimeMillis:
		return clock(time.Millisecond)
	case deprecated.TimeMicros:
		return clock(time.Microsecond)
	case deprecated.TimestampMillis:
		return timestamp(time.Millisecond)
	case deprecated.TimestampMicros:
		return timestamp(time.Microsecond)
	case deprecated.Uint8, deprecated.Uint16, deprecated.Uint32, deprecated.Uint64:
		return unsigned
	}
	return nil
}

func unit(u spec.TimeUnit) time.Duration {
	switch u.Value.(type) {
	case *spec.MilliSeconds:
		return time.Millisecond
	case *spec.MicroSeconds:
		return time.Microsecond
	}
	return time.Nanosecond
}

func physical(t lib.Type) func([]byte, lib.Value) []byte {
	switch t.Kind() {
	case lib.Boolean:
		return func(dst []byte, v lib.Value) []byte { return strconv.AppendBool(dst, v.Boolean()) }
	case lib.Int32, lib.Int64:
		return func(dst []byte, v lib.Value) []byte { return strconv.AppendInt(dst, whole(v), 10) }
	case lib.Float:
		return func(dst []byte, v lib.Value) []byte { return number(dst, float64(v.Float()), 32) }
	case lib.Double:
		return func(dst []byte, v lib.Value) []byte { return number(dst, v.Double(), 64) }
	case lib.Int96:
		return int96
	}
	return text
}

func whole(v lib.Value) int64 {
	if v.Kind() == lib.Int32 {
		return int64(v.Int32())
	}
	return v.Int64()
}

func unsigned(dst []byte, v lib.Value) []byte {
	if v.Kind() == lib.Int32 {
		return strconv.AppendUint(dst, uint64(v.Uint32()), 10)
	}
	return strconv.AppendUint(dst, v.Uint64(), 10)
}

func number(dst []byte, f float64, bits int) []byte {
	if a := math.Abs(f); a >= 1e21 || a != 0 && a < 1e-9 {
		return strconv.AppendFloat(dst, f, 'g', -1, bits)
	}
	return strconv.AppendFloat(dst, f, 'f', -1, bits)
}

// text writes bytes as they are when they are UTF-8, else in hexadecimal.
func text(dst []byte, v lib.Value) []byte {
	b := v.ByteArray()
	if utf8.Valid(b) {
		return append(dst, b...)
	}
	return hex.AppendEncode(dst, b)
}

func uuid(dst []byte, v lib.Value) []byte {
	b := v.ByteArray()
	if len(b) != 16 {
		return text(dst, v)
	}
	for i, cut := range []int{0, 4, 6, 8, 10} {
		if i > 0 {
			dst = append(dst, '-')
		}
		dst = hex.AppendEncode(dst, b[cut:[]int{4, 6, 8, 10, 16}[i]])
	}
	return dst
}

func half(dst []byte, v lib.Value) []byte {
	b := v.ByteArray()
	if len(b) != 2 {
		return text(dst, v)
	}
	bits := uint16(b[0]) | uint16(b[1])<<8
	f := math.Ldexp(float64(bits&0x3ff|0x400), int(bits>>10&31)-25)
	switch bits >> 10 & 31 {
	case 0:
		f = math.Ldexp(float64(bits&0x3ff), -24)
	case 31:
		f = math.Inf(1)
		if bits&0x3ff != 0 {
			f = math.NaN()
		}
	}
	if bits>>15 == 1 {
		f = -f
	}
	return number(dst, f, 32)
}

func date(dst []byte, v lib.Value) []byte {
	return time.Unix(whole(v)*86_400, 0).UTC().AppendFormat(dst, time.DateOnly)
}

func clock(unit time.Duration) func([]byte, lib.Value) []byte {
	return func(dst []byte, v lib.Value) []byte {
		n := whole(v)
		if n < 0 || n > int64(24*time.Hour/unit) {
			return strconv.AppendInt(dst, n, 10)
		}
		return time.Unix(0, n*int64(unit)).UTC().AppendFormat(dst, "15:04:05.999999999")
	}
}

const dateTime = "2006-01-02 15:04:05.999999999"

func timestamp(unit time.Duration) func([]byte, lib.Value) []byte {
	per := int64(time.Second / unit)
	return func(dst []byte, v lib.Value) []byte {
		n := whole(v)
		s, rest := n/per, n%per
		if rest < 0 {
			s, rest = s-1, rest+per
		}
		return time.Unix(s, rest*int64(unit)).UTC().AppendFormat(dst, dateTime)
	}
}

// int96 writes the timestamps of Impala and old Spark: nanoseconds of the day,
// then the Julian day, of which 2,440,588 is 1 January 1970.
func int96(dst []byte, v lib.Value) []byte {
	b := v.Int96()
	nanos := int64(uint64(b[0]) | uint64(b[1])<<32)
	if nanos < 0 || nanos > int64(24*time.Hour) {
		return append(dst, b.String()...)
	}
	return time.Unix((int64(b[2])-2_440_588)*86_400, nanos).UTC().AppendFormat(dst, dateTime)
}

// maxScale bounds the zeros that a decimal is written with.
const maxScale = 76

func decimal(scale int) func([]byte, lib.Value) []byte {
	return func(dst []byte, v lib.Value) []byte {
		var digits string
		switch v.Kind() {
		case lib.Int32, lib.Int64:
			digits = strconv.FormatInt(whole(v), 10)
		default:
			b := v.ByteArray()
			if len(b) > 64 {
				return text(dst, v)
			}
			n := new(big.Int).SetBytes(b)
			if len(b) > 0 && b[0]&0x80 != 0 {
				n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(8*len(b))))
			}
			digits = n.String()
		}
		if scale <= 0 || scale > maxScale {
			return append(dst, digits...)
		}
		if rest, minus := strings.CutPrefix(digits, "-"); minus {
			dst, digits = append(dst, '-'), rest
		}
		if pad := scale + 1 - len(digits); pad > 0 {
			digits = strings.Repeat("0", pad) + digits
		}
		dst = append(dst, digits[:len(digits)-scale]...)
		return append(append(dst, '.'), digits[len(digits)-scale:]...)
	}
}
