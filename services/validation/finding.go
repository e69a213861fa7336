package validation

import (
	"fmt"
	"log/slog"

	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/student"
)

// Finding is what a rule found on one record.
type Finding struct {
	Rule     string
	Version  int
	Severity Severity
	Field    string // where, by the names of the contract: "identity.number", "subjects[TOAN].year"
	Reported string // what stands there, or its shape; "" where that would tell a person's data
	Expected string // what should; "" when it cannot be told
	Fix      Fix    // how a program can mend it; the zero Fix when it cannot
	// Values is every value that the finding follows from. An acknowledgement binds to a keyed digest of it.
	Values Values

	rule      *Rule            // for its sentences
	catalogue *drive.Catalogue // for the names in them
}

// Fix is a mending that a program can make at the finding's field. It holds a value only where that is a code of a catalogue, a
// mark or a rating; a name or a number is made from what stands there, by Apply.
type Fix struct {
	Kind    FixKind
	Value   string
	Certain bool // false: the likely mending, to be looked at by a person
}

// FixKind is how a value can be mended.
type FixKind string

// The kinds of mending.
const (
	FixLeadingZero FixKind = "leading_zero"   // 0 before the number
	FixDigits      FixKind = "digits"         // without what is not a digit
	FixClean       FixKind = "clean"          // composed form (NFC), single plain spaces
	FixLatin       FixKind = "latin"          // the Vietnamese letter for one that looks like it: Ð to Đ
	FixTitleCase   FixKind = "title_case"     // each word with a capital
	FixFromTCVN3   FixKind = "from_tcvn3"     // the text read as TCVN3 (.VnTime)
	FixFromVNI     FixKind = "from_vni"       // the text read as VNI
	FixFromVIQR    FixKind = "from_viqr"      // the text read as VIQR
	FixCatalogue   FixKind = "catalogue"      // Value, a code of the drive's catalogue
	FixValue       FixKind = "value"          // Value, a mark ("8.3"), a rating or a comment
	FixSwap        FixKind = "swap_day_month" // day and month exchanged
)

// Values is a canonical text of the values that a finding follows from. It is personal and prints redacted.
type Values string

const redacted = "[redacted]"

// Reveal returns the text itself.
func (v Values) Reveal() string { return string(v) }

// String redacts.
func (Values) String() string { return redacted }

// Format redacts for every verb.
func (Values) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(redacted)) }

// LogValue redacts.
func (Values) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText redacts.
func (Values) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// Digest is what an acknowledgement of the finding binds to: 16 bytes under the key, over pupil, part, rule, version, field
// and the values. It changes when any of them does.
func (f Finding) Digest(key student.Key, pupil student.Ref, part student.Part) []byte {
	return key.Values(string(pupil), string(part), f.Rule, fmt.Sprint(f.Version), f.Field, f.Values.Reveal())
}
