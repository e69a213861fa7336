package validation

import (
	"sync"

	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/drive/expression"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/student"
)

// ownRule is a rule of a drive as the others are.
type ownRule struct {
	*Rule
	of *drive.Rule
}

// ownRules are the rules of the drives that were asked for, by kind of record.
var ownRules sync.Map // *drive.Drive to map[student.Kind][]ownRule

func rulesOf(d *drive.Drive) map[student.Kind][]ownRule {
	if known, ok := ownRules.Load(d); ok {
		return known.(map[student.Kind][]ownRule)
	}
	out := map[student.Kind][]ownRule{}
	for i := range d.Rules {
		r := &d.Rules[i]
		out[r.Kind] = append(out[r.Kind], ownRule{&Rule{
			Code: r.Code, Version: r.Version, Severity: Severity(r.Severity), Part: r.Kind, Source: r.Source, Text: r.Text, Remedy: r.Remedy, OfDrive: true,
		}, r})
	}
	ownRules.Store(d, out)
	return out
}

// ofDrive applies the rules that the drive adds. One that cannot be computed for a record is told as information: a slip of the
// drive's author is no fault of a school.
func (j *judge) ofDrive(rec student.Record) {
	if len(j.drive.Rules) == 0 || !rec.Part.Valid() || rec.Results != nil && rec.Results.NotApplicable != "" {
		return
	}
	rules := rulesOf(j.drive)[rec.Part.Kind()]
	if len(rules) == 0 {
		return
	}
	view := expression.ViewOf(j.drive.ID, j.drive.SchoolYear, rec)
	for _, r := range rules {
		switch broken, err := r.of.Broken(view); {
		case err != nil:
			j.found(ruleFailed, r.of.Field, r.Code, "")
		case broken:
			j.found(r.Rule, r.of.Field, "", "")
		}
	}
}

// RulesIn returns every rule under a drive: ours, then those that it adds.
func RulesIn(d *drive.Drive) []Rule {
	all := Rules()
	for i := range d.Rules {
		for _, r := range rulesOf(d)[d.Rules[i].Kind] {
			if r.of == &d.Rules[i] {
				all = append(all, *r.Rule)
			}
		}
	}
	return all
}

// Fits reports whether the rules that a drive adds have codes of their own, and whether the severities that it gives are of rules that
// there are. It fails with Invalid.
func Fits(d *drive.Drive) error {
	known := map[string]bool{}
	e := fault.New(fault.Invalid, "validation.fits", "Đợt rà soát và các quy tắc không khớp nhau.", "the drive does not fit the rules")
	for _, r := range RulesIn(d) {
		if known[r.Code] {
			e.Fields = append(e.Fields, fault.Field{Path: "drive.yaml: rules", Rule: r.Code,
				Text:   text("Mã "+r.Code+" đã là của một quy tắc có sẵn.", r.Code+" is the code of a rule that there is already."),
				Remedy: text("Đặt mã khác cho quy tắc của đợt.", "Give the drive's rule another code.")})
		}
		known[r.Code] = true
	}
	for code := range d.Severities {
		if !known[code] {
			e.Fields = append(e.Fields, fault.Field{Path: "drive.yaml: severities." + code, Rule: code,
				Text:   text("Không có quy tắc "+code+".", "There is no rule "+code+"."),
				Remedy: text("Xem các mã bằng lệnh rasoat rules.", "See the codes with rasoat rules.")})
		}
	}
	if len(e.Fields) == 0 {
		return nil
	}
	return e
}
