package sqldump

// load is a LOAD DATA.
func (p *parser) load() error { return p.skip() }

const sqliteMagic = "SQLite format 3\x00"
