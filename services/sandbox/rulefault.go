package sandbox

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/student"
)

// RuleFault is a fault that a rule of validation finds: one of the kind for each rule. It is put into the truth about the classes of a
// school, so that what ought to be found is known, record by record.
type RuleFault struct {
	Rule string
	// Also names the rules that may speak as well, because the fault brings it about: a shifted column of numbers contradicts birth dates.
	Also []string
	// Levels says that the fault is one under Circular 22/2021: it needs a drive in which grade 10 was assessed by it.
	Levels bool

	bend func(b *bench) bool
}

// Spoiled is what a school reports of some classes, with one fault in it.
type Spoiled struct {
	Records []student.Record
	Wrong   map[int][]string // fields that the rule ought to point to, by index of the record
}

// RuleFaults returns one fault for each rule, in the order of RULES.md.
func RuleFaults() []RuleFault {
	return slices.Concat(profileRuleFaults, resultsRuleFaults, acrossRuleFaults)
}

// Spoil puts a rule's fault into what school i of Schools truly reports of its classes; nth chooses among the pupils and classes that can
// have it. It reports false where nobody in the school can.
func (n *Nation) Spoil(f RuleFault, school, nth int) (Spoiled, bool) {
	classes := n.classes[n.schools[school].class0:n.schools[school].end0]
	for try := range classes {
		b := &bench{nation: n, nth: nth + try, wrong: map[int][]string{}}
		at := (nth + try) % len(classes)
		for k := range classes {
			c := &classes[(at+k)%len(classes)]
			from := len(b.records)
			for i := c.first; i < c.end; i++ {
				p := n.Pupil(i)
				b.records = append(b.records, student.Record{Part: student.ProfilePart, Profile: &p.Profile})
				for r := range p.Results {
					if f.Levels && p.Results[r].Part == student.Results10 {
						byLevels(&p.Results[r], i)
					}
					b.records = append(b.records, student.Record{Part: p.Results[r].Part, Results: &p.Results[r]})
				}
			}
			b.classes = append(b.classes, span{from, len(b.records)})
		}
		if f.bend(b) {
			return Spoiled{b.records, b.wrong}, true
		}
	}
	return Spoiled{}, false
}

// SmallestSchools returns the places in Schools of those that are no continuing-education centres, the smallest first: a fault is found faster in a
// short file.
func (n *Nation) SmallestSchools() []int {
	schools := n.Schools()
	var out []int
	for i, s := range schools {
		if s.Kind != drive.GDTX {
			out = append(out, i)
		}
	}
	slices.SortStableFunc(out, func(i, j int) int {
		return cmp.Compare(schools[i].End-schools[i].First, schools[j].End-schools[j].First)
	})
	return out
}

type span struct{ from, to int }

// bench is where a fault is made: the records of the classes, the class in question first.
type bench struct {
	nation  *Nation
	nth     int
	records []student.Record
	classes []span
	wrong   map[int][]string
}

// tell notes that a record is wrong at a field.
func (b *bench) tell(i int, field string) bool {
	b.wrong[i] = append(b.wrong[i], field)
	return true
}

// profiles returns the indexes of the profiles of the first class.
func (b *bench) profiles() []int { return b.of(student.ProfilePart) }

// of returns the indexes of the records of one part in the first class.
func (b *bench) of(part student.Part) []int {
	var out []int
	for i := b.classes[0].from; i < b.classes[0].to; i++ {
		if b.records[i].Part == part {
			out = append(out, i)
		}
	}
	return out
}

// profileFault makes a fault of one profile of a citizen; bend gives the field, "" where this pupil cannot have it.
func profileFault(rule string, bend func(p *student.Profile, b *bench) string) RuleFault {
	return RuleFault{Rule: rule, bend: func(b *bench) bool {
		at := b.profiles()
		for k := range at {
			i := at[(b.nth+k)%len(at)]
			p := *b.records[i].Profile
			if p.Nationality != "VN" || p.Identity.Kind != student.PersonalID {
				continue
			}
			if field := bend(&p, b); field != "" {
				b.records[i].Profile = &p
				return b.tell(i, field)
			}
		}
		return false
	}}
}

// resultsFault makes a fault of one results part of a pupil without retakes and exemptions.
func resultsFault(rule string, part student.Part, bend func(r *student.Results, b *bench) string) RuleFault {
	return RuleFault{Rule: rule, bend: func(b *bench) bool {
		at := b.of(part)
		for k := range at {
			i := at[(b.nth+k)%len(at)]
			if !plain(b.records[i].Results) {
				continue
			}
			r := copyResults(b.records[i].Results)
			if field := bend(r, b); field != "" {
				b.records[i].Results = r
				return b.tell(i, field)
			}
		}
		return false
	}}
}

// plain reports results of general education in which nothing is exempt, retaken or missing.
func plain(r *student.Results) bool {
	return r.Programme != student.Continuing && r.BeforeRetake.Empty() && !slices.ContainsFunc(r.Subjects, func(s student.Subject) bool {
		return s.Semester1.Exempt || s.Semester2.Exempt || !s.YearBeforeRetake.Empty()
	})
}

// copyResults returns results whose marks may be changed.
func copyResults(r *student.Results) *student.Results {
	out := *r
	out.Subjects = slices.Clone(r.Subjects)
	for i := range out.Subjects {
		s := &out.Subjects[i]
		for _, v := range []*student.Score{&s.Semester1, &s.Semester2, &s.Year} {
			if v.Mark != nil {
				m := *v.Mark
				v.Mark = &m
			}
		}
	}
	for _, t := range []*student.Term{&out.Semester1, &out.Semester2, &out.Year} {
		if t.Average != nil {
			m := *t.Average
			t.Average = &m
		}
	}
	return &out
}

func lineOf(r *student.Results, code string) *student.Subject {
	i := slices.IndexFunc(r.Subjects, func(s student.Subject) bool { return s.Code == code })
	if i < 0 {
		panic(fmt.Sprintf("sandbox: %s has no line", code))
	}
	return &r.Subjects[i]
}
