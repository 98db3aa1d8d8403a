package dump

// Column is one column of a Layout.
type Column struct {
	Name       string  `json:"name"`    // the header, or column_N where there is none or it may be a value
	Meaning    string  `json:"meaning"` // a matchers.Field's name, or one of the Meaning constants
	Confidence float64 `json:"confidence"`
	Filled     int64   `json:"filled"`
	Shape      string  `json:"shape,omitempty"` // first guess of the meaning, to which rows that are too wide are realigned
	// Order is how dates are written: "dmy", "mdy", "ymd", or "serial" for days
	// since 1900 as spreadsheets count them.
	Order     string `json:"order,omitempty"`
	Ambiguous bool   `json:"ambiguous,omitempty"` // nothing in the column settles day and month
	Pivot     int    `json:"pivot,omitempty"`     // two-digit years up to it are 20xx
}

// Meanings beside the names of matchers.Field.
const (
	MeaningUnknown  = "unknown"
	MeaningEmpty    = "empty"
	MeaningDate     = "date" // a date, but not of birth
	MeaningIBAN     = "iban"
	MeaningCard     = "card"
	MeaningPassword = "password"
	MeaningHash     = "password_hash"
	MeaningLogin    = "login"
	MeaningIP       = "ip"
	MeaningRowID    = "row_id"
	MeaningText     = "free_text"
	MeaningNumber   = "number"
	MeaningCode     = "code" // few distinct short values
	MeaningLocation = "coordinates"
	MeaningCommune  = "commune_code" // INSEE code of a commune, not said to be of birth
)
