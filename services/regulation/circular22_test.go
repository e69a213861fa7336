package regulation

import (
	"slices"
	"testing"

	"github.com/rasoat/rasoat/services/student"
)

const (
	tot     = student.VeryGood
	dat     = student.RatingPassed
	chuaDat = student.RatingNotPassed
)

// eight returns eight scored subjects: so many at one mark, the rest at another.
func eight(n int, high, low student.Mark) []Subject {
	var out []Subject
	for i := range 8 {
		m := low
		if i < n {
			m = high
		}
		out = append(out, line(string(rune('A'+i)), scored(m)))
	}
	return out
}

func with(subjects []Subject, i int, m student.Mark) []Subject {
	out := slices.Clone(subjects)
	out[i].Value = scored(m)
	return out
}

func TestRate22(t *testing.T) {
	passed, not := line("GDTC", commented(student.Passed)), line("GDTC", commented(student.NotPassed))
	not2 := line("GDDP", commented(student.NotPassed))
	for _, tc := range []struct {
		article  string
		subjects []Subject
		want     student.Rating
		strict   student.Rating
		raised   string
	}{
		{"9(2)a at every threshold", eight(6, 80, 65), tot, tot, ""},
		{"9(2)a five at 8.0", eight(5, 80, 79), kha, kha, ""},
		{"9(2)a six, one of them 7.9", with(eight(6, 80, 79), 0, 79), kha, kha, ""},
		{"9(2)a a subject at 6.4", with(eight(6, 80, 65), 7, 64), kha, kha, ""},
		{"9(2)a commented passed", append(eight(6, 80, 65), passed), tot, tot, ""},
		{"9(2)b at every threshold", eight(6, 65, 50), kha, kha, ""},
		{"9(2)b five at 6.5", eight(5, 65, 64), dat, dat, ""},
		{"9(2)b a subject at 4.9", with(eight(6, 65, 50), 7, 49), dat, dat, ""},
		{"9(2)c at every threshold", eight(6, 50, 35), dat, dat, ""},
		{"9(2)c five at 5.0", eight(5, 50, 49), chuaDat, chuaDat, ""},
		{"9(2)c a subject at 3.4", with(eight(6, 50, 35), 7, 34), chuaDat, chuaDat, ""},
		{"9(2)c one commented subject failed", append(eight(6, 50, 35), not), dat, dat, ""},
		{"9(2)c two commented subjects failed", append(eight(6, 50, 35), not, not2), chuaDat, chuaDat, ""},
		{"9(2)d", eight(0, 0, 20), chuaDat, chuaDat, ""},
		{"9(3) Tốt down to Đạt is Khá", with(eight(6, 80, 65), 7, 49), kha, dat, "H"},
		{"9(3) Tốt down to Đạt by a comment is Khá", append(eight(6, 80, 65), not), kha, dat, "GDTC"},
		{"9(3) Tốt down to Chưa đạt is Đạt", with(eight(6, 80, 65), 7, 34), dat, chuaDat, "H"},
		{"9(3) Khá down to Chưa đạt is Đạt", with(eight(6, 65, 50), 7, 34), dat, chuaDat, "H"},
		{"9(3) Khá down to Đạt stays", append(eight(6, 65, 50), not), dat, dat, ""},
		{"9(3) the sixth subject at 8.0 is the one that is low", with(eight(6, 80, 65), 0, 49), kha, dat, "A"},
		{"9(3) two subjects low", with(with(eight(6, 80, 65), 7, 49), 6, 49), dat, dat, ""},
		{"9(3) Đạt down to Chưa đạt stays", with(eight(6, 50, 40), 7, 10), chuaDat, chuaDat, ""},
		{"exempt", append(eight(6, 80, 65), line("GDTC", exempt)), tot, tot, ""},
		{"nothing scored", []Subject{passed}, "", "", ""},
	} {
		got := Rate22(Circular22, tc.subjects)
		if got.Rating != tc.want || got.Strict != tc.strict || got.Raised != tc.raised {
			t.Errorf("%s: got %+v; want %v (strict %v, raised %q)", tc.article, got, tc.want, tc.strict, tc.raised)
		}
	}
}

// Circular 43/2021, art. 9: five subjects, and no commented ones.
func TestRate43(t *testing.T) {
	not := line("HDTNHN", commented(student.NotPassed))
	for _, tc := range []struct {
		what     string
		subjects []Subject
		want     student.Rating
	}{
		{"five at 8.0", append(eight(5, 80, 65), not), tot},
		{"four at 8.0", eight(4, 80, 70), kha},
		{"five at 6.5", eight(5, 65, 50), kha},
		{"five at 5.0", append(eight(5, 50, 35), not, not), dat},
		{"four at 5.0", eight(4, 50, 40), chuaDat},
	} {
		if got := Rate22(Circular43, tc.subjects).Rating; got != tc.want {
			t.Errorf("%s: got %v, want %v", tc.what, got, tc.want)
		}
	}
}

// Art. 9(2): every mark that a level asks for, one tenth below it, at it, and one tenth above it.
func TestThresholds22(t *testing.T) {
	for _, v := range []Variant22{Circular22, Circular43} {
		for _, level := range []struct {
			article     string
			many, floor student.Mark
			reached     student.Rating
			missed      student.Rating
		}{
			{"9(2)a", 80, 65, tot, kha},
			{"9(2)b", 65, 50, kha, dat},
			{"9(2)c", 50, 35, dat, chuaDat},
		} {
			for off, want := range map[student.Mark]student.Rating{-1: level.missed, 0: level.reached, 1: level.reached} {
				if got := Rate22(v, with(eight(v.Subjects, level.many, level.floor), 0, level.many+off)).Rating; got != want {
					t.Errorf("%s: %d subjects, one at %v: got %v, want %v", level.article, v.Subjects, level.many+off, got, want)
				}
				if got := Rate22(v, with(eight(v.Subjects, level.many, level.floor), 7, level.floor+off)).Rating; got != want {
					t.Errorf("%s: a subject at %v: got %v, want %v", level.article, level.floor+off, got, want)
				}
			}
		}
	}
}

func TestShortfall22(t *testing.T) {
	not := line("GDTC", commented(student.NotPassed))
	for _, tc := range []struct {
		what     string
		subjects []Subject
		want     Shortfall
	}{
		{"nothing", eight(6, 80, 65), Shortfall{}},
		{"many", eight(5, 80, 79), Shortfall{ManySubjects, "", 5, 80}},
		{"floor", with(eight(7, 80, 65), 7, 64), Shortfall{EverySubject, "H", 64, 65}},
		{"floor before comment", append(with(eight(7, 65, 60), 0, 49), not), Shortfall{EverySubject, "A", 49, 50}},
		{"comment", append(eight(7, 65, 60), not), Shortfall{CommentedSubjects, "GDTC", 0, 0}},
		{"the first of two comments too many", append([]Subject{line("GDDP", commented(student.NotPassed)), not}, eight(7, 50, 40)...), Shortfall{CommentedSubjects, "GDTC", 0, 0}},
		{"the first of three comments too many", append([]Subject{not, line("GDDP", commented(student.NotPassed)), line("AN", commented(student.NotPassed))}, eight(7, 50, 40)...), Shortfall{CommentedSubjects, "GDDP", 0, 0}},
		{"the first low subject", with(with(eight(6, 80, 65), 6, 64), 7, 63), Shortfall{EverySubject, "G", 64, 65}},
	} {
		if got := Rate22(Circular22, tc.subjects).Short; got != tc.want {
			t.Errorf("%s: got %+v, want %+v", tc.what, got, tc.want)
		}
	}
}

func TestTitle22(t *testing.T) {
	for _, tc := range []struct {
		what     string
		learning student.Rating
		training student.Conduct
		subjects []Subject
		want     Title
	}{
		{"six at 9.0", tot, student.ConductGood, eight(6, 90, 70), ExcellentPupil},
		{"six at 9.1", tot, student.ConductGood, eight(6, 91, 70), ExcellentPupil},
		{"seven at 9.0", tot, student.ConductGood, eight(7, 90, 70), ExcellentPupil},
		{"five at 9.0", tot, student.ConductGood, eight(5, 90, 89), GoodPupil},
		{"learning Khá", kha, student.ConductGood, eight(8, 90, 90), NoTitle},
		{"training Khá", tot, student.ConductFair, eight(8, 90, 90), NoTitle},
		{"comments are no marks", tot, student.ConductGood, append(eight(5, 90, 70), line("GDTC", commented(student.Passed))), GoodPupil},
		{"an exemption is no mark", tot, student.ConductGood, append(eight(5, 90, 70), Subject{Code: "X", Value: Value{Kind: Exempt, Mark: 95}}), GoodPupil},
	} {
		if got := Title22(tc.learning, tc.training, tc.subjects); got != tc.want {
			t.Errorf("%s: got %q, want %q", tc.what, got, tc.want)
		}
	}
}

// Circular 22/2021, art. 8(2)b: every pair of semesters.
func TestTraining22(t *testing.T) {
	levels := []student.Conduct{student.ConductGood, student.ConductFair, student.ConductPassed, student.ConductNotPassed}
	want := [4][4]int{ // by first semester, then second
		{0, 1, 1, 3},
		{0, 1, 2, 3},
		{1, 1, 2, 3},
		{1, 2, 2, 3},
	}
	for i, first := range levels {
		for j, second := range levels {
			if got, ok := Training22(first, second); !ok || got != levels[want[i][j]] {
				t.Errorf("Training22(%v, %v) = %v, %v; want %v", first, second, got, ok, levels[want[i][j]])
			}
		}
	}
	for _, pair := range [][2]student.Conduct{{student.ConductWeak, student.ConductGood}, {student.ConductGood, ""}} {
		if got, ok := Training22(pair[0], pair[1]); ok {
			t.Errorf("Training22(%v, %v) = %v", pair[0], pair[1], got)
		}
	}
}
