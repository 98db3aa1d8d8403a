package ident

import "bytes"

// token is a kind of secret that its issuer marks with a prefix, so that
// scanners find it: the length of what follows, and its characters.
type token struct {
	prefix, name string
	least, most  int
}

// tokens are grouped by first byte; documented by their issuers for secret
// scanning.
var tokens = [...]token{
	{"AKIA", "aws access key", 16, 16}, {"ASIA", "aws temporary key", 16, 16}, {"AROA", "aws role id", 16, 16}, {"AIDA", "aws user id", 16, 16},
	{"AIza", "google api key", 35, 35}, {"AGE-SECRET-KEY-1", "age key", 58, 58}, {"ATATT3", "atlassian token", 180, 200}, {"AccountKey=", "azure storage key", 80, 96},
	{"ghp_", "github token", 36, 255}, {"gho_", "github token", 36, 255}, {"ghu_", "github token", 36, 255}, {"ghs_", "github token", 36, 255}, {"ghr_", "github token", 36, 255},
	{"github_pat_", "github token", 22, 255}, {"glpat-", "gitlab token", 20, 64}, {"gldt-", "gitlab token", 20, 64}, {"glrt-", "gitlab token", 20, 64}, {"glsa_", "grafana token", 32, 64},
	{"glc_", "grafana token", 32, 400}, {"xoxb-", "slack token", 20, 255}, {"xoxp-", "slack token", 20, 255}, {"xoxa-", "slack token", 20, 255}, {"xoxr-", "slack token", 20, 255},
	{"xoxs-", "slack token", 20, 255}, {"xoxe.", "slack token", 20, 300}, {"xoxe-", "slack token", 20, 300}, {"xapp-", "slack token", 20, 255},
	{"sk_live_", "stripe key", 20, 255}, {"sk_test_", "stripe key", 20, 255}, {"rk_live_", "stripe key", 20, 255}, {"rk_test_", "stripe key", 20, 255},
	{"pk_live_", "stripe key", 20, 255}, {"whsec_", "stripe webhook secret", 24, 255}, {"sk-ant-", "anthropic key", 24, 255}, {"sk-proj-", "openai key", 40, 255}, {"sk-", "openai key", 40, 64},
	{"SG.", "sendgrid key", 60, 72}, {"key-", "mailgun key", 32, 32}, {"xkeysib-", "brevo key", 64, 90}, {"xsmtpsib-", "brevo key", 64, 90}, {"npm_", "npm token", 36, 36}, {"pypi-", "pypi token", 60, 255},
	{"dop_v1_", "digitalocean token", 64, 64}, {"doo_v1_", "digitalocean token", 64, 64}, {"dapi", "databricks token", 32, 34}, {"hf_", "hugging face token", 30, 40},
	{"shpat_", "shopify token", 32, 32}, {"shpss_", "shopify secret", 32, 32}, {"shpca_", "shopify token", 32, 32}, {"sq0csp-", "square secret", 43, 43}, {"sq0atp-", "square token", 22, 22}, {"EAAA", "square token", 60, 60},
	{"EAACEdEose0cBA", "facebook token", 20, 255}, {"ya29.", "google token", 20, 512}, {"GOCSPX-", "google secret", 28, 28}, {"1//0", "google refresh token", 30, 120},
	{"hvs.", "vault token", 20, 255}, {"hvb.", "vault token", 20, 255}, {"s.", "vault token", 24, 24}, {"tfp_", "typeform token", 40, 64}, {"lin_api_", "linear key", 40, 48},
	{"NRAK-", "new relic key", 27, 27}, {"PMAK-", "postman key", 59, 59}, {"rubygems_", "rubygems key", 48, 48}, {"oy2", "nuget key", 43, 43}, {"secret_", "notion secret", 43, 43}, {"ntn_", "notion secret", 40, 50},
	{"figd_", "figma token", 40, 44}, {"pat-eu1-", "hubspot token", 36, 36}, {"pat-na1-", "hubspot token", 36, 36}, {"sntrys_", "sentry token", 60, 255}, {"sgp_", "sourcegraph token", 40, 64},
	{"dckr_pat_", "docker token", 27, 32}, {"tk-us-", "token", 48, 48}, {"AC", "twilio account", 32, 32}, {"SK", "twilio key", 32, 32}, {"LTAI", "alibaba key", 16, 24}, {"AKID", "tencent key", 32, 36},
	{"EZAK", "easypost key", 54, 54}, {"dp.pt.", "doppler token", 40, 44}, {"pscale_tkn_", "planetscale token", 32, 64}, {"bot", "telegram token", 40, 60},
}

// SecretKind names what issued a token or key, by the prefix or frame that
// issuers give them: cloud and API keys, private keys, JWT, bearer and basic
// credentials, URLs with a password. Empty when none is told. Bare random
// strings are told by IsRandom.
func SecretKind(v []byte) string {
	if len(v) < 16 {
		return ""
	}
	if n, name := tokenAt(v); n == len(v) {
		return name
	}
	switch {
	case IsJWT(v):
		return "jwt"
	case isKeyBlock(v):
		return "private key"
	case bytes.HasPrefix(v, []byte("ssh-")) || bytes.HasPrefix(v, []byte("PuTTY-User-Key-File")):
		return "ssh key"
	case len(v) > 22 && bytes.EqualFold(v[:7], []byte("bearer ")) && only(v[7:], alnum|word):
		return "bearer"
	case bytes.EqualFold(v[:6], []byte("basic ")) && only(v[6:], alnum|word):
		return "basic"
	case isURLWithPassword(v):
		return "url with password"
	}
	return ""
}

// isKeyBlock tells the first line of a private key in PEM (RFC 7468), PGP too.
func isKeyBlock(v []byte) bool {
	if !bytes.HasPrefix(v, []byte("-----BEGIN ")) {
		return false
	}
	line := v[:min(len(v), 64)]
	return bytes.Contains(line, []byte("PRIVATE KEY"))
}

// tokenAt tells the token that begins v, and how long it is; 0 for none.
func tokenAt(v []byte) (n int, name string) {
	if len(v) < 16 || !mayOpenToken[v[0]] {
		return 0, ""
	}
	for i := range tokens {
		t := &tokens[i]
		if v[0] != t.prefix[0] || len(v) < len(t.prefix)+t.least || string(v[:len(t.prefix)]) != t.prefix {
			continue
		}
		end := len(t.prefix)
		for end < len(v) && end <= len(t.prefix)+t.most && isTokenByte(v[end]) {
			end++
		}
		body := v[len(t.prefix):end]
		if len(body) < t.least || len(body) > t.most || len(t.prefix) < 4 && !mixed(body) {
			continue
		}
		return end, t.name
	}
	return 0, ""
}

var mayOpenToken = func() (t [256]bool) {
	for i := range tokens {
		t[tokens[i].prefix[0]] = true
	}
	return t
}()

// inToken are the signs that tokens hold beside letters and digits.
var inToken = [256]bool{'_': true, '-': true, '.': true, '=': true, '+': true, '/': true, ':': true}

func isTokenByte(c byte) bool { return classes[c]&alnum != 0 || inToken[c] }

// mixed tells letters and digits together, as random strings have.
func mixed(v []byte) bool {
	d := count(v, digit)
	return d > 1 && d < len(v)-4
}

// IsJWT tells a signed token: three parts in base64url, of which the first two
// begin with {" (RFC 7519).
func IsJWT(v []byte) bool {
	if len(v) < 20 || v[0] != 'e' || v[1] != 'y' || v[2] != 'J' {
		return false
	}
	dots := 0
	for i, c := range v {
		switch {
		case c == '.':
			if dots++; dots == 1 && (i+3 >= len(v) || v[i+1] != 'e' || v[i+2] != 'y') {
				return false
			}
		case classes[c]&alnum != 0 || c == '-' || c == '_' || c == '=':
		default:
			return false
		}
	}
	return dots == 2
}

func isURLWithPassword(v []byte) bool {
	i := bytes.Index(v[:min(len(v), 24)], []byte("://"))
	if i < 2 || i > 20 || !IsURL(v) {
		return false
	}
	rest := v[i+3:]
	if end := bytes.IndexByte(rest, '/'); end >= 0 {
		rest = rest[:end]
	}
	at := bytes.LastIndexByte(rest, '@')
	return at > 0 && bytes.IndexByte(rest[:at], ':') > 0
}

// IsRandom tells a string that no one typed: 20 to 512 letters, digits and the
// signs of base64, of mixed kinds, hardly any repeated, without words. Hashes
// in hexadecimal and UUIDs are told apart from it.
func IsRandom(v []byte) bool {
	if len(v) < 20 || len(v) > 512 {
		return false
	}
	var seen [256]uint8
	distinct, changes, last := 0, 0, uint8(0)
	var all uint8
	hex := true
	for _, c := range v {
		k := classes[c] & (digit | upper | lower)
		if k == 0 {
			if c != '+' && c != '/' && c != '=' && c != '_' && c != '-' {
				return false
			}
			hex = false
			continue
		}
		hex = hex && isHex(c)
		if seen[c] == 0 {
			distinct++
		}
		seen[c] = 1
		all |= k
		if k != last && last != 0 {
			changes++
		}
		last = k
	}
	if hex || all&digit == 0 || all&letter == 0 {
		return false
	}
	return changes*5 >= len(v) && distinct >= min(12, len(v)/2)
}
