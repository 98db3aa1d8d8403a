package crawlers

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"time"

	"vigie/internal/breach"
)

// login is what a SOCKS5 proxy is told about who asks. Tor keeps streams of
// different user names or passwords on different circuits (IsolateSOCKSAuth),
// so the user is the source and the password its session.
type login struct{ user, password string }

// socksFaults name the replies of a SOCKS5 proxy (RFC 1928, 6) and Tor's
// extended ones for onion services (its socks-extensions document, 0xF0 to
// 0xF7; a SocksPort gives them with the flag ExtendedErrors).
var socksFaults = map[byte]string{
	0x01: "proxy-failed", 0x02: "proxy-refused", 0x03: "network-unreachable", 0x04: "host-unreachable",
	0x05: "connection-refused", 0x06: "circuit-expired", 0x07: "proxy-unsupported", 0x08: "proxy-unsupported",
	0xf0: "onion-not-published", 0xf1: "onion-descriptor-invalid", 0xf2: "onion-introduction-failed",
	0xf3: "onion-rendezvous-failed", 0xf4: "onion-needs-key", 0xf5: "onion-wrong-key",
	0xf6: "onion-address-invalid", 0xf7: "onion-introduction-timeout",
}

// socksError is why a proxy did not connect: a reason code of ours.
type socksError string

func (e socksError) Error() string { return "the proxy did not connect: " + string(e) }

// Unwrap makes it temporary: sites and circuits come back.
func (e socksError) Unwrap() error { return breach.ErrTemporary }

// circuitFaults are those that another circuit may not have.
var circuitFaults = map[string]bool{
	"proxy-failed": true, "host-unreachable": true, "circuit-expired": true, "onion-introduction-failed": true,
	"onion-rendezvous-failed": true, "onion-introduction-timeout": true, "stalled": true, "cut-short": true, "bad-answer": true,
}

// dialSOCKS asks the SOCKS5 proxy at address to connect to target, a host and
// port that the proxy resolves (RFC 1928; RFC 1929 for the log-in). patience
// bounds the whole exchange: building a circuit to an onion takes its time.
func dialSOCKS(ctx context.Context, address string, as login, target string, patience time.Duration) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	host, port, err := splitTarget(target)
	if err != nil {
		return nil, err
	}
	if n := len(as.user); n == 0 || n > 255 || len(as.password) == 0 || len(as.password) > 255 {
		return nil, fmt.Errorf("log-in at the proxy: 1 to 255 bytes each: %w", breach.ErrInvalid)
	}
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", socksError("proxy-down"), err)
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
	err = greet(conn, as, host, port)
	if !stop() && err == nil { // the deadline has been set under our hands
		err = ctx.Err()
	}
	if err != nil {
		_ = conn.Close()
		if cause := ctx.Err(); cause != nil {
			return nil, fmt.Errorf("waiting for the proxy: %w", cause)
		}
		return nil, err
	}
	return conn, nil
}

func splitTarget(target string) (string, uint16, error) {
	host, port, err := net.SplitHostPort(target)
	if err != nil || host == "" || len(host) > 255 {
		return "", 0, refuse("host", "the address has no usable host")
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return "", 0, refuse("port", "ports 80 and 443 only")
	}
	return host, uint16(n), nil
}

// greet logs in and asks for the connection.
func greet(conn net.Conn, as login, host string, port uint16) error {
	answer := make([]byte, 2)
	say := func(b []byte) error {
		if _, err := conn.Write(b); err != nil {
			return socksError("proxy-failed")
		}
		if _, err := io.ReadFull(conn, answer); err != nil {
			return socksError("proxy-failed")
		}
		return nil
	}
	// Only the log-in is offered: without it circuits would mix.
	if err := say([]byte{5, 1, 2}); err != nil {
		return err
	}
	if answer[0] != 5 || answer[1] != 2 {
		return socksError("proxy-no-isolation")
	}
	auth := append([]byte{1, byte(len(as.user))}, as.user...)
	if err := say(append(append(auth, byte(len(as.password))), as.password...)); err != nil {
		return err
	}
	if answer[1] != 0 {
		return socksError("proxy-login-refused")
	}
	ask := []byte{5, 1, 0}
	if ip := net.ParseIP(host); ip.To4() != nil {
		ask = append(append(ask, 1), ip.To4()...)
	} else if ip != nil {
		ask = append(append(ask, 4), ip...)
	} else {
		ask = append(append(ask, 3, byte(len(host))), host...)
	}
	if err := say(append(ask, byte(port>>8), byte(port))); err != nil {
		return err
	}
	if answer[0] != 5 {
		return socksError("proxy-failed")
	}
	if answer[1] != 0 {
		if why, known := socksFaults[answer[1]]; known {
			return socksError(why)
		}
		return socksError("proxy-failed")
	}
	return skipBound(conn)
}

// skipBound reads the rest of the reply: the address the proxy speaks from.
func skipBound(r io.Reader) error {
	head := make([]byte, 2) // reserved, address type
	if _, err := io.ReadFull(r, head); err != nil {
		return socksError("proxy-failed")
	}
	n := map[byte]int{1: 4, 4: 16}[head[1]]
	if head[1] == 3 {
		if _, err := io.ReadFull(r, head[:1]); err != nil {
			return socksError("proxy-failed")
		}
		n = int(head[0])
	}
	if n == 0 {
		return socksError("proxy-failed")
	}
	if _, err := io.CopyN(io.Discard, r, int64(n)+2); err != nil {
		return socksError("proxy-failed")
	}
	return nil
}

// socksFault is the reason a proxy gave, or "".
func socksFault(err error) string {
	var e socksError
	if errors.As(err, &e) {
		return string(e)
	}
	return ""
}
