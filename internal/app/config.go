package app

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"go.yaml.in/yaml/v3"

	"vigie/internal/breach"
)

// Secret is a configuration value that never prints.
type Secret string

// String hides the value from every formatted output.
func (Secret) String() string { return "[redacted]" }

// GoString hides the value from %#v as well.
func (Secret) GoString() string { return "[redacted]" }

// MarshalText hides the value from encoders.
func (Secret) MarshalText() ([]byte, error) { return []byte("[redacted]"), nil }

// Config is the one configuration file. Unknown keys are errors.
type Config struct {
	Data string `yaml:"data"` // directory of everything that is kept
	// Keys is the key directory. It must not lie inside Data: sealing beside
	// the key protects nobody (decisions.md 20).
	Keys     string          `yaml:"keys"`
	Database Secret          `yaml:"database"` // postgres:// URL; empty: SQLite in Data
	Console  ConsoleConfig   `yaml:"console"`
	Temporal TemporalConfig  `yaml:"temporal"`
	Sources  []breach.Source `yaml:"sources"`
	Watch    []string        `yaml:"watch"` // YAML files of further entities to watch for
	Channels ChannelConfig   `yaml:"channels"`
	Page     PageConfig      `yaml:"page"`
	Linkage  LinkageConfig   `yaml:"linkage"`
	MaxDump  int64           `yaml:"max_dump"` // bytes accepted by an acquisition
}

// ConsoleConfig says where the watch team's console listens.
type ConsoleConfig struct {
	Listen string `yaml:"listen"` // host:port; port 0 chooses a free one
	Secure bool   `yaml:"secure"` // behind TLS: __Host- cookies
}

// TemporalConfig points at an external server; empty: the embedded one.
type TemporalConfig struct {
	Address   string `yaml:"address"`
	Namespace string `yaml:"namespace"`
	TLSCert   string `yaml:"tls_cert"`
	TLSKey    string `yaml:"tls_key"`
	TLSCA     string `yaml:"tls_ca"`
}

// ChannelConfig names the carriers. A directory carrier writes files that a
// print route or gateway picks up.
type ChannelConfig struct {
	SMTP      string `yaml:"smtp"` // host:port of the submission server
	SMTPUser  string `yaml:"smtp_user"`
	SMTPPass  Secret `yaml:"smtp_pass"`
	EmailFrom string `yaml:"email_from"` // address that sends, such as notice@watch.example.org
	Outbox    string `yaml:"outbox"`     // directory of SMS and letters; default Data/outbox
	// NeutralSender stands on letters, and NeutralName on e-mails, whose outside
	// must not tell which service writes: one line each of a return address.
	NeutralSender []string `yaml:"neutral_sender"`
	NeutralName   string   `yaml:"neutral_name"`
}

// PageConfig says where public pages go and under which address they are read.
type PageConfig struct {
	Dir string `yaml:"dir"` // default Data/pages
	URL string `yaml:"url"` // public base address
}

// LinkageConfig holds the harm budgets (decisions.md 12).
type LinkageConfig struct {
	Population int64   `yaml:"population"`  // people who could be in a dump
	FalseLinks float64 `yaml:"false_links"` // share of false links among those told
	Missed     float64 `yaml:"missed"`      // share of true links below review
}

// Defaults returns the configuration of an empty file, under a data directory.
func Defaults(data string) Config {
	return Config{
		Data:     data,
		Console:  ConsoleConfig{Listen: "127.0.0.1:8080"},
		Temporal: TemporalConfig{Namespace: "vigie"},
		Channels: ChannelConfig{EmailFrom: "notice@vigie.example.org", NeutralName: "Information personnelle", NeutralSender: []string{"Courrier confidentiel", "TSA 00000", "00000 CEDEX"}},
		Page:     PageConfig{URL: "https://vigie.example.org/incidents"},
		Linkage:  LinkageConfig{Population: 68_000_000, FalseLinks: 0.001, Missed: 0.001},
		MaxDump:  100 << 30,
	}
}

// DefaultData is the data directory when nobody names one.
const DefaultData = "vigie-data"

// Load reads a configuration file over the defaults. An empty path means
// defaults alone; a data directory named by the caller wins over the file's.
func Load(path, data string) (Config, error) {
	cfg := Defaults(DefaultData)
	if path != "" {
		raw, err := os.ReadFile(path)
		if err != nil {
			return cfg, fmt.Errorf("reading configuration: %w", err)
		}
		dec := yaml.NewDecoder(bytes.NewReader(raw))
		dec.KnownFields(true)
		if err := dec.Decode(&cfg); err != nil && !errors.Is(err, io.EOF) {
			return cfg, fmt.Errorf("parsing configuration %s: %w: %w", path, breach.ErrInvalid, err)
		}
	}
	if data != "" {
		cfg.Data = data
	}
	if env := os.Getenv("VIGIE_KEYS"); cfg.Keys == "" && env != "" {
		cfg.Keys = env
	}
	if cfg.Keys == "" {
		cfg.Keys = filepath.Clean(cfg.Data) + ".keys"
	}
	if cfg.Channels.Outbox == "" {
		cfg.Channels.Outbox = filepath.Join(cfg.Data, "outbox")
	}
	if cfg.Page.Dir == "" {
		cfg.Page.Dir = filepath.Join(cfg.Data, "pages")
	}
	return cfg, cfg.check()
}

func (c Config) check() error {
	if rel, err := filepath.Rel(c.Data, c.Keys); err == nil && rel != ".." && !startsUp(rel) {
		return fmt.Errorf("configuration: keys %q lie inside data %q: %w", c.Keys, c.Data, breach.ErrInvalid)
	}
	for _, s := range c.Sources {
		if s.ID == "" || s.URL == "" {
			return fmt.Errorf("configuration: a source needs name and url: %w", breach.ErrInvalid)
		}
		if s.Every < time.Second {
			return fmt.Errorf("configuration: source %s: every %v is below 1s: %w", s.ID, s.Every, breach.ErrInvalid)
		}
	}
	return nil
}

func startsUp(rel string) bool {
	return len(rel) > 2 && rel[:3] == ".."+string(filepath.Separator)
}
