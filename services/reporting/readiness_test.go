package reporting

import (
	"slices"
	"strings"
	"testing"
)

func TestHindrances(t *testing.T) {
	fine := func() School {
		s := School{Declared: true, Directory: 40, Ready: 10}
		s.Counts.Expected = 40
		s.Counts.By[Verified], s.Counts.By[AwaitingApproval] = 30, 10
		return s
	}
	move := func(s *School, to Status, n int64) {
		s.Counts.By[Verified] -= n
		s.Counts.By[to] += n
	}
	tests := []struct {
		name   string
		change func(*School)
		want   []string
		always int
	}{
		{"ready", func(*School) {}, nil, 0},
		{"not declared", func(s *School) { s.Declared = false }, []string{"APPROVE_NOT_DECLARED"}, 0},
		{"another number", func(s *School) { s.Directory = 41 }, []string{"APPROVE_NUMBER"}, 0},
		{"nothing there", func(s *School) { *s = School{Directory: 40} }, []string{"APPROVE_EMPTY"}, 1},
		{"does not add up", func(s *School) { s.Counts.Expected = 39; s.Directory = 39 }, []string{"APPROVE_SUM"}, 1},
		{"open", func(s *School) {
			for i, status := range []Status{Missing, Rejected, UnexplainedWarning, Duplicate, Mismatched, NeedsPerson, Waiting} {
				move(s, status, int64(i+1))
			}
		}, []string{"APPROVE_MISSING", "APPROVE_REJECTED", "APPROVE_WARNING", "APPROVE_DUPLICATE", "APPROVE_MISMATCHED", "APPROVE_NEEDS_PERSON", "APPROVE_WAITING"}, 0},
		{"given back", func(s *School) { s.Returned, s.Ready = 3, 7 }, []string{"APPROVE_RETURNED"}, 0},
		{"approved already", func(s *School) { s.Ready = 0; move(s, AwaitingApproval, -10) }, nil, 0},
		{"nobody is ready", func(s *School) { move(s, Missing, 30); s.Ready, s.Returned = 0, 10 }, []string{"APPROVE_MISSING", "APPROVE_RETURNED", "APPROVE_NOBODY"}, 1},
	}
	for _, tt := range tests {
		s := fine()
		tt.change(&s)
		var got []string
		always := 0
		for _, h := range s.Hindrances() {
			got = append(got, h.Rule)
			if h.Always {
				always++
			}
			if h.Text.Vi == "" || h.Text.En == "" || h.Remedy.Vi == "" || h.Remedy.En == "" || strings.Contains(h.Text.Vi+h.Text.En, "%") {
				t.Errorf("%s: %s says %v, remedy %v", tt.name, h.Rule, h.Text, h.Remedy)
			}
		}
		if !slices.Equal(got, tt.want) || always != tt.always {
			t.Errorf("%s: got %v, %d of them always, want %v, %d", tt.name, got, always, tt.want, tt.always)
		}
	}
}

// Who needs a person is counted by the reason, with a remedy for each reason that there is and for no other.
func TestUnsettledReasons(t *testing.T) {
	s := School{}
	s.Counts.By[NeedsPerson] = 6
	s.Unsettled[NoNumber], s.Unsettled[NumberMangled], s.Unsettled[NameAlike] = 1, 2, 2
	h := s.unsettledHindrance()
	want := "6 pupils have an identity that needs a person: 1 without a number; 2 with a number of a wrong form, about which the registry cannot be asked; " +
		"2 with a name that differs only in i and y; 1 for another reason."
	if h.Text.En != want {
		t.Errorf("got %q, want %q", h.Text.En, want)
	}
	s.Counts.By[NeedsPerson], s.Unsettled = 2, [unsettledKinds]int64{NameAlike: 2}
	if h := s.unsettledHindrance(); strings.Contains(h.Text.En+h.Remedy.En, "number") || !strings.Contains(h.Text.Vi, "2 em có họ tên chỉ khác cách viết i và y") {
		t.Errorf("got %v, remedy %v", h.Text, h.Remedy)
	}
}

// What hinders an approval reads well for one pupil.
func TestHindrancesOfOne(t *testing.T) {
	s := School{Returned: 1}
	for i := range s.Counts.By {
		s.Counts.By[i] = 1
	}
	s.Counts.Expected = 1
	for _, h := range s.Hindrances() {
		if strings.Contains(h.Text.En, "1 pupils") {
			t.Errorf("%s: %q", h.Rule, h.Text.En)
		}
	}
}
