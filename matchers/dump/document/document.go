// Package document reads the files of an office as running text: letters and
// reports (docx, odt, rtf, doc, PDF), slides (pptx, odp), mail (eml, mbox, msg),
// and what pictures say of themselves. The leak of a town hall or of a campaign
// is folders of these, and the persons in them stand in sentences, not in rows.
//
// Text goes to the Visitor in pieces of PieceSize bytes of UTF-8, cut between
// words, in the order in which the file keeps it. Where a piece stands is "body",
// "header", "footer", "note", "comment", "metadata", "page 3", "slide 3",
// "message 17". What is not seen on the page is read as well: deletions that are still
// tracked, hidden text, speakers' notes, comments. Tables inside a document are
// text, and also tables "table_1", "table_2" when they look like some: rows of
// as many cells, at least two of each. Mail is also a table "messages", one row a
// message, so that its addresses count and match like those of any list. Attached and
// embedded files are members.
//
// Nothing a document asks for is done: no link is followed, no macro or script
// is run, no entity of XML is expanded, no font is loaded.
//
// What has no text is said, never skipped: a page that is a picture is Unread
// with CodeScan.
package document

import (
	"errors"

	"vigie/internal/breach"
	"vigie/matchers/dump"
)

// CodeScan is the reason code of what holds its text as a picture, or as sound.
const CodeScan = "scan"

// Limits of a document.
const (
	PieceSize   = 64 << 10  // bytes of a piece of text
	MaxText     = 1 << 30   // bytes of text given of a file; mail, which is archives, has none
	MaxPages    = 100_000   // pages of a PDF
	MaxParts    = 10_000    // parts of a document or of a message
	MaxMIME     = 16        // parts within parts of a message
	MaxXML      = 256       // elements within elements
	MaxInflated = 256 << 20 // bytes that a stream of a PDF unpacks to
	MaxCell     = 64 << 10  // bytes of a table's cell; all of it is text
	maxTables   = 1_000     // tables told apart in a file
)

// Warnings.
const (
	WarnPictures = "pictures-left-out" // pictures stand between the text
	WarnMacros   = "macros"            // it holds a program
	WarnFonts    = "unreadable-fonts"  // some letters have no meaning in the file
	WarnCells    = "cells-cut"         // cells cut at MaxCell, whole in the text
	WarnTables   = "tables-left-out"   // beyond maxTables; whole in the text
	WarnDamaged  = "damaged-parts"     // repaired, or read as far as it went
)

// Formats are the formats of documents.
func Formats() []dump.Format {
	return []dump.Format{docx{}, pptx{}, eml{}, mbox{}, odf{}, pdf{}, rtf{}, doc{}, msg{}, pst{}, picture{}, film{}}
}

// say tells the reason for which a part of a file is not read. An error that
// has no code, such as a context that ended, comes back.
func say(v dump.Visitor, part string, err error) error {
	var refused *breach.RefusedError
	if err == nil || !errors.As(err, &refused) {
		return err
	}
	v.Unread(part, refused.Code, refused.Hint)
	return nil
}

var (
	errCut     = dump.Refuse(dump.CodeCut, "the file ends before its end: fetch it again")
	errDamaged = dump.Refuse(dump.CodeDamaged, "open it in an office program and save it again")
	errBomb    = dump.Refuse(dump.CodeBomb, "it unpacks to far more than its size: open it apart, and save its text")
	errLarge   = dump.Refuse(dump.CodeTooLarge, "it is larger than documents are: save it as several")
	errDeep    = dump.Refuse(dump.CodeTooDeep, "it is nested beyond any document: no office program made it")
	errMany    = dump.Refuse(dump.CodeTooMany, "it has more parts than documents have: unpack it apart")
	errLocked  = dump.Refuse(dump.CodeEncrypted, "give its password, or open it with its password and save it without")
)
