package app

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"filippo.io/age"

	"vigie/internal/breach"
	"vigie/internal/evidence/evidencetest"
)

var noon = time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)

// requisition makes a Vigie with an incident: five visits of a site, the post
// there from the second to the fourth; and a time-stamp authority.
func requisition(t *testing.T) (*App, breach.Incident, *evidencetest.Authority) {
	t.Helper()
	cfg, err := Load("", filepath.Join(t.TempDir(), "data"))
	if err != nil {
		t.Fatal(err)
	}
	cfg.Keys = filepath.Join(t.TempDir(), "keys")
	tsa := evidencetest.NewAuthority(t, time.Now())
	cfg.Evidence.TimestampAuthority, cfg.Evidence.TimestampCA = tsa.URL, filepath.Join(t.TempDir(), "root.pem")
	if err := os.WriteFile(cfg.Evidence.TimestampCA, tsa.RootPEM, 0o600); err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	a, err := Open(ctx, cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	var captures []breach.Capture
	for i, body := range []string{"rien", "<b>Ville d'Exemple</b>", "<b>Ville d'Exemple</b>", "<b>Ville d'Exemple</b> 2 jours", "rien"} {
		captures = append(captures, visit(t, a, noon.Add(time.Duration(i)*time.Hour), body))
	}
	post := breach.Post{ID: "pst_1", Source: "corsaires", Capture: captures[1].ID, Title: "<script>alert(1)</script> Ville d'Exemple",
		FirstSeenAt: captures[1].At, LastSeenAt: captures[3].At}
	if _, err := a.Store.SavePosts(ctx, []breach.Post{post}); err != nil {
		t.Fatal(err)
	}
	post.LastSeenAt = captures[3].At
	if _, err := a.Store.SavePosts(ctx, []breach.Post{post}); err != nil {
		t.Fatal(err)
	}
	alert := breach.Alert{ID: "alr_1", Post: post.ID, Source: "corsaires", Entity: "Exemple", State: breach.AlertNew, RaisedAt: noon}
	if _, err := a.Store.RaiseAlert(ctx, alert); err != nil {
		t.Fatal(err)
	}
	inc := breach.Incident{ID: "inc_1", Alert: alert.ID, Title: "Exemple", OpenedAt: noon, OpenedBy: "amina"}
	acq := breach.Acquisition{Alert: alert.ID, By: "amina", Purpose: "assistance", LegalBasis: "mandate", At: noon}
	if err := a.Store.ConfirmAlert(ctx, acq, inc, nil); err != nil {
		t.Fatal(err)
	}
	digest, size, err := a.Vault.PutDump(ctx, "dmp_1", "amina", "mandate", strings.NewReader("nom;prenom\nInventée;Zoé\n"))
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Store.SaveDump(ctx, breach.Dump{ID: "dmp_1", Incident: inc.ID, Digest: digest, Bytes: size, AcquiredAt: noon}, nil); err != nil {
		t.Fatal(err)
	}
	return a, inc, tsa
}

func visit(t *testing.T, a *App, at time.Time, body string) breach.Capture {
	t.Helper()
	s, err := a.Vault.Begin(t.Context(), breach.Source{ID: "corsaires"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Record(t.Context(), breach.Exchange{URL: "http://corsaires.example.org/", At: at, Status: 200,
		Request:  []byte("GET / HTTP/1.1\r\nHost: corsaires.example.org\r\n\r\n"),
		Response: []byte("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + body)}); err != nil {
		t.Fatal(err)
	}
	captures, err := s.Close(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Store.SaveCaptures(t.Context(), captures); err != nil {
		t.Fatal(err)
	}
	return captures[0]
}

// unpack decrypts a bundle and unpacks it into a directory.
func unpack(t *testing.T, sealed []byte, key *age.X25519Identity) string {
	t.Helper()
	r, err := age.Decrypt(bytes.NewReader(sealed), key)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(plain), int64(len(plain)))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, z); err != nil {
		t.Fatal(err)
	}
	return dir
}

// program runs a public tool in the bundle, or skips where it is not installed.
func program(t *testing.T, dir string, command ...string) (string, error) {
	t.Helper()
	if _, err := exec.LookPath(command[0]); err != nil {
		t.Skipf("%s is not installed", command[0])
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// A stranger with the bundle, the root of the time-stamp authority and public
// tools checks all of it; each tampering is found by one of them.
func TestStrangerChecksTheBundle(t *testing.T) {
	a, inc, tsa := requisition(t)
	key, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	var sealed bytes.Buffer
	done, err := a.Export(t.Context(), &sealed, Export{Incident: inc.ID, To: key.Recipient().String(), By: "amina", Reason: "requisition 2026/1", Dump: true, WACZ: true})
	if err != nil {
		t.Fatal(err)
	}
	if done.Files != 4 || done.StampedAt.IsZero() || done.Bytes != int64(sealed.Len()) {
		t.Errorf("%+v", done)
	}
	dir := unpack(t, sealed.Bytes(), key)
	root := filepath.Join(t.TempDir(), "root.pem")
	if err := os.WriteFile(root, tsa.RootPEM, 0o600); err != nil {
		t.Fatal(err)
	}
	checks := map[string][]string{
		"sums":      {"sha256sum", "-c", "--strict", "SHA256SUMS"},
		"signature": {"openssl", "pkeyutl", "-verify", "-pubin", "-inkey", "checkpoint/key.pem", "-rawin", "-in", "checkpoint/signed.txt", "-sigfile", "checkpoint/signature.bin"},
		"stamp": {"openssl", "ts", "-verify", "-data", "checkpoint/checkpoint.txt", "-in", "checkpoint/timestamp.tsr", "-CAfile", root,
			"-untrusted", "checkpoint/timestamp-certificates.pem"},
		"proofs": {"python3", "verify.py"},
	}
	for name, command := range checks {
		if out, err := program(t, dir, command...); err != nil {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
	if _, err := exec.LookPath("warcio"); err == nil {
		files, _ := filepath.Glob(filepath.Join(dir, "warc", "*.warc.gz"))
		if out, err := program(t, dir, append([]string{"warcio", "check", "-v"}, files...)...); err != nil || strings.Contains(out, "fail") {
			t.Errorf("warcio: %v\n%s", err, out)
		}
	}
	if _, err := exec.LookPath("wacz"); err == nil {
		if out, err := program(t, dir, "wacz", "validate", "-f", "capture.wacz"); err != nil || !strings.Contains(out, "is valid") {
			t.Errorf("wacz: %v\n%s", err, out)
		}
	}
	for _, tc := range []struct {
		name   string
		change func(t *testing.T, dir string)
	}{
		{"a byte of a WARC file", flip("warc/*.warc.gz", 400)},
		{"a byte of the dump", flip("dump/*", 3)},
		{"a byte of a link", flip("custody/*.txt", 60)},
		{"a byte of a proof", flip("custody/*.proof", 20)},
		{"a byte of the signature", flip("checkpoint/signature.bin", 5)},
		{"a byte of the checkpoint", flip("checkpoint/checkpoint.txt", 20)},
		{"a file more", func(t *testing.T, dir string) {
			if err := os.WriteFile(filepath.Join(dir, "warc", "wrc_more.warc.gz"), nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir := unpack(t, sealed.Bytes(), key)
			tc.change(t, dir)
			resum(t, dir) // whoever tampers writes the list of digests anew
			if out, err := program(t, dir, "python3", "verify.py"); err == nil || !strings.Contains(out, "FAULT") {
				t.Errorf("nobody noticed: %v\n%s", err, out)
			}
		})
	}
}

// flip changes a byte of the first file that a pattern names.
func flip(pattern string, at int) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		t.Helper()
		files, _ := filepath.Glob(filepath.Join(dir, pattern))
		if len(files) == 0 {
			t.Fatalf("no %s", pattern)
		}
		b, err := os.ReadFile(files[0])
		if err != nil {
			t.Fatal(err)
		}
		b[min(at, len(b)-1)] ^= 1
		if err := os.WriteFile(files[0], b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// resum makes SHA256SUMS right again, but for files that it does not list.
func resum(t *testing.T, dir string) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(dir, "SHA256SUMS"))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for line := range strings.Lines(string(raw)) {
		names = append(names, strings.TrimSpace(line[66:]))
	}
	out, err := program(t, dir, append([]string{"sha256sum"}, names...)...)
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if err := os.WriteFile(filepath.Join(dir, "SHA256SUMS"), []byte(out), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestExportTellsCustodyAndShowsNoLivePage(t *testing.T) {
	a, inc, tsa := requisition(t)
	key, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	to := Export{Incident: inc.ID, To: key.Recipient().String(), By: "amina", Reason: "requisition 2026/1"}
	tsa.URL = ""
	a.Config.Evidence.TimestampAuthority = "http://127.0.0.1:1/" // down
	var sealed bytes.Buffer
	done, err := a.Export(t.Context(), &sealed, to)
	if err != nil || !done.StampedAt.IsZero() {
		t.Fatalf("an authority that is down holds the export up: %+v, %v", done, err)
	}
	dir := unpack(t, sealed.Bytes(), key)
	page, err := os.ReadFile(filepath.Join(dir, "index.html"))
	if err != nil || bytes.Contains(page, []byte("<script")) || !bytes.Contains(page, []byte("&lt;script&gt;")) ||
		!bytes.Contains(page, []byte(`lang="en"`)) || bytes.Contains(page, []byte("<b>Ville")) {
		t.Errorf("index: %v\n%s", err, page)
	}
	if _, err := os.Stat(filepath.Join(dir, "dump")); err == nil {
		t.Error("the dump came unasked")
	}
	links, err := a.Store.Custody(t.Context(), string(inc.ID))
	if err != nil || len(links) != 2 || links[1].Digest != done.Digest || !strings.HasPrefix(links[0].Why, "requisition 2026/1") {
		t.Errorf("custody: %+v, %v", links, err)
	}
	to.To = "not a recipient"
	if _, err := a.Export(t.Context(), io.Discard, to); err == nil {
		t.Error("exported to nobody")
	}
	to.To, to.Incident = key.Recipient().String(), "inc_2"
	if _, err := a.Export(t.Context(), io.Discard, to); err == nil {
		t.Error("exported an incident that is not there")
	}
}

func TestFraming(t *testing.T) {
	var span []breach.Capture
	for i := range 7 {
		span = append(span, breach.Capture{ID: breach.CaptureID(fmt.Sprint(i)), At: noon.Add(time.Duration(i) * time.Hour)})
	}
	for _, tc := range []struct {
		name string
		span []breach.Capture
		want string
	}{
		{"framed", span, "0156"},
		{"nothing before", span[1:], "156"},
		{"nothing after", span[:6], "015"},
	} {
		var got []string
		for _, c := range framing(tc.span, span[1], span[5].At) {
			got = append(got, string(c.ID))
		}
		if strings.Join(got, "") != tc.want {
			t.Errorf("%s: %v, want %s", tc.name, got, tc.want)
		}
	}
	if got := framing(span[:1], span[0], span[0].At); !slices.Equal(got, span[:1]) {
		t.Errorf("one capture: %v", got)
	}
}
