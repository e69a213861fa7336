package validation

import (
	"slices"
	"strings"

	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/student"
)

// Severity says what a finding does.
type Severity string

// The severities.
const (
	Error   Severity = drive.SeverityError   // blocks the record
	Warning Severity = drive.SeverityWarning // must be acknowledged with a reason
	Info    Severity = drive.SeverityInfo    // is told, and nothing more
	Off     Severity = drive.SeverityOff     // of a drive only: the rule is not applied
)

// Rule is one named rule. Its text may hold {field}, {reported} and {expected}; its remedy {field} alone, because the remedy is
// also read where nothing stands yet: see Advice.
type Rule struct {
	Code     string // stable, UPPER_SNAKE
	Version  int    // raised when the rule judges otherwise than before
	Severity Severity
	Part     student.Kind // the kind of record that it judges
	Source   string       // the law or the practice on which it rests
	Text     fault.Text   // what is wrong
	Remedy   fault.Text   // what to do next
	Fix      FixKind      // the mending that it may propose; "" for none
	OfDrive  bool         // the drive adds it
}

// rules is every rule, in the order in which they are listed.
var rules = slices.Concat(profileRules, residenceRules, resultsRules, formulaRules, acrossRules)

var ruleOf = func() map[string]*Rule {
	m := make(map[string]*Rule, len(rules))
	for _, r := range rules {
		if _, twice := m[r.Code]; twice {
			panic("validation: two rules have the code " + r.Code)
		}
		m[r.Code] = r
	}
	return m
}()

// Rules returns every rule, in order.
func Rules() []Rule {
	all := make([]Rule, 0, len(rules))
	for _, r := range rules {
		all = append(all, *r)
	}
	return all
}

// RuleByCode returns the rule of a code.
func RuleByCode(code string) (Rule, bool) {
	r, ok := ruleOf[code]
	if !ok {
		return Rule{}, false
	}
	return *r, true
}

// fixing says which mending the rule may propose.
func (r *Rule) fixing(kind FixKind) *Rule {
	r.Fix = kind
	return r
}

// SeverityIn returns the severity of a rule under a drive; Off when the drive switches it off.
func (r Rule) SeverityIn(d *drive.Drive) Severity {
	if s, ok := d.Severities[r.Code]; ok {
		return Severity(s)
	}
	return r.Severity
}

func text(vi, en string) fault.Text { return fault.Text{Vi: vi, En: en} }

// columns are the beginnings of the fields that the rules of a kind speak of, by the beginning of their codes, for whoever explains a column
// before anything stands in it.
var columns = []struct{ code, field string }{
	{"NAME_", "full_name"}, {"BIRTH_", "date_of_birth"}, {"ETHNICITY_", "ethnicity"}, {"NATIONALITY_", "nationality"}, {"ID_GENDER", "gender"},
	{"ID_BIRTH_YEAR", "date_of_birth"}, {"ID_NATIONALITY", "nationality"}, {"ID_", "identity.number"}, {"ID_SHAPE", "identity.kind"}, {"ID_NATIONALITY", "identity.kind"},
	{"ID_NONE_REASON", "identity.reason"}, {"RESIDENCE_", "residence."},
	{"SCHOOL_YEAR_", "school_year"}, {"REGULATION_", "programme"}, {"SUBJECT_", "subjects["}, {"SCORE_", "subjects["}, {"MARK", "subjects["},
	{"TERM_", "subjects["}, {"YEAR_MARK", ".year"}, {"YEAR_COMMENT", ".year"}, {"AVERAGE", ".average_tenths"}, {"RATING", ".rating"}, {"LEVEL", ".rating"},
	{"CONDUCT_", ".conduct"}, {"RESULTS_REASON", "not_applicable"},
}

// Concerns reports whether the rule can point to a field of the contract.
func (r Rule) Concerns(field string) bool {
	for _, c := range columns {
		if !strings.HasPrefix(r.Code, c.code) {
			continue
		}
		if strings.HasPrefix(field, c.field) || strings.HasPrefix(c.field, ".") && strings.HasSuffix(field, c.field) {
			return true
		}
	}
	return r.Code == "PROFILE_REQUIRED" && (field == "full_name" || field == "date_of_birth" || field == "gender" || field == "ethnicity" || field == "identity.number")
}
