package sandbox

import (
	"reflect"
	"slices"
	"testing"

	"github.com/rasoat/rasoat/services/student"
)

func TestFaultsComeAtTheirRateAndInEveryKind(t *testing.T) {
	seen := map[Kind]int{}
	for _, seed := range allSeeds {
		n := New(Config{Seed: seed, Pupils: 5000})
		faults := 0
		for c := range n.classes {
			for _, f := range n.plan(&n.classes[c]) {
				faults++
				seen[f.Kind]++
			}
		}
		if faults < 105 || faults > 195 {
			t.Errorf("seed %d: %d faults in 5000 pupils, want about 150", seed, faults)
		}
	}
	n := New(Config{Seed: 1, Pupils: 5000, Faults: 1000, Shifted: 100}) // for the rarest
	for c := range n.classes {
		for _, f := range n.plan(&n.classes[c]) {
			seen[f.Kind]++
		}
	}
	for _, k := range Kinds {
		if seen[k] == 0 {
			t.Errorf("no fault of kind %s", k)
		}
		if _, ok := findings[k]; !ok {
			t.Errorf("nothing is said of what becomes of %s", k)
		}
	}
	t.Log(seen)
}

func TestNoFaultsWhenNoneAreWanted(t *testing.T) {
	n := New(Config{Seed: 1, Pupils: 3000, Faults: -1})
	for i := range n.Pupils() {
		if e := n.Expected(i); e.Fault != "" || e.With >= 0 || n.Reported(i).Fault != nil {
			t.Fatalf("pupil %d: %+v", i, e)
		}
	}
}

// TestFaultsChangeOnlyWhatTheySay holds everything reported against the truth.
func TestFaultsChangeOnlyWhatTheySay(t *testing.T) {
	for _, seed := range seeds() {
		n := New(Config{Seed: seed, Pupils: Sized(4000), Faults: 150, Shifted: 50})
		for r := range n.reports(0, n.Pupils()) {
			i, truth := r.Index, n.Pupil(r.Index)
			kind := Kind("")
			if r.Fault != nil {
				kind = r.Fault.Kind
			}
			if got := n.Expected(i).Fault; got != kind {
				t.Fatalf("seed %d: pupil %d is reported with %q and expected with %q", seed, i, kind, got)
			}
			checkProfile(t, n, kind, r, truth)
			checkParts(t, kind, r, truth)
		}
	}
}

func checkProfile(t *testing.T, n *Nation, kind Kind, r Reported, truth Pupil) {
	t.Helper()
	got, want := *r.Profile, truth.Profile
	differs := map[string]bool{
		"name":      !student.NameLevel(got.FullName, want.FullName).Same(),
		"birth":     got.BirthDate != want.BirthDate,
		"gender":    got.Gender != want.Gender,
		"identity":  got.Identity != want.Identity,
		"ethnicity": got.Ethnicity != want.Ethnicity,
		"residence": got.Residence != want.Residence,
	}
	may := map[Kind]string{
		NameDiacritic: "name", NameMiddleDropped: "name", NameMiddleAdded: "name", NameConfused: "name", NameTypo: "name", NameSoftIY: "name",
		BirthSwapped: "birth", BirthYear: "birth", BirthDayOff: "birth", BirthJanuary: "birth", BirthDigit: "birth",
		GenderWrong: "gender", IDDigit: "identity", IDTransposed: "identity", IDLeadingZero: "identity", IDPrecision: "identity",
		IDPrefix: "identity", IDShared: "identity", NumbersExchanged: "identity", RowShifted: "identity", IDReissued: "identity", NumberMissing: "identity",
		EthnicityUnknown: "ethnicity", ResidenceHierarchy: "residence",
	}
	for field, is := range differs {
		if want := may[kind] == field; is != want {
			t.Errorf("pupil %d, %s: %s differs is %v, want %v", truth.Index, kind, field, is, want)
		}
	}
	switch kind {
	case IDDigit, IDTransposed, IDReissued:
		facts, ok := student.Facts(got.Identity.Number)
		truly, _ := student.Facts(want.Identity.Number)
		if !ok || facts != truly {
			t.Errorf("pupil %d, %s: the reported number says %+v, want %+v", truth.Index, kind, facts, truly)
		}
		if _, taken := n.PersonByNumber(got.Identity.Number); taken {
			t.Errorf("pupil %d, %s: the reported number is somebody's", truth.Index, kind)
		}
		if cancelled := n.Cancelled(got.Identity.Number); cancelled != (kind == IDReissued) {
			t.Errorf("pupil %d, %s: the reported number was cancelled: %v", truth.Index, kind, cancelled)
		}
	case IDShared, NumbersExchanged:
		if holder, ok := n.holder(got.Identity.Number); !ok || holder != r.Fault.Victim {
			t.Errorf("pupil %d: the shared number is of %d, want %d", truth.Index, holder, r.Fault.Victim)
		}
		if facts, _ := student.Facts(got.Identity.Number); facts.Gender != got.Gender || facts.YearOfBirth != got.BirthDate.Year {
			t.Errorf("pupil %d: the shared number contradicts the pupil", truth.Index)
		}
	case NameSoftIY:
		if level := student.NameLevel(got.FullName, want.FullName); level != student.LevelSoftIY {
			t.Errorf("pupil %d, %s: the names agree at level %v", truth.Index, kind, level)
		}
	case NameMiddleAdded, NameConfused, NameTypo:
		if level := student.NameLevel(got.FullName, want.FullName); level != student.LevelDifferent {
			t.Errorf("pupil %d, %s: the names agree at level %v", truth.Index, kind, level)
		}
	case BirthSwapped, BirthYear, BirthDayOff, BirthJanuary, BirthDigit:
		if !got.BirthDate.Valid() {
			t.Errorf("pupil %d, %s: the reported birth date is not in the calendar", truth.Index, kind)
		}
	case IDLeadingZero:
		if student.ShapeOf(got.Identity.Number).Form != student.FormLeadingZero {
			t.Errorf("pupil %d: the number has shape %v", truth.Index, student.ShapeOf(got.Identity.Number))
		}
	case IDPrecision:
		if student.ShapeOf(got.Identity.Number).Form != student.FormNumeric {
			t.Errorf("pupil %d: the number has shape %v", truth.Index, student.ShapeOf(got.Identity.Number))
		}
	}
}

func checkParts(t *testing.T, kind Kind, r Reported, truth Pupil) {
	t.Helper()
	wrong := 0
	for _, want := range truth.Results {
		at := slices.IndexFunc(r.Results, func(x student.Results) bool { return x.Part == want.Part })
		if at < 0 || !reflect.DeepEqual(r.Results[at], want) {
			wrong++
			if r.Fault == nil || r.Fault.Part != want.Part {
				t.Errorf("pupil %d, %s: part %s differs from the truth", truth.Index, kind, want.Part)
			}
		}
	}
	academic := slices.Contains([]Kind{MarkRange, YearMarkWrong, AverageWrong, RatingWrong, ResultsMissing}, kind)
	if academic != (wrong == 1) {
		t.Errorf("pupil %d, %s: %d results parts differ from the truth", truth.Index, kind, wrong)
	}
	if enrolments := len(r.Enrolments); (kind == DoubleEnrolment) != (enrolments == 2) {
		t.Errorf("pupil %d, %s: %d enrolments", truth.Index, kind, enrolments)
	}
}

func TestVictimsHaveNoFaultOfTheirOwn(t *testing.T) {
	shared := 0
	for _, seed := range seeds() {
		n := New(Config{Seed: seed, Pupils: 5000, Faults: 300})
		victims := map[int]int{}
		for c := range n.classes {
			for _, f := range n.plan(&n.classes[c]) {
				if f.Kind != IDShared {
					continue
				}
				i := f.Pupil
				shared++
				if other, twice := victims[f.Victim]; twice {
					t.Errorf("seed %d: pupil %d is the victim of %d and %d", seed, f.Victim, i, other)
				}
				victims[f.Victim] = i
				if n.classOf(i) != n.classOf(f.Victim) || f.Victim == i {
					t.Errorf("seed %d: the victim of pupil %d is no classmate", seed, i)
				}
			}
		}
		for i := range n.Pupils() {
			e := n.Expected(i)
			by, is := victims[i]
			if is != (e.Fault == "" && e.With >= 0) || is && (e.With != by || e.Window1 != StatusDuplicate || n.chosen(i)) {
				t.Errorf("seed %d: pupil %d: %+v, victim of %d", seed, i, e, by)
			}
		}
	}
	if shared < Sized(25) {
		t.Errorf("only %d shared numbers", shared)
	}
}

func TestGuestsAreEnrolledAtTheNextSchool(t *testing.T) {
	n := New(Config{Seed: 4, Pupils: 5000, Faults: 300})
	claimed := map[student.Code]string{}
	for s := range n.Schools() {
		for range n.Classes(s) {
			n.guests(s, func(i int, c *class) bool {
				claimed[n.Pupil(i).Profile.Code] = n.schools[s].Code + "/" + c.name
				return true
			})
		}
	}
	double := 0
	for i := range n.Pupils() {
		r := n.Reported(i)
		if r.Fault == nil || r.Fault.Kind != DoubleEnrolment {
			continue
		}
		double++
		other := r.Enrolments[1]
		if got, want := claimed[other.Code], other.School+"/"+other.Class; got != want || other.School == r.Enrolments[0].School {
			t.Errorf("pupil %d is claimed by %q, want %q", i, got, want)
		}
	}
	if double == 0 || double != len(claimed) {
		t.Errorf("%d pupils are enrolled twice, %d are claimed", double, len(claimed))
	}
}
