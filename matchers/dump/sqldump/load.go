package sqldump

// load is a LOAD DATA.
func (p *parser) load() error { return p.skip() }
