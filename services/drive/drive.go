package drive

import (
	"slices"
	"time"

	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/student"
)

// Modes of checking an identity with the population registry.
const (
	RegistryLookup = "lookup" // tra cứu: the registry answers with the record, so a mismatch can name its field
	RegistryVerify = "verify" // xác thực: the registry answers only whether such a person exists
)

// Severities that a drive can give to a rule.
const (
	SeverityError   = "error"   // the part is rejected until it is corrected
	SeverityWarning = "warning" // somebody must acknowledge it
	SeverityInfo    = "info"    // told, and nothing more
	SeverityOff     = "off"     // not checked
)

// Kinds of school.
const (
	THPT        = "thpt"   // trường trung học phổ thông
	Specialised = "chuyen" // trường THPT chuyên
	GDTX        = "gdtx"   // trung tâm giáo dục thường xuyên, giáo dục nghề nghiệp – GDTX
)

// Drive is one data drive. It is read-only after Load and safe for concurrent use.
type Drive struct {
	ID         string // a token of subjects and keys: "2022-2023-12"
	Name       string // in Vietnamese, as people call the drive
	SchoolYear string // of the grade-12 year: "2022-2023"
	Version    string // of this configuration, as its author numbered it
	Digest     string // SHA-256 of everything the drive says, catalogue included, in hex

	Windows     []Window  // in the order in which they close
	Corrections time.Time // until when an on-time part with an open finding stays correctable

	Severities       map[string]string // by the stable name of the rule; a rule not named here keeps its own
	Rules            []Rule            // that the drive adds, in the order in which it lists them
	ApprovalRequired bool              // the province must approve a school before its records count
	Registry         string            // RegistryLookup or RegistryVerify
	Asking           Asking            // how much the registry may be asked

	Schools   []School // ordered by code
	Catalogue *Catalogue

	regulations []regulation
	gradeYears  [3]string
	location    *time.Location
	byCode      map[string]int
	byPart      map[student.Part]int
}

// Window is a span of the drive that ends at one instant. It requires its own parts and those of every
// earlier window.
type Window struct {
	ID     string
	Name   fault.Text
	Closes time.Time // a part stored at this instant is late
	Parts  []student.Part
}

// School is a line of the directory: who is expected to send, and how many pupils.
type School struct {
	Province string // GSO code of the drive's catalogue, two digits
	Code     string // of the sector's database; opaque
	Name     string
	Kind     string // THPT, Specialised or GDTX
	Expected int    // pupils of grade 12 that the directory declares
}

// School returns the school of a code.
func (d *Drive) School(code string) (School, bool) {
	i, ok := d.byCode[code]
	if !ok {
		return School{}, false
	}
	return d.Schools[i], true
}

// Window returns the window that a part belongs to.
func (d *Drive) Window(part student.Part) (Window, bool) {
	i, ok := d.byPart[part]
	if !ok {
		return Window{}, false
	}
	return d.Windows[i], true
}

// NotAfter returns the instant at which a part is late: the close of its window; zero for a part of no
// window.
func (d *Drive) NotAfter(part student.Part) time.Time {
	w, _ := d.Window(part)
	return w.Closes
}

// Required returns the parts that a window requires: its own and those of earlier windows, in the order of
// student.Parts; nil for a window that the drive does not have.
func (d *Drive) Required(window string) []student.Part {
	var parts []student.Part
	for _, w := range d.Windows {
		parts = append(parts, w.Parts...)
		if w.ID == window {
			slices.SortFunc(parts, func(a, b student.Part) int {
				return slices.Index(student.Parts, a) - slices.Index(student.Parts, b)
			})
			return parts
		}
	}
	return nil
}
