package breach

import "time"

// Departed is what is done for somebody who was taken and whom the registry no
// longer follows: the controller decides.
type Departed string

// People no longer followed are told at what is kept of them, or a human of
// the controller looks into each.
const (
	DepartedTell  Departed = "tell"
	DepartedHuman Departed = "human"
)

// Extraction is what a controller attests was taken from one registry: its
// people as they stood at a moment, joined by id, with no probability. The dump
// then confirms and bounds it. The latest of a registry in an incident counts.
type Extraction struct {
	Incident IncidentID `json:"incident"`
	Registry RegistryID `json:"registry"`
	Seq      int        `json:"seq"` // versions of the attestation, from 1
	// AsOf is the moment of the extraction. Only people in the registry then
	// are taken to be concerned.
	AsOf time.Time `json:"as_of"`
	// Controller bounds it to one institution's people; "" is everybody.
	Controller ControllerID `json:"controller,omitzero"`
	// Listed: the controller gave the ids of those who were taken.
	Listed   bool     `json:"listed"`
	Departed Departed `json:"departed"`
	// Categories of data attested as taken, as codes of notify.
	Categories []string `json:"categories"`
	// Who attests: a function of the controller, never a name; when, in which
	// document, and in which words.
	By         string    `json:"by"`
	AttestedAt time.Time `json:"attested_at"`
	Reference  string    `json:"reference"`
	Words      string    `json:"words"`
	RecordedBy UserID    `json:"recorded_by"`
	RecordedAt time.Time `json:"recorded_at"`

	// What the join with the registry gave.
	Version int   `json:"version"` // of the registry
	Persons int64 `json:"persons"`
	Gone    int64 `json:"gone"`    // of them, no longer followed
	Unknown int64 `json:"unknown"` // ids of the list whom the registry did not have then
}

// Covers tells whether the attestation speaks for a controller's people.
func (e Extraction) Covers(c ControllerID) bool {
	return e.Seq > 0 && (e.Controller == "" || e.Controller == c)
}

// Extent is how a dump bears an extraction out, in persons but for Nobody.
type Extent struct {
	Taken   int64 `json:"taken"`   // by the registry, as attested
	Seen    int64 `json:"seen"`    // of them, linked to a row of the dump
	Perhaps int64 `json:"perhaps"` // of them, with rows that nobody has judged, and none linked
	NotSeen int64 `json:"not_seen"`
	// Outside are linked although the attestation does not cover them: it may
	// be too narrow, or its date too early.
	Outside int64 `json:"outside"`
	// Nobody are rows of the dump that are nobody's whom any registry of the
	// incident knows: the controller decides about them.
	Nobody int64 `json:"nobody"`
	Rows   int64 `json:"rows"` // of the dump; 0: none was compared
}

// What a controller may decide about the rows of nobody whom a registry knows.
const (
	NobodySearch = "search" // archives and backups are searched; the attestation follows
	NobodyPublic = "public" // a public communication tells them (GDPR Art. 34(3)(c))
	NobodyOthers = "others" // they are not people of this controller, which says why
)

// NobodyDecisions lists them.
var NobodyDecisions = []string{NobodySearch, NobodyPublic, NobodyOthers}
