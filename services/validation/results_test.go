package validation

import (
	"slices"
	"strings"
	"testing"

	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/student"
)

// set changes both semesters of a subject in grade 10 and makes the rest of the part agree.
func set(code string, first, second student.Mark) func(*pupil) {
	return func(p *pupil) {
		s := subject(&p.grade10, code)
		s.Semester1, s.Semester2 = mark(first), mark(second)
		p.settle()
	}
}

func then(bends ...func(*pupil)) func(*pupil) {
	return func(p *pupil) {
		for _, bend := range bends {
			bend(p)
		}
	}
}

func line10(code string, bend func(*student.Subject)) func(*pupil) {
	return func(p *pupil) { bend(subject(&p.grade10, code)) }
}

func year10(bend func(*student.Term)) func(*pupil) { return func(p *pupil) { bend(&p.grade10.Year) } }

var resultsFaults = []spoil{
	{"a subject is missing", "RESULTS_REQUIRED", Error, "subjects[GDCD]", func(p *pupil) { without(&p.grade10, "GDCD") }},
	{"a subject of the first semester", "RESULTS_REQUIRED", Error, "subjects[TOAN].semester1", func(p *pupil) {
		subject(&p.first12, "TOAN").Semester1 = student.Score{}
		p.second12 = student.Results{Part: student.Results122, NotApplicable: "Kết quả gửi sau"}
	}},
	{"a year mark", "RESULTS_REQUIRED", Error, "subjects[TOAN].year", line10("TOAN", func(s *student.Subject) { s.Year = student.Score{} })},
	{"a year mark of grade 12", "RESULTS_REQUIRED", Error, "subjects[TOAN].year", func(p *pupil) { subject(&p.second12, "TOAN").Year = student.Score{} }},
	{"a line without values", "RESULTS_REQUIRED", Error, "subjects[TOAN].year", line10("TOAN", func(s *student.Subject) { *s = student.Subject{Code: s.Code} })},
	{"an average", "RESULTS_REQUIRED", Error, "semester1.average_tenths", func(p *pupil) { p.first12.Semester1.Average = nil }},
	{"a rating", "RESULTS_REQUIRED", Error, "year.rating", func(p *pupil) { p.second12.Year.Rating = "" }},
	{"the programme", "RESULTS_REQUIRED", Error, "programme", func(p *pupil) { p.grade11.Programme = "" }},
	{"no results and no reason", "RESULTS_REASON", Error, "not_applicable", func(p *pupil) { p.grade11 = student.Results{Part: student.Results11, NotApplicable: "--"} }},
	{"a school year in words", "SCHOOL_YEAR_PART", Error, "school_year", func(p *pupil) { p.grade10.SchoolYear = "2020" }},
	{"a school year of two years", "SCHOOL_YEAR_PART", Error, "school_year", func(p *pupil) { p.grade10.SchoolYear = "2020-2022" }},
	{"grade 12 last year", "SCHOOL_YEAR_PART", Error, "school_year", func(p *pupil) { p.first12.SchoolYear = "2021-2022" }},
	{"grade 11 this year", "SCHOOL_YEAR_PART", Error, "school_year", func(p *pupil) { p.grade11.SchoolYear = "2022-2023" }},
	{"grade 11 in 1921", "SCHOOL_YEAR_PART", Error, "school_year", func(p *pupil) { p.grade11.SchoolYear = "1921-1922" }},
	{"grade 10 last year", "SCHOOL_YEAR_EARLY", Warning, "school_year", func(p *pupil) {
		p.grade10.SchoolYear = "2021-2022"
		p.grade11 = student.Results{Part: student.Results11, NotApplicable: "Học vượt lớp"}
	}},
	{"a programme before its time", "REGULATION_UNKNOWN", Warning, "programme", func(p *pupil) {
		p.grade10.Programme = student.Upper2018
		without(&p.grade10, "THEDUC")
	}},
	{"a subject that is none", "SUBJECT_UNKNOWN", Error, "subjects[VAN]", func(p *pupil) {
		p.grade10.Subjects = append(p.grade10.Subjects, student.Subject{Code: "VAN", Year: mark(70)})
	}},
	{"an ID number for a subject", "SUBJECT_UNKNOWN", Error, "subjects[12 characters]", func(p *pupil) {
		p.grade10.Subjects = append(p.grade10.Subjects, student.Subject{Code: "079305012345", Year: mark(70)})
	}},
	{"a specialised subject that is none", "SUBJECT_UNKNOWN", Error, "specialised_subject", func(p *pupil) { p.grade10.Specialised = "ANH" }},
	{"a subject twice", "SUBJECT_TWICE", Error, "subjects[TOAN]", func(p *pupil) {
		p.grade10.Subjects = append(p.grade10.Subjects, *subject(&p.grade10, "TOAN"))
	}},
	{"a comment in Toán", "SCORE_KIND", Error, "subjects[TOAN].semester2", line10("TOAN", func(s *student.Subject) { s.Semester2 = passed() })},
	{"a mark in Thể dục", "SCORE_KIND", Error, "subjects[THEDUC].year", line10("THEDUC", func(s *student.Subject) { s.Year = mark(80) })},
	{"10.1", "MARK_RANGE", Error, "subjects[TOAN].semester1", line10("TOAN", func(s *student.Subject) { s.Semester1 = mark(101) })},
	{"the decimal sign is lost", "MARK_RANGE", Error, "subjects[TOAN].year", line10("TOAN", func(s *student.Subject) { s.Year = mark(840) })},
	{"below zero", "MARK_RANGE", Error, "subjects[NGHEPT].year", func(p *pupil) {
		p.grade10.Subjects = append(p.grade10.Subjects, student.Subject{Code: "NGHEPT", Year: mark(-1)})
	}},
	{"before a retake", "MARK_RANGE", Error, "subjects[TOAN].year_before_retake", line10("TOAN", func(s *student.Subject) { s.YearBeforeRetake = mark(101) })},
	{"an average of 10.1", "MARK_RANGE", Error, "year.average_tenths", year10(func(t *student.Term) { t.Average = tenths(101) })},
	{"no first semester", "TERM_MISSING", Error, "subjects[TOAN].semester1", line10("TOAN", func(s *student.Subject) { s.Semester1 = student.Score{} })},
	{"no second semester", "TERM_MISSING", Error, "subjects[TOAN].semester2", line10("TOAN", func(s *student.Subject) { s.Semester2 = student.Score{} })},
	{"no second semester in grade 12", "TERM_MISSING", Error, "subjects[TOAN].semester2", func(p *pupil) { subject(&p.second12, "TOAN").Semester2 = student.Score{} }},
	{"no conduct", "CONDUCT_REQUIRED", Error, "semester2.conduct", func(p *pupil) { p.second12.Semester2.Conduct = "" }},
	{"no conduct and no reason", "CONDUCT_REQUIRED", Error, "year.conduct", year10(func(t *student.Term) { t.Conduct, t.ConductAbsent = "", "?" })},
	{"the second semester in the first one's part", "PART_VALUES", Info, "subjects[TOAN].semester2", func(p *pupil) { subject(&p.first12, "TOAN").Semester2 = mark(85) }},
	{"the first semester in the second one's part", "PART_VALUES", Info, "semester1", func(p *pupil) { p.second12.Semester1.Average = tenths(80) }},

	// Art. 10(1) and 12(3): Toán 8.2 and 8.5 make 8.4.
	{"year mark 0.2 too high", "YEAR_MARK", Error, "subjects[NGUVAN].year", line10("NGUVAN", func(s *student.Subject) { s.Year = mark(76) })}, // 7.4
	{"year mark typed backwards", "YEAR_MARK", Error, "subjects[TOAN].year", line10("TOAN", func(s *student.Subject) { s.Year = mark(48) })},
	{"year mark of grade 12", "YEAR_MARK", Error, "subjects[TOAN].year", func(p *pupil) { subject(&p.second12, "TOAN").Year = mark(82) }},
	{"exempt in both semesters, not in the year", "YEAR_MARK", Error, "subjects[GDQPAN].year", func(p *pupil) {
		s := subject(&p.grade10, "GDQPAN")
		s.Semester1, s.Semester2 = exempted(), exempted()
		p.settle()
		s.Year = mark(20)
	}},
	{"exempt in the first semester, the year is not the second's", "YEAR_MARK", Error, "subjects[GDQPAN].year", func(p *pupil) {
		s := subject(&p.grade10, "GDQPAN")
		s.Semester1 = exempted()
		p.settle()
		s.Year = mark(48)
	}},
	{"marks in both semesters and exempt in the year", "YEAR_MARK", Error, "subjects[GDQPAN].year", line10("GDQPAN", func(s *student.Subject) { s.Year = exempted() })},
	{"year mark 0.1 too high", "YEAR_MARK_ROUNDING", Warning, "subjects[TOAN].year", line10("TOAN", func(s *student.Subject) { s.Year = mark(85) })},
	{"year mark 0.1 too low in grade 12", "YEAR_MARK_ROUNDING", Warning, "subjects[TOAN].year", func(p *pupil) { subject(&p.second12, "TOAN").Year = mark(83) }},
	{"Thể dục failed at last and passed in the year", "YEAR_COMMENT", Warning, "subjects[THEDUC].year", func(p *pupil) {
		s := subject(&p.grade10, "THEDUC")
		s.Semester2 = notPassed()
		p.settle()
		s.Year = passed()
		rate(&p.grade10, &p.grade10.Year, func(s student.Subject) student.Score { return s.Year })
	}},
	// Art. 11.
	{"average 0.2 too low", "AVERAGE", Error, "year.average_tenths", year10(func(t *student.Term) { t.Average = tenths(79) })},
	{"average of the first semester", "AVERAGE", Error, "semester1.average_tenths", func(p *pupil) { p.first12.Semester1.Average = tenths(95) }},
	{"average 0.1 too high", "AVERAGE_ROUNDING", Warning, "year.average_tenths", year10(func(t *student.Term) { t.Average = tenths(82) })},
	// Art. 13: the clean pupil is Giỏi in the year and Giỏi in both semesters (Toán above 8.0).
	{"rated too low", "RATING", Warning, "year.rating", year10(func(t *student.Term) { t.Rating = student.Good })},
	{"a subject at 6.4 and Giỏi", "RATING", Warning, "year.rating", then(set("HOAHOC", 64, 64), func(p *pupil) {
		p.grade10.Semester1.Rating, p.grade10.Semester2.Rating = student.Good, student.Good
		p.grade10.Year.Rating = student.Excellent
	})},
	{"paragraph 6 not applied", "RATING", Warning, "year.rating", func(p *pupil) {
		p.grade10.Year.Rating = student.Average
		relax(p, 42)
	}},
	{"an unknown rating", "RATING_SCALE", Error, "year.rating", year10(func(t *student.Term) { t.Rating = "gioi" })},
	{"Giỏi brought down to Kém", "RATING_UNLISTED", Warning, "year.rating", func(p *pupil) { unlisted(p, student.Weak) }},
	{"Giỏi brought down to Kém, read strictly", "RATING_UNLISTED", Warning, "year.rating", func(p *pupil) { unlisted(p, student.Poor) }},
}

// relax gives Hóa học one mark all through grade 10 and everything else high marks, with averages to match.
func relax(p *pupil, m student.Mark) {
	rating := p.grade10.Year.Rating
	for i := range p.grade10.Subjects {
		s := &p.grade10.Subjects[i]
		if s.Semester1.Mark == nil {
			continue
		}
		s.Semester1, s.Semester2 = mark(90), mark(90)
		if s.Code == "HOAHOC" {
			s.Semester1, s.Semester2 = mark(m), mark(m)
		}
	}
	p.settle()
	p.grade10.Year.Rating = rating
}

// unlisted makes grade 10 a year of which paragraph 6 says nothing: the average is 8.4, one subject 1.5.
// The semesters are kept clear of the case.
func unlisted(p *pupil, rating student.Rating) {
	relax(p, 20)
	s := subject(&p.grade10, "HOAHOC")
	s.YearBeforeRetake, s.Year = s.Year, mark(15)
	rate(&p.grade10, &p.grade10.Year, func(s student.Subject) student.Score { return s.Year })
	p.grade10.Year.Rating = rating
}

// headFaults are about what stands beside the marks.
var headFaults = []spoil{
	{"no school named", "SCHOOL_UNNAMED", Info, "school_studied", func(p *pupil) { p.grade10.SchoolStudied = "" }},
	{"a language without a name", "LANGUAGE_UNNAMED", Info, "foreign_language", func(p *pupil) { p.grade10.ForeignLanguage = "" }},
	{"a subject of another programme", "SUBJECT_PROGRAMME", Info, "subjects[TDTTS]", func(p *pupil) { add("TDTTS", 70, 70)(&p.grade10); p.settle() }},
	{"a pupil of general education without a conduct rating", "CONDUCT_KIND", Warning, "year.conduct", year10(func(t *student.Term) { t.Conduct, t.ConductAbsent = "", "KHONG_XEP_LOAI" })},
	{"a level of another circular", "RATING_SCALE", Error, "year.rating", year10(func(t *student.Term) { t.Rating = student.VeryGood })},
	{"a conduct rating of another circular", "RATING_SCALE", Error, "year.conduct", year10(func(t *student.Term) { t.Conduct = student.ConductPassed })},
	{"grade 11 before grade 10", "HISTORY_ORDER", Error, "school_year", func(p *pupil) { p.grade11.SchoolYear = "2020-2021" }},
	{"a year between", "HISTORY_GAP", Info, "school_year", func(p *pupil) { p.grade10.SchoolYear = "2019-2020" }},
}

func TestHeadFaults(t *testing.T) { spoilEach(t, headFaults) }

func TestResultsFaults(t *testing.T) { spoilEach(t, resultsFaults) }

// Every rule is tested by a fault of its own.
func TestEveryRuleHasItsFault(t *testing.T) {
	tested := map[string]bool{}
	for _, tc := range slices.Concat(profileFaults, resultsFaults, headFaults) {
		tested[tc.rule] = true
	}
	tested["RULE_FAILED"] = true // TestRulesOfADrive
	for _, rule := range levelFaults {
		tested[rule] = true
	}
	for _, tc := range acrossFaults {
		tested[tc.rule] = true
	}
	for _, r := range Rules() {
		if !tested[r.Code] {
			t.Errorf("no fault tests %s", r.Code)
		}
		if r.Source == "" || r.Version < 1 || r.Text.Vi == "" || r.Text.En == "" || r.Remedy.Vi == "" || r.Remedy.En == "" {
			t.Errorf("%s is not complete: %+v", r.Code, r)
		}
		if r.Part != student.KindProfile && r.Part != student.KindResults && r.Code != "CODE_TWICE" && r.Code != "RULE_FAILED" {
			t.Errorf("%s judges %q", r.Code, r.Part)
		}
	}
	if len(tested) != len(Rules()) {
		t.Errorf("%d rules tested, %d rules", len(tested), len(Rules()))
	}
}

// What a rule says names its case.
func TestMessages(t *testing.T) {
	for _, tc := range []struct {
		finding Finding
		vi, en  string
	}{
		{Finding{Rule: "YEAR_MARK", Field: "subjects[TOAN].year", Reported: "7.5", Expected: "8.4"},
			"Môn TOAN, cả năm: đã ghi 7,5, tính từ hai học kỳ là 8,4.", "TOAN, year: 7.5 was given; the semesters give 8.4."},
		{Finding{Rule: "RATING", Field: "year.rating", Reported: "excellent", Expected: "good: floor HOAHOC 6.4 < 6.5"},
			"Học lực cả năm: đã ghi Giỏi, theo điều 13 là Khá (môn HOAHOC 6,4 < 6,5).",
			"Academic rating of year: excellent (Giỏi) was given; art. 13 gives good (Khá), HOAHOC 6.4 < 6.5."},
		{Finding{Rule: "RATING", Field: "semester1.rating", Reported: "weak", Expected: "average: raised THEDUC"},
			"Học lực học kỳ 1: đã ghi Yếu, theo điều 13 là Trung bình (theo khoản 6, vì chỉ do môn THEDUC).",
			"Academic rating of semester 1: weak (Yếu) was given; art. 13 gives average (Trung bình), by paragraph 6, as only THEDUC is short."},
		{Finding{Rule: "ID_LEADING_ZERO", Field: "identity.number", Reported: "11 digits", Expected: "12 digits"},
			"Số định danh mất chữ số 0 ở đầu (còn 11 chữ số).", "The number has lost its leading 0 (11 digits are left)."},
		{Finding{Rule: "ID_PASSPORT", Field: "identity.number", Reported: "4 letters and digits", Expected: "6–12 letters and digits"},
			"Số hộ chiếu phải gồm 6–12 chữ cái và chữ số, nhưng số đã ghi có 4 chữ cái và chữ số.",
			"A passport number has 6–12 letters and digits; the one given has 4 letters and digits."},
		{Finding{Rule: "PROFILE_REQUIRED", Field: "date_of_birth"}, "Thiếu ngày sinh.", "There is no birth date."},
		{Finding{Rule: "RESIDENCE_REQUIRED", Field: "residence"}, "Nơi thường trú thiếu tỉnh, huyện, xã.", "The permanent residence lacks its province, district and commune."},
		{Finding{Rule: "RESIDENCE_REQUIRED", Field: "residence.commune"}, "Nơi thường trú thiếu xã.", "The permanent residence lacks its commune."},
		{Finding{Rule: "PROFILE_REQUIRED", Field: "identity"}, "Thiếu số định danh, số CMND hoặc số hộ chiếu.",
			"There is no ID number, identity card number or passport number."},
		{Finding{Rule: "ID_SHIFTED", Field: "identity.number", Reported: "above"},
			"Cột số định danh bị lệch một dòng: giới tính và năm sinh trong số khớp với học sinh ở dòng trên.",
			"The column of ID numbers is shifted by one row: the gender and year in the number fit the pupil in the row above."},
		{Finding{Rule: "REGULATION_UNKNOWN", Field: "programme", Reported: "thpt2018 2022-2023"},
			"Không có quy chế nào của đợt rà soát cho chương trình và năm học này (2018, 2022-2023), nên không kiểm tra được cách tính.",
			"The drive names no regulation for this programme and school year (of 2018, 2022-2023), so nothing computed could be checked."},
		{Finding{Rule: "NO_SUCH_RULE"}, "NO_SUCH_RULE", "NO_SUCH_RULE"},
	} {
		if got := tc.finding.Message(); got.Vi != tc.vi || got.En != tc.en {
			t.Errorf("got %q and %q, want %q and %q", got.Vi, got.En, tc.vi, tc.en)
		}
	}
}

// A finding of a drive has the drive's names of subjects, wherever its sentences have one.
func TestSubjectsByName(t *testing.T) {
	c := drive.Default().Catalogue
	for _, tc := range []struct {
		finding Finding
		vi      string
	}{
		{Finding{Rule: "YEAR_MARK", Field: "subjects[SINHHOC].year", Reported: "7.5", Expected: "8.4"},
			"Môn Sinh học, cả năm: đã ghi 7,5, tính từ hai học kỳ là 8,4."},
		{Finding{Rule: "SUBJECT_TWICE", Reported: "SINHHOC"}, "Môn Sinh học có hai dòng điểm."},
		{Finding{Rule: "RATING", Field: "year.rating", Reported: "excellent", Expected: "good: floor HOAHOC 6.4 < 6.5"},
			"Học lực cả năm: đã ghi Giỏi, theo điều 13 là Khá (môn Hóa học 6,4 < 6,5)."},
	} {
		tc.finding.catalogue = c
		if got := tc.finding.Message(); got.Vi != tc.vi {
			t.Errorf("got %q, want %q", got.Vi, tc.vi)
		}
	}
	p := clean()
	subject(&p.grade10, "SINHHOC").Year = mark(11)
	for _, f := range check(drive.Default(), p) {
		if strings.Contains(f.Message().Vi, "SINHHOC") {
			t.Errorf("a code is told: %q", f.Message().Vi)
		}
	}
	for field, want := range map[string]string{
		"results.subjects[GDQPAN].semester1":      "môn Giáo dục quốc phòng và an ninh, học kỳ 1",
		"semester1.average_tenths":                "điểm trung bình học kỳ 1",
		"profile.identity.kind":                   "loại giấy tờ tùy thân",
		"profile.date_of_birth.year":              "ngày sinh",
		"results.subjects[TOAN].year.mark_tenths": "môn Toán, cả năm",
		"enrolment.class":                         "lớp",
	} {
		if got := FieldText(c, field).Vi; got != want {
			t.Errorf("%s is %q, want %q", field, got, want)
		}
	}
}

// What a rule advises about a column is whole before anything stands in the column, and every field that a column can hold has
// words.
func TestAdvice(t *testing.T) {
	var paths []string
	for field := range fields {
		paths = append(paths, field)
	}
	for term := range terms {
		paths = append(paths, "subjects[TOAN]."+term)
		for summary := range summaries {
			paths = append(paths, term+"."+summary)
		}
	}
	for _, path := range paths {
		if words := FieldText(nil, path); words.Vi == path {
			t.Errorf("%s has no words", path)
		}
		for _, r := range Rules() {
			if got := r.Advice(nil, path); got.Vi == "" || got.En == "" || strings.ContainsAny(got.Vi+got.En, "{}") {
				t.Errorf("%s advises about %s: %q", r.Code, path, got)
			}
		}
	}
	for _, r := range Rules() {
		if strings.Contains(r.Remedy.Vi+r.Remedy.En, "{reported}") || strings.Contains(r.Remedy.Vi+r.Remedy.En, "{expected}") {
			t.Errorf("the remedy of %s cannot be said before something was found: %q", r.Code, r.Remedy)
		}
	}
}

func TestSeveritiesOfADrive(t *testing.T) {
	d := *drive.Default()
	d.Severities = map[string]string{"YEAR_MARK": "info", "YEAR_MARK_ROUNDING": "off", "RATING": "error"}
	for code, want := range map[string]Severity{"YEAR_MARK": Info, "YEAR_MARK_ROUNDING": Off, "RATING": Error, "AVERAGE": Error} {
		if r, ok := RuleByCode(code); !ok || r.SeverityIn(&d) != want {
			t.Errorf("%s: got %v, want %v", code, r.SeverityIn(&d), want)
		}
	}
	p := clean()
	subject(&p.grade10, "NGUVAN").Year = mark(76)
	subject(&p.grade11, "TOAN").Year = mark(85)
	p.first12.Semester1.Rating = student.Good
	found := check(&d, p)
	if len(found) != 2 || found[0].Rule != "YEAR_MARK" || found[0].Severity != Info || found[1].Rule != "RATING" || found[1].Severity != Error {
		t.Errorf("got %+v", found)
	}
	if _, ok := RuleByCode("NO_SUCH_RULE"); ok {
		t.Error("there is a rule NO_SUCH_RULE")
	}
}
