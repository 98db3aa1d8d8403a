package app

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"vigie/internal/breach"
	"vigie/internal/setting"
	"vigie/workflows/activity"
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
	KMS      KMSConfig       `yaml:"kms"`
	Database Secret          `yaml:"database"` // postgres:// URL; empty: SQLite in Data
	Console  ConsoleConfig   `yaml:"console"`
	Temporal TemporalConfig  `yaml:"temporal"`
	Sources  []breach.Source `yaml:"sources"`
	Watch    []string        `yaml:"watch"` // YAML files of further entities to watch for
	// Queries stand: name to query, in the language of vigie search.
	Queries  map[string]string `yaml:"queries"`
	Channels ChannelConfig     `yaml:"channels"`
	Page     PageConfig        `yaml:"page"`
	Forecast ForecastConfig    `yaml:"forecast"`
	// Team writes to institutions: its name, and its published number and address.
	Team     activity.Team  `yaml:"team"`
	Names    NameConfig     `yaml:"names"`
	Linkage  LinkageConfig  `yaml:"linkage"`
	Canaries CanaryConfig   `yaml:"canaries"`
	Evidence EvidenceConfig `yaml:"evidence"`
	Alerts   AlertConfig    `yaml:"alerts"`
	// Retention of what an incident leaves behind, each thing on its own.
	Retention RetentionConfig `yaml:"retention"`
	MaxDump   int64           `yaml:"max_dump"` // bytes accepted by an acquisition
	// Unconfined lets dumps be read where the system cannot shut the reading
	// process off from network and files (no seccomp).
	Unconfined bool `yaml:"unconfined"`
}

// ConsoleConfig says where the watch team's console listens.
type ConsoleConfig struct {
	Listen string `yaml:"listen"` // host:port; port 0 chooses a free one
	Secure bool   `yaml:"secure"` // behind TLS: __Host- cookies
	// Public is where strangers reach the form for reports and the page for the
	// codes of pages, and nothing else; empty: nowhere but in the console.
	Public string `yaml:"public"`
	URL    string `yaml:"url"` // address of the console as people reach it; pages name it
	// PublicURL is the address of the public part as people reach it: messages
	// name it, for who wants to check a code.
	PublicURL string `yaml:"public_url"`
	// Proxies stand in front, such as 10.0.0.0/8: their X-Forwarded-For is heard.
	Proxies []netip.Prefix `yaml:"proxies"`
}

// address is where people reach the console, with a slash at its end.
func (c ConsoleConfig) address() string {
	if c.URL != "" {
		return strings.TrimSuffix(c.URL, "/") + "/"
	}
	return "http://" + c.Listen + "/"
}

// check is where people check the code of a message; "" when nowhere.
func (c ConsoleConfig) check() string {
	if c.PublicURL == "" {
		return ""
	}
	return strings.TrimSuffix(c.PublicURL, "/") + "/check"
}

// report is where people report a false message; "" when nowhere.
func (c ConsoleConfig) report() string {
	if c.PublicURL == "" {
		return ""
	}
	return strings.TrimSuffix(c.PublicURL, "/") + "/report"
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
	// SMS, Letters and Mail say who takes each channel and how fast it goes, and
	// Second who takes over when the first provider fails.
	SMS     SMSConfig    `yaml:"sms"`
	Second  SecondConfig `yaml:"second"`
	Letters LetterConfig `yaml:"letters"` // where letters go, and when they leave
	// NeutralSender stands on letters, and NeutralName on e-mails, whose outside
	// must not tell which service writes: one line each of a return address.
	NeutralSender []string `yaml:"neutral_sender"`
	NeutralName   string   `yaml:"neutral_name"`
	// Canaries are mailboxes, phones and letter boxes of the team's own: each
	// receives a copy of everything that is sent, and is in no statistics.
	Canaries []CanaryBox `yaml:"canaries"`
	// Mail signs, paces and takes in what comes back.
	Mail MailConfig `yaml:"mail"`
}

// CanaryBox is an invented recipient of the team's own; what it lacks, it does
// not receive by.
type CanaryBox struct {
	Name     string `yaml:"name"`
	Email    string `yaml:"email"`
	Phone    string `yaml:"phone"`
	Street   string `yaml:"street"`
	Postcode string `yaml:"postcode"`
	City     string `yaml:"city"`
}

// NameConfig watches names that pass for ours.
type NameConfig struct {
	// Own are further names of ours, beside those of the page, of the page for
	// codes and of the address that sends.
	Own []string `yaml:"own"`
	// Feed is a file of names as they are registered or certified: one a line, or
	// JSON lines with name or dns_names. It is read when it changes.
	Feed string `yaml:"feed"`
}

// PageConfig says where public pages go and under which address they are read.
type PageConfig struct {
	Dir string `yaml:"dir"` // default Data/pages
	// S3 is a bucket to which the pages are published as well, for a web server.
	S3  *S3Config `yaml:"s3"`
	URL string    `yaml:"url"` // public base address
	// Every is how long a page may stand without being looked at again; default a
	// week. The page names the day.
	Every time.Duration `yaml:"every"`
}

// KMSConfig wraps the keyring with a key of AWS KMS. Region, credentials and
// endpoint are the AWS SDK's own (AWS_REGION, AWS_PROFILE, AWS_ENDPOINT_URL_KMS).
type KMSConfig struct {
	Key string `yaml:"key"` // ARN, ID or alias/NAME of a symmetric key; "": keys lie in files
}

// LinkageConfig holds the harm budgets (decisions.md 12).
type LinkageConfig struct {
	Population int64   `yaml:"population"`  // people who could be in a dump
	FalseLinks float64 `yaml:"false_links"` // share of false links among those told
	Missed     float64 `yaml:"missed"`      // share of true links below review
	// Ceiling is how many persons one controller may tell of one incident before
	// somebody has looked and lifted it: a dump may be planted to alarm a crowd.
	Ceiling int64 `yaml:"ceiling"`
	// Sample is how many pairs of each dump and registry are drawn for people to
	// judge, so that the model can be refined (vigie registry refine); 0 draws none.
	Sample int `yaml:"sample"`
	// Movements is INSEE's file of what became of communes (v_mvt_commune_YYYY.csv),
	// beside what is built in: names and codes of long ago; "" for none.
	Movements string `yaml:"movements"`
	// Apart are registries that only workers started for them compare with a dump
	// (vigie worker --registry NAME), on a machine with the memory for it, say.
	Apart []breach.RegistryID `yaml:"apart"`
}

// CanaryConfig says how the invented persons in exports are made.
type CanaryConfig struct {
	// Domains of their e-mail addresses: the team's own, in which nobody else has
	// a mailbox and whose mail is received. Default example.org, which shows.
	Domains []string `yaml:"domains"`
}

// Defaults returns the configuration of an empty file, under a data directory.
func Defaults(data string) Config {
	return Config{
		Data:      data,
		Console:   ConsoleConfig{Listen: "127.0.0.1:8080"},
		Temporal:  TemporalConfig{Namespace: "vigie"},
		Channels:  ChannelConfig{EmailFrom: "notice@vigie.example.org", NeutralName: "Information personnelle", NeutralSender: []string{"Courrier confidentiel", "TSA 00000", "00000 CEDEX"}},
		Page:      PageConfig{URL: "https://vigie.example.org/incidents"},
		Linkage:   LinkageConfig{Population: 68_000_000, FalseLinks: 0.001, Missed: 0.001, Ceiling: 10_000, Sample: 160},
		Evidence:  EvidenceConfig{CheckpointEvery: time.Hour},
		Alerts:    AlertConfig{FalseAlarms: 0.1},
		Retention: defaultRetention,
		MaxDump:   100 << 30,
	}
}

// maxConfig bounds a configuration file, in bytes.
const maxConfig = 16 << 20

// DefaultData is the data directory where neither flag nor file names one.
const DefaultData = "vigie-data"

// Load reads a configuration file over the defaults. An empty path means
// defaults alone; an empty data means what the file says.
func Load(path, data string) (Config, error) {
	cfg := Defaults(DefaultData)
	if path != "" {
		f, err := os.Open(path)
		if err != nil {
			return cfg, fmt.Errorf("reading configuration: %w", err)
		}
		defer func() { _ = f.Close() }()
		if err := setting.Read(f, maxConfig, &cfg); err != nil && !errors.Is(err, io.EOF) {
			return cfg, fmt.Errorf("parsing configuration %s: %w", path, err)
		}
	}
	if data != "" {
		cfg.Data = data
	}
	if cfg.Data == "" {
		cfg.Data = DefaultData
	}
	var err error
	if cfg.Data, err = filepath.Abs(cfg.Data); err != nil {
		return cfg, fmt.Errorf("configuration: data: %w", err)
	}
	if env := os.Getenv("VIGIE_KEYS"); cfg.Keys == "" && env != "" {
		cfg.Keys = env
	}
	if cfg.Keys == "" {
		cfg.Keys = cfg.Data + ".keys"
	}
	if cfg.Keys, err = filepath.Abs(cfg.Keys); err != nil {
		return cfg, fmt.Errorf("configuration: keys: %w", err)
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
	wrong := func(format string, args ...any) error {
		return fmt.Errorf("configuration: "+format+": %w", append(args, breach.ErrInvalid)...)
	}
	if within(resolved(c.Data), resolved(c.Keys)) {
		return wrong("keys %q lie inside data %q: sealing beside the key protects nobody, name a directory elsewhere", c.Keys, c.Data)
	}
	if _, _, err := net.SplitHostPort(c.Console.Listen); err != nil {
		return wrong("console.listen %q: want host:port", c.Console.Listen)
	}
	if (c.Temporal.TLSCert == "") != (c.Temporal.TLSKey == "") {
		return wrong("temporal: tls_cert and tls_key belong together")
	}
	if c.MaxDump <= 0 {
		return wrong("max_dump %d: want bytes above 0", c.MaxDump)
	}
	if l := c.Linkage; l.Population <= 0 || l.FalseLinks <= 0 || l.FalseLinks >= 1 || l.Missed <= 0 || l.Missed >= 1 {
		return wrong("linkage: want a population above 0, and false_links and missed between 0 and 1")
	}
	if r := c.Retention; min(r.Dump, r.Access, r.Categories, r.Proof, r.Requests) < 0 {
		return wrong("retention: want days, or 0 to keep for good")
	}
	if c.Linkage.Ceiling <= 0 {
		return wrong("linkage: ceiling %d: want a number of persons above 0", c.Linkage.Ceiling)
	}
	if c.Linkage.Sample < 0 || c.Linkage.Sample > 10_000 {
		return wrong("linkage: sample %d: want at most 10000 pairs a dump, or 0 for none", c.Linkage.Sample)
	}
	if err := c.Evidence.check(wrong); err != nil {
		return err
	}
	if c.Console.Public != "" {
		if _, _, err := net.SplitHostPort(c.Console.Public); err != nil {
			return wrong("console.public %q: want host:port", c.Console.Public)
		}
	}
	if u, err := url.Parse(c.Console.PublicURL); err != nil || c.Console.PublicURL != "" && (u.Host == "" || u.Scheme != "https" && u.Scheme != "http") {
		return wrong("console.public_url %q: want an https address", c.Console.PublicURL)
	}
	for _, b := range c.Channels.Canaries {
		if b.Name == "" || b.Email == "" && b.Phone == "" && b.Street == "" {
			return wrong("channels.canaries: want a name and an email, a phone or a street for each")
		}
	}
	if err := c.Channels.check(wrong); err != nil {
		return err
	}
	if err := c.Channels.checkMail(wrong); err != nil {
		return err
	}
	if err := c.Alerts.check(wrong); err != nil {
		return err
	}
	if _, err := c.Channels.Letters.calendar(); err != nil {
		return fmt.Errorf("configuration: channels.letters: %w", err)
	}
	if l := c.Channels.Letters; l.S3 != nil && l.Maileva != nil {
		return wrong("channels.letters: s3 and maileva exclude each other")
	}
	for _, src := range c.Sources {
		if s3 := c.Evidence.S3; s3 != nil && src.RetentionDays > 0 && s3.LockDays > src.RetentionDays {
			return wrong("evidence.s3.lock_days %d: captures of source %s are to be destroyed after %d days, and could not be", s3.LockDays, src.ID, src.RetentionDays)
		}
	}
	return c.checkSources(wrong)
}

func (c Config) checkSources(wrong func(string, ...any) error) error {
	seen := map[breach.SourceID]bool{}
	for _, s := range c.Sources {
		switch {
		case s.ID == "":
			return wrong("a source needs a name")
		case len(s.ID) > 200:
			return wrong("source %.20s...: want a name of at most 200 bytes", s.ID)
		case seen[s.ID]:
			return wrong("source %s is there twice", s.ID)
		case s.RetentionDays < 0:
			return wrong("source %s: retention_days %d: want 0 or more", s.ID, s.RetentionDays)
		case s.Every < time.Second:
			return wrong("source %s: every %v: want at least 1s", s.ID, s.Every)
		case s.Pages < 0 || s.Pause < 0:
			return wrong("source %s: want pages and pause of 0 or more", s.ID)
		}
		for _, address := range append([]string{s.URL}, s.Mirrors...) {
			u, err := url.Parse(address)
			switch {
			case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
				return wrong("source %s: want an http or https url", s.ID)
			case strings.HasSuffix(strings.ToLower(u.Hostname()), ".onion") && s.Proxy == "":
				return wrong("source %s: an onion needs a proxy: socks5h://127.0.0.1:9050 is that of a Tor on this machine", s.ID)
			}
		}
		if u, err := url.Parse(s.Proxy); s.Proxy != "" && (err != nil || u.Scheme != "socks5h" || u.Hostname() == "" || u.Port() == "") {
			return wrong("source %s: proxy: want socks5h://host:port", s.ID)
		}
		seen[s.ID] = true
	}
	return nil
}

// within tells whether a path is a directory or lies below it.
func within(dir, path string) bool {
	rel, err := filepath.Rel(dir, path)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

// resolved follows the symbolic links of what is there of a path.
func resolved(path string) string {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real
	}
	if dir := filepath.Dir(path); dir != path {
		return filepath.Join(resolved(dir), filepath.Base(path))
	}
	return path
}
