package cli

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"vigie/internal/app"
	"vigie/internal/breach"
	"vigie/internal/seal"
	"vigie/matchers"
	"vigie/matchers/dump"
	"vigie/matchers/linkage"
	"vigie/matchers/private"
)

// privateCmd compares a leak with a registry that stays with its owner.
type privateCmd struct {
	Offer  privateOfferCmd  `cmd:"" help:"Watch team: seal a leak so that only an owner's own people can be opened."`
	Ask    privateAskCmd    `cmd:"" help:"Owner: ask for what opens the rows of the registry's people, blinded."`
	Answer privateAnswerCmd `cmd:"" help:"Watch team: answer an owner without learning whom it asked about."`
	Open   privateOpenCmd   `cmd:"" help:"Owner: open the rows of the registry's people and match them at home."`
}

const privateSteps = `The watch team offers a leak, the owner asks, the watch team answers, the owner opens and matches at home:

  vigie private offer stolen.csv --out leak.offer                      # watch team
  vigie private ask leak.offer --registry youth --out youth.ask        # owner
  vigie private answer youth.ask --for "Ville de Trifouilly" --out youth.answer   # watch team
  vigie private open leak.offer youth.answer --registry youth          # owner

SECURITY.md says who learns what.

Example:
  `

// kept is where the secrets of private exchanges rest, sealed.
func kept(cfg app.Config, name string) string { return filepath.Join(cfg.Data, "private", name) }

func keep(cfg app.Config, keys *seal.Keyring, name string, v any) error {
	raw, err := json.Marshal(v)
	if err != nil {
		return err
	}
	box, err := keys.SealField(raw, "private "+name)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(kept(cfg, ""), 0o700); err != nil {
		return fmt.Errorf("keeping a secret: %w", err)
	}
	temp := kept(cfg, name+".part")
	if err := os.WriteFile(temp, box, 0o600); err != nil {
		return fmt.Errorf("keeping a secret: %w", err)
	}
	return os.Rename(temp, kept(cfg, name))
}

func recallKept(cfg app.Config, keys *seal.Keyring, name, hint string, v any) error {
	box, err := os.ReadFile(kept(cfg, name))
	if errors.Is(err, os.ErrNotExist) {
		return &breach.RefusedError{Code: "no-secret", What: name, Hint: hint}
	}
	if err != nil {
		return fmt.Errorf("reading a secret: %w", err)
	}
	raw, err := keys.OpenField(box, "private "+name)
	if err != nil {
		return fmt.Errorf("reading a secret: %w", err)
	}
	return json.Unmarshal(raw, v)
}

// offerSecret is what the watch team keeps of an offer.
type offerSecret struct {
	Terms   private.Terms `json:"terms"`
	Key     []byte        `json:"key"`
	Answers []answered    `json:"answers"`
}

type answered struct {
	For    string    `json:"for"`
	At     time.Time `json:"at"`
	Tokens int64     `json:"tokens"`
}

type privateOfferCmd struct {
	File   string `arg:"" help:"The leaked file, or the ID of a sealed dump."`
	Out    string `help:"The offer." required:"" type:"path" placeholder:"FILE"`
	People int64  `help:"The largest registry that will ask: the larger, the fewer ways to be found." default:"100000"`
	dumpFlags
}

// Help shows the way.
func (privateOfferCmd) Help() string {
	return privateSteps + "vigie private offer stolen.csv --people 20000 --out leak.offer"
}

// Run offers.
func (c privateOfferCmd) Run(s *session) (err error) {
	cfg, err := s.load()
	if err != nil {
		return err
	}
	if c.People <= 0 {
		return usage("--people %d: want the number of people of a registry", c.People)
	}
	keys, err := app.CreateKeys(s, cfg)
	if err != nil {
		return err
	}
	d, err := c.open(s, c.File)
	if err != nil {
		return err
	}
	defer func() { _ = d.close() }()
	layout, _, err := d.reader.Inspect(s, d)
	if err != nil {
		return about(c.File, err)
	}
	key, err := private.NewKey(rand.Reader)
	if err != nil {
		return err
	}
	secret := offerSecret{Terms: private.Terms{ID: newOfferID(), Kinds: linkage.TokenKinds(c.People), People: c.People}}
	if secret.Key, err = key.MarshalBinary(); err != nil {
		return err
	}
	if err := keep(cfg, keys, secret.Terms.ID+".offer", secret); err != nil {
		return err
	}
	spill, err := os.CreateTemp(filepath.Dir(c.Out), ".vigie-entries-")
	if err != nil {
		return fmt.Errorf("writing: %w", err)
	}
	defer func() { _ = spill.Close(); _ = os.Remove(spill.Name()) }()
	out, err := create(c.Out, c.File)
	if err != nil {
		return err
	}
	defer out.discard()
	got, err := private.Offer(s, out, spill, key, secret.Terms, rand.Reader, sealable(d.reader.Records(s, d, layout), secret.Terms.Kinds))
	if err == nil {
		err = out.commit()
	}
	if err != nil {
		return about(c.File, err)
	}
	s.note("vigie: %d rows offered for registries of up to %d people, %d of them with nothing to be found by", got.Rows, c.People, got.Bare)
	return nil
}

func newOfferID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

// sealable makes rows of an offer out of the rows of a dump.
func sealable(rows iter.Seq2[matchers.Record, error], kinds uint32) iter.Seq2[private.Row, error] {
	z := linkage.NewTokenizer(kinds)
	return func(yield func(private.Row, error) bool) {
		for rec, err := range rows {
			var refused *breach.RefusedError
			if errors.As(err, &refused) {
				continue
			}
			if err != nil {
				yield(private.Row{}, err)
				return
			}
			body, err := json.Marshal(rec)
			if !yield(private.Row{Tokens: numbers(z.Row(&rec)), Body: body}, err) {
				return
			}
		}
	}
}

func numbers(tokens []linkage.Token) []uint64 {
	out := make([]uint64, len(tokens))
	for i, t := range tokens {
		out[i] = uint64(t)
	}
	return out
}

type privateAskCmd struct {
	Offer    string `arg:"" help:"The offer."`
	Registry string `help:"The registry." required:"" placeholder:"NAME"`
	Out      string `help:"The ask, for the watch team." required:"" type:"path" placeholder:"FILE"`
}

// Help shows the way.
func (privateAskCmd) Help() string {
	return privateSteps + "vigie private ask leak.offer --registry youth --out youth.ask"
}

// Run asks.
func (c privateAskCmd) Run(s *session) error {
	cfg, err := s.load()
	if err != nil {
		return err
	}
	t, err := termsOf(c.Offer)
	if err != nil {
		return err
	}
	regs, err := s.registries(cfg, c.Registry)
	if err != nil {
		return err
	}
	if n := regs[0].Info().Persons; n > t.People {
		return &breach.RefusedError{Code: "registry-too-large", What: c.Registry, Hint: fmt.Sprintf("the offer is for registries of up to %d people, and this one has %d: ask the watch team for another, --people %d", t.People, n, n)}
	}
	keys, err := openKeys(s, cfg)
	if err != nil {
		return err
	}
	tokens, err := tokensOf(s, regs[0].Everybody(), t.Kinds)
	if err != nil {
		return err
	}
	out, err := create(c.Out, c.Offer)
	if err != nil {
		return err
	}
	defer out.discard()
	secret, err := private.Ask(s, out, t, rand.Reader, tokens)
	if err == nil {
		err = keep(cfg, keys, askName(t, c.Registry), secret)
	}
	if err == nil {
		err = out.commit()
	}
	if err != nil {
		return err
	}
	s.note("vigie: %d tokens asked for, blinded; keep this data directory until the answer is opened", secret.Tokens)
	return nil
}

func askName(t private.Terms, registry string) string { return t.ID + "-" + registry + ".ask" }

func termsOf(path string) (private.Terms, error) {
	f, err := input(path)
	if err != nil {
		return private.Terms{}, err
	}
	defer func() { _ = f.Close() }()
	t, err := private.ReadTerms(f)
	return t, about(path, err)
}

// tokensOf makes the tokens of everybody in a registry.
func tokensOf(s *session, people iter.Seq2[matchers.Record, error], kinds uint32) ([]uint64, error) {
	z := linkage.NewTokenizer(kinds)
	var out []uint64
	n := 0
	for rec, err := range people {
		if err != nil {
			return nil, err
		}
		if n++; n%1024 == 0 && s.Err() != nil {
			return nil, s.Err()
		}
		out = append(out, numbers(z.Person(&rec))...)
	}
	return out, nil
}

type privateAnswerCmd struct {
	Ask  string `arg:"" help:"What an owner asks."`
	For  string `help:"Who asks; an owner is answered once." required:"" placeholder:"OWNER"`
	Out  string `help:"The answer." required:"" type:"path" placeholder:"FILE"`
	Most int64  `help:"Most tokens that this owner may ask for (default: a score for each of the people the offer is for)." placeholder:"N"`
}

// Help shows the way.
func (privateAnswerCmd) Help() string {
	return privateSteps + `vigie private answer youth.ask --for "Ville de Trifouilly" --most 200000 --out youth.answer`
}

// Run answers.
func (c privateAnswerCmd) Run(s *session) error {
	cfg, err := s.load()
	if err != nil {
		return err
	}
	owner := strings.TrimSpace(c.For)
	if owner == "" {
		return usage("--for says who asks")
	}
	t, err := termsOf(c.Ask)
	if err != nil {
		return err
	}
	keys, err := openKeys(s, cfg)
	if err != nil {
		return err
	}
	var secret offerSecret
	if err := recallKept(cfg, keys, t.ID+".offer", "the offer was not made with this data directory", &secret); err != nil {
		return err
	}
	if slices.ContainsFunc(secret.Answers, func(a answered) bool { return a.For == owner }) {
		return &breach.RefusedError{Code: "answered", What: owner, Hint: "who may ask again may try out names: make a new offer if the first answer was lost"}
	}
	key := new(private.Key)
	if err := key.UnmarshalBinary(secret.Key); err != nil {
		return err
	}
	ask, err := input(c.Ask)
	if err != nil {
		return err
	}
	defer func() { _ = ask.Close() }()
	out, err := create(c.Out, c.Ask)
	if err != nil {
		return err
	}
	defer out.discard()
	most := c.Most
	if most <= 0 {
		most = 20 * secret.Terms.People
	}
	n, err := private.Answer(s, out, key, secret.Terms, ask, most)
	if err == nil { // counted before it is given
		secret.Answers = append(secret.Answers, answered{For: owner, At: now(), Tokens: n})
		err = keep(cfg, keys, t.ID+".offer", secret)
	}
	if err == nil {
		err = out.commit()
	}
	if err != nil {
		return about(c.Ask, err)
	}
	s.note("vigie: %d tokens answered for %s", n, owner)
	return nil
}

type privateOpenCmd struct {
	Offer    string `arg:"" help:"The offer."`
	Answer   string `arg:"" help:"The watch team's answer."`
	Registry string `help:"The registry." required:"" placeholder:"NAME"`
	Out      string `help:"File for the match lines (default: standard output)." type:"path" placeholder:"FILE"`
	All      bool   `help:"Show non-links as well."`
}

// Help shows the way.
func (privateOpenCmd) Help() string {
	return privateSteps + "vigie private open leak.offer youth.answer --registry youth --out matches.jsonl"
}

// Run opens the rows in memory and matches them as vigie match does.
func (c privateOpenCmd) Run(s *session) error {
	cfg, err := s.load()
	if err != nil {
		return err
	}
	regs, err := s.registries(cfg, c.Registry)
	if err != nil {
		return err
	}
	rows, got, err := c.rows(s, cfg, regs[0].Everybody())
	if err != nil {
		return err
	}
	s.note("vigie: %d of %d rows share something with people of %s", got.Opened, got.Offered, c.Registry)
	matches, commit := s.std.Out, func() error { return nil }
	if c.Out != "" {
		f, err := create(c.Out, c.Offer, c.Answer)
		if err != nil {
			return err
		}
		defer f.discard()
		matches, commit = f, f.commit
	}
	opt, err := linkageOptions(cfg)
	if err != nil {
		return err
	}
	opt.Given = float64(got.Opened) / float64(max(got.Offered, 1))
	m := matchCmd{All: c.All}
	err = m.compare(s, regs[0], func() iter.Seq2[matchers.Record, error] { return listedRows(rows) }, opt, matches, s.std.Out, &dump.Layout{})
	if err != nil {
		return err
	}
	return commit()
}

func listedRows(rows []matchers.Record) iter.Seq2[matchers.Record, error] {
	return func(yield func(matchers.Record, error) bool) {
		for _, r := range rows {
			if !yield(r, nil) {
				return
			}
		}
	}
}

func (c privateOpenCmd) rows(s *session, cfg app.Config, people iter.Seq2[matchers.Record, error]) (rows []matchers.Record, got private.Opened, err error) {
	t, err := termsOf(c.Offer)
	if err != nil {
		return nil, got, err
	}
	keys, err := openKeys(s, cfg)
	if err != nil {
		return nil, got, err
	}
	var secret private.Secret
	if err := recallKept(cfg, keys, askName(t, c.Registry), "nothing was asked of this offer with this registry and data directory: vigie private ask", &secret); err != nil {
		return nil, got, err
	}
	tokens, err := tokensOf(s, people, t.Kinds)
	if err != nil {
		return nil, got, err
	}
	offer, err := input(c.Offer)
	if err != nil {
		return nil, got, err
	}
	defer func() { _ = offer.Close() }()
	answer, err := input(c.Answer)
	if err != nil {
		return nil, got, err
	}
	defer func() { _ = answer.Close() }()
	info, err := offer.Stat()
	if err != nil {
		return nil, got, err
	}
	got, err = private.Open(s, offer, info.Size(), &secret, tokens, answer, func(body []byte) error {
		var rec matchers.Record
		if json.Unmarshal(body, &rec) != nil {
			return &breach.RefusedError{Code: "not-a-row", What: c.Offer, Hint: "the offer was made by another version of vigie"}
		}
		rows = append(rows, rec)
		return nil
	})
	return rows, got, err
}
