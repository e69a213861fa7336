package validation

import (
	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/student"
)

// CheckAll judges records of one school in every way that the drive would: each by itself, the parts of a pupil that concern each other,
// and all against each other. The answer has one list a record.
func CheckAll(d *drive.Drive, records []student.Record) [][]Finding {
	out := make([][]Finding, len(records))
	grades := map[student.Code]map[student.Part]int{}
	for i, r := range records {
		out[i] = Check(d, r)
		if r.Results == nil {
			continue
		}
		if grades[r.Results.Code] == nil {
			grades[r.Results.Code] = map[student.Part]int{}
		}
		grades[r.Results.Code][r.Part] = i
	}
	for _, parts := range grades {
		if i, j, ok := both(parts, student.Results10, student.Results11); ok {
			out[j] = append(out[j], CheckHistory(d, *records[i].Results, *records[j].Results)...)
		}
		if i, j, ok := both(parts, student.Results121, student.Results122); ok {
			out[j] = append(out[j], CheckYear12(d, *records[i].Results, *records[j].Results)...)
		}
	}
	for _, more := range []map[int][]Finding{Across(d, records), Duplicates(d, records)} {
		for i, findings := range more {
			out[i] = Merge(out[i], findings)
		}
	}
	return out
}

func both(parts map[student.Part]int, first, second student.Part) (i, j int, ok bool) {
	i, ok1 := parts[first]
	j, ok2 := parts[second]
	return i, j, ok1 && ok2
}
