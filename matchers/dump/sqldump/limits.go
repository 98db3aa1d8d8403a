package sqldump

// Sizes of the window, in bytes.
const (
	windowStart = 512 << 10
	maxRecord   = 8 << 20 // a row, a statement's head, a CREATE TABLE (the project's defences, class A)
	maxField    = 1 << 20
	maxColumns  = 4096
)
