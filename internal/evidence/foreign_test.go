package evidence

import (
	"bytes"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// Files as other tools write them, by the standard and by what the tools'
// documentation says of their digests; nothing here was copied from them.

func b32sha1(b string) string {
	sum := sha1.Sum([]byte(b))
	return "sha1:" + base32.StdEncoding.EncodeToString(sum[:])
}

func hexSHA256(b string) string {
	sum := sha256.Sum256([]byte(b))
	return "sha256:" + strings.ToUpper(hex.EncodeToString(sum[:]))
}

func hexMD5(b string) string {
	sum := md5.Sum([]byte(b))
	return "md5:" + hex.EncodeToString(sum[:])
}

// uid is a record's identifier.
func uid(n int) string { return fmt.Sprintf("<urn:uuid:00000000-0000-4000-8000-%012d>", n) }

// rec is one record: its version, its fields by pairs, its block.
func rec(version, kind string, id int, block string, pairs ...string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "WARC/%s\r\nWARC-Type: %s\r\nWARC-Record-ID: %s\r\nWARC-Date: 2026-11-02T08:30:00Z\r\n", version, kind, uid(id))
	for i := 0; i < len(pairs); i += 2 {
		fmt.Fprintf(&b, "%s: %s\r\n", pairs[i], pairs[i+1])
	}
	fmt.Fprintf(&b, "Content-Length: %d\r\n\r\n%s\r\n\r\n", len(block), block)
	return b.String()
}

const (
	asked    = "GET /a HTTP/1.1\r\nHost: example.org\r\n\r\n"
	answered = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
	aimed    = "http://example.org/a"
)

// wgetStyle: WARC 1.0, SHA-1 in base 32 of block and payload, addresses in
// angle brackets, the log as a resource at the end.
func wgetStyle() []string {
	info := "software: Wget/1.21\r\nformat: WARC File Format 1.0\r\nrobots: off\r\n"
	log := "2026-11-02 08:30:00 URL:http://example.org/a [7/7]\n"
	return []string{
		rec("1.0", "warcinfo", 1, info, "Content-Type", "application/warc-fields", "WARC-Filename", "a.warc", "WARC-Block-Digest", b32sha1(info)),
		rec("1.0", "request", 2, asked, "WARC-Target-URI", "<"+aimed+">", "WARC-Warcinfo-ID", uid(1), "WARC-IP-Address", "192.0.2.7",
			"Content-Type", "application/http;msgtype=request", "WARC-Block-Digest", b32sha1(asked)),
		rec("1.0", "response", 3, answered+"bonjour", "WARC-Target-URI", "<"+aimed+">", "WARC-Warcinfo-ID", uid(1), "WARC-Concurrent-To", uid(2), "WARC-IP-Address", "192.0.2.7",
			"Content-Type", "application/http;msgtype=response", "WARC-Block-Digest", b32sha1(answered+"bonjour"), "WARC-Payload-Digest", b32sha1("bonjour")),
		rec("1.0", "resource", 4, log, "WARC-Target-URI", "<metadata://gnu.org/software/wget/warc/wget.log>", "WARC-Warcinfo-ID", uid(1), "WARC-Block-Digest", b32sha1(log), "Content-Type", "text/plain"),
	}
}

// jwarcStyle: WARC 1.1 with fractions of a second, SHA-256 in hexadecimal, the
// request linked to the response, a revisit, a conversion, IPv6.
func jwarcStyle() []string {
	return []string{
		strings.Replace(rec("1.1", "response", 1, answered+"bonjour", "WARC-Target-URI", aimed, "WARC-IP-Address", "2001:db8::7",
			"Content-Type", "application/http; msgtype=response", "WARC-Payload-Digest", hexSHA256("bonjour"), "WARC-Block-Digest", hexSHA256(answered+"bonjour")), "00Z", "00.123456789Z", 1),
		rec("1.1", "request", 2, asked, "WARC-Target-URI", aimed, "WARC-Concurrent-To", uid(1), "Content-Type", "application/http; msgtype=request"),
		rec("1.1", "revisit", 3, answered, "WARC-Target-URI", aimed, "WARC-Profile", profileIdentical, "WARC-Refers-To", uid(1), "WARC-Refers-To-Target-URI", aimed,
			"WARC-Refers-To-Date", "2026-11-02T08:30:00.123456789Z", "Content-Type", "application/http; msgtype=response", "WARC-Payload-Digest", hexSHA256("bonjour")),
		rec("1.1", "conversion", 4, "text", "WARC-Target-URI", aimed, "WARC-Refers-To", uid(1), "Content-Type", "text/plain", "WARC-Block-Digest", hexMD5("text")),
		rec("1.1", "metadata", 5, "via: x\r\n", "WARC-Target-URI", aimed, "WARC-Concurrent-To", uid(1), "Content-Type", "application/warc-fields"),
	}
}

// segmented is one resource in three parts.
func segmented(total string) []string {
	return []string{
		rec("1.0", "resource", 1, "abc", "WARC-Target-URI", aimed, "WARC-Segment-Number", "1", "WARC-Payload-Digest", b32sha1("abcdefgh"), "WARC-Block-Digest", b32sha1("abc")),
		rec("1.0", "continuation", 2, "def", "WARC-Target-URI", aimed, "WARC-Segment-Number", "2", "WARC-Segment-Origin-ID", uid(1), "WARC-Block-Digest", b32sha1("def")),
		rec("1.0", "continuation", 3, "gh", "WARC-Target-URI", aimed, "WARC-Segment-Number", "3", "WARC-Segment-Origin-ID", uid(1), "WARC-Segment-Total-Length", total, "WARC-Block-Digest", b32sha1("gh")),
	}
}

// coded is a response whose body is zipped and chunked, with the digest of one
// reading of it.
func coded(t *testing.T, digest func(wire, unchunked, plain string) string) string {
	t.Helper()
	plain := "bonjour bonjour"
	zipped := string(zip(t, []byte(plain)))
	wire := fmt.Sprintf("%x\r\n%s\r\n0\r\n\r\n", len(zipped), zipped)
	head := "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n"
	return rec("1.0", "response", 1, head+wire, "WARC-Target-URI", aimed, "Content-Type", "application/http; msgtype=response",
		"WARC-Payload-Digest", digest(wire, zipped, plain))
}

func arc(version string, lines ...string) string {
	head := version + " 0 invented\nURL IP-address Archive-date Content-type Archive-length\n"
	out := fmt.Sprintf("filedesc://a.arc 0.0.0.0 20260102030405 text/plain %d\n%s\n", len(head), head)
	return out + strings.Join(lines, "\n")
}

func TestVerifyOtherTools(t *testing.T) {
	drop := func(records []string, i int) []string { return slices.Delete(slices.Clone(records), i, i+1) }
	edit := func(records []string, i int, old, with string) []string {
		out := slices.Clone(records)
		if out[i] = strings.Replace(out[i], old, with, 1); out[i] == records[i] {
			t.Fatalf("no %q in record %d", old, i)
		}
		return out
	}
	one := func(s string) []string { return []string{s} }
	for _, tc := range []struct {
		name    string
		records []string
		want    []string
	}{
		{"wget", wgetStyle(), nil},
		{"jwarc", jwarcStyle(), nil},
		{"segments", segmented("8"), nil},
		{"digest of the wire", one(coded(t, func(wire, _, _ string) string { return b32sha1(wire) })), nil},
		{"digest without chunks", one(coded(t, func(_, unchunked, _ string) string { return b32sha1(unchunked) })), nil},
		{"digest unzipped", one(coded(t, func(_, _, plain string) string { return hexSHA256(plain) })), nil},
		{"digest of none of these", one(coded(t, func(string, string, string) string { return b32sha1("x") })), []string{"payload-digest"}},
		{"request alone", one(jwarcStyle()[1]), nil},
		{"records of drafts", one(strings.Replace(wgetStyle()[0], "WARC/1.0", "WARC/0.18", 1)), nil},

		{"response missing", drop(jwarcStyle(), 0), nil}, // every link dangles: the rest may be in another file
		{"request missing", drop(wgetStyle(), 1), nil},
		{"response missing, others linked", append(jwarcStyle(), rec("1.1", "request", 9, asked, "WARC-Target-URI", aimed, "WARC-Concurrent-To", uid(8))), []string{"concurrent"}},
		{"block", edit(wgetStyle(), 2, "bonjour", "bonsoir"), []string{"block-digest", "payload-digest"}},
		{"digest", edit(wgetStyle(), 3, b32sha1("2026-11-02 08:30:00 URL:http://example.org/a [7/7]\n"), b32sha1("x")), []string{"block-digest"}},
		{"digest without algorithm", edit(jwarcStyle(), 3, "md5:", "md5;"), []string{"digest-form"}},
		{"digest of no algorithm", edit(jwarcStyle(), 3, "md5:", "me5:"), []string{"digest-form"}},
		{"date", edit(wgetStyle(), 2, "11-02T", "11-31T"), []string{"date"}},
		{"date referred to", edit(jwarcStyle(), 2, "Date: 2026-11-02T08:30:00.123456789Z", "Date: yesterday"), []string{"date"}},
		{"identifier", edit(wgetStyle(), 2, "WARC-Record-ID: <", "WARC-Record-ID: "), []string{"identifier"}},
		{"address", edit(wgetStyle(), 2, "192.0.2.7", "192.0.2.7.9"), []string{"address"}},
		{"type", edit(wgetStyle(), 2, "WARC-Type: response", "WARC-Type: responsf"), []string{"type"}},
		{"no address", edit(wgetStyle(), 2, "WARC-Target-URI", "WARC-Target-URJ"), []string{"missing-field"}},
		{"no profile", edit(jwarcStyle(), 2, "WARC-Profile", "WARC-Profilf"), []string{"missing-field"}},
		{"two addresses", edit(wgetStyle(), 2, "WARC-Warcinfo-ID: "+uid(1), "WARC-Target-URI: "+aimed), []string{"repeated-field"}},
		{"line ends in two ways", edit(wgetStyle(), 2, "response\r\n", "response\n"), []string{"header"}},
		{"control character", edit(wgetStyle(), 2, "192.0.2.7", "192.0.2.7\x01"), []string{"header"}},
		{"version", edit(wgetStyle(), 2, "WARC/1.0", "WARC/1.8"), []string{"version"}},
		{"length", edit(wgetStyle(), 2, "Content-Length: 5", "Content-Length: 4"), []string{"block-digest", "payload-digest", "record-end"}},
		{"segment missing", drop(segmented("8"), 1), []string{"segment"}},
		{"segments swapped", []string{segmented("8")[0], segmented("8")[2], segmented("8")[1]}, []string{"segment", "segment"}},
		{"segments too short", segmented("9"), []string{"segment"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for _, form := range []string{"plain", "gzip"} {
				var in []byte
				for _, r := range tc.records {
					if form == "gzip" {
						in = append(in, zip(t, []byte(r))...)
					} else {
						in = append(in, r...)
					}
				}
				rep := verify(t, in)
				got := []string{}
				for _, f := range rep.Faults {
					got = append(got, f.Kind)
				}
				if want := append([]string{}, tc.want...); !slices.Equal(got, want) {
					t.Errorf("%s: faults %q, want %q", form, got, want)
				}
				if len(tc.want) == 0 && rep.Records != len(tc.records) {
					t.Errorf("%s: %d records, want %d", form, rep.Records, len(tc.records))
				}
			}
		})
	}
}

func TestVerifyGoesOnInAPlainFile(t *testing.T) {
	r := wgetStyle()
	r[1] = strings.Replace(r[1], "Content-Length: ", "Content-Length: x", 1)
	rep := verify(t, []byte(strings.Join(r, "")))
	if rep.Records != 3 || len(rep.Faults) != 1 || rep.Faults[0] != (Fault{Offset: int64(len(r[0])), Kind: "content-length"}) {
		t.Errorf("%+v", rep)
	}
}

func TestWholeGzipIsReadWithAFault(t *testing.T) {
	rep := verify(t, zip(t, []byte(strings.Join(wgetStyle(), ""))))
	if rep.Records != 4 || len(rep.Faults) != 1 || rep.Faults[0].Kind != "gzip-whole" {
		t.Errorf("%+v", rep)
	}
}

func TestVerifyARC(t *testing.T) {
	v1 := arc("1", "http://example.org/a b?c d 192.0.2.7 20260102030405 text/html 7\nbonjour\n", "http://example.org/ 192.0.2.7 20260102030405 text/html 0\n\n")
	v2 := arc("2", "http://example.org/ 192.0.2.7 20260102030405 text/html 200 - - 0 a.arc 7\nbonjour\n")
	for _, tc := range []struct {
		name, in string
		records  int
		want     string
	}{
		{"version 1", v1, 3, ""},
		{"version 2", v2, 2, ""},
		{"cut", v1[:strings.Index(v1, "bonjour")+3], 2, "length"},
		{"date", strings.Replace(v2, "192.0.2.7 2026", "192.0.2.7 20269", 1), 2, "date"},
		{"length", strings.Replace(v2, "a.arc 7", "a.arc x", 1), 1, "content-length"},
		{"fields missing", strings.Replace(v2, " - - 0", "", 1), 1, "header"},
	} {
		for _, form := range []string{"plain", "gzip"} {
			in := []byte(tc.in)
			if form == "gzip" {
				in = zip(t, in)
			}
			rep := verify(t, in)
			kind := ""
			if len(rep.Faults) > 0 {
				kind = rep.Faults[0].Kind
			}
			if rep.Records != tc.records || kind != tc.want {
				t.Errorf("%s, %s: %+v, want %d records, %q", tc.name, form, rep, tc.records, tc.want)
			}
		}
	}
}

// TestEveryChangedByteOfABlockIsFound is for files that carry digests and no
// manifest: their headers cannot vouch for themselves, their blocks can.
func TestEveryChangedByteOfABlockIsFound(t *testing.T) {
	whole := []byte(strings.Join(wgetStyle(), ""))
	for _, r := range wgetStyle() {
		start := bytes.Index(whole, []byte(r)) + strings.Index(r, "\r\n\r\n") + 4
		end := bytes.Index(whole, []byte(r)) + len(r)
		for i := start; i < end; i++ {
			whole[i] ^= 0x20
			if verify(t, whole).OK {
				t.Errorf("byte %d changed, and nobody noticed", i)
			}
			whole[i] ^= 0x20
		}
	}
}
