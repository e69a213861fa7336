package sandbox

import (
	"slices"
	"strconv"

	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/student"
)

// Enrolment is a roster entry with the school that made it.
type Enrolment struct {
	Province, School string
	student.Enrolled
}

// Pupil is the truth about a pupil.
type Pupil struct {
	Index     int
	School    drive.School
	Enrolment student.Enrolled
	Profile   student.Profile
	Results   []student.Results // of grades 10 and 11 and of both semesters of grade 12
}

// Reported is what schools report of a pupil.
type Reported struct {
	Index      int
	Enrolments []Enrolment // of the pupil's school, and after it of another that claims the pupil
	Profile    *student.Profile
	Results    []student.Results // in order of part; one may be missing
	Fault      *Fault            // what is wrong with it; nil for nothing
}

// Pupil makes pupil i, from 0 to Pupils.
func (n *Nation) Pupil(i int) Pupil {
	c := n.classOf(i)
	p := n.profile(i, c)
	results := n.results(i, c, n.birth(i), p.Code)
	return Pupil{Index: i, School: n.schools[c.school].School, Enrolment: n.enrolled(p.Code, c), Profile: p, Results: results[:]}
}

// Reported makes what schools report of pupil i, from 0 to Pupils.
func (n *Nation) Reported(i int) Reported {
	c := n.classOf(i)
	return n.reportIn(i, c, n.plan(c))
}

// TrueProfile makes the true profile of pupil i, without the results.
func (n *Nation) TrueProfile(i int) student.Profile { return n.profile(i, n.classOf(i)) }

// ReportedProfile makes the profile that the school reports of pupil i, without the results, and tells what is wrong with
// the pupil's reports; a fault of another part leaves the profile as it is.
func (n *Nation) ReportedProfile(i int) (student.Profile, *Fault) {
	c := n.classOf(i)
	return n.reportedProfile(i, c, n.plan(c))
}

func (n *Nation) reportedProfile(i int, c *class, faults []Fault) (student.Profile, *Fault) {
	p := n.profile(i, c)
	var fault *Fault
	if at := slices.IndexFunc(faults, func(f Fault) bool { return f.Pupil == i }); at >= 0 {
		f := faults[at]
		if fault = &f; f.Part == student.ProfilePart {
			n.misreport(fault, n.birth(i), &p)
		}
	}
	p.FullName = n.written(i, p.FullName)
	return p, fault
}

func (n *Nation) reportIn(i int, c *class, faults []Fault) Reported {
	s := &n.schools[c.school]
	p, fault := n.reportedProfile(i, c, faults)
	out := Reported{
		Index: i, Profile: &p, Enrolments: []Enrolment{{s.Province, s.Code, n.enrolled(p.Code, c)}}, Fault: fault,
	}
	results := n.results(i, c, n.birth(i), p.Code)
	switch f := out.Fault; {
	case f == nil || f.Part == student.ProfilePart:
	case f.Kind == ResultsMissing:
		at := slices.Index(resultsParts[:], f.Part)
		out.Results = slices.Delete(slices.Clone(results[:]), at, at+1)
	case f.Kind == DoubleEnrolment:
		other := &n.schools[f.School]
		out.Enrolments = append(out.Enrolments, Enrolment{other.Province, other.Code, n.enrolled(p.Code, n.guestClass(i, f))})
	default:
		n.spoil(f, &results)
	}
	if out.Results == nil {
		out.Results = results[:]
	}
	return out
}

// enrolled is the roster entry of a pupil who joined at the start of the school year.
func (n *Nation) enrolled(code student.Code, c *class) student.Enrolled {
	year, _ := strconv.Atoi(n.years[2][:4])
	return student.Enrolled{Code: code, Class: c.name, State: student.Joined, Since: student.Date{Year: year, Month: 9, Day: 5}}
}

// guestClass returns the class in which the other school enrols the pupil.
func (n *Nation) guestClass(i int, f *Fault) *class {
	s := &n.schools[f.School]
	return &n.classes[s.class0+i%(s.end0-s.class0)]
}

// guests returns the pupils of the school before this one whom this one enrols as well, with the class in which it does.
func (n *Nation) guests(school int, yield func(i int, c *class) bool) {
	before := (school + len(n.schools) - 1) % len(n.schools)
	s := &n.schools[before]
	for at := s.class0; at < s.end0; at++ {
		for _, f := range n.plan(&n.classes[at]) {
			if f.Kind == DoubleEnrolment && f.School == school && !yield(f.Pupil, n.guestClass(f.Pupil, &f)) {
				return
			}
		}
	}
}
