package tortest

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// network is a Tor network of its own: three authorities that are relays as
// well, three relays, a host of onion services and a client.
type network struct {
	t       *testing.T
	dir     string
	shared  string // configuration of every node
	socks   string
	control string
	open    string // onion that everybody may visit
	locked  string // onion that asks for a key
}

const commonRC = `TestingTorNetwork 1
AssumeReachable 1
AuthDirMaxServersPerAddr 0
PathsNeededToBuildCircuits 0.25
TestingDirAuthVoteExit *
TestingDirAuthVoteHSDir *
TestingDirAuthVoteGuard *
TestingMinExitFlagThreshold 0
V3AuthNIntervalsValid 2
ConnLimit 60
ShutdownWaitLength 0
`

const authorityRC = `AuthoritativeDirectory 1
V3AuthoritativeDirectory 1
ContactInfo nobody@example.org
ExitRelay 0
V3AuthVotingInterval 20
V3AuthVoteDelay 4
V3AuthDistDelay 4
TestingV3AuthInitialVotingInterval 10
TestingV3AuthInitialVoteDelay 3
TestingV3AuthInitialDistDelay 3
`

func ports(t *testing.T, n int) []int {
	t.Helper()
	var out []int
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = l.Close() }()
		out = append(out, l.Addr().(*net.TCPAddr).Port)
	}
	return out
}

// startNetwork starts one before a site on loopback.
func startNetwork(t *testing.T, site string) *network {
	t.Helper()
	for _, program := range []string{"tor", "tor-gencert"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skip(program + " is not installed")
		}
	}
	n := &network{t: t, dir: t.TempDir()}
	p := ports(t, 11)
	n.socks, n.control = fmt.Sprintf("127.0.0.1:%d", p[9]), fmt.Sprintf("127.0.0.1:%d", p[10])
	// Tor ends with this process, however it ends.
	n.shared = commonRC + fmt.Sprintf("__OwningControllerProcess %d\n", os.Getpid())
	var all sync.WaitGroup
	lines := make([]string, 3)
	for i := range 3 {
		all.Go(func() { lines[i] = n.authority(i, p[2*i], p[2*i+1]) })
	}
	all.Wait()
	if t.Failed() {
		t.FailNow()
	}
	n.shared += strings.Join(lines, "")
	for i := range 3 {
		n.start(fmt.Sprint("authority", i), authorityRC+relayRC(p[2*i])+fmt.Sprintf("DirPort 127.0.0.1:%d IPv4Only\n", p[2*i+1]))
		n.start(fmt.Sprint("relay", i), relayRC(p[6+i])+"ExitRelay 0\n")
	}
	locked := filepath.Join(n.dir, "locked")
	n.must(os.MkdirAll(filepath.Join(locked, "authorized_clients"), 0o700))
	n.must(os.Chmod(locked, 0o700))
	n.must(os.WriteFile(filepath.Join(locked, "authorized_clients", "somebody.auth"),
		[]byte("descriptor:x25519:N2NU7BSRL6YODZCYPN4CREB54TYLKGIE2KYOQWLFYC23ZJVCE5DQ\n"), 0o600))
	n.start("host", fmt.Sprintf("SocksPort 0\nHiddenServiceDir %s\nHiddenServicePort 80 %s\nHiddenServiceDir %s\nHiddenServicePort 80 %s\n",
		filepath.Join(n.dir, "open"), site, locked, site))
	n.start("client", fmt.Sprintf("SocksPort %s ExtendedErrors\nControlPort %s\n", n.socks, n.control))
	n.open, n.locked = n.hostname("open"), n.hostname("locked")
	return n
}

func relayRC(port int) string {
	return fmt.Sprintf("Address 127.0.0.1\nOrPort 127.0.0.1:%d IPv4Only\nSocksPort 0\n", port)
}

func (n *network) must(err error) {
	n.t.Helper()
	if err != nil {
		n.t.Fatal(err)
	}
}

var (
	identity    = regexp.MustCompile(`(?m)^fingerprint ([0-9A-F]{40})`)
	fingerprint = regexp.MustCompile(`((?:[0-9A-F]{4} ?){10})`)
)

// authority makes the keys of one and returns how the others know it.
func (n *network) authority(i, or, dir int) string {
	name := fmt.Sprint("authority", i)
	keys := filepath.Join(n.dir, name, "keys")
	fail := func(err error, out []byte) string {
		n.t.Errorf("making an authority: %v %s", err, out)
		return ""
	}
	if err := os.MkdirAll(keys, 0o700); err != nil {
		return fail(err, nil)
	}
	cert := filepath.Join(keys, "authority_certificate")
	gen := exec.Command("tor-gencert", "--create-identity-key", "--passphrase-fd", "0", "-i", filepath.Join(keys, "authority_identity_key"),
		"-s", filepath.Join(keys, "authority_signing_key"), "-c", cert, "-m", "12", "-a", fmt.Sprintf("127.0.0.1:%d", dir))
	gen.Stdin = strings.NewReader("only for a test\n")
	if out, err := gen.CombinedOutput(); err != nil {
		return fail(err, out)
	}
	raw, err := os.ReadFile(cert)
	m := identity.FindSubmatch(raw)
	if err != nil || m == nil {
		return fail(err, raw)
	}
	rc := filepath.Join(n.dir, name+".first")
	text := n.shared + relayRC(or) + fmt.Sprintf("DataDirectory %s\nNickname %s\n", filepath.Join(n.dir, name), name)
	if err := os.WriteFile(rc, []byte(text), 0o600); err != nil {
		return fail(err, nil)
	}
	list := exec.Command("tor", "-f", rc, "--quiet", "--list-fingerprint", "--DirAuthority",
		fmt.Sprintf("x orport=1 v3ident=%s 127.0.0.1:1 %s", m[1], strings.Repeat("F", 40)))
	out, err := list.Output()
	f := fingerprint.Find(bytes.ReplaceAll(out, []byte(name), nil))
	if err != nil || f == nil {
		return fail(err, out)
	}
	return fmt.Sprintf("DirAuthority %s orport=%d no-v2 v3ident=%s 127.0.0.1:%d %s\n", name, or, m[1], dir, strings.ReplaceAll(string(f), " ", ""))
}

func (n *network) start(name, rc string) {
	n.t.Helper()
	data := filepath.Join(n.dir, name)
	n.must(os.MkdirAll(data, 0o700))
	file := data + ".torrc"
	n.must(os.WriteFile(file, []byte(n.shared+rc+fmt.Sprintf("DataDirectory %s\nNickname %s\nLog notice file %s.log\n", data, name, data)), 0o600))
	cmd := exec.Command("tor", "-f", file, "--quiet")
	n.must(cmd.Start())
	n.t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
}

func (n *network) hostname(service string) string {
	n.t.Helper()
	for range 300 {
		if b, err := os.ReadFile(filepath.Join(n.dir, service, "hostname")); err == nil && len(b) > 10 {
			return strings.TrimSpace(string(b))
		}
		time.Sleep(100 * time.Millisecond)
	}
	log, _ := os.ReadFile(filepath.Join(n.dir, "host.log"))
	n.t.Fatalf("no onion service: %s", log)
	return ""
}
