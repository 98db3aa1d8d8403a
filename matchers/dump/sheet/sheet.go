// Package sheet reads spreadsheets as tables: xlsx and xlsm, ods and fods, xls
// (BIFF5 and BIFF8), the XML of Excel 2003, and HTML tables that were saved under
// the name of a spreadsheet. What it knows and cannot read (xlsb, encrypted books)
// it refuses with a way out.
//
// A spreadsheet is hostile in ways of its own: a file of 20 kB may say it holds
// seventeen thousand million cells, five bytes in its string table may be asked
// for a million times, and its XML unpacks a thousandfold. So nothing is held
// but the strings that cells share (MaxStrings bytes of them), one row, and what
// is merged; blank cells are never laid out beyond a budget; and what breaks a
// limit is told by a reason code while the rest is read. Macros, external links,
// DDE and formulas are never followed: a formula's cell is the value that was
// last computed for it.
//
// # What a cell says
//
// By default cells are written as people see them, as long as nothing is lost:
//
//   - numbers with at most 15 significant digits, as Excel does, without
//     exponent below 1e21; leading zeros when the number format is "00000",
//     a percent sign when it is a percentage; no other format is applied, since
//     separators and rounding lose what was typed;
//   - dates as 2006-01-02, or 2006-01-02 15:04:05 when there is a time of day,
//     times as 15:04:05, durations as 36:15:00; under both date systems, with the
//     29 February 1900 that never was;
//   - booleans as true and false, errors as #N/A and the like.
//
// Hidden sheets, rows and columns are read like others, with the warnings
// WarnSheet, WarnRows and WarnColumns. A merged cell's value stands, in
// xlsx and xls, in each of the cells it covers, unless one holds a value of its own
// (people's tools hide it; it is read); elsewhere in its first cell. Rows that the file leaves out are blank rows; blank rows after
// the last row that says something are dropped, and so is what is beyond the
// first MaxBlank of a run of them. Rows are padded to the width of the header.
//
// # GOV.UK Notify's converter
//
// With Options.DropHidden the output is that of the converter of GOV.UK Notify,
// cell by cell, for those who compare (its public test files are the truth). Its
// rules, by format, worked out from pairs of files and its public description:
//
//   - every format: the first sheet only. The header is the first row that is
//     read, and nothing is read right of its last cell that says something,
//     or right of column 50 if that is further.
//   - xlsx: the first sheet whose state is not "hidden" ("veryHidden" is read). Hidden rows
//     and columns are left out; of several columns hidden by one <col>, only the first
//     one. The grid ends at the last row and column that say something, and every row
//     is as wide. A merged cell's value stands in all cells it covers.
//     Numbers written with a point or an exponent are floats as Python writes
//     them (1e+16, 12.0), others integers; dates 1995-01-27 00:00:00;
//     booleans True and False; _x000D_ stays, but "x005F_" goes.
//   - ods: the first sheet, hidden or not, with its hidden rows and columns. Covered cells
//     are left out, so what follows moves left. A repeated row counts once. Rows
//     end at their last cell that is not empty; blank rows stay. Floats that are whole
//     are integers, percentages are not (1.0). Times that are not whole
//     seconds are empty. Where it refuses the file for a date, the date stands as written.
//   - xls: the first sheet that is not hidden, with its hidden rows and columns; nothing
//     is filled in merged cells; booleans are 1 and 0, every error is #N/A.
package sheet

import (
	"errors"

	"vigie/internal/breach"
	"vigie/matchers/dump"
)

// Limits of a workbook.
const (
	MaxRow     = 1_048_576 // rows of a sheet, Excel's and LibreOffice's
	MaxColumn  = 16_384    // columns of a sheet (XFD)
	MaxSheets  = 1_000     // sheets read of a workbook
	MaxStrings = 160 << 20 // bytes of shared strings held, index included
	MaxCell    = 1 << 20   // bytes of a cell; Excel's own limit is 32,767 characters
	MaxLine    = 16 << 20  // bytes of a row
	MaxMerges  = 100_000   // merged ranges of a sheet
	MaxBlank   = 1_000     // consecutive blank rows kept

	maxPad    = 1_000      // columns that rows are padded to
	maxFiller = 64_000_000 // blank and merged cells laid out in a workbook
	minLimit  = 50         // columns that are always read
)

// Warnings.
const (
	WarnSheet   = "hidden-sheet"
	WarnRows    = "hidden-rows"
	WarnColumns = "hidden-columns"
	WarnDropped = "hidden-left-out"  // DropHidden left something out
	WarnSheets  = "sheets-left-out"  // DropHidden reads the first sheet alone
	WarnCells   = "damaged-cells"    // cells outside the sheet, of an unknown string, or cut at MaxCell
	WarnBlank   = "blank-rows-cut"   // more than MaxBlank blank rows in a run
	WarnMerged  = "merged-cells-cut" // more merged cells than are filled
	WarnOrder   = "rows-out-of-order"
)

// Options chooses how sheets are read.
type Options struct {
	// DropHidden reads as GOV.UK Notify's converter does; see the package's
	// comment. Otherwise nothing hidden is lost.
	DropHidden bool
}

// Formats are the formats of spreadsheets, each by its own name.
func Formats(o Options) []dump.Format {
	return []dump.Format{xlsx{o}, ods{o}, xls{o}, xml2003{o}, htmlTable{o}}
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
	errDamaged = dump.Refuse(dump.CodeDamaged, "open it in a spreadsheet program and save it again")
	errLarge   = dump.Refuse(dump.CodeTooLarge, "open it in a spreadsheet program and save each sheet as CSV")
	errDeep    = dump.Refuse(dump.CodeTooDeep, "its XML is nested beyond any spreadsheet's: it was not made by one")
	errLocked  = dump.Refuse(dump.CodeEncrypted, "open it with its password and save it without, or give the password")
)
