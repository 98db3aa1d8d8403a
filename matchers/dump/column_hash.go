package dump

import (
	"vigie/internal/ident"
	"vigie/matchers"
)

// hashedIn are the meanings of columns that give a field by its hash.
func hashedIn(f matchers.Field) []string {
	switch f {
	case matchers.Email:
		return emailHashes
	case matchers.Phone:
		return phoneHashes
	}
	return nil
}

var emailHashes, phoneHashes = []string{MeaningEmailHash, MeaningAnyHash}, []string{MeaningPhoneHash}

// appendHash writes the first hash of the field.
func (s *step) appendHash(dst []byte, f [][]byte) []byte {
	for _, i := range s.hashed {
		if i >= len(f) {
			break
		}
		if d, ok := matchers.ReadDigest(string(f[i])); ok {
			d.Unsure = s.unsure != nil && s.unsure(i)
			return append(dst, d.String()...)
		}
	}
	return dst
}

// settleHashes tells hashes of e-mails and phones from those of passwords: by the
// header, or because nobody could log in with them, since the table has neither a
// name to log in with nor an address. Of the latter nothing says what they are
// made of; a registry may.
func (t *table) settleHashes() {
	for i := range t.out {
		switch {
		case !t.is(i, MeaningHash, MeaningToken) || !t.cols[i].digests():
		case t.hints[i] == email || t.hints[i] == MeaningEmailHash:
			t.set(i, MeaningEmailHash, 0.95)
		case t.hints[i] == phone || t.hints[i] == MeaningPhoneHash:
			t.set(i, MeaningPhoneHash, 0.95)
		case t.is(i, MeaningHash) && (t.hints[i] == "" || t.hints[i] == MeaningHash) && !t.logsIn():
			t.set(i, MeaningAnyHash, 0.6)
		}
	}
}

// logsIn tells whether a table has something to log in with.
func (t *table) logsIn() bool {
	for i := range t.out {
		if t.is(i, MeaningLogin, MeaningPassword, email, phone) {
			return true
		}
	}
	return false
}

// digests tells whether most values have the length of a plain digest, without a
// salt beside it.
func (c *column) digests() bool { return c.part(int64(c.digest)) > 0.8 }

// isHashed tells the shape of a password's hash or of a digest.
func isHashed(v []byte) bool {
	return len(v) >= 32 && isHash(v) || len(v) >= 34 && ident.IsHash(v)
}

// hashTypeOf names the likeliest type of a password's hash by its form.
func hashTypeOf(v []byte) string {
	var raw [16]ident.HashType
	if types := ident.HashTypes(v, raw[:0]); len(types) > 0 {
		return types[0].Name
	}
	return ""
}
