package authority

import (
	"embed"
	"time"

	"vigie/internal/breach"
	"vigie/notify"
)

//go:embed dossier.html register.html data/*.yaml
var files embed.FS

// Dossier is what one controller knows when it notifies.
type Dossier struct {
	Facts   notify.Facts
	Case    breach.Case
	Answers Answers
	// Factors are those that a person confirmed; the zero value leaves the
	// proposal that follows from the facts. History tells former assessments.
	Factors *Factors
	History []Assessment
	// NotifiedAt is when the authority received the initial notification; zero
	// before. Sent are the notifications as they were frozen, in order.
	NotifiedAt time.Time
	Sent       []breach.Notification
	At         time.Time // when the dossier is drawn up
	// Nobody is what the controller decided about rows that are nobody's whom a
	// register knows any more, and NobodyWhy its reason; "" for undecided.
	Nobody, NobodyWhy string
	// Told is how many persons were told, and ToldAt when the first was;
	// Elsewhere were told of the same facts in another incident.
	Told, Elsewhere int64
	ToldAt          time.Time
	Precision       breach.Precision // of those told
	Text            string           // of the message to persons
	Log             []Moment
	// Words gives the French words of a code such as "measure.access_closed";
	// nil or false leaves the code. notify/wording.Say is one.
	Words func(key string) (string, bool)
	// Read is what the linter found in the communications, and who let them go
	// out all the same.
	Read breach.Proofread
}

// Moment is an entry of the log of what happened, by its code in the form.
type Moment struct {
	At   time.Time
	Code string
}

// Assessment is one version of the severity, with who stated its factors and
// why.
type Assessment struct {
	Seq      int           `json:"seq"`
	By       breach.UserID `json:"by"` // "" for the proposal
	At       time.Time     `json:"at"`
	Reason   string        `json:"reason"`
	Severity Severity      `json:"severity"`
}

// Form is the notification in the blocks of the CNIL's form. What is not known
// yet is listed in Unknown and left empty, never guessed.
type Form struct {
	Form          string        `json:"form"`
	Type          string        `json:"type"` // initiale, complémentaire, complète
	InitialNumber string        `json:"initial_number"`
	Incident      string        `json:"incident"`
	Version       int           `json:"version"` // of the facts
	DrawnUpAt     time.Time     `json:"drawn_up_at"`
	Organism      Organism      `json:"organism"`
	Chronology    Chronology    `json:"chronology"`
	Nature        []string      `json:"nature"`
	Origin        []string      `json:"origin"`
	Cause         string        `json:"cause"`
	Supports      []string      `json:"supports"`
	Data          []string      `json:"data"`
	Records       int64         `json:"records"`
	People        People        `json:"people"`
	Before        string        `json:"measures_before"`
	Effects       Effects       `json:"effects"`
	Consequences  []string      `json:"consequences"`
	Impacts       []string      `json:"impacts"`
	Severity      SeverityPart  `json:"severity"`
	Measures      []string      `json:"measures"`
	Planned       string        `json:"measures_planned"`
	Information   Information   `json:"information"`
	Notifications Notifications `json:"notifications"`
	Deadline      Deadline      `json:"deadline"`
	Override      *Override     `json:"override"` // of the linter; null: there was none
	Unknown       []string      `json:"unknown"`
}

// Organism is the controller and its contact point (Art. 33(3)(b)). The name
// of who notifies is typed into the authority's own service.
type Organism struct {
	Name     string `json:"name"`
	SIREN    string `json:"siren"`
	Address  string `json:"address"`
	Sector   string `json:"sector"`
	Size     string `json:"size"`
	DPO      string `json:"dpo"`
	Phone    string `json:"phone"`
	Function string `json:"function"`
	Reach    string `json:"reach"`
	Bodies   string `json:"bodies"`
}

// Chronology is when and how; the summary is in the team's words.
type Chronology struct {
	OccurredAt    *time.Time `json:"occurred_at"`
	EndedAt       *time.Time `json:"ended_at"`
	Ongoing       string     `json:"ongoing"` // yes, no, or "" for unknown
	DiscoveredAt  *time.Time `json:"discovered_at"`
	Circumstances string     `json:"circumstances"`
	AwareAt       *time.Time `json:"aware_at"`
	AwareReason   string     `json:"aware_reason"`
	Certainty     string     `json:"certainty"`
	Summary       string     `json:"summary"`
	System        string     `json:"system"`
}

// People are the people concerned (Art. 33(3)(a)).
type People struct {
	Groups []string `json:"groups"`
	Number int64    `json:"number"`
	Low    int64    `json:"low"`
	High   int64    `json:"high"`
	Class  string   `json:"open_data_class"`
	// Basis says how they are known, where the controller attests it; empty:
	// they were found in the dump.
	Basis []Basis `json:"basis,omitempty"`
}

// Basis is an attestation of what was taken from a register, and how far the
// dump bears it out.
type Basis struct {
	AsOf      time.Time `json:"as_of"`
	Listed    bool      `json:"listed"` // some of the people then, by a list
	By        string    `json:"by"`     // function
	At        time.Time `json:"at"`
	Reference string    `json:"reference"`
	Taken     int64     `json:"taken"`
	Seen      int64     `json:"seen"`     // of them, in the dump as well
	NotSeen   int64     `json:"not_seen"` // of them, not found in what was examined
	Outside   int64     `json:"outside"`  // in the dump, and not in the register then
	Nobody    int64     `json:"nobody"`   // rows of the dump of nobody whom a register knows any more
	Rows      int64     `json:"rows"`     // of the dump; 0: none was compared
	Decision  string    `json:"decision"` // about those rows, in words; "" while there is none
}

// Effects are the consequences by what was lost.
type Effects struct {
	Confidentiality []string `json:"confidentiality"`
	Integrity       []string `json:"integrity"`
	Availability    []string `json:"availability"`
}

// SeverityPart is a proposal until a person confirms it.
type SeverityPart struct {
	Proposed  Severity     `json:"proposed"` // or confirmed
	Confirmed bool         `json:"confirmed"`
	Gravity   string       `json:"gravity"`
	History   []Assessment `json:"history"`
}

// Information says whether people are told (Art. 34).
type Information struct {
	Answer    string     `json:"answer"`
	Reason    string     `json:"reason"`
	Exemption string     `json:"exemption"`
	ToldAt    *time.Time `json:"told_at"`
	Number    int64      `json:"number"`
	Means     []string   `json:"means"`
	Text      string     `json:"text"`
	PublicURL string     `json:"public_url"`
	Elsewhere int64      `json:"told_elsewhere"` // of the same facts, in another incident
	Unreached int64      `json:"unreached"`      // told in public alone (Art. 34(3)(c))
	Accuracy  *Accuracy  `json:"accuracy"`       // null: nobody was told yet
}

// Accuracy is what the answers to the communications have shown so far: how
// many recipients turned out to be the wrong person, and the share of right
// ones with its 95 % interval, in thousandths.
type Accuracy struct {
	Recipients int64 `json:"recipients"`
	Wrong      int64 `json:"wrong_person"`
	Pending    int64 `json:"pending"`
	Share      int64 `json:"right_per_mille"`
	Low        int64 `json:"low_per_mille"`
	High       int64 `json:"high_per_mille"`
}

// Notifications says who else is told, and whether a complaint was filed.
type Notifications struct {
	List        []string `json:"list"`
	Authorities string   `json:"authorities"`
	Complaint   string   `json:"complaint"` // yes, no, or "" for unknown
}

// Override is the written word of the data protection officer that
// communications went out although the linter found them wanting.
type Override struct {
	breach.LintOverride
	Findings []breach.Finding `json:"findings"`
}

// Deadline is the 72 hours of Art. 33(1).
type Deadline struct {
	DueAt      *time.Time `json:"due_at"`
	NotifiedAt *time.Time `json:"notified_at"`
	Late       bool       `json:"late"`
	// Reasons is a draft of the reasons for the delay that a person completes.
	Reasons string `json:"reasons"`
}
