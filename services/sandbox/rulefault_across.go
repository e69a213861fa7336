package sandbox

import "github.com/rasoat/rasoat/services/student"

// legacyNames are names of a class in TCVN3, read as Latin-1.
var legacyNames = []student.Name{"NguyÔn V¨n Hïng", "TrÇn ThÞ §µo", "Lª V¨n ViÖt", "Ph¹m Thu H»ng", "§ç Quèc B¶o"}

var acrossRuleFaults = []RuleFault{
	{Rule: "CODE_TWICE", bend: func(b *bench) bool {
		at := b.profiles()
		if len(at) < 2 {
			return false
		}
		first, second := at[b.nth%(len(at)-1)], at[b.nth%(len(at)-1)+1]
		p := *b.records[second].Profile
		p.Code = b.records[first].Profile.Code
		b.records[second].Profile = &p
		return b.tell(first, "") && b.tell(second, "")
	}},
	{Rule: "ID_TWICE", Also: []string{"ID_ELSEWHERE"}, bend: func(b *bench) bool {
		at := b.profiles()
		for k := 1; k < len(at); k++ {
			one, other := b.records[at[0]].Profile, *b.records[at[k]].Profile
			if one.Nationality == "VN" && other.Nationality == "VN" && one.Gender == other.Gender && one.BirthDate.Year == other.BirthDate.Year {
				other.Identity = one.Identity
				b.records[at[k]].Profile = &other
				return b.tell(at[0], numberField) && b.tell(at[k], numberField)
			}
		}
		return false
	}},
	{Rule: "NAME_LEGACY", bend: func(b *bench) bool {
		for k, i := range b.profiles() {
			p := *b.records[i].Profile
			if p.Nationality != "VN" {
				continue
			}
			p.FullName = legacyNames[k%len(legacyNames)]
			b.records[i].Profile = &p
			b.tell(i, "full_name")
		}
		return len(b.wrong) >= 5
	}},
	{Rule: "ID_SHIFTED", Also: []string{"ID_GENDER", "ID_BIRTH_YEAR", "ID_ELSEWHERE", "ID_ABROAD"}, bend: func(b *bench) bool {
		at := b.profiles()
		contrary := 0
		for k, i := range at {
			p := b.records[i].Profile
			if p.Nationality != "VN" || p.Identity.Kind != student.PersonalID || len(at) < 20 {
				return false
			}
			if k > 0 && b.records[at[k-1]].Profile.Gender != p.Gender {
				contrary++
			}
		}
		if 3*contrary < len(at)+6 {
			return false
		}
		last := b.records[at[len(at)-1]].Profile.Identity
		for k := len(at) - 1; k >= 0; k-- {
			p := *b.records[at[k]].Profile
			p.Identity = last
			if k > 0 {
				p.Identity = b.records[at[k-1]].Profile.Identity
				b.tell(at[k], numberField)
			}
			b.records[at[k]].Profile = &p
		}
		return true
	}},
	{Rule: "MARKS_SHIFTED", Also: []string{"YEAR_MARK", "YEAR_MARK_ROUNDING"}, bend: func(b *bench) bool {
		at := b.of(part10)
		for _, i := range at {
			if !plain(b.records[i].Results) || len(at) < 20 {
				return false
			}
		}
		last := *lineOf(b.records[at[len(at)-1]].Results, "TOAN").Year.Mark
		for k := len(at) - 1; k >= 0; k-- {
			r := copyResults(b.records[at[k]].Results)
			m := last
			if k > 0 {
				m = *lineOf(b.records[at[k-1]].Results, "TOAN").Year.Mark
				b.tell(at[k], "subjects[TOAN].year")
			}
			lineOf(r, "TOAN").Year = student.Score{Mark: &m}
			reckon(r)
			b.records[at[k]].Results = r
		}
		return true
	}},
	{Rule: "MARKS_COPIED", bend: func(b *bench) bool {
		return b.eachOf10(func(i int, r *student.Results) {
			s := lineOf(r, "DIALI")
			setLine(s, *s.Semester1.Mark, *s.Semester1.Mark)
			b.tell(i, "subjects[DIALI].semester2")
		})
	}},
	{Rule: "MARKS_CONSTANT", bend: func(b *bench) bool {
		return b.eachOf10(func(i int, r *student.Results) {
			s := lineOf(r, "DIALI")
			setLine(s, 75, *s.Semester2.Mark)
			b.tell(i, "subjects[DIALI].semester1")
		})
	}},
	{Rule: "CLASS_PROPORTION", bend: func(b *bench) bool {
		if len(b.classes) < 5 || b.records[b.of(part10)[0]].Results.Specialised != "" { // specialised classes are far apart
			return false
		}
		done := b.eachOf10(func(i int, r *student.Results) {
			for k := range r.Subjects {
				if s := &r.Subjects[k]; s.Year.Mark != nil {
					setLine(s, student.Mark(98+(i+k)%3), student.Mark(97+(i+2*k)%4))
				}
			}
		})
		for _, field := range []string{"semester1.average_tenths", "semester2.average_tenths", "year.average_tenths"} {
			b.tell(b.of(part10)[0], field)
		}
		return done
	}},
	{Rule: "HISTORY_ORDER", bend: func(b *bench) bool { return b.moveYear(student.Results11, -1) }},
	{Rule: "HISTORY_GAP", bend: func(b *bench) bool { return b.moveYear(part10, -1) }},
}

// eachOf10 changes grade 10 of a whole class; false where a pupil of it is not plain, or the class is small.
func (b *bench) eachOf10(change func(i int, r *student.Results)) bool {
	at := b.of(part10)
	for _, i := range at {
		if !plain(b.records[i].Results) || len(at) < 12 {
			return false
		}
	}
	for _, i := range at {
		r := copyResults(b.records[i].Results)
		change(i, r)
		reckon(r)
		b.records[i].Results = r
	}
	return true
}

// moveYear moves the school year of a part of one pupil; what it says is told of grade 11.
func (b *bench) moveYear(part student.Part, by int) bool {
	at, elevens := b.of(part), b.of(student.Results11)
	k := b.nth % len(at)
	if !plain(b.records[at[k]].Results) {
		return false
	}
	r := copyResults(b.records[at[k]].Results)
	year := firstYearOf(r.SchoolYear) + by
	r.SchoolYear = schoolYearFrom(year)
	b.records[at[k]].Results = r
	return b.tell(elevens[k], "school_year")
}
