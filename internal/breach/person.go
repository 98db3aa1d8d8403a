package breach

import "time"

// Regime is the legal capacity of a person, as the registry states it.
type Regime string

// The regimes of French law that change who is told.
const (
	RegimeNone         Regime = ""             // capable adult, or minor under parental authority
	RegimeEmancipated  Regime = "emancipated"  // C. civ. 413-1
	RegimeTutelle      Regime = "tutelle"      // C. civ. 440, 473
	RegimeCuratelle    Regime = "curatelle"    // C. civ. 440, 467
	RegimeHabilitation Regime = "habilitation" // C. civ. 494-1
	RegimeMandate      Regime = "mandate"      // mandat de protection future, C. civ. 477
	RegimeSauvegarde   Regime = "sauvegarde"   // C. civ. 433: capacity is kept
)

// Address is a postal address. Lines follow NF Z 10-011.
type Address struct {
	Line2    string `json:"line2,omitempty"` // flat, floor, "CHEZ ..."
	Line3    string `json:"line3,omitempty"` // entrance, building, residence
	Street   string `json:"street,omitempty"`
	Line5    string `json:"line5,omitempty"` // hamlet or PO box
	Postcode string `json:"postcode,omitempty"`
	City     string `json:"city,omitempty"`
	Country  string `json:"country,omitempty"` // ISO 3166-1 alpha-2; "" or FR is France
}

// IsZero tells whether the address cannot receive a letter.
func (a Address) IsZero() bool { return a.Postcode == "" && a.City == "" }

// Contact is how a person can be reached. It is sealed at rest, per person.
type Contact struct {
	Civility string  `json:"civility,omitempty"` // "M.", "Mme" or ""
	Given    string  `json:"given,omitempty"`    // first given name
	Name     string  `json:"name,omitempty"`     // usage name, else birth name
	Email    string  `json:"email,omitempty"`
	Phone    string  `json:"phone,omitempty"` // E.164
	Address  Address `json:"address"`
	// EmailSafe and PhoneSafe mark a protected person's channels that no one
	// else reads; without the mark they are not used (issue on recipients).
	EmailSafe bool   `json:"email_safe,omitempty"`
	PhoneSafe bool   `json:"phone_safe,omitempty"`
	Language  string `json:"language,omitempty"` // "fr" unless said
	// Reading is how the person reads, where that is known: ReadingEasy,
	// ReadingPlain, or "" and the rules decide.
	Reading string `json:"reading,omitempty"`
}

// How a person reads: in easy-to-read language (FALC), or as most adults do.
const (
	ReadingEasy  = "easy"
	ReadingPlain = "plain"
)

// RelationKind is what a holder is to a person.
type RelationKind string

// The relations that can make somebody a recipient.
const (
	RelationParent    RelationKind = "parent"
	RelationTutor     RelationKind = "tutor"     // of an adult in tutelle or of a minor
	RelationCurator   RelationKind = "curator"   // of an adult in curatelle
	RelationDelegate  RelationKind = "delegate"  // delegation of authority, C. civ. 377
	RelationAuthority RelationKind = "institute" // child placed: the departmental service
	RelationAgent     RelationKind = "agent"     // habilitation or mandate
)

// Authority is whether a parent exercises parental authority.
type Authority string

// The exercise of parental authority (C. civ. 372 to 381).
const (
	AuthorityJoint     Authority = "joint"     // C. civ. 372: the default
	AuthoritySole      Authority = "sole"      // this parent exercises alone
	AuthorityNone      Authority = "none"      // keeps the title, not the exercise (373-2-1)
	AuthorityWithdrawn Authority = "withdrawn" // C. civ. 378, 378-1
	AuthoritySuspended Authority = "suspended" // C. civ. 378-2
	AuthorityUnknown   Authority = "unknown"   // the rows conflict: a person decides
)

// Relation ties a person to somebody who may have to be told.
type Relation struct {
	Person    PersonID     `json:"person"`
	Holder    PersonID     `json:"holder"` // stable within the registry
	Kind      RelationKind `json:"kind"`
	Authority Authority    `json:"authority"` // parents only
	From      time.Time    `json:"from"`      // zero: always
	Until     time.Time    `json:"until"`     // zero: still
	Deceased  bool         `json:"deceased"`
	// Barred forbids any message to this holder: a protection order names them.
	Barred  bool    `json:"barred"`
	Contact Contact `json:"contact"`
}

// Subject is a registered person as the recipient rules need them.
type Subject struct {
	Registry   RegistryID   `json:"registry"`
	Person     PersonID     `json:"person"`
	Controller ControllerID `json:"controller"`
	BirthDate  time.Time    `json:"birth_date"` // zero: unknown
	DeceasedAt time.Time    `json:"deceased_at"`
	Deceased   bool         `json:"deceased"`
	Regime     Regime       `json:"regime"`
	// Protected: the address is hidden from somebody (C. civ. 515-11 6° bis).
	Protected bool `json:"protected"`
	// Elected is the elected domicile of a protected person, if any.
	Elected Address `json:"elected"`
	// Secret: the service knows that the minor keeps the follow-up secret.
	Secret    bool       `json:"secret"`
	Contact   Contact    `json:"contact"`
	Relations []Relation `json:"relations"`
}

// AgeAt returns the age in whole years on a day, or -1 when the birth date is
// unknown. Someone born on 29 February comes of age on 1 March (C. civ. 388
// counts full years).
func (s Subject) AgeAt(day time.Time) int {
	if s.BirthDate.IsZero() {
		return -1
	}
	years := day.Year() - s.BirthDate.Year()
	if day.Month() < s.BirthDate.Month() || (day.Month() == s.BirthDate.Month() && day.Day() < s.BirthDate.Day()) {
		years--
	}
	return years
}
