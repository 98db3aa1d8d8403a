package dump

import "vigie/internal/ident"

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
