package validation

import (
	"strconv"
	"unicode"
	"unicode/utf8"

	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/student"
)

// Check judges one record under a drive, in the order of the rules' parts. No findings means that the
// record is good. A roster entry has no rules: the intake judges its form.
func Check(d *drive.Drive, rec student.Record) []Finding {
	j := judge{drive: d}
	switch {
	case rec.Profile != nil:
		j.profile(rec.Profile)
	case rec.Results != nil:
		j.results(rec.Results)
	}
	j.ofDrive(rec)
	return withValues(rec, j.findings)
}

// judge collects what is found on one record.
type judge struct {
	drive    *drive.Drive
	findings []Finding
}

// found notes a finding with the severity that the drive gives the rule.
func (j *judge) found(r *Rule, field, reported, expected string) {
	j.foundAtMost(Error, r, field, reported, expected)
}

// foundAtMost notes a finding that is not above a severity, whatever the rule's own, and reports whether
// the drive applies the rule.
func (j *judge) foundAtMost(limit Severity, r *Rule, field, reported, expected string) bool {
	severity := r.SeverityIn(j.drive)
	if severity == Off {
		return false
	}
	if rank[severity] > rank[limit] {
		severity = limit
	}
	j.findings = append(j.findings, Finding{
		Rule: r.Code, Version: r.Version, Severity: severity, Field: field, Reported: reported, Expected: expected, rule: r,
		catalogue: j.drive.Catalogue,
	})
	return true
}

// rank orders the severities.
var rank = map[Severity]int{Off: 0, Info: 1, Warning: 2, Error: 3}

// fix proposes a mending for the finding noted last, which must be one of the rule.
func (j *judge) fix(r *Rule, kind FixKind, value string, certain bool) {
	if n := len(j.findings); n > 0 && j.findings[n-1].Rule == r.Code {
		j.findings[n-1].Fix = Fix{Kind: kind, Value: value, Certain: certain}
	}
}

// safe returns a code for showing. What is too long for a code, or has the digits of a number of identity, came out
// of another column: only its length is shown.
func safe(code string) string {
	digits := 0
	for _, r := range code {
		if unicode.IsDigit(r) {
			digits++
		}
	}
	if len(code) > 16 || digits > 8 {
		return strconv.Itoa(utf8.RuneCountInString(code)) + " characters"
	}
	return code
}

// firstYear returns 2022 for "2022-2023" and false for what is not two years in a row.
func firstYear(schoolYear string) (int, bool) {
	if len(schoolYear) != 9 || schoolYear[4] != '-' {
		return 0, false
	}
	from, ok1 := fourDigits(schoolYear[:4])
	to, ok2 := fourDigits(schoolYear[5:])
	return from, ok1 && ok2 && to == from+1
}

func fourDigits(s string) (int, bool) {
	n := 0
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = 10*n + int(s[i]-'0')
	}
	return n, true
}
