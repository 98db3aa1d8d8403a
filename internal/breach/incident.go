package breach

import "time"

// Stage is how far an incident has come. Stages only move forward.
type Stage string

// The stages of an incident, in order.
const (
	StageAcquire Stage = "acquire" // fetch and seal the file
	StageRead    Stage = "read"    // read it, learn what its columns mean
	StageMatch   Stage = "match"   // compare it with the registries
	StageReview  Stage = "review"  // people decide the doubtful pairs
	StagePlan    Stage = "plan"    // work out who must be told, where and why
	StageApprove Stage = "approve" // four eyes and each controller
	StageSend    Stage = "send"    // hand the communications over
	StagePublish Stage = "publish" // public page and dossier
	StageDone    Stage = "done"
)

// Stages lists every stage in order.
var Stages = []Stage{StageAcquire, StageRead, StageMatch, StageReview, StagePlan, StageApprove, StageSend, StagePublish, StageDone}

// Before tells whether s comes before t.
func (s Stage) Before(t Stage) bool { return s.index() < t.index() }

func (s Stage) index() int {
	for i, x := range Stages {
		if x == s {
			return i
		}
	}
	return -1
}

// Incident is a confirmed personal data breach (GDPR Art. 4(12)).
type Incident struct {
	ID       IncidentID `json:"id"`
	Alert    AlertID    `json:"alert"`
	Title    string     `json:"title"` // from the alert's entity, never from the dump
	OpenedAt time.Time  `json:"opened_at"`
	OpenedBy UserID     `json:"opened_by"`
	Stage    Stage      `json:"stage"`
	Dump     DumpID     `json:"dump"`
	ClosedAt time.Time  `json:"closed_at"`
}

// Dump is an acquired stolen file, sealed at rest.
type Dump struct {
	ID         DumpID     `json:"id"`
	Incident   IncidentID `json:"incident"`
	Origin     string     `json:"origin"` // where it was fetched from
	Digest     string     `json:"digest"` // "sha256:<hex>" of the bytes as received
	Bytes      int64      `json:"bytes"`
	AcquiredAt time.Time  `json:"acquired_at"`
	Profile    Profile    `json:"profile"` // empty until it has been read
}

// Profile is what reading a dump showed. It holds no value of the dump.
type Profile struct {
	Format   string     `json:"format"`
	Encoding string     `json:"encoding"`
	Rows     int64      `json:"rows"`
	Refused  int64      `json:"refused"` // rows that could not be read
	Complete bool       `json:"complete"`
	Columns  []Column   `json:"columns"`
	Present  []Category `json:"present"`
	Absent   []Absence  `json:"absent"`

	Files    int              `json:"files"`    // in it, containers included
	Tables   int              `json:"tables"`   // in all files
	Texts    int64            `json:"texts"`    // files of running text that were read
	Unread   map[string]int64 `json:"unread"`   // parts that could not be read, by reason code
	Newest   string           `json:"newest"`   // newest plausible date in it: when the extract was probably made; "" unknown
	Owners   []Origin         `json:"owners"`   // whose it may be, the likeliest first
	Recycled []Overlap        `json:"recycled"` // earlier dumps that share people with it
	Doubts   []Doubt          `json:"doubts"`   // findings against its being what it claims
	// Authenticity is from 0 to 1; 1 where nothing speaks against it.
	Authenticity float64 `json:"authenticity"`
}

// Origin is whose a dump may be.
type Origin struct {
	Name  string  `json:"name"` // a registry's ID, or a kind and a code such as "uai:0340001X"
	Score float64 `json:"score"`
	Why   string  `json:"why"`
}

// Overlap is the share of a dump's people that are in an earlier dump, with a
// 95 % interval.
type Overlap struct {
	Dump  DumpID  `json:"dump"`
	Share float64 `json:"share"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
}

// Doubt is a check that a dump of real people passes and this one does not.
type Doubt struct {
	Code     string  `json:"code"`     // such as "nir-birth"
	Observed float64 `json:"observed"` // share of the rows compared
	Expected string  `json:"expected"`
}

// Column is one column of a dump and what it was taken to mean.
type Column struct {
	Name       string  `json:"name"` // header as found; never a value
	Meaning    string  `json:"meaning"`
	Confidence float64 `json:"confidence"`
	Filled     int64   `json:"filled"`
}

// Category is a category of personal data of the CNIL form found in a dump.
type Category struct {
	Code  string `json:"code"` // such as "civil_status", "contact", "nir", "financial"
	Count int64  `json:"count"`
}

// Absence says what was looked for and not found in what was examined. It is
// never "not taken": only the controller can attest that (decisions.md 1).
type Absence struct {
	Code      string  `json:"code"`
	LookedFor string  `json:"looked_for"`
	Rows      int64   `json:"rows"`
	Recall    float64 `json:"recall"` // measured recall of the detector on invented data
}

// Custody is one link of the chain of custody of a thing held as evidence.
type Custody struct {
	Seq     int64     `json:"seq"`
	Subject string    `json:"subject"` // capture or dump ID
	Event   string    `json:"event"`   // captured, acquired, opened, exported, purged
	Who     string    `json:"who"`     // user ID, or "system:<part>"
	Why     string    `json:"why"`
	Digest  string    `json:"digest"`
	At      time.Time `json:"at"`
}

// Inclusion is a link of the chain of custody with the proof that it is in the
// log: the hashes beside its way from the leaf to the root of the tree.
type Inclusion struct {
	Custody
	Text []byte     // what the leaf is the hash of
	Path [][32]byte // from the leaf up (RFC 6962, 2.1.1)
}
