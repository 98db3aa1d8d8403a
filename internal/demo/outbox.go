package demo

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
)

// OutboxCount is what lies in the outbox, read without asking the ledger.
type OutboxCount struct {
	Emails  int `json:"emails"`
	SMS     int `json:"sms"`
	Letters int `json:"letters"`
	Twice   int `json:"twice"` // messages that were handed over again
}

// countOutbox reads the outbox as a stranger would: every .eml is parsed, every
// SMS is decoded, every letter must be a PDF. A message is known by the
// reference that it carries, not by its file name.
func countOutbox(dir string) (OutboxCount, error) {
	var c OutboxCount
	seen := map[string]bool{}
	once := func(ref string) {
		if seen[ref] {
			c.Twice++
		}
		seen[ref] = true
	}
	err := each(filepath.Join(dir, "email"), ".eml", func(path string) error {
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer func() { _ = f.Close() }()
		msg, err := mail.ReadMessage(bufio.NewReader(f))
		if err != nil {
			return fmt.Errorf("reading %s: %w", filepath.Base(path), err)
		}
		c.Emails++
		once("email " + msg.Header.Get("Message-Id"))
		return nil
	})
	if err == nil {
		err = each(filepath.Join(dir, "sms"), ".json", func(path string) error {
			raw, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			var m map[string]any
			if err := json.Unmarshal(raw, &m); err != nil {
				return fmt.Errorf("reading %s: %w", filepath.Base(path), err)
			}
			c.SMS++
			once(fmt.Sprint("sms ", m["key"]))
			return nil
		})
	}
	if err == nil {
		err = each(filepath.Join(dir, "letters"), ".pdf", func(path string) error {
			raw, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			if !strings.HasPrefix(string(raw[:min(len(raw), 5)]), "%PDF-") || !strings.Contains(string(raw[max(0, len(raw)-32):]), "%%EOF") {
				return fmt.Errorf("reading %s: not a whole PDF", filepath.Base(path))
			}
			c.Letters++
			once("letter " + filepath.Base(path))
			return nil
		})
	}
	return c, err
}

// each calls f for every file of a directory with an ending.
func each(dir, ending string, f func(path string) error) error {
	list, err := os.ReadDir(dir)
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, e := range list {
		if !strings.HasSuffix(e.Name(), ending) {
			continue
		}
		if err := f(filepath.Join(dir, e.Name())); err != nil {
			return err
		}
	}
	return nil
}
