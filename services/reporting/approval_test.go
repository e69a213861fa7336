package reporting

import (
	"slices"
	"testing"

	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/student"
)

// TestWords walks what a province can have said for the two windows.
func TestWords(t *testing.T) {
	const a, v = AwaitingApproval, Verified
	tests := []struct {
		first, second         Word
		statusOne, statusTwo  Status
		returnedOne, returned bool
		action                Action
		windows               int
	}{
		{NoWord, NoWord, a, a, false, false, Hold, 0},
		{Approved, NoWord, v, a, false, false, Publish, 1},
		{NoWord, Approved, v, v, false, false, Publish, 2}, // what was seen for the second window includes the first
		{Lapsed, Approved, v, v, false, false, Publish, 2},
		{Approved, Lapsed, v, a, false, false, Hold, 0}, // the record of both windows stands until the new content is approved
		{Lapsed, Lapsed, a, a, false, false, Hold, 0},
		{Lapsed, NoWord, a, a, false, false, Hold, 0},
		{Returned, NoWord, a, a, true, true, Withdraw, 0},
		{Returned, Approved, a, a, true, true, Withdraw, 0},
		{Approved, Returned, v, a, false, true, Publish, 1}, // the second window is taken back, the first stays
		{NoWord, Returned, a, a, false, true, Withdraw, 0},  // it may have been published by an approval of the second alone
		{Lapsed, Returned, a, a, false, true, Withdraw, 0},
	}
	for _, tt := range tests {
		f := good()
		f.Words = map[string]Word{first: tt.first, second: tt.second}
		one, two := StatusOf(d, f, first), StatusOf(d, f, second)
		if one != tt.statusOne || two != tt.statusTwo || f.Returned(d, first) != tt.returnedOne || f.Returned(d, second) != tt.returned {
			t.Errorf("%v %v: got %v, %v, returned %v, %v", tt.first, tt.second, one, two, f.Returned(d, first), f.Returned(d, second))
		}
		got := Decide(d, f)
		if got.Action != tt.action || len(got.Windows) != tt.windows || tt.action == Withdraw && got.Reason != AwaitingApproval {
			t.Errorf("%v %v: decision %+v, want action %v, %d windows", tt.first, tt.second, got, tt.action, tt.windows)
		}
	}
	f := good()
	f.Words = map[string]Word{first: Returned}
	free := drive.Sample(d.Schools)
	if got := StatusOf(free, f, first); got != Verified || Decide(free, f).Action != Publish {
		t.Errorf("a drive that asks for no approval: got %v, %+v", got, Decide(free, f))
	}
	if StatusOf(d, f, "third") != AwaitingApproval || f.Ready(d, "third") != true {
		t.Errorf("an unknown window counts as approved")
	}
}

func TestCorrectable(t *testing.T) {
	bad := func(errors, warnings int) PartFact {
		return PartFact{Present: true, Judgement: Judgement{Current: true, Errors: errors, Warnings: warnings}}
	}
	tests := []struct {
		name   string
		change func(*Facts)
		want   []student.Part
	}{
		{"in order", func(*Facts) {}, nil},
		{"an error", func(f *Facts) { set(f, student.Results10, bad(1, 0)) }, []student.Part{student.Results10}},
		{"a warning", func(f *Facts) { set(f, student.ProfilePart, bad(0, 1)) }, []student.Part{student.ProfilePart}},
		{"being judged", func(f *Facts) { set(f, student.Results10, PartFact{Present: true, Judgement: Judgement{Errors: 1}}) }, nil},
		{"a pair", func(f *Facts) { f.Pairs["history"] = Judgement{Current: true, Warnings: 1} }, []student.Part{student.Results10, student.Results11}},
		{"a pair of which one has not come", func(f *Facts) {
			f.Pairs["year12"] = Judgement{Current: true, Errors: 1}
			delete(f.Parts, student.Results122)
		}, []student.Part{student.Results121}},
		{"the roster", func(f *Facts) { f.Enrolments[0].Errors = 1 }, []student.Part{student.Enrolment}},
		{"two schools", func(f *Facts) { f.Enrolments = append(f.Enrolments, f.Enrolments[0]) }, []student.Part{student.Enrolment}},
		{"two schools, settled", func(f *Facts) {
			f.Enrolments = append(f.Enrolments, f.Enrolments[0])
			f.Enrolments[1].Overruled = true
		}, nil},
		{"registry differs", func(f *Facts) { f.Identity = IdentityDiffers }, []student.Part{student.ProfilePart}},
		{"no number", func(f *Facts) { f.Identity = IdentityUnsettled }, []student.Part{student.ProfilePart}},
		{"registry is away", func(f *Facts) { f.Identity = IdentityWaiting }, nil},
		{"shared number", func(f *Facts) { f.Shared = true }, []student.Part{student.ProfilePart}},
		{"returned", func(f *Facts) {
			f.ReturnedParts = []student.Part{student.Results11, student.Enrolment, student.Results11}
		},
			[]student.Part{student.Enrolment, student.Results11}},
		{"returned, of which one has not come", func(f *Facts) {
			f.ReturnedParts = []student.Part{student.Results11, student.Results10}
			delete(f.Parts, student.Results11)
		}, []student.Part{student.Results10}},
		{"nobody enrols", func(f *Facts) { f.Enrolments, f.Shared = nil, true }, []student.Part{student.ProfilePart}},
	}
	for _, tt := range tests {
		f := good()
		tt.change(&f)
		if got := Correctable(f); !slices.Equal(got, tt.want) {
			t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
		}
	}
}
