package parquet

import "bytes"

// kindOfFile is a format of data analysis; hint is the way out for one that is not
// read.
type kindOfFile struct {
	at     int
	prefix string
	hint   string
}

const byPython = "convert it to CSV or parquet, for instance with pandas: "

var kinds = []kindOfFile{
	{0, "PAR1", ""},
	{0, "PARE", ""},
	{0, "ARROW1\x00\x00", "this is Arrow (Feather): " + byPython + "read_feather"},
	{0, "FEA1", "this is Feather: " + byPython + "read_feather"},
	{0, "ORC", "this is ORC: " + byPython + "read_orc"},
	{0, "Obj\x01", "this is Avro: convert it to JSON with avro-tools tojson"},
	{0, "$FL2", "this is SPSS: " + byPython + "read_spss"},
	{0, "$FL3", "this is SPSS: " + byPython + "read_spss"},
	{0, "<stata_dta>", "this is Stata: " + byPython + "read_stata"},
	{12, "\xc2\xea\x81\x60\xb3\x14\x11\xcf\xbd\x92\x08\x00\x09\xc7\x31\x8c\x18\x1f\x10\x11", "this is SAS: " + byPython + "read_sas"},
	{0, "HEADER RECORD*******LIBRARY HEADER RECORD!!!!!!!", "this is a SAS transport file: " + byPython + "read_sas"},
	{0, "\x89HDF\r\n\x1a\n", "this is HDF5: " + byPython + "read_hdf"},
}

// kindOf tells a format by its first bytes; nil when it is none of these.
func kindOf(head []byte) *kindOfFile {
	for i, k := range kinds {
		if len(head) >= k.at && bytes.HasPrefix(head[k.at:], []byte(k.prefix)) {
			if k.prefix == "ORC" && bytes.IndexFunc(head[3:min(len(head), 64)], func(r rune) bool { return r < ' ' && r != '\t' && r != '\n' && r != '\r' }) < 0 {
				return nil // a word
			}
			return &kinds[i]
		}
	}
	return nil
}
