package email

import (
	"bufio"
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/mail"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/emersion/go-msgauth/dkim"

	"vigie/internal/breach"
	"vigie/notify/notifytest"
)

// rsaKey is made once: it takes a while.
var rsaKey = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })

// signers makes one key of each kind, with its record in the DNS.
func signers(t *testing.T) (keys []DKIM, records map[string]string) {
	t.Helper()
	rs, err := rsaKey()
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKIXPublicKey(rs.Public())
	if err != nil {
		t.Fatal(err)
	}
	pub, ed, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	const domain = "vigie.example.org"
	return []DKIM{{domain, "r2026", rs}, {domain, "e2026", ed}}, map[string]string{
		"r2026._domainkey." + domain: "v=DKIM1; k=rsa; p=" + base64.StdEncoding.EncodeToString(der),
		"e2026._domainkey." + domain: "v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(pub),
	}
}

func signedMessage(t *testing.T, keys ...DKIM) []byte {
	t.Helper()
	e := notifytest.Envelope("msg_1")
	e.Doc.Title = "Vos données personnelles ont été volées : ce que vous devez faire dès maintenant, et pourquoi   nous vous écrivons"
	return message(t, Config{DKIM: keys, Domain: "vigie.example.org", From: "notification@vigie.example.org"}, e)
}

// verify counts the signatures that hold for a verifier that knows nothing of
// our signer.
func verify(raw []byte, records map[string]string) (good int, err error) {
	list, err := dkim.VerifyWithOptions(bytes.NewReader(raw), &dkim.VerifyOptions{LookupTXT: func(name string) ([]string, error) {
		return []string{records[strings.TrimSuffix(name, ".")]}, nil
	}})
	for _, v := range list {
		if v.Err == nil {
			good++
		}
		err = errors.Join(err, v.Err)
	}
	return good, err
}

func TestDKIM(t *testing.T) {
	keys, records := signers(t)
	for name, use := range map[string][]DKIM{"rsa": keys[:1], "ed25519": keys[1:], "both": keys} {
		raw := signedMessage(t, use...)
		if n, err := verify(raw, records); n != len(use) || err != nil {
			t.Errorf("%s: %d of %d signatures hold, %v", name, n, len(use), err)
		}
		folded := bytes.Replace(raw, []byte("Auto-Submitted: auto-generated"), []byte("auto-submitted:   auto-generated "), 1)
		if n, err := verify(folded, records); n != len(use) {
			t.Errorf("%s: a relay that writes a field anew breaks the signature: %v", name, err)
		}
		for what, changed := range map[string][]byte{
			"another word":     bytes.Replace(raw, []byte("Locale"), []byte("Lokale"), 1),
			"another subject":  bytes.Replace(raw, []byte("Subject: "), []byte("Subject: x"), 1),
			"a second subject": append([]byte("Subject: x\r\n"), raw...),
			"a second sender":  append([]byte("From: x@example.com\r\n"), raw...),
			"a reply address":  bytes.Replace(raw, []byte("Reply-To: <dpo@"), []byte("Reply-To: <xxx@"), 1),
			"words at the end": append(bytes.Clone(raw), "more\r\n"...),
		} {
			if bytes.Equal(changed, raw) {
				t.Fatalf("%s: nothing was changed", what)
			}
			if n, _ := verify(changed, records); n != 0 {
				t.Errorf("%s, %s: %d signatures still hold", name, what, n)
			}
		}
	}
}

func TestWeakKeys(t *testing.T) {
	weak, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Skipf("this Go makes no weak keys: %v", err)
	}
	var none crypto.Signer
	for name, k := range map[string]crypto.Signer{"RSA of 1024 bits": weak, "no key": none} {
		var refused *breach.RefusedError
		if err := (DKIM{"example.org", "s", k}).check(); !errors.As(err, &refused) || refused.Code != "dkim-key" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// peer is a program in another language that reads a message from standard
// input: every part without a defect, and what the readers see.
const peer = `
import email, email.policy, json, sys
raw = sys.stdin.buffer.read()
m = email.message_from_bytes(raw, policy=email.policy.SMTP)
parts = list(m.walk())
defects = [str(d) for p in parts for d in p.defects]
defects += [str(d) for name, v in m.items() for d in getattr(v, "defects", ())]
print(json.dumps({"defects": defects, "subject": str(m["Subject"]), "from": m["From"].addresses[0].display_name,
  "types": [p.get_content_type() for p in parts], "files": [p.get_filename() for p in parts if p.get_filename()],
  "text": parts[1].get_content(), "html": parts[2].get_content()}))
`

func TestPeerReadsIt(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("python3 is not installed")
	}
	keys, _ := signers(t)
	for _, name := range []string{"Mission Locale du Val d'Orbe", "Mairie", `"x" <y@example.org>, z`, strings.Repeat("é", 200), "=?utf-8?q?x?="} {
		e := notifytest.Envelope("msg_1")
		e.From.Name = name
		e.Doc.Title = strings.Repeat("Vos données ; ", 12) + "=?x?="
		cmd := exec.Command(python, "-c", peer)
		cmd.Stdin = bytes.NewReader(message(t, Config{DKIM: keys, Domain: "vigie.example.org", From: "notification@vigie.example.org"}, e))
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		var got struct {
			Defects, Types, Files     []string
			Subject, From, Text, HTML string
		}
		if err := json.Unmarshal(out, &got); err != nil {
			t.Fatal(err)
		}
		if len(got.Defects)+len(got.Files) > 0 || strings.Join(got.Types, " ") != "multipart/alternative text/plain text/html" {
			t.Errorf("%q: defects %q, files %q, parts %q", name, got.Defects, got.Files, got.Types)
		}
		// Python puts a space between the encoded words of a name, against RFC 2047 6.2.
		if got.Subject != oneLine(e.Doc.Title) || strings.ReplaceAll(got.From, "é é", "éé") != name || !strings.Contains(got.Text, "La Mission Locale vous écrit") || !strings.Contains(got.HTML, `<html lang="fr">`) {
			t.Errorf("%q: subject %q from %q", name, got.Subject, got.From)
		}
	}
}

// dkimPeer verifies with dkimpy, given the records as JSON.
const dkimPeer = `
import dkim, json, sys
records = json.loads(sys.argv[1])
raw = sys.stdin.buffer.read()
d = dkim.DKIM(raw)
def holds(i):
  try:
    return d.verify(idx=i, dnsfunc=lambda name, timeout=5: records[name.decode().rstrip(".")].encode())
  except dkim.ValidationError:
    return False
print([holds(i) for i in range(int(sys.argv[2]))])
`

func TestPeerVerifiesIt(t *testing.T) {
	python, err := interpreter("dkimverify")
	if err != nil {
		t.Skipf("dkimpy is not installed: %v", err)
	}
	keys, records := signers(t)
	list, err := json.Marshal(records)
	if err != nil {
		t.Fatal(err)
	}
	for change, want := range map[string]string{"": "[True, True]", "x": "[False, False]"} {
		cmd := exec.Command(python, "-c", dkimPeer, string(list), "2")
		cmd.Stdin = bytes.NewReader(append(signedMessage(t, keys...), change...))
		out, err := cmd.CombinedOutput()
		if got := strings.TrimSpace(string(out)); err != nil || got != want {
			t.Errorf("changed %q: %s, %v, want %s", change, got, err, want)
		}
	}
}

// interpreter is the one that an installed script runs on.
func interpreter(script string) (string, error) {
	path, err := exec.LookPath(script)
	if err != nil {
		return "", err
	}
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }()
	line, err := bufio.NewReader(f).ReadString('\n')
	if err != nil || !strings.HasPrefix(line, "#!") {
		return "", fmt.Errorf("%s is no script", script)
	}
	return strings.Fields(line[2:])[0], nil
}

// Readers with a screen reader, a small screen or no pictures read the same.
func TestAccessible(t *testing.T) {
	for _, language := range []string{"fr", "en"} {
		e := notifytest.Envelope("msg_1")
		e.Language = language
		m, err := mail.ReadMessage(bytes.NewReader(message(t, Config{}, e)))
		if err != nil {
			t.Fatal(err)
		}
		text, html := parts(t, m)
		for what, n := range map[string]int{`<html lang="` + language + `">`: 1, "<h1": 1, "<h2": 2, "<ol": 1, "<ul": 1, "<li": 5, "<main": 1, "<title>": 1, "px;line": 0, "<table": 0} {
			if got := strings.Count(html, what); got != n {
				t.Errorf("%s: %s stands %d times, want %d", language, what, got, n)
			}
		}
		for _, x := range e.Doc.Blocks {
			for _, s := range append(x.Text, x.List...) {
				if !strings.Contains(text, s) {
					t.Errorf("plain text lacks %q", s)
				}
			}
		}
	}
}

func TestLines(t *testing.T) {
	keys, _ := signers(t)
	raw := signedMessage(t, keys...)
	head, body, _ := strings.Cut(string(raw), "\r\n\r\n")
	for part, most := range map[string]int{head: 78, body: 78} {
		for line := range strings.SplitSeq(part, "\r\n") {
			limit := most
			if strings.HasPrefix(line, " h=") || strings.HasPrefix(line, "DKIM-Signature:") {
				limit = 998 // the library folds between tags alone (RFC 5322 2.1.1 asks for no less)
			}
			if len(line) > limit || strings.IndexFunc(line, func(c rune) bool { return c > 126 || (c < ' ' && c != '\t') }) >= 0 {
				t.Errorf("%d octets, or not plain ASCII: %q", len(line), line)
			}
		}
	}
	for _, bad := range []string{"List-Unsubscribe", "X-Mailer", "User-Agent", "Precedence", "Return-Receipt", "Disposition-Notification", "attachment"} {
		if strings.Contains(string(raw), bad) {
			t.Errorf("%s stands in it", bad)
		}
	}
}
