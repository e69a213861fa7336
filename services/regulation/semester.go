package regulation

import "github.com/rasoat/rasoat/services/student"

// RegularMarks returns how many regular marks (ĐĐGtx) a scored subject has in a semester, by its lessons in the year: two up to 35
// lessons, three up to 70, four above (Circular 22/2021, art. 6(2)b).
func RegularMarks(lessonsPerYear int) int {
	switch {
	case lessonsPerYear <= 35:
		return 2
	case lessonsPerYear <= 70:
		return 3
	}
	return 4
}

// SemesterMark returns the semester mark of a scored subject (ĐTBmhk) to one decimal, a half upwards, from its regular marks (ĐĐGtx), the
// mid-term mark (ĐĐGgk), which weighs two, and the final mark (ĐĐGck), which weighs three; false without a regular mark (Circular
// 22/2021, art. 9(1)b; Circular 58/2011 as amended by 26/2020, art. 10).
//
// A subject may have fewer regular marks than RegularMarks says, and is then divided by those that it has.
func SemesterMark(regular []student.Mark, midterm, final student.Mark) (student.Mark, bool) {
	if len(regular) == 0 {
		return 0, false
	}
	sum := 2*int(midterm) + 3*int(final)
	for _, m := range regular {
		sum += int(m)
	}
	return mean(sum, len(regular)+5)
}
