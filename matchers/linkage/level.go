package linkage

// comparison is one thing two records are compared on.
type comparison uint8

const (
	onSurname comparison = iota
	onGiven
	onDate
	onEmail
	onPhone
	onAddress
	onPlace
	onSex
	onNationality
	onNIR
	numComparisons
)

// Levels of the surname.
const (
	surnameExact   = iota + 1
	surnameCross   // birth name against usage name
	surnamePart    // one name of a double name
	surnameSwapped // stands in the column of the given names
	surnameTypo    // one or two letters off, and nobody's name
	surnameNear    // sounds alike or nearly alike, but may be another name
	surnameOff
)

// Levels of the given names.
const (
	givenAll     = iota + 1 // several, all equal
	givenExact              // one, equal
	givenFirst              // the first equal, others said on one side only
	givenClash              // the first equal, others contradict
	givenOther              // equal to another of the given names
	givenSwapped            // stands in the column of the surname
	givenTypo               // a letter or two off, and nobody's name
	givenShort              // an initial, a beginning, a short form
	givenNear               // alike, but may be another name: siblings are named so
	givenOff
)

// Levels of e-mail, phone, address, place and of yes-or-no comparisons.
const (
	emailExact = iota + 1
	emailLocal // same name before the @
	emailClose // a letter or two off
	emailOff

	phoneExact = 1
	phoneClose = 2
	phoneOff   = 3

	addressExact    = 1
	addressClose    = 2 // street nearly equal, in the same town
	addressPostcode = 3
	addressCity     = 4
	addressArea     = 5 // same department
	addressOff      = 6

	placeExact   = 1
	placeHistory = 2 // one became the other, or part of it
	placeClose   = 3
	placeOff     = 4

	sameValue  = 1
	otherValue = 2

	nirExact = 1
	nirClose = 2
	nirOff   = 3
)

const maxLevels = 11

// levelSpec is what is known of a level before any data: m between records of
// one person, u between strangers, kin between relatives of one household, in
// parts per billion. A valued level's u is the share of the value itself.
type levelSpec struct {
	name      string
	m, u, kin uint64
	valued    bool
}

type comparisonSpec struct {
	name   string
	levels []levelSpec // levels[0] is level 1
}

// m is set from files of good and of bad quality as published for Splink and
// matchID models, kin from French family statistics: about 1.7 % of births are
// twin births (INSEE), 0.4 % of fathers hand their first name on.
var specs = [numComparisons]comparisonSpec{
	onSurname: {"name", []levelSpec{
		{"exact", 880e6, 200e3, 640e6, true},
		{"birth_or_usage", 25e6, 20e3, 50e6, true},
		{"part", 15e6, 100e3, 60e6, true},
		{"swapped", 8e6, 2e3, 4e6, true},
		{"typo", 30e6, 300e3, 22e6, false},
		{"near", 17e6, 3e6, 15e6, false},
		{"different", 25e6, 996e6, 209e6, false},
	}},
	onGiven: {"given_names", []levelSpec{
		{"all", 200e6, 100e3, 500e3, true},
		{"exact", 589e6, 4e6, 4e6, true},
		{"first", 120e6, 2e6, 2e6, true},
		{"later_differ", 6e6, 2e6, 5e6, true},
		{"other", 20e6, 8e6, 30e6, true},
		{"swapped", 8e6, 2e3, 4e3, true},
		{"typo", 28e6, 500e3, 500e3, false},
		{"short", 12e6, 6e6, 8e6, false},
		{"near", 12e6, 12e6, 24e6, false},
		{"different", 5e6, 965e6, 925e6, false},
	}},
	onDate: {"birth_date", []levelSpec{
		{"exact", 930e6, 60e3, 100e3, true},
		{"swapped", 8e6, 60e3, 60e3, true},
		{"partial", 15e6, 150e3, 500e3, true},
		{"known_parts", 950e6, 15e6, 30e6, true}, // m where some part is unknown: never learnt
		{"typo", 22e6, 1500e3, 4e6, false},
		{"two_parts", 12e6, 6e6, 12e6, false},
		{"year", 5e6, 25e6, 25e6, false},
		{"different", 8e6, 967e6, 937e6, false},
	}},
	onEmail: {"email", []levelSpec{
		{"exact", 780e6, 200, 350e6, true},
		{"local_part", 20e6, 20e3, 5e6, false},
		{"close", 30e6, 20e3, 10e6, false},
		{"different", 170e6, 999.9e6, 635e6, false},
	}},
	onPhone: {"phone", []levelSpec{
		{"exact", 750e6, 200, 400e6, true},
		{"close", 20e6, 1e3, 5e6, false},
		{"different", 230e6, 999.9e6, 595e6, false},
	}},
	onAddress: {"address", []levelSpec{
		{"exact", 640e6, 10e3, 600e6, true},
		{"close", 90e6, 20e3, 80e6, false},
		{"postcode", 110e6, 5e6, 130e6, false},
		{"city", 40e6, 2e6, 50e6, false},
		{"department", 50e6, 40e6, 60e6, false},
		{"different", 70e6, 953e6, 80e6, false},
	}},
	onPlace: {"birth_place", []levelSpec{
		{"exact", 870e6, 15e6, 495e6, true},
		{"history", 10e6, 60e3, 5e6, true},
		{"close", 60e6, 40e6, 150e6, false},
		{"different", 60e6, 945e6, 350e6, false},
	}},
	onSex: {"sex", []levelSpec{
		{"same", 990e6, 500e6, 500e6, false},
		{"different", 10e6, 500e6, 500e6, false},
	}},
	onNationality: {"nationality", []levelSpec{
		{"same", 960e6, 600e6, 930e6, false},
		{"different", 40e6, 400e6, 70e6, false},
	}},
	onNIR: {"nir", []levelSpec{
		{"exact", 950e6, 20, 1e3, true},
		{"close", 35e6, 10e3, 100e3, false},
		{"different", 15e6, 999.9e6, 999e6, false},
	}},
}

// levelName is a level's word in evidence.
func levelName(c comparison, level uint8) string {
	if level == 0 {
		return "missing"
	}
	return specs[c].levels[level-1].name
}

// vector is the outcome of comparing two records: a level each (0 is missing)
// and log2 of the share of the agreeing value, 0 where none applies.
type vector struct {
	level [numComparisons]uint8
	share [numComparisons]bitsFx
	// hashed tells by which hash an e-mail or a phone agrees, as a lengthBit.
	hashed [hashedKinds]uint8
	became Became // how one place of birth became the other
}

// levelName is a level's word in evidence, with what made the values agree where
// they are not the same text: "exact_sha256", "history_merged".
func (v *vector) levelName(c comparison) string {
	name := levelName(c, v.level[c])
	if c == onPlace && v.became != 0 {
		return name + "_" + becameWords[v.became]
	}
	for k := range v.hashed {
		if contactOf[k] != c {
			continue
		}
		for b, algorithm := range [...]string{"md5", "sha1", "sha256", "sha384", "sha512"} {
			if v.hashed[k] == 1<<b {
				return name + "_" + algorithm
			}
		}
	}
	return name
}
