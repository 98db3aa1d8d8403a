package report

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vigie/internal/breach"
	"vigie/notify"
	"vigie/notify/email"
)

const key = "msg_0123456789abcdef01234567"

var ret = email.Return{Domain: "vigie.example.org", Key: []byte("0123456789abcdef0123456789abcdef")}

func ours() string { return "bounce+" + ret.Token(key) + "@vigie.example.org" }

// mails are written as the mail systems of this world write them.
func dsn(to, groups, original string) string {
	return strings.ReplaceAll(`Return-Path: <>
From: MAILER-DAEMON@mx.example.net (Mail Delivery System)
To: `+to+`
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
	boundary="9B0BE1F0.1763/mx.example.net"

--9B0BE1F0.1763/mx.example.net
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--9B0BE1F0.1763/mx.example.net
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net
Arrival-Date: Sat, 21 Nov 2026 12:00:01 +0000

`+groups+`
--9B0BE1F0.1763/mx.example.net
Content-Type: message/rfc822

`+original+`
--9B0BE1F0.1763/mx.example.net--
`, "\n", "\r\n")
}

func group(action, status, diagnostic string) string {
	return "Final-Recipient: rfc822; zoe.hapax@example.net\nAction: " + action + "\nStatus: " + status + "\nDiagnostic-Code: smtp; " + diagnostic + "\n"
}

func arf(kind, from string) string {
	return strings.ReplaceAll(`From: <fbl@mailbox.example.net>
To: <abuse@vigie.example.org>
Subject: complaint
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="part"

--part
Content-Type: text/plain

This is an email abuse report.

--part
Content-Type: message/feedback-report

Feedback-Type: `+kind+`
User-Agent: Loop/1.0
Version: 1
Original-Mail-From: `+from+`

--part
Content-Type: message/rfc822

From: <notification@vigie.example.org>
Message-ID: <`+ret.Token(key)+`@vigie.example.org>
Subject: x

redacted
--part--
`, "\n", "\r\n")
}

func TestParse(t *testing.T) {
	forged := strings.Replace(ours(), ret.Token(key), key+".aaaaaaaaaaaaaaaa", 1)
	holiday := "To: " + ours() + "\r\nSubject: Absence\r\nAuto-Submitted: auto-replied (vacation)\r\n\r\nJe suis absent.\r\n"
	for _, tt := range []struct {
		name, mail string
		want       Report
	}{
		{"nobody has this address", dsn(ours(), group("failed", "5.1.1", "550 5.1.1 <zoe.hapax@example.net>: unknown"), ""),
			Report{Delivery, key, breach.MessageBounced, email.NoMailbox}},
		{"upper case on the way", dsn(strings.ToUpper(ret.Domain)+" <"+strings.Replace(ours(), "@vigie", "@VIGIE", 1)+">", group("Failed", "5.2.2", "552 full"), ""),
			Report{Delivery, key, breach.MessageBounced, email.MailboxFull}},
		{"status that says nothing", dsn(ours(), group("failed", "5.0.0", "550 5.7.1 blocked"), ""),
			Report{Delivery, key, breach.MessageBounced, email.Policy}},
		{"given up after days", dsn(ours(), group("failed", "4.4.7", "delivery time expired"), ""),
			Report{Delivery, key, breach.MessageBounced, email.Expired}},
		{"unknown code", dsn(ours(), group("failed (by the server)", "nonsense", "no"), ""),
			Report{Delivery, key, breach.MessageBounced, email.Refused}},
		{"a delay is no verdict", dsn(ours(), group("delayed", "4.4.1", "timeout"), ""), Report{Kind: Delivery, Key: key}},
		{"relayed is no verdict", dsn(ours(), group("relayed", "2.0.0", "250 ok"), ""), Report{Kind: Delivery, Key: key}},
		{"delivered", dsn(ours(), group("delivered", "2.0.0", "250 ok"), ""), Report{Delivery, key, breach.MessageDelivered, ""}},
		{"forwarded to two, one has it", dsn(ours(), group("failed", "5.1.1", "550")+"\n"+group("delivered", "2.0.0", "250"), ""),
			Report{Delivery, key, breach.MessageDelivered, ""}},
		{"forwarded to two, one not yet", dsn(ours(), group("failed", "5.1.1", "550")+"\n"+group("delayed", "4.0.0", "450"), ""), Report{Kind: Delivery, Key: key}},
		{"returned to the sender's address, known by its Message-ID", dsn("notification@vigie.example.org", group("failed", "5.1.1", "550"),
			"Message-ID: <"+ret.Token(key)+"@vigie.example.org>\n\nx"), Report{Delivery, key, breach.MessageBounced, email.NoMailbox}},
		{"forged: no MAC of ours", dsn(forged, group("failed", "5.1.1", "550"), ""), Report{Delivery, "", breach.MessageBounced, email.NoMailbox}},
		{"forged: another domain", dsn(strings.Replace(ours(), "vigie.example.org", "example.com", 1), group("failed", "5.1.1", "550"), ""),
			Report{Delivery, "", breach.MessageBounced, email.NoMailbox}},
		{"complaint", arf("abuse", "<"+ours()+">"), Report{Complaint, key, breach.MessageBounced, email.Complaint}},
		{"complaint that hides the return path", arf("abuse", "<>"), Report{Complaint, key, breach.MessageBounced, email.Complaint}},
		{"complaint taken back", arf("not-spam", "<"+ours()+">"), Report{Kind: Complaint, Key: key}},
		{"out of office", holiday, Report{Kind: AutoReply, Key: key}},
		{"a person writes", "To: " + ours() + "\r\nSubject: Question\r\n\r\nAction: failed\r\n", Report{Kind: Other, Key: key}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Parse(strings.NewReader(tt.mail), ret)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
	for name, raw := range map[string]string{"no header": "\x00\x01", "too large": "To: x\r\n\r\n" + strings.Repeat("x", maxBytes)} {
		if _, err := Parse(strings.NewReader(raw), ret); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func open(t *testing.T) (string, *Maildir, *email.Quality) {
	t.Helper()
	dir, q := t.TempDir(), &email.Quality{Thresholds: email.Usual()}
	m, err := OpenMaildir(dir, ret, q)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = m.Close() })
	return dir, m, q
}

func put(t *testing.T, dir, name, mail string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, "new", name), []byte(mail), 0o600); err != nil {
		t.Fatal(err)
	}
}

func files(t *testing.T, dir, sub string) int {
	t.Helper()
	list, err := os.ReadDir(filepath.Join(dir, sub))
	if err != nil {
		t.Fatal(err)
	}
	return len(list)
}

func TestMaildir(t *testing.T) {
	dir, m, _ := open(t)
	secret := filepath.Join(t.TempDir(), "elsewhere")
	if err := os.WriteFile(secret, []byte(dsn(ours(), group("failed", "5.1.1", "550"), "")), 0o600); err != nil {
		t.Fatal(err)
	}
	put(t, dir, "1.a", dsn(ours(), group("failed", "5.1.1", "550"), ""))
	put(t, dir, "2.b", "To: x\r\n\r\nA person writes.")
	put(t, dir, "3.c", dsn("x@vigie.example.org", group("failed", "5.1.1", "550"), "")) // forged
	put(t, dir, "4.d", arf("abuse", ours()))
	if err := os.Symlink(secret, filepath.Join(dir, "new", "5.e")); err != nil {
		t.Fatal(err)
	}
	want := []notify.Outcome{{Key: key, State: breach.MessageBounced, Code: email.NoMailbox}, {Key: key, State: breach.MessageBounced, Code: email.Complaint}}
	for _, when := range []string{"first", "again, as after a crash before they were settled"} {
		got, _, err := m.Outcomes(t.Context(), "")
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Fatalf("%s: %v %s", when, err, diff)
		}
	}
	if new, cur := files(t, dir, "new"), files(t, dir, "cur"); new != 2 || cur != 3 {
		t.Errorf("%d wait and %d are put aside, want 2 and 3", new, cur)
	}
	_, cursor, err := m.Outcomes(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	if got, next, err := m.Outcomes(t.Context(), cursor); err != nil || len(got) != 0 || next != cursor {
		t.Errorf("after the last: %d outcomes, cursor %q, %v", len(got), next, err)
	}
	if n := files(t, dir, "new"); n != 0 {
		t.Errorf("%d reports rest although they are settled", n)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	put(t, dir, "6", "To: x\r\n\r\n")
	if _, _, err := m.Outcomes(ctx, ""); err == nil {
		t.Error("a context that has ended is not honoured")
	}
}

// A report is counted once, by whoever removes it.
func TestMaildirCounts(t *testing.T) {
	dir, m, q := open(t)
	q.Least = 1
	q.PauseBounces = 0.9
	for range 10 {
		q.Sent()
	}
	for i := range 8 {
		put(t, dir, fmt.Sprint(i), dsn(ours(), group("failed", "5.1.1", "550"), ""))
	}
	_, one, _ := m.Outcomes(t.Context(), "")
	_, two, _ := m.Outcomes(t.Context(), "")
	for _, cursor := range []string{one, two} {
		if _, _, err := m.Outcomes(t.Context(), cursor); err != nil {
			t.Fatal(err)
		}
	}
	if got := q.Level(); got != email.Review {
		t.Errorf("8 of 10 came back, seen twice: %v, want review", got)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(dsn(ours(), group("failed", "5.1.1", "550 5.1.1 no"), "Message-ID: <x@y>\n\n"))
	f.Add(arf("abuse", ours()))
	f.Add("Content-Type: multipart/report; boundary=a\r\n\r\n--a\r\nContent-Type: message/delivery-status\r\n\r\nAction: failed\r\n\tx\r\n--a--")
	f.Add("To: " + strings.ToUpper(ours()) + "\r\nAuto-Submitted: auto-replied\r\n\r\n")
	f.Add("To: " + strings.Repeat(ours()+",", 1000) + "\r\n\r\n")
	mine := ret.Token(key)
	f.Fuzz(func(t *testing.T, raw string) {
		r, err := Parse(strings.NewReader(raw), ret)
		if err != nil {
			return
		}
		if r.Key != "" && r.Key != key && !strings.Contains(raw, mine) {
			t.Fatalf("key %q out of nothing", r.Key)
		}
		if r.State != "" && r.State != breach.MessageBounced && r.State != breach.MessageDelivered {
			t.Fatalf("state %q", r.State)
		}
		if (r.State == breach.MessageBounced) != (r.Code != "") {
			t.Fatalf("state %q with code %q", r.State, r.Code)
		}
	})
}
