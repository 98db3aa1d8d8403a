package charset

import "regexp"

var (
	xmlDeclaration  = regexp.MustCompile(`^\s*<\?xml[^>]{1,80}encoding\s*=\s*["']([A-Za-z0-9._:-]{2,30})["']`)
	htmlDeclaration = regexp.MustCompile(`(?i)<meta[^>]{1,120}charset\s*=\s*["']?([A-Za-z0-9._:-]{2,30})`)
)

// declaration returns the encoding that the beginning of XML or HTML names.
// It is a witness, not a proof: converters often forget to change it.
func declaration(head []byte) string {
	head = head[:min(len(head), 1024)]
	for _, re := range []*regexp.Regexp{xmlDeclaration, htmlDeclaration} {
		if m := re.FindSubmatch(head); m != nil {
			return canonical(string(m[1]))
		}
	}
	return ""
}
