package notify

// The closed list of reasons why somebody is told, is not told, or needs a
// human. They stand in the ledger and in the console; notify/wording explains
// each in every language.
const (
	// Why somebody is told.
	ReasonSelfAdult       = "self-adult"       // capable adult
	ReasonSelfEmancipated = "self-emancipated" // C. civ. 413-6: capable as an adult
	ReasonSelfYoung       = "self-young"       // 15 to 17: LIL art. 45, policy
	ReasonSelfTutelle     = "self-tutelle"     // C. civ. 459: told beside the tutor
	ReasonSelfCuratelle   = "self-curatelle"   // C. civ. 467: told beside the curator
	ReasonSelfAssisted    = "self-assisted"    // C. civ. 494-1, 477: told beside the agent
	ReasonSelfSauvegarde  = "self-sauvegarde"  // C. civ. 435: keeps the exercise of all rights
	ReasonParentJoint     = "parent-joint"     // C. civ. 372, 373-2: each parent, separation changes nothing
	ReasonParentSole      = "parent-sole"      // C. civ. 373, 373-1, 373-2-1: exercises alone
	ReasonTutor           = "tutor"            // C. civ. 408 (minor), 473 and 475 (adult)
	ReasonCurator         = "curator"          // C. civ. 467 al. 3
	ReasonAgent           = "agent"            // C. civ. 494-6, 490
	ReasonDelegate        = "delegate"         // C. civ. 377, 377-1
	ReasonInstitute       = "institute"        // C. civ. 375-7: the service the child is entrusted to

	// ReasonTaken stands beside the others: the controller attests that the
	// person was in its register when it was taken.
	ReasonTaken = "known-extraction"

	// Why somebody is not told.
	ReasonDeceased           = "deceased"            // recital 27 GDPR; LIL art. 84
	ReasonHolderDeceased     = "holder-deceased"     // C. civ. 373-1
	ReasonHolderBarred       = "holder-barred"       // C. civ. 515-11: a protection order names the holder
	ReasonParentWithdrawn    = "parent-withdrawn"    // C. civ. 378, 378-1, 379
	ReasonParentSuspended    = "parent-suspended"    // C. civ. 378-2
	ReasonParentNoExercise   = "parent-no-exercise"  // C. civ. 373-2-1; policy: not told by default
	ReasonRelationEnded      = "relation-ended"      // the row is not valid on the day
	ReasonOfAge              = "of-age"              // C. civ. 371-1: parental authority has ended
	ReasonEmancipatedAlone   = "emancipated-alone"   // C. civ. 413-7: parental authority has ended
	ReasonSecretKept         = "secret-kept"         // the follow-up is kept secret from the holder
	ReasonProtectionStands   = "protection-stands"   // the subject is protected: only a human tells anyone
	ReasonSauvegardeAlone    = "sauvegarde-alone"    // C. civ. 435: nobody represents the person
	ReasonOtherParentUnknown = "other-parent-unseen" // joint exercise, but the registry knows one parent only

	ReasonNotEntitled   = "not-entitled"   // decree 2017-890: may not have the act that was taken
	ReasonToldElsewhere = "told-elsewhere" // told the same facts about the same data in another incident
	ReasonNotThem       = "not-them"       // a human says that the row of the dump is somebody else's

	// Why a human must act.
	ReasonProtected         = "protected"           // C. civ. 515-11 6° bis: the danger lane
	ReasonSecret            = "secret"              // CSP L1111-5, social services: a human decides
	ReasonAgeUnknown        = "age-unknown"         // no birth date, or one that cannot be
	ReasonRegimeUnknown     = "regime-unknown"      // a regime these rules do not know
	ReasonRegimeConflict    = "regime-conflict"     // the regime and the rows or the age disagree
	ReasonDeathUnclear      = "death-unclear"       // a date of death in the future
	ReasonAuthorityUnknown  = "authority-unknown"   // the registry does not say who exercises
	ReasonRowsConflict      = "rows-conflict"       // rows that cannot hold together
	ReasonExclusionEnded    = "exclusion-ended"     // an exclusion has ended and nothing newer says what holds
	ReasonExclusionAhead    = "exclusion-ahead"     // an exclusion begins after the day
	ReasonHolderUnnamed     = "holder-unnamed"      // a row without a usable holder
	ReasonNoRepresentative  = "no-representative"   // a minor with nobody to tell
	ReasonGuardianMissing   = "guardian-missing"    // a measure without the person who carries it out
	ReasonSharedWithBarred  = "shared-with-barred"  // the address is also that of somebody excluded
	ReasonNoContact         = "no-contact"          // no channel at all: GDPR Art. 34(3)(c)
	ReasonEmailUnsafe       = "email-unsafe"        // dropped: not marked safe while a protection stands
	ReasonPhoneUnsafe       = "phone-unsafe"        // dropped: likewise
	ReasonEmailUnusable     = "email-unusable"      // dropped: not an address
	ReasonEmailShared       = "email-shared"        // dropped: somebody else has the same mailbox
	ReasonPhoneShared       = "phone-shared"        // dropped: somebody else has the same number
	ReasonChannelsInTheDump = "channel-compromised" // dropped: its credentials are in the dump

	// Why a human must act after all, although the rules found a channel.
	ReasonLeftRegistry      = "person-left-registry" // linked, but the registry does not hold the person any more
	ReasonHouseholdInDanger = "household-in-danger"  // lives with somebody whom a human has not reached yet
	ReasonAddressSuspended  = "address-suspended"    // somebody said that this address is not the person's
	ReasonChannelsExhausted = "channels-exhausted"   // every channel bounced, was held back or left a doubt
	ReasonRecipientExcluded = "recipient-excluded"   // was a recipient when planned, and is none any more
	ReasonRecalled          = "recalled"             // the letter was taken back before it left

	// Why the last check before the hand-over held a message: the registry or the
	// facts have changed since the plan was signed.
	ReasonFactsChanged      = "facts-changed"
	ReasonControllerChanged = "controller-changed" // another controller answers for the person now
	ReasonChannelWithdrawn  = "channel-withdrawn"
	ReasonAddressChanged    = "address-changed"
	ReasonVariantChanged    = "variant-changed" // of age since, under a measure, or other words are asked for
)

// Reasons lists every reason code.
func Reasons() []string {
	return []string{
		ReasonSelfAdult, ReasonSelfEmancipated, ReasonSelfYoung, ReasonSelfTutelle, ReasonSelfCuratelle,
		ReasonSelfAssisted, ReasonSelfSauvegarde, ReasonParentJoint, ReasonParentSole, ReasonTutor,
		ReasonCurator, ReasonAgent, ReasonDelegate, ReasonInstitute,
		ReasonDeceased, ReasonHolderDeceased, ReasonHolderBarred, ReasonParentWithdrawn, ReasonParentSuspended,
		ReasonParentNoExercise, ReasonRelationEnded, ReasonOfAge, ReasonEmancipatedAlone, ReasonSecretKept,
		ReasonProtectionStands, ReasonSauvegardeAlone, ReasonOtherParentUnknown,
		ReasonProtected, ReasonSecret, ReasonAgeUnknown, ReasonRegimeUnknown, ReasonRegimeConflict,
		ReasonDeathUnclear, ReasonAuthorityUnknown, ReasonRowsConflict, ReasonExclusionEnded, ReasonExclusionAhead,
		ReasonHolderUnnamed, ReasonNoRepresentative, ReasonGuardianMissing, ReasonSharedWithBarred, ReasonNoContact,
		ReasonEmailUnsafe, ReasonPhoneUnsafe, ReasonEmailUnusable, ReasonEmailShared, ReasonPhoneShared,
		ReasonChannelsInTheDump, ReasonLeftRegistry, ReasonChannelsExhausted, ReasonNotThem, ReasonNotEntitled, ReasonToldElsewhere, ReasonHouseholdInDanger, ReasonAddressSuspended,
		ReasonRecalled, ReasonRecipientExcluded, ReasonTaken,
		ReasonFactsChanged, ReasonControllerChanged, ReasonChannelWithdrawn, ReasonAddressChanged, ReasonVariantChanged,
	}
}

// Variants of the wording, one per position of the reader.
const (
	VariantAdult       = "adult"       // the person concerned
	VariantEasy        = "easy"        // the person concerned, who reads easy-to-read language (FALC)
	VariantYoung       = "young"       // the person concerned, 15 to 17, in words a minor understands (LIL art. 45)
	VariantChild       = "child"       // a representative of somebody under 15, with an insert for the child
	VariantGuardian    = "guardian"    // a representative of somebody of 15 to 17
	VariantTutor       = "tutor"       // of an adult
	VariantCurator     = "curator"     // of an adult
	VariantAgent       = "agent"       // habilitation or mandate
	VariantInformation = "information" // told for information only; chosen by a human, never by the rules
)

// Variants lists every variant.
func Variants() []string {
	return []string{VariantAdult, VariantEasy, VariantYoung, VariantChild, VariantGuardian, VariantTutor, VariantCurator, VariantAgent, VariantInformation}
}
