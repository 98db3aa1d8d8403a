package dump

// Column is one column of a Layout.
type Column struct {
	Name       string  `json:"name"`    // the header, or column_N where there is none or it may be a value
	Meaning    string  `json:"meaning"` // a matchers.Field's name, or one of the Meaning constants
	Confidence float64 `json:"confidence"`
	Filled     int64   `json:"filled"`
	Shape      string  `json:"shape,omitempty"` // first guess of the meaning, to which rows that are too wide are realigned
	// Order is how dates are written: "dmy", "mdy", "ymd", "yymmdd", or what their
	// numbers count: "serial" and "serial-1904" the days of spreadsheets, "unix"
	// and "unix-milli" the seconds since 1970, "days" the days since the year 1.
	Order     string `json:"order,omitempty"`
	Ambiguous bool   `json:"ambiguous,omitempty"`  // nothing in the column settles day and month
	Pivot     int    `json:"pivot,omitempty"`      // two-digit years up to it are 20xx
	NameOrder string `json:"name_order,omitempty"` // of full names: "given-surname", "surname-given", "" when nothing tells
	Hash      string `json:"hash,omitempty"`       // the likeliest type of the password hashes
	Damaged   string `json:"damaged,omitempty"`    // WarningNumbersDestroyed where values lost digits for good
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

	MeaningEmailHash = "email_hash"   // of an e-mail address
	MeaningPhoneHash = "phone_hash"   // of a phone number
	MeaningAnyHash   = "unknown_hash" // of something: the rows have nobody to log in

	MeaningBirthYear     = "birth_year"
	MeaningBirthMonth    = "birth_month"
	MeaningBirthDay      = "birth_day"
	MeaningDepartment    = "department"
	MeaningRIB           = "rib" // bank, branch, account and key in one value
	MeaningRIBBank       = "rib_bank"
	MeaningRIBBranch     = "rib_branch"
	MeaningRIBAccount    = "rib_account"
	MeaningRIBKey        = "rib_key"
	MeaningIdentityCard  = "identity_card"
	MeaningPassport      = "passport"
	MeaningLicence       = "driving_licence"
	MeaningTaxNumber     = "tax_number"
	MeaningINE           = "ine"
	MeaningCAF           = "caf_number"
	MeaningFranceTravail = "france_travail_number"
	MeaningSIREN         = "siren"
	MeaningSIRET         = "siret"
	MeaningFINESS        = "finess"
	MeaningUAI           = "uai"
	MeaningEmployer      = "employer"
	MeaningOccupation    = "occupation"
	MeaningSchool        = "school"
	MeaningHealth        = "health"
	MeaningBenefit       = "benefit"
	MeaningFamily        = "family_status"
	MeaningToken         = "token"
	MeaningMAC           = "mac"
	MeaningAmount        = "amount"
	MeaningURL           = "url"
	MeaningUserAgent     = "user_agent"
	MeaningUUID          = "uuid"
	MeaningBoolean       = "boolean"
	MeaningBIC           = "bic"      // of a bank, ISO 9362
	MeaningRelation      = "relation" // what a person is to another
)
