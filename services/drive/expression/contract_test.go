package expression

import (
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rasoat/rasoat/services/student"
)

// notOffered are fields of the contract that no expression sees: who the pupil is, and where the record came from.
var notOffered = []string{"Profile.code", "Profile.school", "Results.code", "Results.school"}

// The fields of the views are exactly those of the contract, in its order, and each can be named in an expression.
func TestFieldsAreThoseOfTheContract(t *testing.T) {
	raw, err := os.ReadFile("../../../proto/rasoat/student/v1/student.proto")
	if err != nil {
		t.Fatal(err)
	}
	contract := map[string][]string{}
	field := regexp.MustCompile(`(?m)^  (?:optional |repeated )?[A-Za-z0-9]+ ([a-z0-9_]+) = \d+`)
	for _, m := range regexp.MustCompile(`(?ms)^message (\w+) \{\n(.*?)^\}`).FindAllStringSubmatch(string(raw), -1) {
		for _, f := range field.FindAllStringSubmatch(m[2], -1) {
			if !slices.Contains(notOffered, m[1]+"."+f[1]) {
				contract[m[1]] = append(contract[m[1]], f[1])
			}
		}
	}
	for _, v := range []reflect.Type{
		reflect.TypeFor[Profile](), reflect.TypeFor[Date](), reflect.TypeFor[Identity](), reflect.TypeFor[Residence](),
		reflect.TypeFor[Results](), reflect.TypeFor[Subject](), reflect.TypeFor[Score](), reflect.TypeFor[Term](),
	} {
		var names []string
		for f := range v.Fields() {
			names = append(names, f.Tag.Get("cel"))
		}
		want := slices.Sorted(slices.Values(contract[v.Name()]))
		if slices.Sort(names); len(names) == 0 || !slices.Equal(names, want) {
			t.Errorf("%s has %v, the contract %v", v.Name(), names, want)
		}
	}
}

// leaf is a field of a record that holds no others.
type leaf struct {
	path string // as expressions write it
	zero string // what it is compared with
}

func leaves(t reflect.Type, path string) []leaf {
	switch t.Kind() {
	case reflect.Struct:
		var out []leaf
		for f := range t.Fields() {
			out = append(out, leaves(f.Type, path+"."+f.Tag.Get("cel"))...)
		}
		return out
	case reflect.Slice:
		return leaves(t.Elem(), path+"[0]")
	case reflect.Bool:
		return []leaf{{path, "true"}}
	case reflect.Int:
		return []leaf{{path, "7"}}
	}
	return []leaf{{path, `"x"`}}
}

// Each field is reachable and comes from its own place: a record in which only that field differs is told from another.
func TestEveryFieldIsReachable(t *testing.T) {
	for kind, of := range map[student.Kind]any{student.KindProfile: &Profile{}, student.KindResults: &Results{Subjects: []Subject{{}}}} {
		name := string(kind)
		all := leaves(reflect.TypeOf(of).Elem(), name)
		if len(all) < 14 {
			t.Errorf("%s: %d fields", kind, len(all))
		}
		for _, l := range all {
			p, err := Compile(kind, l.path+" == "+l.zero)
			if err != nil {
				t.Errorf("%s: %v", l.path, err)
				continue
			}
			for _, set := range []bool{false, true} {
				v := reflect.New(reflect.TypeOf(of).Elem())
				v.Elem().Set(reflect.ValueOf(of).Elem())
				if list := v.Elem().FieldByName("Subjects"); list.IsValid() {
					list.Set(reflect.ValueOf([]Subject{{}}))
				}
				if set {
					put(v.Elem(), strings.TrimPrefix(l.path, name+"."))
				}
				view := &View{drive: &Drive{}}
				view.profile, _ = v.Interface().(*Profile)
				view.results, _ = v.Interface().(*Results)
				if got, err := p.Holds(view); err != nil || got != set {
					t.Errorf("%s: got %v, %v; want %v", l.path, got, err, set)
				}
			}
		}
	}
}

// put writes the value of leaves into a field.
func put(v reflect.Value, path string) {
	for name := range strings.SplitSeq(path, ".") {
		name, isLine := strings.CutSuffix(name, "[0]")
		for i := range v.NumField() {
			if v.Type().Field(i).Tag.Get("cel") == name {
				v = v.Field(i)
				break
			}
		}
		if isLine {
			v = v.Index(0)
		}
	}
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int:
		v.SetInt(7)
	default:
		v.SetString("x")
	}
}

// A view carries every value of a record to its own field.
func TestViewOf(t *testing.T) {
	m := func(n student.Mark) *student.Mark { return &n }
	line := student.Subject{Code: "TOAN", Semester1: student.Score{Mark: m(1)}, Semester2: student.Score{Comment: student.NotPassed},
		Year: student.Score{Exempt: true}, YearBeforeRetake: student.Score{Mark: m(0)}}
	r := student.Results{
		Code: "secret", Class: "a", Part: student.Results121, SchoolYear: "b", Programme: student.Continuing, SchoolStudied: "c", Specialised: "d",
		ForeignLanguage: "e", Subjects: []student.Subject{line}, Semester1: student.Term{Average: m(2)}, Semester2: student.Term{Rating: student.Weak},
		Year: student.Term{Conduct: student.ConductFair}, BeforeRetake: student.Term{ConductAbsent: "f"}, SummerTraining: true, NotApplicable: "g",
	}
	none, empty := Score{MarkTenths: -1}, Term{AverageTenths: -1}
	want := &Results{
		Class: "a", Part: "results/12/1", SchoolYear: "b", Programme: "gdtx", SchoolStudied: "c", Specialised: "d", ForeignLanguage: "e",
		Subjects:  []Subject{{Code: "TOAN", Semester1: Score{MarkTenths: 1}, Semester2: none, Year: none, YearBeforeRetake: Score{MarkTenths: 0}}},
		Semester1: Term{AverageTenths: 2}, Semester2: empty, Year: empty, YearBeforeRetake: empty, SummerTraining: true, NotApplicable: "g",
	}
	want.Subjects[0].Semester2.Comment, want.Subjects[0].Year.Exempt = "not_passed", true
	want.Semester2.Rating, want.Year.Conduct, want.YearBeforeRetake.ConductAbsent = "weak", "fair", "f"
	if got := ViewOf("i", "y", student.Record{Results: &r}); !reflect.DeepEqual(got.results, want) || *got.drive != (Drive{"i", "y"}) || got.profile != nil {
		t.Errorf("got %+v, want %+v", got.results, want)
	}
	p := student.Profile{
		Code: "secret", Class: "a", FullName: "b", BirthDate: student.Date{Year: 1, Month: 2, Day: 3}, Gender: student.Female, Ethnicity: "c", Nationality: "d",
		Identity: student.Identity{Kind: student.CMND, Number: "e", Reason: "f"}, Residence: student.Residence{Province: "g", District: "h", Commune: "i", CatalogueDate: "j"},
	}
	wantProfile := &Profile{
		Class: "a", FullName: "b", DateOfBirth: Date{1, 2, 3}, Gender: "female", Ethnicity: "c", Nationality: "d",
		Identity: Identity{"cmnd", "e", "f"}, Residence: Residence{"g", "h", "i", "j"},
	}
	if got := ViewOf("i", "y", student.Record{Profile: &p}); !reflect.DeepEqual(got.profile, wantProfile) || got.results != nil {
		t.Errorf("got %+v, want %+v", got.profile, wantProfile)
	}
	if got := ViewOf("i", "y", student.Record{Enrolled: &student.Enrolled{}}); got != nil {
		t.Errorf("a roster entry: got %+v, want nil", got)
	}
}

func TestHasField(t *testing.T) {
	for _, tt := range []struct {
		kind student.Kind
		path string
		want bool
	}{
		{student.KindProfile, "class", true},
		{student.KindProfile, "date_of_birth", true},
		{student.KindProfile, "residence.commune", true},
		{student.KindProfile, "residence.commun", false},
		{student.KindProfile, "class.name", false},
		{student.KindProfile, "code", false},
		{student.KindProfile, "year.rating", false},
		{student.KindProfile, "", false},
		{student.KindProfile, ".class", false},
		{student.KindProfile, "class.", false},
		{student.KindProfile, "class[0]", false},
		{student.KindResults, "year.rating", true},
		{student.KindResults, "subjects", true},
		{student.KindResults, "subjects[TOAN]", true},
		{student.KindResults, "subjects[TOAN].year", true},
		{student.KindResults, "subjects[TOAN].year.mark_tenths", true},
		{student.KindResults, "subjects[].year", false},
		{student.KindResults, "subjects[TOAN.year", false},
		{student.KindResults, "subjects.year", false},
		{student.KindResults, "results.year", false},
		{student.KindRoster, "class", false},
	} {
		if got := HasField(tt.kind, tt.path); got != tt.want {
			t.Errorf("%s %q: got %v, want %v", tt.kind, tt.path, got, tt.want)
		}
	}
}
