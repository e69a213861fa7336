package validation

import (
	"slices"

	"github.com/rasoat/rasoat/services/student/legacy"
)

// legacyFixes are the mendings by encoding.
var legacyFixes = map[legacy.Encoding]FixKind{legacy.TCVN3: FixFromTCVN3, legacy.VNI: FixFromVNI, legacy.VIQR: FixFromVIQR}

// legacy looks for a column of names in an old encoding. One name is little to go by; a column is much.
func (a *across) legacy() {
	var names []string
	for _, r := range a.records {
		if r.Profile != nil {
			names = append(names, r.Profile.FullName.Reveal())
		}
	}
	encoding, ok := legacy.Of(names)
	if !ok {
		return
	}
	for i, r := range a.records {
		if r.Profile == nil || !legacy.In(encoding, r.Profile.FullName.Reveal()) {
			continue
		}
		a.note(i, nameLegacy, "full_name", string(encoding), "")
		if n := len(a.found[i]); n > 0 && a.found[i][n-1].Rule == nameLegacy.Code {
			a.found[i][n-1].Fix = Fix{Kind: legacyFixes[encoding]}
		}
	}
}

func fromLegacy(kind FixKind, s string) (string, bool) {
	for encoding, k := range legacyFixes {
		if k == kind {
			return legacy.Convert(encoding, s), true
		}
	}
	return s, false
}

// Merge puts what was found on a record by itself and what was found across records together. Of a name in a column of an old
// encoding nothing else is said: its letters are no fault of their own.
func Merge(own, across []Finding) []Finding {
	if len(across) == 0 {
		return own
	}
	if slices.ContainsFunc(across, func(f Finding) bool { return f.Rule == nameLegacy.Code }) {
		own = slices.DeleteFunc(own, func(f Finding) bool { return f.Field == "full_name" })
	}
	return append(own, across...)
}
