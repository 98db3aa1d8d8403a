package crawlers

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"syscall"
	"time"

	"vigie/internal/breach"
)

// dialer opens the connections of one source, each watched by a wire.
type dialer struct {
	source   breach.Source
	circuit  string // password at the proxy: one visit keeps one Tor circuit
	resolver *net.Resolver
	stall    time.Duration
}

// dial connects to host:port. Names behind a proxy are resolved by the proxy.
func (d *dialer) dial(ctx context.Context, network, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, refuse("host", "the address has no usable host")
	}
	if d.source.Proxy != "" {
		return d.viaProxy(ctx, net.JoinHostPort(host, port))
	}
	if isOnion(host) {
		return nil, refuse("onion-needs-proxy", "give the source a socks5h proxy")
	}
	nd := net.Dialer{Timeout: d.stall, Resolver: d.resolver,
		Control: func(_, resolved string, _ syscall.RawConn) error {
			ap, err := netip.ParseAddrPort(resolved)
			if err != nil {
				return refuse("private-address", "the address could not be checked")
			}
			return checkAddress(ap, d.source.Local)
		}}
	return nd.DialContext(ctx, network, address)
}

// circuitName tells the circuits of a proxy apart without opening one: the
// session is a secret that would, a digest of its 128 random bits is none.
func (d *dialer) circuitName() string {
	if d.source.Proxy == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(string(d.source.ID) + "\x00" + d.circuit))
	return "sha256:" + hex.EncodeToString(sum[:])
}

// viaProxy lets a SOCKS5 proxy resolve the name: it never reaches DNS here.
// The proxy itself is configured by the operator and may be local.
func (d *dialer) viaProxy(ctx context.Context, address string) (net.Conn, error) {
	u, err := url.Parse(d.source.Proxy)
	if err != nil || u.Scheme != "socks5h" || u.Port() == "" {
		return nil, fmt.Errorf("proxy of source %s: expected socks5h://host:port: %w", d.source.ID, breach.ErrInvalid)
	}
	as := login{string(d.source.ID), d.circuit}
	if u.User != nil {
		as.user = u.User.Username()
		as.password, _ = u.User.Password()
	}
	return dialSOCKS(ctx, u.Host, as, address, 2*d.stall)
}

// wire is a connection that notes what passes, for evidence, and gives up on
// a peer that says too little. The noted bytes are those above TLS. Only its
// Close may be called from elsewhere.
type wire struct {
	net.Conn
	stall time.Duration
	keep  int64    // bytes of an exchange noted in each direction at most
	addr  string   // of the other end, "" behind a proxy
	tls   string   // how it is spoken, "" if it is not
	certs []string // digests of what was presented

	sent, received []byte
	inWindow       int
	windowEnds     time.Time
}

func (w *wire) Read(p []byte) (int, error) {
	now := time.Now()
	if now.After(w.windowEnds) {
		if !w.windowEnds.IsZero() && w.inWindow < StallBytes {
			return 0, errStalled
		}
		w.windowEnds, w.inWindow = now.Add(w.stall), 0
	}
	if err := w.SetReadDeadline(now.Add(w.stall)); err != nil {
		return 0, err
	}
	n, err := w.Conn.Read(p)
	w.inWindow += n
	w.received = appendUpTo(w.received, p[:n], w.keep)
	if ne := net.Error(nil); errors.As(err, &ne) && ne.Timeout() {
		err = errStalled
	}
	return n, err
}

func (w *wire) Write(p []byte) (int, error) {
	if err := w.SetWriteDeadline(time.Now().Add(w.stall)); err != nil {
		return 0, err
	}
	w.sent = appendUpTo(w.sent, p, w.keep) // before the answer can come
	return w.Conn.Write(p)
}

// begin starts to note another exchange.
func (w *wire) begin() {
	w.sent, w.received = nil, nil
	w.windowEnds, w.inWindow = time.Time{}, 0
}

// passed hands over what went over the wire since the exchange began; what
// still comes is noted apart.
func (w *wire) passed() (sent, received []byte) {
	sent, received = w.sent, w.received
	w.sent, w.received = nil, nil
	return sent, received
}

func appendUpTo(dst, src []byte, limit int64) []byte {
	if room := limit - int64(len(dst)); int64(len(src)) > room {
		src = src[:max(room, 0)]
	}
	return append(dst, src...)
}

// handshake speaks TLS over conn. A certificate that does not verify is noted,
// not refused: leak sites have self-signed and expired ones, what they say is
// hostile anyway, and evidence must show what was presented.
func handshake(ctx context.Context, conn net.Conn, host string) (net.Conn, string, []string, error) {
	t := tls.Client(conn, &tls.Config{ServerName: host, InsecureSkipVerify: true, NextProtos: []string{"http/1.1"}})
	if err := t.HandshakeContext(ctx); err != nil {
		_ = conn.Close()
		return nil, "", nil, err
	}
	st := t.ConnectionState()
	var certs []string
	pool := x509.NewCertPool()
	for i, c := range st.PeerCertificates {
		sum := sha256.Sum256(c.Raw)
		certs = append(certs, "sha256:"+hex.EncodeToString(sum[:]))
		if i > 0 {
			pool.AddCert(c)
		}
	}
	verdict := "verified"
	if _, err := st.PeerCertificates[0].Verify(x509.VerifyOptions{DNSName: host, Intermediates: pool}); err != nil {
		verdict = "not verified"
	}
	how := fmt.Sprintf("%s %s, certificate %s", tls.VersionName(st.Version), tls.CipherSuiteName(st.CipherSuite), verdict)
	return t, how, certs, nil
}
