package activity

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"vigie/internal/breach"
)

// A commitment stands in the ledger for a person once the incident's people are
// purged: HMAC-SHA-256 under a random salt of the incident's own, over registry
// and identifier, 128 bits of it. Who has the registry, the keys and the salt
// finds a person's rows again and proves what they were told, when and in which
// version; who has the ledger alone finds nobody. Erasing the salt ends that for
// good, since nothing else leads from a person to a row.
const (
	commitmentPrefix = "cmt_"
	saltBytes        = 32
)

func commitment(salt []byte, reg breach.RegistryID, key string) string {
	// A recipient whom the registry does not name is "person/role".
	person, role, composed := strings.Cut(key, "/")
	mac := hmac.New(sha256.New, salt)
	_, _ = fmt.Fprintf(mac, "vigie person v1\n%d %s\n%s", len(reg), reg, person)
	out := commitmentPrefix + hex.EncodeToString(mac.Sum(nil))[:32]
	if composed {
		out += "/" + role
	}
	return out
}

// committed tells whether a name in the ledger is a commitment already.
func committed(name string) bool {
	hexed, ok := strings.CutPrefix(name, commitmentPrefix)
	if !ok || len(hexed) < 32 {
		return false
	}
	_, err := hex.DecodeString(hexed[:32])
	return err == nil && (len(hexed) == 32 || hexed[32] == '/')
}

func saltPlace(id breach.IncidentID) string { return "salt " + string(id) }

// salt opens the salt of an incident; nil while there is none, or once it was
// erased.
func (s *Steps) salt(ctx context.Context, id breach.IncidentID) ([]byte, error) {
	box, err := s.Store.Salt(ctx, id)
	if err != nil || len(box) == 0 {
		return nil, err
	}
	salt, err := s.Keys.OpenField(box, saltPlace(id))
	if err != nil {
		return nil, fmt.Errorf("opening the salt of %s: %w", id, err)
	}
	return salt, nil
}

// Commit puts commitments in the place of people in everything that is kept of
// an incident: the ledger, the pairs, the danger lane. Done again it changes
// nothing, and after a crash it goes on.
func (s *Steps) Commit(ctx context.Context, id breach.IncidentID) error {
	salt, err := s.salt(ctx, id)
	if err != nil {
		return err
	}
	ended, err := s.Store.SaltErased(ctx, id)
	if err != nil {
		return err
	}
	if salt == nil {
		salt = make([]byte, saltBytes)
		_, _ = rand.Read(salt) // never fails since Go 1.24
	}
	if !ended { // once proofs have ended, a salt that nobody keeps serves
		if err := s.keepSalt(ctx, id, salt); err != nil {
			return err
		}
	}
	return s.Store.Commit(ctx, id, func(reg breach.RegistryID, key string) string {
		if committed(key) {
			return key
		}
		return commitment(salt, reg, key)
	})
}

// keepSalt seals the salt of an incident, unless it is kept already.
func (s *Steps) keepSalt(ctx context.Context, id breach.IncidentID, salt []byte) error {
	box, err := s.Store.Salt(ctx, id)
	if err != nil || len(box) > 0 {
		return err
	}
	if box, err = s.Keys.SealField(salt, saltPlace(id)); err != nil {
		return err
	}
	return s.Store.SaveSalt(ctx, id, box)
}

// Kept is what is still known of a person in one incident: categories, never
// values, and every communication made for them.
type Kept struct {
	Incident   breach.IncidentID
	Held       []string // codes of categories in rows taken to be theirs
	Messages   []breach.Message
	Danger     bool // stood in the danger lane
	Committed  bool // found by commitment: the identifiers were purged
	ProofEnded bool // the salt was erased: nothing can be found any more
}

// Recall finds what is kept of a person of a registry, before and after a
// purge.
func (s *Steps) Recall(ctx context.Context, id breach.IncidentID, reg breach.RegistryID, person breach.PersonID) (Kept, error) {
	k := Kept{Incident: id}
	names := []breach.PersonID{person}
	salt, err := s.salt(ctx, id)
	if err != nil {
		return k, err
	}
	if salt != nil {
		names = append(names, breach.PersonID(commitment(salt, reg, string(person))))
	}
	if k.ProofEnded, err = s.Store.SaltErased(ctx, id); err != nil {
		return k, err
	}
	for i, name := range names {
		held, err := s.Store.HeldOf(ctx, id, reg, []breach.PersonID{name})
		if err != nil {
			return k, err
		}
		list, err := s.Store.MessagesFor(ctx, id, reg, name)
		if err != nil {
			return k, err
		}
		lane, err := s.Store.DangerFor(ctx, id, reg, name)
		if err != nil {
			return k, err
		}
		k.Held, k.Messages = append(k.Held, held[name]...), append(k.Messages, list...)
		k.Danger = k.Danger || lane
		k.Committed = k.Committed || i > 0 && (len(list) > 0 || len(held[name]) > 0)
	}
	return k, nil
}
