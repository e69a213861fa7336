package regulation

import (
	"testing"

	"github.com/rasoat/rasoat/services/student"
)

const (
	gioi = student.Excellent
	kha  = student.Good
	tb   = student.Average
	yeu  = student.Weak
	kem  = student.Poor
)

// set is a pupil's scored subjects: Toán, Ngữ văn, Ngoại ngữ, then others.
func set(toan, van, anh student.Mark, others ...student.Mark) []Subject {
	s := []Subject{core("TOAN", scored(toan)), core("NGUVAN", scored(van)), core("NGOAINGU", scored(anh))}
	codes := []string{"VATLI", "HOAHOC", "SINHHOC", "LICHSU", "DIALI"}
	for i, m := range others {
		s = append(s, line(codes[i], scored(m)))
	}
	return s
}

func TestRate58(t *testing.T) {
	passed, not := line("THEDUC", commented(student.Passed)), line("THEDUC", commented(student.NotPassed))
	for _, tc := range []struct {
		article  string
		average  student.Mark
		subjects []Subject
		want     student.Rating
		strict   student.Rating
		raised   string
		unlisted bool
	}{
		// 13(1) Giỏi: average 8.0, a core subject 8.0, every subject 6.5.
		{"13(1) at every threshold", 80, set(80, 65, 65, 65), gioi, gioi, "", false},
		{"13(1)a average 7.9", 79, set(80, 65, 65, 65), kha, kha, "", false},
		{"13(1)a the core subject is Ngữ văn", 80, set(65, 80, 65, 90), gioi, gioi, "", false},
		{"13(1)a the core subject is Ngoại ngữ (26/2020)", 80, set(65, 65, 80, 90), gioi, gioi, "", false},
		{"13(1)a no core subject at 8.0", 85, set(79, 79, 79, 95), kha, kha, "", false},
		{"13(1)b a subject at 6.4", 80, set(80, 80, 80, 64), kha, kha, "", false},
		{"13(1)c commented Đ", 80, append(set(80, 65, 65), passed), gioi, gioi, "", false},
		{"13(1)a specialised at 8.0", 80, append(set(80, 65, 65), expert(scored(80))), gioi, gioi, "", false},
		{"13(1)a specialised at 7.9", 80, append(set(80, 65, 65), expert(scored(79))), kha, kha, "", false},
		// 13(2) Khá: 6.5, 6.5, 5.0.
		{"13(2) at every threshold", 65, set(65, 50, 50, 50), kha, kha, "", false},
		{"13(2)a average 6.4", 64, set(65, 50, 50, 50), tb, tb, "", false},
		{"13(2)a no core subject at 6.5", 70, set(64, 64, 64, 90), tb, tb, "", false},
		{"13(2)b a subject at 4.9", 65, set(65, 65, 65, 49), tb, tb, "", false},
		{"13(2)a specialised at 6.5", 65, append(set(65, 50, 50), expert(scored(65))), kha, kha, "", false},
		{"13(2)a specialised at 6.4", 65, append(set(65, 50, 50), expert(scored(64))), tb, tb, "", false},
		// 13(3) Trung bình: 5.0, 5.0, 3.5.
		{"13(3) at every threshold", 50, set(50, 35, 35, 35), tb, tb, "", false},
		{"13(3)a average 4.9", 49, set(50, 35, 35, 35), yeu, yeu, "", false},
		{"13(3)a no core subject at 5.0", 55, set(49, 49, 49, 90), yeu, yeu, "", false},
		{"13(3)b a subject at 3.4", 50, set(50, 50, 50, 34), yeu, yeu, "", false},
		{"13(3)c commented CĐ", 50, append(set(50, 50, 50), not), yeu, yeu, "", false},
		{"13(3)a specialised at 5.0", 50, append(set(50, 35, 35), expert(scored(50))), tb, tb, "", false},
		{"13(3)a specialised at 4.9", 50, append(set(50, 35, 35), expert(scored(49))), yeu, yeu, "", false},
		// 13(4) Yếu: 3.5 and 2.0; no core condition.
		{"13(4) at every threshold", 35, set(20, 20, 20, 20), yeu, yeu, "", false},
		{"13(4) a comment does not matter", 35, append(set(20, 20, 20), not), yeu, yeu, "", false},
		// 13(5) Kém.
		{"13(5) average 3.4", 34, set(50, 50, 50, 50), kem, kem, "", false},
		{"13(5) a subject at 1.9", 60, set(60, 60, 60, 19), kem, kem, "", false},
		// 13(6) a: Giỏi, down to Trung bình, is Khá.
		{"13(6)a a subject at 4.9", 80, set(85, 85, 85, 49), kha, tb, "VATLI", false},
		{"13(6)a a subject at 3.5", 80, set(85, 85, 85, 35), kha, tb, "VATLI", false},
		{"13(6)a two subjects", 80, set(85, 85, 85, 49, 64), tb, tb, "", false},
		{"13(6)a a core subject, another one holds", 80, set(49, 85, 65, 85), kha, tb, "TOAN", false},
		{"13(6)a the specialised subject", 80, append(set(85, 85, 85), expert(scored(64))), kha, tb, "TINHOC", false},
		{"13(6)a not for an average of 7.9", 79, set(85, 85, 85, 49), tb, tb, "", false},
		// 13(6) b: Giỏi, down to Yếu, is Trung bình.
		{"13(6)b a subject at 3.4", 80, set(85, 85, 85, 34), tb, yeu, "VATLI", false},
		{"13(6)b commented CĐ", 80, append(set(85, 85, 85), not), tb, yeu, "THEDUC", false},
		{"13(6)b commented CĐ and a subject at 6.4: by c", 80, append(set(85, 85, 85, 64), not), tb, yeu, "THEDUC", false},
		{"13(6)b commented CĐ and a subject at 4.9", 80, append(set(85, 85, 85, 49), not), yeu, yeu, "", false},
		// 13(6) c: Khá, down to Yếu, is Trung bình.
		{"13(6)c a subject at 3.4", 65, set(70, 70, 70, 34), tb, yeu, "VATLI", false},
		{"13(6)c a subject at 2.0", 65, set(70, 70, 70, 20), tb, yeu, "VATLI", false},
		{"13(6)c commented CĐ", 70, append(set(70, 70, 70), not), tb, yeu, "THEDUC", false},
		{"13(6)c not for an average of 6.4", 64, set(70, 70, 70, 34), yeu, yeu, "", false},
		{"13(6)c two subjects", 65, set(70, 70, 70, 34, 49), yeu, yeu, "", false},
		// 13(6) d: Khá, down to Kém, is Yếu.
		{"13(6)d a subject at 1.9", 65, set(70, 70, 70, 19), yeu, kem, "VATLI", false},
		{"13(6)d two subjects", 65, set(70, 70, 70, 19, 49), kem, kem, "", false},
		{"13(6)d a subject at 0.0", 79, set(90, 90, 90, 0), yeu, kem, "VATLI", false},
		// Giỏi down to Kém is not in the list; the average reaches Khá as well.
		{"13(6) Giỏi down to Kém", 80, set(90, 90, 90, 19), yeu, kem, "VATLI", true},
		{"13(6) Giỏi and Khá, one short of Khá, two of Giỏi", 80, set(90, 90, 90, 19, 64), yeu, kem, "VATLI", false},
		// Exemption, art. 12(3), and subjects that are not there.
		{"12(3) exempt from Thể dục", 80, append(set(80, 65, 65), line("THEDUC", exempt)), gioi, gioi, "", false},
		{"continuing education: Toán and Ngữ văn", 80, set(80, 65, 65)[:2], gioi, gioi, "", false},
		{"continuing education: neither at 8.0", 80, append(set(79, 79, 0)[:2], line("VATLI", scored(90))), kha, kha, "", false},
		{"13(6)b the only core subject at 4.9", 80, append(set(49, 0, 0)[:1], line("VATLI", scored(90))), tb, yeu, "TOAN", false},
		{"no core subject at all", 80, []Subject{line("VATLI", scored(80))}, gioi, gioi, "", false},
		{"before 26/2020: Ngoại ngữ is not a core subject", 80, append(set(79, 79, 0)[:2], line("NGOAINGU", scored(90))), kha, kha, "", false},
		{"nothing scored", 0, []Subject{passed}, "", "", "", false},
	} {
		got := Rate58(tc.average, tc.subjects)
		if got.Rating != tc.want || got.Strict != tc.strict || got.Raised != tc.raised || got.Unlisted != tc.unlisted {
			t.Errorf("%s: got %+v; want %v (strict %v, raised %q, unlisted %v)",
				tc.article, got, tc.want, tc.strict, tc.raised, tc.unlisted)
		}
	}
}

// Art. 13(1)–(4): every mark that a level asks for, one tenth below it, at it, and one tenth above it.
func TestThresholds58(t *testing.T) {
	for _, level := range []struct {
		article              string
		average, core, floor student.Mark
		reached, missed      student.Rating
	}{
		{"13(1)", 80, 80, 65, gioi, kha},
		{"13(2)", 65, 65, 50, kha, tb},
		{"13(3)", 50, 50, 35, tb, yeu},
		{"13(4)", 35, 35, 20, yeu, kem},
	} {
		for off, want := range map[student.Mark]student.Rating{-1: level.missed, 0: level.reached, 1: level.reached} {
			at := func(average, core, expertly, floor student.Mark) student.Rating {
				return Rate58(average, append(set(core, level.floor, level.floor, floor), expert(scored(expertly)))).Rating
			}
			if got := at(level.average+off, level.core, level.core, level.floor); got != want {
				t.Errorf("%s: average %v: got %v, want %v", level.article, level.average+off, got, want)
			}
			if got := at(level.average, level.core, level.core, level.floor+off); got != want {
				t.Errorf("%s: a subject at %v: got %v, want %v", level.article, level.floor+off, got, want)
			}
			if level.reached == yeu { // it has no other condition
				want = yeu
			}
			if got := at(level.average, level.core+off, level.core, level.floor); got != want {
				t.Errorf("%s: the core subject at %v: got %v, want %v", level.article, level.core+off, got, want)
			}
			if got := at(level.average, level.core, level.core+off, level.floor); got != want {
				t.Errorf("%s: the specialised subject at %v: got %v, want %v", level.article, level.core+off, got, want)
			}
		}
	}
}

// Why the strict rating is not one level higher.
func TestShortfall58(t *testing.T) {
	for _, tc := range []struct {
		what     string
		average  student.Mark
		subjects []Subject
		want     Shortfall
	}{
		{"nothing is short of Giỏi", 80, set(80, 65, 65), Shortfall{}},
		{"average", 79, set(80, 65, 65), Shortfall{OverallAverage, "", 79, 80}},
		{"core", 80, set(79, 65, 65), Shortfall{CoreSubject, "", 79, 80}},
		{"specialised", 80, append(set(80, 65, 64), expert(scored(79))), Shortfall{SpecialisedMark, "TINHOC", 79, 80}},
		{"floor", 80, set(80, 64, 65), Shortfall{EverySubject, "NGUVAN", 64, 65}},
		{"comment", 80, append(set(80, 65, 65), line("THEDUC", commented(student.NotPassed))), Shortfall{CommentedSubjects, "THEDUC", 0, 0}},
		{"the first low subject", 80, set(80, 63, 64), Shortfall{EverySubject, "NGUVAN", 63, 65}},
		{"specialised before what stands before it and after it", 80, append(set(80, 64, 65), expert(scored(79)), line("DIALI", scored(60))), Shortfall{SpecialisedMark, "TINHOC", 79, 80}},
		{"Yếu knows no core condition", 60, set(0, 0, 0), Shortfall{EverySubject, "TOAN", 0, 20}},
		{"Kém", 30, set(80, 65, 65), Shortfall{OverallAverage, "", 30, 35}},
	} {
		if got := Rate58(tc.average, tc.subjects).Short; got != tc.want {
			t.Errorf("%s: got %+v, want %+v", tc.what, got, tc.want)
		}
	}
}

// Circular 26/2020 came into force on 11/10/2020: in the school year 2020-2021.
func TestThreeCoresFrom(t *testing.T) {
	if ThreeCoresFrom != 2020 {
		t.Errorf("got %d", ThreeCoresFrom)
	}
}
