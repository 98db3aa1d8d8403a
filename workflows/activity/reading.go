package activity

import (
	"context"

	"vigie/notify"
	"vigie/notify/page"
	"vigie/notify/wording"
)

// ReadOver lists the texts that a named person has read over as their words
// stand today. All others are drafts: neither sent nor published (decisions.md
// 29).
func (s *Steps) ReadOver(ctx context.Context) ([]string, error) {
	list, err := s.Store.Readings(ctx)
	if err != nil {
		return nil, err
	}
	done := map[string]bool{}
	for _, r := range list {
		if r.Digest == wording.TextDigest(r.Text) {
			done[r.Text] = true
		}
	}
	var out []string
	for _, text := range wording.Texts() {
		if done[text] {
			out = append(out, text)
		}
	}
	return out, nil
}

// pageTexts are the versions of a public page: French and English, and what
// people have read over.
func (s *Steps) pageTexts(ctx context.Context) ([]page.Text, error) {
	texts := page.Plain(wording.Page)
	read, err := s.ReadOver(ctx)
	if err != nil {
		return nil, err
	}
	for _, text := range read {
		switch text {
		case wording.FrenchEasy, wording.EnglishEasy:
			texts = append(texts, page.Text{Lang: text[:2], Easy: true, Words: easyPage})
		case wording.FrenchChild, wording.EnglishChild: // on the easy pages
		default:
			texts = append(texts, page.Text{Lang: text, Words: wording.Page})
		}
	}
	return texts, nil
}

// easyPage is the easy version of the page's sections.
func easyPage(f notify.Facts, lang string) ([]notify.Block, error) {
	doc, err := wording.Easy(f, lang, true)
	return doc.Blocks, err
}
