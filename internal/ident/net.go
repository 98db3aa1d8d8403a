package ident

import "bytes"

// IsIPv4 tells four numbers of 0 to 255 without leading zeros, an optional port
// or prefix behind.
func IsIPv4(v []byte) bool {
	if len(v) < 7 || len(v) > 21 {
		return false
	}
	parts, n, width := 0, 0, 0
	for i, c := range v {
		switch {
		case c-'0' <= 9:
			if width > 0 && n == 0 || width == 3 {
				return false
			}
			n, width = n*10+int(c-'0'), width+1
			if n > 255 {
				return false
			}
			continue
		case width == 0:
			return false
		case c == '.' && parts < 3:
			parts, n, width = parts+1, 0, 0
		case (c == ':' || c == '/') && parts == 3:
			port, ok := number(v[i+1:])
			return ok && (c == ':' && port <= 65535 || c == '/' && port <= 32)
		default:
			return false
		}
	}
	return parts == 3 && width > 0
}

// IsIPv6 tells an address of eight groups, of which :: stands for some (RFC
// 4291), brackets, a zone or a prefix around it aside.
func IsIPv6(v []byte) bool {
	if len(v) < 3 || len(v) > 60 {
		return false
	}
	if v[0] == '[' {
		end := bytes.IndexByte(v, ']')
		if end < 0 {
			return false
		}
		v = v[1:end]
	}
	if i := bytes.IndexAny(v, "%/"); i >= 0 {
		v = v[:i]
	}
	return groups(v)
}

func groups(v []byte) bool {
	n, width, double := 0, 0, false
	for i := 0; i < len(v); i++ {
		switch c := v[i]; {
		case isHex(c):
			if width++; width > 4 {
				return false
			}
		case c == ':' && i+1 < len(v) && v[i+1] == ':':
			if double || i == 0 && width > 0 {
				return false
			}
			double = true
			if width > 0 {
				n++
			}
			width, i = 0, i+1
		case c == ':':
			if width == 0 {
				return false
			}
			n, width = n+1, 0
		case c == '.':
			from := i - width // an IPv4 address ends it
			if n > 6 || from < 2 || !IsIPv4(v[from:]) || bytes.ContainsAny(v[from:], ":/") {
				return false
			}
			return n == 6 || double
		default:
			return false
		}
	}
	if width > 0 {
		n++
	} else if !double || len(v) > 1 && (v[len(v)-1] == ':' && v[len(v)-2] != ':') {
		return false
	}
	return n == 8 && !double || double && n < 8 && len(v) > 2
}

// IsMAC tells six pairs of hexadecimal digits parted by colons or dashes, or
// three groups of four parted by dots (IEEE 802).
func IsMAC(v []byte) bool {
	switch {
	case len(v) == 17 && (v[2] == ':' || v[2] == '-'):
		for i, c := range v {
			if i%3 == 2 && c != v[2] || i%3 != 2 && !isHex(c) {
				return false
			}
		}
		return true
	case len(v) == 14 && v[4] == '.' && v[9] == '.':
		for i, c := range v {
			if i != 4 && i != 9 && !isHex(c) {
				return false
			}
		}
		return true
	}
	return false
}

// IsUUID tells 8-4-4-4-12 hexadecimal digits, braces aside (RFC 9562).
func IsUUID(v []byte) bool {
	if len(v) == 38 && v[0] == '{' && v[37] == '}' {
		v = v[1:37]
	}
	if len(v) != 36 {
		return false
	}
	for i, c := range v {
		if i == 8 || i == 13 || i == 18 || i == 23 {
			if c != '-' {
				return false
			}
		} else if !isHex(c) {
			return false
		}
	}
	return true
}

// IsDomain tells the name of a host: labels of at most 63 letters, digits and
// dashes, the last one of letters, 253 bytes at most (RFC 1035, RFC 5890; labels
// in UTF-8 pass). Names of files look like it: IsDomain knows the most common
// endings of files and refuses them.
func IsDomain(v []byte) bool {
	if len(v) < 4 || len(v) > 253 || bytes.IndexByte(v, '.') < 0 {
		return false
	}
	return host(v) && !fileEnding(v[bytes.LastIndexByte(v, '.')+1:])
}

// labelByte tells the bytes of which the labels of a host are made, and those of
// which its last label is made.
var labelByte = func() (t [256]uint8) {
	for c := range t {
		switch {
		case c >= 0x80 || is(byte(c), letter):
			t[c] = inLabel | inLast
		case c == '-' || c == '_' || is(byte(c), digit):
			t[c] = inLabel
		}
	}
	return t
}()

const (
	inLabel uint8 = 1 << iota
	inLast
)

// host checks labels; the last has two letters or more.
func host(v []byte) bool {
	for i := 0; ; i++ {
		from, all := i, inLabel|inLast
		for i < len(v) && labelByte[v[i]] != 0 {
			all &= labelByte[v[i]]
			i++
		}
		n := i - from
		if n == 0 || n > 63 || v[from] == '-' {
			return false
		}
		if i == len(v) {
			return from > 0 && n >= 2 && (all&inLast != 0 || bytes.HasPrefix(v[from:], []byte("xn--")))
		}
		if v[i] != '.' || v[i-1] == '-' {
			return false
		}
	}
}

func fileEnding(e []byte) bool {
	if len(e) > 4 {
		return false
	}
	var low [4]byte
	for i, c := range e {
		low[i] = c | 0x20
	}
	switch string(low[:len(e)]) {
	case "pdf", "doc", "docx", "xls", "xlsx", "csv", "txt", "jpg", "jpeg", "png", "gif", "xml", "json", "html", "htm", "php", "sql", "log", "eml", "msg", "odt", "ods", "exe", "dll", "tmp", "bak", "ini":
		return true
	}
	return false
}

// IsURL tells a scheme, a host and whatever follows (RFC 3986), or www. and a
// host.
func IsURL(v []byte) bool {
	if len(v) < 7 || len(v) > 8192 {
		return false
	}
	rest := v
	if i := bytes.Index(v[:min(len(v), 24)], []byte("://")); i > 1 {
		for _, c := range v[:i] {
			if !is(c, alnum) && c != '+' && c != '-' && c != '.' {
				return false
			}
		}
		rest = v[i+3:]
	} else if len(v) < 8 || (v[0]|0x20) != 'w' || (v[1]|0x20) != 'w' || (v[2]|0x20) != 'w' || v[3] != '.' {
		return false
	}
	for _, c := range rest {
		if c <= ' ' {
			return false
		}
	}
	end := bytes.IndexAny(rest, "/?#")
	if end < 0 {
		end = len(rest)
	}
	name := rest[:end]
	if at := bytes.LastIndexByte(name, '@'); at >= 0 {
		name = name[at+1:]
	}
	if colon := bytes.LastIndexByte(name, ':'); colon >= 0 && only(name[colon+1:], digit) {
		name = name[:colon]
	}
	return string(name) == "localhost" || host(name) || IsIPv4(name) || len(name) > 2 && name[0] == '[' && IsIPv6(name) || len(rest) > end && androidApp(v)
}

// androidApp tells android://key==@package/, which password managers write.
func androidApp(v []byte) bool { return bytes.HasPrefix(v, []byte("android://")) }
