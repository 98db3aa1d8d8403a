package crawlers

import (
	"net/http"
	"strings"
	"testing"

	"vigie/internal/breach"
)

func TestReadSession(t *testing.T) {
	src := breach.Source{URL: "http://forum.test/", Mirrors: []string{"http://mirror.test/"}}
	for _, tc := range []struct {
		name, text, want string // want: host name=value, or an error's part after !
	}{
		{"header", "Cookie: sid=canary1; theme=dark\n", "forum.test sid=canary1 mirror.test sid=canary1 forum.test theme=dark mirror.test theme=dark"},
		{"value alone", "sid=canary1", "forum.test sid=canary1 mirror.test sid=canary1"},
		{"cookies.txt", "# Netscape HTTP Cookie File\r\n\r\n#HttpOnly_.forum.test\tTRUE\t/\tFALSE\t1900000000\tsid\tcanary1\r\nother.test\tFALSE\t/\tFALSE\t0\tx\ty\n", "forum.test sid=canary1"},
		{"nothing of this source", "other.test\tFALSE\t/\tFALSE\t0\tx\tcanary1\n", "!refused: no-cookies"},
		{"empty", "", "!refused: no-cookies"},
		{"bad expiry", "forum.test\tFALSE\t/\tFALSE\tcanary1\tx\ty\n", "!line 1"},
		{"no cookie", "canary1", "!line 1"},
		{"too long", strings.Repeat("x", 1<<20), "!"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			list, err := ReadSession(strings.NewReader(tc.text), src)
			if part, fails := strings.CutPrefix(tc.want, "!"); fails {
				if err == nil || !strings.Contains(err.Error(), part) || strings.Contains(err.Error(), "canary") {
					t.Fatalf("error %v, want %q and no value", err, part)
				}
				return
			}
			var got []string
			for _, c := range list {
				got = append(got, c.Host+" "+c.Name+"="+c.Value)
			}
			if s := strings.Join(got, " "); err != nil || s != tc.want {
				t.Errorf("%q %v, want %q", s, err, tc.want)
			}
		})
	}
}

// A session is used only where somebody allowed it.
func TestSessionsNeedLeave(t *testing.T) {
	src := site(t, func(w http.ResponseWriter, r *http.Request) {
		if _, err := r.Cookie("sid"); err != nil {
			page(w, "#login")
			return
		}
		page(w, listing)
	})
	session, err := ReadSession(strings.NewReader("sid=1"), src)
	if err != nil {
		t.Fatal(err)
	}
	m := &Memory{}
	m.Admit(session)
	m.Admit(session) // once more is the same
	for _, leave := range []string{"", "counsel's opinion of 3 May"} {
		c := crawler(&tape{})
		c.Reader = gateReader{}
		src.Accounts = leave
		v, err := c.Revisit(t.Context(), src, m)
		if err != nil || (len(v.Posts) == 1) != (leave != "") || (v.Alarm == AlarmPerson) != (leave == "") {
			t.Errorf("allowed %q: %+v %v", leave, v, err)
		}
		m.Note(v, 0)
		if len(m.Cookies) != 1 {
			t.Errorf("%d cookies after a visit", len(m.Cookies))
		}
	}
}

func FuzzReadSession(f *testing.F) {
	f.Add("Cookie: a=b; c=d")
	f.Add("#HttpOnly_.forum.test\tTRUE\t/\tFALSE\t1900000000\tsid\tx\n")
	f.Fuzz(func(t *testing.T, s string) {
		list, err := ReadSession(strings.NewReader(s), breach.Source{URL: "http://forum.test/"})
		if err == nil && (len(list) == 0 || len(list) > cookiesKept) {
			t.Errorf("%d cookies", len(list))
		}
		for _, c := range list {
			if c.Host != "forum.test" || !c.Given {
				t.Errorf("%+v", c)
			}
		}
	})
}
