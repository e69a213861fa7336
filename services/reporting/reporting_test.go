package reporting

import (
	"math/rand/v2"
	"testing"

	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/student"
)

var d = approving(drive.Sample([]drive.School{{Province: "01", Code: "01000701", Name: "THPT số 1 Ba Đình", Kind: drive.THPT, Expected: 40}}))

func approving(d *drive.Drive) *drive.Drive {
	d.ApprovalRequired = true
	return d
}

var (
	first  = d.Windows[0].ID
	second = d.Windows[1].ID
)

// good is a pupil with everything in order.
func good() Facts {
	judged := Judgement{Current: true}
	f := Facts{
		Enrolments: []EnrolmentFact{{Province: "01", School: "01000701", Class: "12A1", Open: true, Judgement: judged}},
		Parts:      map[student.Part]PartFact{}, Pairs: map[string]Judgement{"history": judged, "year12": judged}, Identity: IdentityGood,
		Words: map[string]Word{first: Approved, second: Approved},
	}
	for _, p := range student.Parts[1:] {
		f.Parts[p] = PartFact{Present: true, Judgement: judged}
	}
	return f
}

func set(f *Facts, part student.Part, p PartFact) { f.Parts[part] = p }

func TestStatus(t *testing.T) {
	bad := PartFact{Present: true, Judgement: Judgement{Current: true, Errors: 1}}
	fresh := PartFact{Present: true}
	tests := []struct {
		name         string
		change       func(*Facts)
		first        Status
		second       Status
		action       Action
		windows      int
		withdrawnFor Status
	}{
		{"in order", func(*Facts) {}, Verified, Verified, Publish, 2, 0},
		{"second window has not come", func(f *Facts) { delete(f.Parts, student.Results122); delete(f.Pairs, "year12") }, Verified, Missing, Publish, 1, 0},
		{"second window is bad", func(f *Facts) { set(f, student.Results122, bad) }, Verified, Rejected, Publish, 1, 0},
		{"second window is being judged", func(f *Facts) { set(f, student.Results122, fresh) }, Verified, Waiting, Hold, 0, 0},
		{"year marks do not fit the first semester", func(f *Facts) { f.Pairs["year12"] = Judgement{Current: true, Errors: 1} }, Verified, Rejected, Publish, 1, 0},
		{"halves of grade 12 not yet compared", func(f *Facts) { f.Pairs["year12"] = Judgement{} }, Verified, Waiting, Hold, 0, 0},
		{"grade 11 before grade 10", func(f *Facts) { f.Pairs["history"] = Judgement{Current: true, Errors: 1} }, Rejected, Rejected, Withdraw, 0, Rejected},
		{"a warning that nobody explained", func(f *Facts) {
			set(f, student.Results10, PartFact{Present: true, Judgement: Judgement{Current: true, Warnings: 1}})
		}, UnexplainedWarning, UnexplainedWarning, Withdraw, 0, UnexplainedWarning},
		{"a warning and an error", func(f *Facts) {
			set(f, student.Results10, PartFact{Present: true, Judgement: Judgement{Current: true, Warnings: 1}})
			set(f, student.ProfilePart, bad)
		}, Rejected, Rejected, Withdraw, 0, Rejected},
		{"a warning of the second window", func(f *Facts) { f.Pairs["year12"] = Judgement{Current: true, Warnings: 1} }, Verified, UnexplainedWarning, Publish, 1, 0},
		{"grade 10 is missing", func(f *Facts) { delete(f.Parts, student.Results10) }, Missing, Missing, Hold, 0, 0},
		{"grade 10 is bad", func(f *Facts) { set(f, student.Results10, bad) }, Rejected, Rejected, Withdraw, 0, Rejected},
		{"a replacement is being judged", func(f *Facts) { set(f, student.Results10, fresh) }, Waiting, Waiting, Hold, 0, 0},
		{"bad profile, while results are judged", func(f *Facts) { set(f, student.ProfilePart, bad); set(f, student.Results10, fresh) }, Rejected, Rejected, Withdraw, 0, Rejected},
		{"shared number", func(f *Facts) { f.Shared = true }, Duplicate, Duplicate, Withdraw, 0, Duplicate},
		{"two schools", func(f *Facts) { f.Enrolments = append(f.Enrolments, f.Enrolments[0]) }, Duplicate, Duplicate, Withdraw, 0, Duplicate},
		{"registry differs", func(f *Facts) { f.Identity = IdentityDiffers }, Mismatched, Mismatched, Withdraw, 0, Mismatched},
		{"no number", func(f *Facts) { f.Identity = IdentityUnsettled }, NeedsPerson, NeedsPerson, Withdraw, 0, NeedsPerson},
		{"registry is away", func(f *Facts) { f.Identity = IdentityWaiting }, Waiting, Waiting, Hold, 0, 0},
		{"registry is away and a mark is wrong", func(f *Facts) { f.Identity = IdentityWaiting; set(f, student.Results11, bad) }, Rejected, Rejected, Withdraw, 0, Rejected},
		{"not approved", func(f *Facts) { f.Words = nil }, AwaitingApproval, AwaitingApproval, Hold, 0, 0},
		{"overruled at another school", func(f *Facts) {
			f.Enrolments = append(f.Enrolments, EnrolmentFact{Province: "01", School: "01000702", Open: true, Overruled: true, Judgement: Judgement{Current: true, Errors: 1}})
		}, Verified, Verified, Publish, 2, 0},
		{"overruled everywhere", func(f *Facts) { f.Enrolments[0].Overruled = true }, NotExpected, NotExpected, Withdraw, 0, NotExpected},
		{"left the school", func(f *Facts) { f.Enrolments[0].Open = false }, NotExpected, NotExpected, Withdraw, 0, NotExpected},
		{"never enrolled", func(f *Facts) { f.Enrolments = nil }, NotExpected, NotExpected, Hold, 0, 0},
	}
	for _, tt := range tests {
		f := good()
		tt.change(&f)
		if got := StatusOf(d, f, first); got != tt.first {
			t.Errorf("%s: first window: got %v, want %v", tt.name, got, tt.first)
		}
		if got := StatusOf(d, f, second); got != tt.second {
			t.Errorf("%s: second window: got %v, want %v", tt.name, got, tt.second)
		}
		got := Decide(d, f)
		if got.Action != tt.action || len(got.Windows) != tt.windows || got.Reason != tt.withdrawnFor {
			t.Errorf("%s: decision: got %+v, want action %v, %d windows, reason %v", tt.name, got, tt.action, tt.windows, tt.withdrawnFor)
		}
	}
}

// TestEveryExpectedPupilCountsOnce walks random facts: expected is always the sum, and a record stands exactly for a
// pupil who is verified in the first window.
func TestEveryExpectedPupilCountsOnce(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	coin := func() bool { return r.IntN(3) > 0 }
	judge := func() Judgement { return Judgement{Current: coin(), Errors: r.IntN(4) / 3, Warnings: r.IntN(5) / 4} }
	var counts Counts
	var expected int64
	for range 20_000 {
		f := Facts{Parts: map[student.Part]PartFact{}, Pairs: map[string]Judgement{"history": judge(), "year12": judge()}, Identity: IdentityState(r.IntN(4)), Shared: !coin(),
			Words: map[string]Word{first: Word(r.IntN(4)), second: Word(r.IntN(4))}}
		for range r.IntN(3) {
			f.Enrolments = append(f.Enrolments, EnrolmentFact{Open: coin(), Overruled: !coin(), Judgement: judge()})
		}
		for _, p := range student.Parts[1:] {
			if coin() {
				f.Parts[p] = PartFact{Present: true, Judgement: judge()}
			}
		}
		s := StatusOf(d, f, first)
		if (s == NotExpected) != (len(f.Open()) == 0) {
			t.Fatalf("%+v: status %v, open enrolments %d", f, s, len(f.Open()))
		}
		if len(f.Open()) > 0 {
			expected++
		}
		counts.Count(s)
		if f.Ready(d, first) && f.Returned(d, first) || (f.Ready(d, first) || f.Returned(d, first)) != (s == AwaitingApproval) {
			t.Fatalf("%+v: status %v, ready %v, returned %v", f, s, f.Ready(d, first), f.Returned(d, first))
		}
		if decision := Decide(d, f); decision.Action == Publish && s != Verified || decision.Action == Withdraw && s == Verified {
			t.Fatalf("%+v: status %v, decision %+v", f, s, decision)
		}
		if StatusOf(d, f, second) == Verified && s != Verified {
			t.Fatalf("%+v: verified for the second window and %v for the first", f, s)
		}
	}
	if !counts.Conserved() || counts.Expected != expected {
		t.Errorf("got %+v, want %d expected and conserved", counts, expected)
	}
}
