package evidence

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vigie/internal/breach"
	"vigie/internal/seal"
)

var at = time.Date(2026, 11, 2, 8, 30, 0, 123456000, time.UTC)

func now() time.Time { return at }

// ledger is a Custodian in memory.
type ledger struct {
	events   []breach.Custody
	captures []breach.Capture
	err      error
}

func (l *ledger) Held(context.Context) (map[string]string, error) {
	held := map[string]string{}
	for _, c := range l.events {
		if held[c.Subject] = c.Digest; c.Event == "purged" {
			delete(held, c.Subject)
		}
	}
	return held, nil
}

func (l *ledger) CapturesIn(_ context.Context, file string) ([]breach.Capture, error) {
	var out []breach.Capture
	for _, c := range l.captures {
		if c.File == file {
			out = append(out, c)
		}
	}
	return out, nil
}

func (l *ledger) AddCustody(_ context.Context, c breach.Custody) error {
	if l.err != nil {
		return l.err
	}
	l.events = append(l.events, c)
	return nil
}

func vault(t testing.TB) (*Vault, *ledger) {
	t.Helper()
	keys, err := seal.Create(filepath.Join(t.TempDir(), "keys"))
	if err != nil {
		t.Fatal(err)
	}
	l := &ledger{}
	v, err := Open(filepath.Join(t.TempDir(), "evidence"), keys, l, now)
	if err != nil {
		t.Fatal(err)
	}
	return v, l
}

func exchange(url, body string) breach.Exchange {
	return breach.Exchange{Source: "invented", URL: url, At: at, Status: 200, Tool: "vigie test", Address: "192.0.2.7:443",
		Request:  []byte("GET / HTTP/1.1\r\nHost: example.org\r\n\r\n"),
		Response: []byte("HTTP/1.1 200 OK\r\nContent-TYPE: text/html\r\n\r\n" + body)}
}

// record keeps a visit of the exchanges and returns its captures.
func record(t testing.TB, v *Vault, exchanges ...breach.Exchange) []breach.Capture {
	t.Helper()
	s, err := v.Begin(context.Background(), breach.Source{ID: "invented"})
	if err != nil {
		t.Fatal(err)
	}
	for _, ex := range exchanges {
		if _, err := s.Record(context.Background(), ex); err != nil {
			t.Fatal(err)
		}
	}
	captures, err := s.Close(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return captures
}

func plainWARC(t testing.TB, v *Vault, name string) []byte {
	t.Helper()
	rc, err := v.OpenWARC(name)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rc.Close() }()
	zr, err := gzip.NewReader(rc)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(zr)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func verify(t testing.TB, b []byte) Report {
	t.Helper()
	r, err := VerifyWARC(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestVisitIsKeptAndChecks(t *testing.T) {
	v, l := vault(t)
	long := exchange("https://example.org/long", strings.Repeat("x", 1000))
	long.Truncated = "length"
	captures := record(t, v, exchange("https://example.org/", "bonjour"), long,
		breach.Exchange{URL: "https://example.org/down", At: at, Fault: "unreachable"})
	if len(captures) != 3 || captures[0].Bytes != 7 || captures[0].Digest != digestOf([]byte("bonjour")) || !captures[1].Truncated || captures[2].Status != 0 {
		t.Fatalf("captures: %+v", captures)
	}
	text := string(plainWARC(t, v, captures[0].File))
	for _, want := range []string{"WARC/1.1\r\nWARC-Type: warcinfo\r\n", "Content-TYPE: text/html\r\n\r\nbonjour\r\n\r\n",
		"WARC-Truncated: length\r\n", "WARC-Concurrent-To: " + captures[0].Record, "WARC-IP-Address: 192.0.2.7\r\n",
		"fault: unreachable\r\n", "clock: system clock", "tool: vigie test\r\n", "WARC-Date: 2026-11-02T08:30:00.123456Z\r\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("the file lacks %q", want)
		}
	}
	l.captures = captures
	rep, err := v.Verify(t.Context(), l)
	if err != nil || !rep.OK || rep.Records != 9 {
		t.Errorf("verify: %+v, %v", rep, err)
	}
	if len(l.events) != 1 || l.events[0].Event != "captured" || l.events[0].Subject != captures[0].File {
		t.Errorf("custody: %+v", l.events)
	}
	raw, err := os.ReadFile(v.warcPath(captures[0].File))
	if err != nil || bytes.Contains(raw, []byte("bonjour")) || !bytes.HasPrefix(raw, []byte("age-encryption.org/")) {
		t.Errorf("the file does not rest sealed: %.40q, %v", raw, err)
	}
}

func TestUnchangedPayloadIsARevisit(t *testing.T) {
	v, l := vault(t)
	first := record(t, v, exchange("https://example.org/", "bonjour"))
	second := record(t, v, exchange("https://example.org/", "bonjour"))
	third := record(t, v, exchange("https://example.org/", "bonsoir"))
	text := string(plainWARC(t, v, second[0].File))
	if !strings.Contains(text, "WARC-Type: revisit\r\n") || !strings.Contains(text, "WARC-Refers-To: "+first[0].Record) || strings.Contains(text, "bonjour") {
		t.Errorf("the second visit is not a revisit:\n%s", text)
	}
	if strings.Contains(string(plainWARC(t, v, third[0].File)), "revisit") {
		t.Error("a changed payload became a revisit")
	}
	all := append(append(first, second...), third...)
	l.captures = all
	if rep, err := v.Verify(t.Context(), l); err != nil || !rep.OK {
		t.Errorf("verify: %+v, %v", rep, err)
	}
}

func TestNothingIsKeptBeforeClose(t *testing.T) {
	v, l := vault(t)
	s, err := v.Begin(t.Context(), breach.Source{ID: "invented"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Record(t.Context(), exchange("https://example.org/", "bonjour")); err != nil {
		t.Fatal(err)
	}
	if again, err := Open(v.dir, v.keys, l, now); err != nil || left(t, again) != 1 {
		t.Errorf("another process swept a living session: %v", err)
	}
	s.Abort()
	if warcs, _, err := v.List(); err != nil || len(warcs) != 0 || left(t, v) != 0 {
		t.Errorf("an aborted session left %v, %v", warcs, err)
	}
	if err := os.WriteFile(filepath.Join(v.warcDir(), tempPrefix+"dead"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if again, err := Open(v.dir, v.keys, l, now); err != nil || left(t, again) != 0 {
		t.Errorf("leftovers of a crash stay: %v", err)
	}
}

func left(t testing.TB, v *Vault) int {
	t.Helper()
	n := 0
	for _, d := range []string{v.warcDir(), v.dumpDir()} {
		m, err := filepath.Glob(filepath.Join(d, tempPrefix+"*"))
		if err != nil {
			t.Fatal(err)
		}
		n += len(m)
	}
	return n
}

func TestVaultFindsTampering(t *testing.T) {
	for _, tc := range []struct {
		name   string
		change func(t *testing.T, v *Vault, file string, captures []breach.Capture, l *ledger)
		want   string
	}{
		{"a byte of the sealed file", func(t *testing.T, v *Vault, file string, _ []breach.Capture, _ *ledger) {
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			b[len(b)-20] ^= 1
			if err := os.WriteFile(file, b, 0o600); err != nil {
				t.Fatal(err)
			}
		}, "sealed"},
		{"cut", func(t *testing.T, v *Vault, file string, _ []breach.Capture, _ *ledger) {
			if err := os.Truncate(file, 300); err != nil {
				t.Fatal(err)
			}
		}, "sealed"},
		{"removed", func(t *testing.T, v *Vault, file string, _ []breach.Capture, _ *ledger) {
			if err := os.Remove(file); err != nil {
				t.Fatal(err)
			}
		}, "missing-file"},
		{"rewritten by someone with the keys", func(t *testing.T, v *Vault, file string, _ []breach.Capture, _ *ledger) {
			if err := os.Remove(file); err != nil {
				t.Fatal(err)
			}
			p, err := v.createPack(strings.TrimSuffix(filepath.Base(file), sealedSuffix), noBase, nil)
			if err != nil {
				t.Fatal(err)
			}
			w := newWARCWriter(p, io.Discard)
			if err := errors.Join(w.write(typeInfo, newRecordID(), at, nil, fields("software", "vigie")), w.close(at), p.commit()); err != nil {
				t.Fatal(err)
			}
		}, "file-digest"},
		{"a capture that is not in the file", func(_ *testing.T, _ *Vault, _ string, c []breach.Capture, _ *ledger) { c[0].Record = newRecordID() }, "missing-record"},
		{"a capture whose row was taken out", func(t *testing.T, _ *Vault, file string, c []breach.Capture, _ *ledger) {
			c[0].ID = "cap_another"
			old := time.Now().Add(-time.Hour)
			if err := os.Chtimes(file, old, old); err != nil {
				t.Fatal(err)
			}
		}, "capture-row"},
		{"a capture of another day", func(_ *testing.T, _ *Vault, _ string, c []breach.Capture, _ *ledger) {
			c[0].At = c[0].At.Add(-time.Hour)
		}, "capture-date"},
		{"a capture of another page", func(_ *testing.T, _ *Vault, _ string, c []breach.Capture, _ *ledger) { c[0].URL += "x" }, "capture-address"},
		{"a capture of other content", func(_ *testing.T, _ *Vault, _ string, c []breach.Capture, _ *ledger) { c[0].Digest = digestOf(nil) }, "capture-digest"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			v, l := vault(t)
			captures := record(t, v, exchange("https://example.org/", "bonjour"))
			tc.change(t, v, v.warcPath(captures[0].File), captures, l)
			l.captures = captures
			rep, err := v.Verify(t.Context(), l)
			if err != nil || rep.OK {
				t.Fatalf("verify: %+v, %v", rep, err)
			}
			found := false
			for _, f := range rep.Faults {
				found = found || f.Kind == tc.want && f.File == captures[0].File
			}
			if !found {
				t.Errorf("faults %+v, want kind %q", rep.Faults, tc.want)
			}
		})
	}
}

func TestDump(t *testing.T) {
	v, l := vault(t)
	content := strings.Repeat("nom;prénom\n", 20_000)
	digest, n, err := v.PutDump(t.Context(), "dmp_1", "usr_1", "incident inc_1", strings.NewReader(content))
	if err != nil || n != int64(len(content)) || digest != digestOf([]byte(content)) {
		t.Fatalf("put: %s %d %v", digest, n, err)
	}
	again, n2, err := v.PutDump(t.Context(), "dmp_1", "usr_1", "incident inc_1", strings.NewReader("other"))
	if err != nil || again != digest || n2 != n {
		t.Errorf("a second put: %s %d %v", again, n2, err)
	}
	rc, err := v.OpenDump(t.Context(), "dmp_1", "usr_2", "reading")
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(rc)
	if err != nil || string(got) != content || rc.Close() != nil {
		t.Errorf("read back %d bytes, %v", len(got), err)
	}
	want := []breach.Custody{
		{Subject: "dmp_1", Event: "acquired", Who: "usr_1", Why: "incident inc_1", Digest: digest, At: at},
		{Subject: "dmp_1", Event: "acquired", Who: "usr_1", Why: "incident inc_1 (held already)", Digest: digest, At: at},
		{Subject: "dmp_1", Event: "opened", Who: "usr_2", Why: "reading", At: at},
	}
	if diff := cmp.Diff(want, l.events); diff != "" {
		t.Errorf("custody (-want +got):\n%s", diff)
	}
	if _, ids, err := v.List(); err != nil || !cmp.Equal(ids, []breach.DumpID{"dmp_1"}) {
		t.Errorf("list: %v, %v", ids, err)
	}
	if _, err := v.OpenDump(t.Context(), "dmp_2", "usr_2", "reading"); !errors.Is(err, breach.ErrNotFound) {
		t.Errorf("a dump that is not there: %v", err)
	}
}

// fullDisk fails like a disk that has room for so many bytes.
type fullDisk struct {
	*os.File
	room int
}

func (f *fullDisk) Write(p []byte) (int, error) {
	if f.room -= len(p); f.room < 0 {
		return 0, &os.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC}
	}
	return f.File.Write(p)
}

// brokenReader ends with an error after some bytes, as a dropped connection.
type brokenReader struct{ left int }

func (b *brokenReader) Read(p []byte) (int, error) {
	if b.left == 0 {
		return 0, io.ErrUnexpectedEOF
	}
	n := min(len(p), b.left)
	b.left -= n
	return n, nil
}

func TestDumpFailsCleanly(t *testing.T) {
	big := func() io.Reader { return strings.NewReader(strings.Repeat("x", 1<<20)) }
	for _, tc := range []struct {
		name   string
		id     breach.DumpID
		breaks func(v *Vault, l *ledger)
		in     io.Reader
		want   error
	}{
		{"full disk", "dmp_1", func(v *Vault, _ *ledger) {
			v.open = func(d, p string) (file, error) {
				f, err := os.CreateTemp(d, p)
				return &fullDisk{f, 100_000}, err
			}
		}, big(), breach.ErrTemporary},
		{"full disk at once", "dmp_1", func(v *Vault, _ *ledger) {
			v.open = func(d, p string) (file, error) {
				f, err := os.CreateTemp(d, p)
				return &fullDisk{f, 0}, err
			}
		}, big(), breach.ErrTemporary},
		{"dropped connection", "dmp_1", func(*Vault, *ledger) {}, &brokenReader{500_000}, io.ErrUnexpectedEOF},
		{"too large", "dmp_1", func(v *Vault, _ *ledger) { v.MaxDump = 1000 }, big(), breach.ErrInvalid},
		{"path in the identifier", "../dmp_1", func(*Vault, *ledger) {}, big(), breach.ErrInvalid},
		{"custody down", "dmp_2", func(_ *Vault, l *ledger) { l.err = breach.ErrTemporary }, big(), breach.ErrTemporary},
	} {
		t.Run(tc.name, func(t *testing.T) {
			v, l := vault(t)
			tc.breaks(v, l)
			_, _, err := v.PutDump(t.Context(), tc.id, "usr_1", "test", tc.in)
			if !errors.Is(err, tc.want) {
				t.Errorf("got %v, want %v", err, tc.want)
			}
			if left(t, v) != 0 {
				t.Error("a temporary file is left")
			}
			if _, ids, _ := v.List(); len(ids) != 0 && l.err == nil {
				t.Errorf("kept %v", ids)
			}
		})
	}
}

func TestSessionFailsCleanly(t *testing.T) {
	v, _ := vault(t)
	v.open = func(d, p string) (file, error) {
		f, err := os.CreateTemp(d, p)
		return &fullDisk{f, 10_000}, err
	}
	s, err := v.Begin(t.Context(), breach.Source{ID: "invented"})
	if err != nil {
		t.Fatal(err)
	}
	noise := make([]byte, 300_000)
	for i := range noise {
		noise[i] = byte(i * i >> 3)
	}
	for i := range 50 {
		noise[i*31] ^= byte(i)
		if _, err = s.Record(t.Context(), exchange("https://example.org/", string(noise[i:]))); err != nil {
			break
		}
	}
	if _, cerr := s.Close(t.Context()); err == nil {
		err = cerr
	}
	if !errors.Is(err, breach.ErrTemporary) {
		t.Errorf("full disk: %v, want ErrTemporary", err)
	}
	if warcs, _, _ := v.List(); len(warcs) != 0 || left(t, v) != 0 {
		t.Errorf("left %v and %d temporary files", warcs, left(t, v))
	}
}
