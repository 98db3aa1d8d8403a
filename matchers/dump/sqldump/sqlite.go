package sqldump

import (
	"bytes"
	"context"
	"encoding/binary"
	"strings"

	"vigie/internal/charset"
	"vigie/matchers/dump"
)

// SQLite reads the database files of SQLite 3 (sqlite.org/fileformat2.html) by
// walking the b-trees of their tables: no SQL runs, no file is opened, and what
// a hostile file claims of itself is held against its size.
//
// Rows that were deleted, though their bytes may still be there, are not read;
// neither is what stands in a -wal file beside the database, which a warning,
// "wal", says when there may be one.
func SQLite() dump.Format { return sqlite{} }

type sqlite struct{}

const sqliteMagic = "SQLite format 3\x00"

func (sqlite) Name() string { return "sqlite" }

func (sqlite) Sniff(f *dump.File) float64 {
	if bytes.HasPrefix(f.Head, []byte(sqliteMagic)) {
		return 1
	}
	return 0
}

// Read tells the rows of every table.
func (sqlite) Read(ctx context.Context, f *dump.File, v dump.Visitor) error {
	if len(f.Head) < 100 {
		return dump.Refuse(dump.CodeCut, "the file ends within its header: fetch it again")
	}
	size := int(binary.BigEndian.Uint16(f.Head[16:]))
	if size == 1 {
		size = 1 << 16
	}
	usable := size - int(f.Head[20])
	if size < 512 || size&(size-1) != 0 || usable < 480 {
		return dump.Refuse(dump.CodeDamaged, "the header gives a page size that cannot be: fetch the file again")
	}
	encoding := [...]string{"utf-8", "utf-8", "utf-16le", "utf-16be"}[f.Head[59]&3]
	walMode := f.Head[19] == 2
	src, err := f.Source()
	if err != nil {
		return err
	}
	g := charset.Guess{Name: "utf-8", Fallback: "windows-1252"}
	db := &database{
		ctx: ctx, src: src, size: size, usable: usable, encoding: encoding, v: v,
		pages: uint32(min(src.Size()/int64(size), 1<<32-2)),
		tables: &tables{v: v, encoding: encoding, decode: charset.NewDecoder(g),
			known: map[string]*table{}, names: map[string]bool{}},
	}
	db.seen = make([]uint64, db.pages/64+1)
	if walMode {
		v.Warn("wal")
	}
	if src.Size()%int64(size) != 0 {
		v.Warn(dump.CodeCut)
	}
	return db.read()
}

// database is an open file.
type database struct {
	ctx          context.Context
	src          dump.Source
	v            dump.Visitor
	tables       *tables
	size, usable int // of a page, in bytes
	pages        uint32
	encoding     string
	seen         []uint64 // a bit for each page: none belongs to two things
	block        []byte   // what was read last
	blockAt      int64
	trouble      string          // the reason why a part of the current table is unread
	levels       [maxTree][]byte // a page for each level of a tree
	over         []byte          // an overflow page
	payload      []byte          // of a record with overflow pages
}

// entry is a table of sqlite_schema.
type entry struct {
	name string
	root uint32
	sql  string
}

func (db *database) read() error {
	var entries []entry
	kept := 0
	err := db.walk(1, 0, func(_ int64, record []byte) error {
		cells, ok := db.record(record)
		if !ok || len(cells) < 5 || string(cells[0].text(db)) != "table" {
			return nil
		}
		e := entry{string(cells[1].text(db)), uint32(cells[3].n), string(cells[4].text(db))}
		if kept += len(e.name) + len(e.sql); kept > maxSchema || len(entries) >= dump.MaxEntries {
			db.trouble = dump.CodeTooMany
			return nil
		}
		if e.root > 0 && !strings.HasPrefix(e.name, "sqlite_") {
			entries = append(entries, e)
		}
		return nil
	})
	if err != nil {
		return err
	}
	db.complain("")
	for _, e := range entries {
		if err := db.table(e); err != nil {
			return err
		}
		db.complain(e.name)
	}
	return nil
}

// complain says once why a part of a table is unread.
func (db *database) complain(part string) {
	if db.trouble != "" {
		db.v.Unread(part, db.trouble, "pages of the database are missing or contradict each other: fetch the file again")
	}
	db.trouble = ""
}

// table tells the rows of one table.
func (db *database) table(e entry) error {
	layout := parseLayout(e.sql)
	t := db.tables.find([]string{e.name})
	if t == nil || len(layout.columns) > maxColumns {
		db.trouble = dump.CodeTooMany
		return nil
	}
	if names := layout.names(); len(names) > 0 {
		db.tables.declare(t, names)
	}
	if err := db.tables.begin(t, nil); err != nil {
		return err
	}
	return db.walk(e.root, 0, func(rowid int64, record []byte) error {
		if record == nil {
			db.tables.refuse(dump.CodeTooLarge)
			return nil
		}
		cells, ok := db.record(record)
		if !ok {
			db.tables.refuse(dump.CodeDamaged)
			return nil
		}
		db.tables.row = layout.row(db, rowid, cells, db.tables.row[:0])
		return db.tables.tell()
	})
}
