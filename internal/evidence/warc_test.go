package evidence

import (
	"bytes"
	"compress/gzip"
	"io"
	"slices"
	"strings"
	"testing"

	"vigie/internal/breach"
)

// invented returns a WARC file of ours with two exchanges, plain and
// compressed.
func invented(t testing.TB) (plain, zipped []byte) {
	v, _ := vault(t)
	c := record(t, v, exchange("https://example.org/", "bonjour"), exchange("https://example.org/2", "bonsoir"))
	rc, err := v.OpenWARC(c[0].File)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rc.Close() }()
	zipped, err = io.ReadAll(rc)
	if err != nil {
		t.Fatal(err)
	}
	return plainWARC(t, v, c[0].File), zipped
}

func TestEveryChangedByteIsFound(t *testing.T) {
	plain, zipped := invented(t)
	if r := verify(t, plain); !r.OK || r.Records != 8 {
		t.Fatalf("plain: %+v", r)
	}
	if r := verify(t, zipped); !r.OK || r.Records != 8 {
		t.Fatalf("zipped: %+v", r)
	}
	for form, sound := range map[string][]byte{"plain": plain, "zipped": zipped} {
		b := slices.Clone(sound)
		for i := range b {
			bit := byte(1) << (i % 8)
			if b[i] >= 'A' {
				bit = 0x20 // the case of letters
			}
			b[i] ^= bit
			if verify(t, b).OK {
				t.Errorf("%s: byte %d of %d (%q) changed, and nobody noticed", form, i, len(b), b[max(0, i-10):min(len(b), i+10)])
			}
			b[i] ^= bit
		}
		for i := 1; i < len(b); i += 3 {
			if verify(t, b[:i]).OK {
				t.Errorf("%s: cut at %d, and nobody noticed", form, i)
			}
		}
		if verify(t, append(b, '\n')).OK || verify(t, append(b, b...)).OK {
			t.Errorf("%s: something added, and nobody noticed", form)
		}
	}
}

// split cuts a plain file into its records.
func split(plain []byte) [][]byte {
	var out [][]byte
	for _, part := range bytes.SplitAfter(plain, []byte("\r\n\r\nWARC/1.")) {
		part = bytes.TrimSuffix(part, []byte("WARC/1."))
		if len(out) > 0 {
			part = append([]byte("WARC/1."), part...)
		}
		out = append(out, part)
	}
	return out
}

func TestEveryMovedOrMissingRecordIsFound(t *testing.T) {
	plain, _ := invented(t)
	records := split(plain)
	if len(records) != 8 || !bytes.Equal(slices.Concat(records...), plain) {
		t.Fatalf("split into %d", len(records))
	}
	for i := range records {
		if without := slices.Concat(slices.Delete(slices.Clone(records), i, i+1)...); verify(t, without).OK {
			t.Errorf("record %d removed, and nobody noticed", i)
		}
		if i+1 < len(records)-1 {
			s := slices.Clone(records)
			s[i], s[i+1] = s[i+1], s[i]
			if verify(t, slices.Concat(s...)).OK {
				t.Errorf("records %d and %d swapped, and nobody noticed", i, i+1)
			}
		}
		if twice := slices.Concat(slices.Insert(slices.Clone(records), i, records[i])...); verify(t, twice).OK {
			t.Errorf("record %d doubled, and nobody noticed", i)
		}
	}
}

// foreign is a file as other tools write it: WARC 1.0, SHA-1 in base 32, no
// manifest, a chunked body.
func foreign(blockDigest, payloadDigest string) string {
	block := "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7\r\nbonjour\r\n0\r\n\r\n"
	return "WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:1>\r\nWARC-Date: 2026-11-02T08:30:00Z\r\n" +
		"WARC-Target-URI: http://example.org/\r\nContent-Type: application/http;msgtype=response\r\n" +
		"WARC-Block-Digest: " + blockDigest + "\r\nWARC-Payload-Digest: " + payloadDigest + "\r\nContent-Length: 64\r\n\r\n" + block + "\r\n\r\n"
}

const (
	foreignBlock   = "sha1:TUQK4KLWE7BTDLKA6UKR6QKISNRAW7BK"
	foreignRaw     = "sha1:J43T6KRGO4WZKVXACXULBG5VPGFTZZ4I"
	foreignDecoded = "sha1:D5Y6B5FMTND43E57E2PEAF5LVK45HPLD"
)

func TestVerifyForeign(t *testing.T) {
	good := foreign(foreignBlock, foreignDecoded)
	for _, tc := range []struct {
		name, in string
		want     []string
	}{
		{"sound, payload decoded", good, nil},
		{"sound, payload as received", foreign(foreignBlock, foreignRaw), nil},
		{"sound, two records", good + strings.Replace(good, "uuid:1", "uuid:2", 1), nil},
		{"sound, unknown algorithm", foreign("blake3:AA", "xxh:BB"), nil},
		{"emptied file", "", []string{"no-record"}},
		{"digest blanked", strings.Replace(good, "WARC-Block-Digest: "+foreignBlock, "WARC-Block-Digest: ", 1), []string{"digest-form"}},
		{"wrong block digest", foreign(foreignRaw, foreignDecoded), []string{"block-digest"}},
		{"wrong payload digest", foreign(foreignBlock, foreignBlock), []string{"payload-digest"}},
		{"cut block", good[:len(good)-20], []string{"length"}},
		{"cut end", good[:len(good)-2], []string{"record-end"}},
		{"length too short", strings.Replace(good, "Length: 64", "Length: 58", 1), []string{"block-digest", "record-end"}},
		{"length missing", strings.Replace(good, "Content-Length: 64\r\n", "", 1), []string{"content-length"}},
		{"length negative", strings.Replace(good, "Length: 64", "Length: -1", 1), []string{"content-length"}},
		{"identifier missing", strings.Replace(good, "WARC-Record-ID: <urn:uuid:1>\r\n", "", 1), []string{"missing-field"}},
		{"identifier twice", good + good, []string{"duplicate-id"}},
		{"date malformed", strings.Replace(good, "2026-11-02T", "2026-13-02T", 1), []string{"date"}},
		{"not a WARC file", "<html>", []string{"header"}},
		{"another version", strings.Replace(good, "WARC/1.0", "WARC/9.0", 1), []string{"version"}},
		{"header without a colon", strings.Replace(good, "WARC-Type: ", "WARC-Type ", 1), []string{"header"}},
		{"endless header", "WARC/1.0\r\n" + strings.Repeat("x", maxHeader+1), []string{"header"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for _, form := range []string{"plain", "gzip"} {
				in := []byte(tc.in)
				if form == "gzip" { // a member a record
					in = nil
					for _, r := range split([]byte(tc.in)) {
						in = append(in, zip(t, r)...)
					}
				}
				r := verify(t, in)
				var got []string
				for _, f := range r.Faults {
					got = append(got, f.Kind)
				}
				if !slices.Equal(got, tc.want) || r.OK != (len(tc.want) == 0) {
					t.Errorf("%s: faults %q ok %v, want %q", form, got, r.OK, tc.want)
				}
			}
		})
	}
}

func zip(t testing.TB, b []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestVerifyGoesOnAfterABrokenMember(t *testing.T) {
	good := foreign(foreignBlock, foreignDecoded)
	first, second := zip(t, []byte(good)), zip(t, []byte(strings.Replace(good, "uuid:1", "uuid:2", 1)))
	first[len(first)-6] ^= 1 // the checksum
	r := verify(t, append(first, second...))
	if r.OK || r.Records != 2 || len(r.Faults) != 1 || r.Faults[0] != (Fault{Offset: 0, Kind: "gzip"}) {
		t.Errorf("%+v", r)
	}
}

func FuzzWARC(f *testing.F) {
	plain, zipped := invented(f)
	f.Add(plain)
	f.Add(zipped)
	f.Add([]byte(foreign(foreignBlock, foreignDecoded)))
	f.Add([]byte("WARC/1.0\r\nContent-Length: 99999999999\r\n\r\n"))
	f.Add([]byte("\x1f\x8b\x08\x00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := VerifyWARC(bytes.NewReader(b))
		if err != nil {
			t.Fatalf("a reader that cannot fail: %v", err)
		}
		if r.OK != (len(r.Faults) == 0) {
			t.Errorf("ok %v with %d faults", r.OK, len(r.Faults))
		}
	})
}

func TestHostileAddressStaysOneLine(t *testing.T) {
	v, _ := vault(t)
	c := record(t, v, exchange("https://example.org/\r\nWARC-Type: warcinfo", "x"))
	text := string(plainWARC(t, v, c[0].File))
	if strings.Count(text, "\r\nWARC-Type: warcinfo") != 1 {
		t.Error("an address wrote a header of its own")
	}
}

func BenchmarkRecord(b *testing.B) {
	v, _ := vault(b)
	s, err := v.Begin(b.Context(), breach.Source{ID: "invented"})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Abort()
	ex := exchange("https://example.org/", strings.Repeat("<p>une page inventée</p>\n", 450)) // 11 KB
	b.SetBytes(int64(len(ex.Response)))
	for b.Loop() {
		if _, err := s.Record(b.Context(), ex); err != nil {
			b.Fatal(err)
		}
	}
}

func TestCleanReportPrintsAnEmptyList(t *testing.T) {
	v, _ := vault(t)
	rep, err := v.Verify(t.Context(), nil)
	if err != nil || rep.Faults == nil || verify(t, nil).Faults == nil {
		t.Errorf("faults would print as null: %+v, %v", rep, err)
	}
}
