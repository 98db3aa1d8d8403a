package crawlers

import (
	"net/url"
	"path"
	"regexp"
	"strings"
)

// fileEndings are endings of addresses that a visit leaves alone. Names of
// bodies end in .org or .com, so what is not listed may be a page; the gate
// still refuses it if the server says it is a file.
var fileEndings = regexp.MustCompile(`(?i)^\.(zipx?|rar|r\d\d|7z|gz|tgz|tar|bz2|tbz2?|xz|txz|zst|lz4?|lzma|cab|arj|\d{3}|part\d*|` +
	`csv|tsv|sql|db|sqlite3?|mdb|accdb|bak|dmp|dump|bson|parquet|jsonl?|ndjson|txt|log|md|xml|ya?ml|ini|cfg|` +
	`xls[xmb]?|ods|docx?|odt|pptx?|odp|pdf|rtf|eml|msg|pst|ost|mbox|` +
	`jpe?g|png|gif|webp|svg|bmp|tiff?|ico|mp[34]|avi|mkv|mov|wav|flac|webm|` +
	`exe|msi|dll|apk|dmg|iso|img|vmdk|vhdx?|ova|torrent|asc|sig|pem|key|css|js|mjs|map|woff2?|ttf|eot)$`)

// LooksLikeFile tells whether an address names a file rather than a page.
func LooksLikeFile(u *url.URL) bool {
	return fileEndings.MatchString(path.Ext(strings.TrimSuffix(u.Path, "/")))
}
