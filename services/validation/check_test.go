package validation

import (
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/student"
)

// Whatever stands in a profile, it is judged, and no finding tells it.
func FuzzCheckProfile(f *testing.F) {
	f.Add("Nguyễn Văn An", "079305012345", "VN", "01", "001", 2005, 2)
	f.Add("NguyÔn V¨n Hïng", "7.9E+10", "LA", "", "\xff", 0, 13)
	f.Add("", "", "", "", "", -1, -1)
	f.Fuzz(func(t *testing.T, name, number, code, province, district string, year, month int) {
		for _, kind := range []student.IdentityKind{student.PersonalID, student.CMND, student.Passport, student.NoNumber, "", "other"} {
			p := student.Profile{
				FullName: student.Name(name), BirthDate: student.Date{Year: year, Month: month, Day: 1},
				Identity:  student.Identity{Kind: kind, Number: student.IDNumber(number), Reason: code},
				Ethnicity: code, Nationality: code, Residence: student.Residence{Province: province, District: district},
			}
			for _, found := range Check(drive.Default(), student.Record{Part: student.ProfilePart, Profile: &p}) {
				if found.Message().Vi == "" || found.Remedy().En == "" {
					t.Errorf("no words for %+v", found)
				}
				if found.Field == "identity.number" && len(number) > 4 && number == found.Reported {
					t.Errorf("%s tells the number", found.Rule)
				}
			}
		}
	})
}

// Whatever stands in the results, they are judged.
func TestCheckAnyResults(t *testing.T) {
	r := rand.New(rand.NewPCG(1246, 2023))
	codes := []string{"TOAN", "NGUVAN", "NGOAINGU", "NGOAINGU2", "THEDUC", "NGHEPT", "GDKTPL", "X", ""}
	value := func() student.Score {
		switch r.IntN(5) {
		case 0:
			return student.Score{}
		case 1:
			return student.Score{Comment: student.NotPassed}
		case 2:
			return student.Score{Exempt: true}
		}
		return mark(student.Mark(r.IntN(130) - 10))
	}
	term := func() student.Term {
		if r.IntN(3) == 0 {
			return student.Term{}
		}
		return student.Term{Average: tenths(student.Mark(r.IntN(130) - 10)), Rating: student.Rating([]string{"", "good", "poor", "?"}[r.IntN(4)])}
	}
	results := func(part student.Part) student.Results {
		res := student.Results{
			Part: part, SchoolYear: []string{"", "2022-2023", "2021-2022", "2018-2019", "2022-2024"}[r.IntN(5)],
			Programme: []student.Programme{"", student.Upper2006, student.Upper2018, student.Continuing}[r.IntN(4)],
			Semester1: term(), Semester2: term(), Year: term(), BeforeRetake: term(), Specialised: codes[r.IntN(len(codes))],
		}
		for range r.IntN(45) {
			res.Subjects = append(res.Subjects, student.Subject{
				Code: codes[r.IntN(len(codes))], Semester1: value(), Semester2: value(), Year: value(), YearBeforeRetake: value(),
			})
		}
		return res
	}
	for range 200 {
		first, second := results(student.Results121), results(student.Results122)
		for _, res := range []student.Results{first, second, results(student.Results10), results("")} {
			for _, found := range Check(drive.Default(), student.Record{Part: res.Part, Results: &res}) {
				if found.Message().Vi == "" {
					t.Fatalf("no words for %+v", found)
				}
			}
		}
		CheckYear12(drive.Default(), first, second)
	}
}

// Judgements that run at the same time share nothing that one could see.
func TestChecksAtTheSameTime(t *testing.T) {
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			for range 50 {
				p := clean()
				if i%2 == 1 {
					without(&p.grade10, "GDCD")
				}
				if found := check(drive.Default(), p); len(found) != i%2 {
					t.Errorf("goroutine %d: got %+v", i, found)
				}
			}
		})
	}
	group.Wait()
}

// BenchmarkCheck judges a whole pupil: the profile and four results parts.
func BenchmarkCheck(b *testing.B) {
	d, p := drive.Default(), clean()
	records := []student.Record{{Part: student.ProfilePart, Profile: &p.profile}}
	for _, r := range p.parts() {
		records = append(records, student.Record{Part: r.Part, Results: r})
	}
	b.ReportAllocs()
	for b.Loop() {
		for _, rec := range records {
			if found := Check(d, rec); found != nil {
				b.Fatal(found)
			}
		}
	}
}

// BenchmarkCheckFaulty judges a pupil with a finding in each part.
func BenchmarkCheckFaulty(b *testing.B) {
	d, p := drive.Default(), clean()
	p.profile.Identity.Number = "79305012345"
	for _, r := range p.parts() {
		without(r, "GDCD")
	}
	b.ReportAllocs()
	for b.Loop() {
		check(d, p)
	}
}
