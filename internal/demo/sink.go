package demo

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"log"
	"maps"
	"net"
	"net/mail"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-smtp"
)

// sink is a mail server on loopback that keeps every message it accepts as an
// .eml file before it answers 250. A message that comes twice is kept
// twice, so that counting the files finds any repetition. Some mailboxes do
// not exist: always the same ones.
type sink struct {
	dir    string
	server *smtp.Server
	addr   string

	mu   sync.Mutex
	busy map[*exchange]chan struct{} // taking a message in; closed when that has ended
}

// deadShare is one mailbox in how many that does not exist.
const deadShare = 19

func openSink(dir string) (*sink, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("starting the mail carrier: %w", err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("starting the mail carrier: %w", err)
	}
	s := &sink{dir: dir, addr: l.Addr().String(), busy: map[*exchange]chan struct{}{}}
	s.server = smtp.NewServer(s)
	s.server.Domain = "carrier.example.org"
	s.server.MaxMessageBytes = 1 << 20
	s.server.MaxRecipients = 1
	s.server.ReadTimeout = 30 * time.Second
	s.server.WriteTimeout = 30 * time.Second
	s.server.ErrorLog = log.New(io.Discard, "", 0) // addresses may be in it
	go func() { _ = s.server.Serve(l) }()
	return s, nil
}

func (s *sink) close() { _ = s.server.Close() }

// NewSession begins an exchange.
func (s *sink) NewSession(*smtp.Conn) (smtp.Session, error) { return &exchange{sink: s}, nil }

// Ask tells whether a message with this Message-ID was accepted: a provider
// that can be asked makes a doubt after a crash a certainty. What was being
// taken in when it was asked ends first: whoever hung up at the last byte would
// hear "no", and send again what is on its way to the disk.
func (s *sink) Ask(ctx context.Context, messageID string) (ref string, accepted bool, err error) {
	s.mu.Lock()
	busy := slices.Collect(maps.Values(s.busy))
	s.mu.Unlock()
	for _, done := range busy {
		select {
		case <-done:
		case <-ctx.Done():
			return "", false, fmt.Errorf("asking the mail carrier: %w", ctx.Err())
		}
	}
	name := fileName(messageID)
	switch _, err := os.Stat(filepath.Join(s.dir, name+".eml")); {
	case err == nil:
		return name, true, nil
	case os.IsNotExist(err):
		return "", false, nil
	default:
		return "", false, err
	}
}

// exchange is one SMTP session.
type exchange struct{ sink *sink }

// Mail accepts any sender, and begins to take a message in.
func (e *exchange) Mail(string, *smtp.MailOptions) error {
	e.end()
	e.sink.mu.Lock()
	defer e.sink.mu.Unlock()
	e.sink.busy[e] = make(chan struct{})
	return nil
}

// end is when nothing of a message is on its way any more.
func (e *exchange) end() {
	e.sink.mu.Lock()
	defer e.sink.mu.Unlock()
	if done, ok := e.sink.busy[e]; ok {
		close(done)
		delete(e.sink.busy, e)
	}
}

// Rcpt refuses the mailboxes that do not exist.
func (e *exchange) Rcpt(to string, _ *smtp.RcptOptions) error {
	if dead(to) {
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such mailbox"}
	}
	return nil
}

// Data keeps the message.
func (e *exchange) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	msg, err := mail.ReadMessage(bufio.NewReader(bytes.NewReader(raw)))
	if err != nil {
		return &smtp.SMTPError{Code: 554, EnhancedCode: smtp.EnhancedCode{5, 6, 0}, Message: "not a message"}
	}
	return e.sink.keep(fileName(msg.Header.Get("Message-Id")), raw)
}

// Reset forgets the current message.
func (e *exchange) Reset() { e.end() }

// Logout ends the session.
func (e *exchange) Logout() error {
	e.end()
	return nil
}

// keep writes a message under its name, or beside it when the name is taken.
func (s *sink) keep(name string, raw []byte) error {
	path := filepath.Join(s.dir, name+".eml")
	for n := 2; ; n++ {
		if _, err := os.Stat(path); os.IsNotExist(err) {
			break
		}
		path = filepath.Join(s.dir, fmt.Sprintf("%s.again%d.eml", name, n))
	}
	return writeFile(path, raw)
}

// dead tells whether a mailbox does not exist; the answer never changes.
func dead(address string) bool {
	sum := sha256.Sum256([]byte(strings.ToLower(address)))
	return binary.BigEndian.Uint32(sum[:4])%deadShare == 0
}

// fileName makes a file name of a Message-ID.
func fileName(messageID string) string {
	sum := sha256.Sum256([]byte(strings.Trim(messageID, "<> ")))
	return hex.EncodeToString(sum[:12])
}
