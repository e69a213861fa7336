package validation

import (
	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/student"
)

// CheckHistory judges what parts results/10 and results/11 say together: grade 11 was studied after grade 10. What can be seen in one
// part is not told again.
func CheckHistory(d *drive.Drive, grade10, grade11 student.Results) []Finding {
	if grade10.NotApplicable != "" || grade11.NotApplicable != "" {
		return nil
	}
	first, ok1 := firstYear(grade10.SchoolYear)
	second, ok2 := firstYear(grade11.SchoolYear)
	this, ok := firstYear(d.SchoolYear)
	if !ok1 || !ok2 || !ok || first >= this || second >= this || second < this-oldest {
		return nil // SCHOOL_YEAR_PART says so
	}
	j := judge{drive: d}
	switch {
	case second <= first:
		j.found(historyOrder, "school_year", grade11.SchoolYear, grade10.SchoolYear)
	case second > first+1:
		j.found(historyGap, "school_year", grade11.SchoolYear, grade10.SchoolYear)
	}
	for i := range j.findings {
		var w valueWriter
		w.put(grade10.SchoolYear, grade11.SchoolYear)
		j.findings[i].Values = Values(w.b.String())
	}
	return j.findings
}
