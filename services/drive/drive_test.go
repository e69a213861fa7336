package drive_test

import (
	"slices"
	"testing"
	"time"

	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/student"
)

func TestDefaultIsTheDriveOfTheDispatch(t *testing.T) {
	d := drive.Default()
	if d.ID != "2022-2023-12" || d.SchoolYear != "2022-2023" || !d.ApprovalRequired || d.Registry != drive.RegistryLookup {
		t.Errorf("got id %q, year %q, approval %v, registry %q", d.ID, d.SchoolYear, d.ApprovalRequired, d.Registry)
	}
	if len(d.Digest) != 64 || d.Catalogue.Date != "2023-04-10" {
		t.Errorf("got digest %q, catalogue of %q", d.Digest, d.Catalogue.Date)
	}
	// 17:00 in Hà Nội is 10:00 UTC.
	first, second := time.Date(2023, 4, 21, 10, 0, 0, 0, time.UTC), time.Date(2023, 5, 31, 10, 0, 0, 0, time.UTC)
	for _, part := range student.Parts {
		want := first
		if part == student.Results122 {
			want = second
		}
		if got := d.NotAfter(part); !got.Equal(want) {
			t.Errorf("NotAfter(%s) = %v, want %v", part, got, want)
		}
		if w, ok := d.Window(part); !ok || !slices.Contains(w.Parts, part) || w.Name.Vi == "" || w.Name.En == "" {
			t.Errorf("Window(%s) = %+v, %v", part, w, ok)
		}
	}
	if w, ok := d.Window("results/9"); ok || !d.NotAfter("results/9").IsZero() {
		t.Errorf("Window of an unknown part = %+v, want none", w)
	}
	if d.Corrections.Before(second) {
		t.Errorf("corrections end %v, before the last window", d.Corrections)
	}
}

func TestAWindowRequiresItsPartsAndThoseBefore(t *testing.T) {
	d := drive.Default()
	if got, want := d.Required("first"), student.Parts[:5]; !slices.Equal(got, want) {
		t.Errorf("first requires %v, want %v", got, want)
	}
	if got := d.Required("second"); !slices.Equal(got, student.Parts) {
		t.Errorf("second requires %v, want %v", got, student.Parts)
	}
	if got := d.Required("third"); got != nil {
		t.Errorf("an unknown window requires %v, want nil", got)
	}
}

// The transition clause of Circular 22/2021, and the years of a pupil who repeated.
func TestRegulation(t *testing.T) {
	d := drive.Default()
	for _, tt := range []struct {
		grade     int
		year      string
		programme student.Programme
		want      string
		advisory  bool
	}{
		{10, "2020-2021", student.Upper2006, drive.TT58, false},
		{11, "2021-2022", student.Upper2006, drive.TT58, false},
		{12, "2022-2023", student.Upper2006, drive.TT58, false},
		{10, "2019-2020", student.Upper2006, drive.TT58, true},
		{10, "2022-2023", student.Upper2018, drive.TT22, false},
		{11, "2023-2024", student.Upper2018, drive.TT22, false},
		{12, "2024-2025", student.Upper2018, drive.TT22, false},
		{12, "2031-2032", student.Upper2018, drive.TT22, false},
		{12, "2023-2024", student.Upper2006, drive.TT58, false},
		{12, "2022-2023", student.Continuing, drive.QD02, true},
		{10, "2022-2023", student.Upper2006, "", false},
		{11, "2022-2023", student.Upper2018, "", false},
		{9, "2020-2021", student.Upper2006, "", false},
		{10, "2020-2022", student.Upper2006, "", false},
		{10, "2020", student.Upper2006, "", false},
		{10, "2020–2021", student.Upper2006, "", false},
		{10, "", student.Upper2006, "", false},
	} {
		got, ok := d.Regulation(tt.grade, tt.year, tt.programme)
		if got != tt.want || ok != (tt.want != "") || d.Advisory(tt.grade, tt.year, tt.programme) != tt.advisory {
			t.Errorf("Regulation(%d, %q, %s) = %q, %v, want %q", tt.grade, tt.year, tt.programme, got, ok, tt.want)
		}
	}
}

func TestSchoolYearOf(t *testing.T) {
	d := drive.Default()
	for grade, want := range map[int]string{9: "", 10: "2020-2021", 11: "2021-2022", 12: "2022-2023", 13: ""} {
		if got := d.SchoolYearOf(grade); got != want {
			t.Errorf("SchoolYearOf(%d) = %q, want %q", grade, got, want)
		}
	}
}

func TestSchool(t *testing.T) {
	d := drive.Default()
	s, ok := d.School("01000701")
	if !ok || s.Province != "01" || s.Kind != drive.Specialised || s.Expected == 0 {
		t.Errorf("School(01000701) = %+v, %v", s, ok)
	}
	if s, ok := d.School("99000701"); ok {
		t.Errorf("School(99000701) = %+v, want none", s)
	}
}

func TestSample(t *testing.T) {
	schools := []drive.School{
		{Province: "79", Code: "79760702", Name: "THPT B", Kind: drive.THPT, Expected: 40},
		{Province: "01", Code: "01001701", Name: "THPT A", Kind: drive.THPT, Expected: 30},
	}
	d := drive.Sample(schools)
	if d.ID != "sample-12" || d.ApprovalRequired || d.SchoolYear != "2022-2023" || d.Digest == drive.Default().Digest {
		t.Errorf("got id %q, approval %v, year %q", d.ID, d.ApprovalRequired, d.SchoolYear)
	}
	if a := drive.SampleWithApproval(schools); a.ID != d.ID || !a.ApprovalRequired || a.Digest == d.Digest {
		t.Errorf("with approval: got id %q, approval %v, the digest of the one without: %v", a.ID, a.ApprovalRequired, a.Digest == d.Digest)
	}
	for _, w := range d.Windows {
		if w.Closes.Year() != 2099 || w.Closes.Hour() != 17 {
			t.Errorf("window %s closes %v, want 17:00 in 2099", w.ID, w.Closes)
		}
	}
	if len(d.Schools) != 2 || d.Schools[0].Code != "01001701" || schools[0].Code != "79760702" {
		t.Errorf("schools = %+v, want them by code and the argument as it was", d.Schools)
	}
	if got, ok := d.Regulation(12, "2022-2023", student.Upper2006); !ok || got != drive.TT58 {
		t.Errorf("Regulation = %q, %v", got, ok)
	}
	defer func() {
		if recover() == nil {
			t.Error("a school of an unknown province did not panic")
		}
	}()
	drive.Sample([]drive.School{{Province: "03", Code: "x", Name: "x", Kind: drive.THPT}})
}
