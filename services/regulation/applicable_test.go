package regulation

import (
	"testing"

	"github.com/rasoat/rasoat/services/student"
)

// The last year before and the first year of every change, for every grade.
func TestApplicable(t *testing.T) {
	const (
		old, now, gdtx = student.Upper2006, student.Upper2018, student.Continuing
		none           = Code("")
	)
	for _, tc := range []struct {
		article   string
		programme student.Programme
		year      int
		want      [3]Code // grades 10, 11, 12
	}{
		{"58/2011: not yet", old, 2010, [3]Code{}},
		{"58/2011: from 2011-2012", old, 2011, [3]Code{Original58, Original58, Original58}},
		{"58/2011: the last year before 26/2020", old, 2019, [3]Code{Original58, Original58, Original58}},
		{"26/2020: from 2020-2021", old, 2020, [3]Code{Amended58, Amended58, Amended58}},
		{"22/2021, art. 21: not yet", old, 2021, [3]Code{Amended58, Amended58, Amended58}},
		{"22/2021, art. 21: grade 10 went over", old, 2022, [3]Code{none, Amended58, Amended58}},
		{"22/2021, art. 21: grade 11 went over", old, 2023, [3]Code{none, none, Amended58}},
		{"22/2021, art. 21: grade 12 went over", old, 2024, [3]Code{}},
		{"22/2021, art. 21: programme not there yet", now, 2021, [3]Code{}},
		{"22/2021, art. 21: grade 10", now, 2022, [3]Code{Four22, none, none}},
		{"22/2021, art. 21: grade 11", now, 2023, [3]Code{Four22, Four22, none}},
		{"22/2021, art. 21: grade 12", now, 2024, [3]Code{Four22, Four22, Four22}},
		{"22/2021, art. 21: for good", now, 2031, [3]Code{Four22, Four22, Four22}},
		{"02/2007: not yet", gdtx, 2006, [3]Code{}},
		{"02/2007: from 2007-2008", gdtx, 2007, [3]Code{Decision02, Decision02, Decision02}},
		{"43/2021: not yet", gdtx, 2021, [3]Code{Decision02, Decision02, Decision02}},
		{"43/2021: grade 10", gdtx, 2022, [3]Code{Four43, Decision02, Decision02}},
		{"43/2021: grade 11", gdtx, 2023, [3]Code{Four43, Four43, Decision02}},
		{"43/2021: grade 12", gdtx, 2024, [3]Code{Four43, Four43, Four43}},
		{"no such programme", "thpt1990", 2020, [3]Code{}},
		{"no such programme", "thpt1990", 2024, [3]Code{}},
	} {
		for i, want := range tc.want {
			if got, ok := Applicable(tc.programme, 10+i, tc.year); got != want || ok != (want != none) {
				t.Errorf("%s: grade %d: got %q, %v; want %q", tc.article, 10+i, got, ok, want)
			}
		}
		for _, grade := range []int{9, 13} {
			if got, ok := Applicable(tc.programme, grade, tc.year); got != "" || ok {
				t.Errorf("%s: grade %d: got %q, %v", tc.article, grade, got, ok)
			}
		}
	}
}
