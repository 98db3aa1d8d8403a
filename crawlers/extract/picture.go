package extract

import (
	"regexp"
	"strings"

	"golang.org/x/net/html"
)

var (
	pictureWord = regexp.MustCompile(`(?i)^(logo|image|img|picture|photo|icon|avatar|screenshot|flag|banner|thumb(nail)?|preview|proof|cover|file|untitled|loading|lock|qr( code)?|captcha)\W*\d*$|^\d+$|\.(png|jpe?g|gif|webp|svg)$`)
	pictureTail = regexp.MustCompile(`(?i)^(logo|image|picture|photo) (of|de|du|des|for|:)\s+|[\s:–-]+(logo|icon|image|picture|photo|banner)$`)
)

// pictured is the name that a picture bears instead of words.
func pictured(n *html.Node) string {
	for _, k := range []string{"alt", "title"} {
		t := strings.Join(strings.Fields(attr(n, k)), " ")
		if hasLetter(t) && len([]rune(t)) > 2 && !pictureWord.MatchString(t) && countries()[strings.ToLower(t)] == "" {
			return clip(pictureTail.ReplaceAllString(t, ""), maxTitle)
		}
	}
	return ""
}
