package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/rasoat/rasoat/services/matching"
	"github.com/rasoat/rasoat/services/sandbox"
	"github.com/rasoat/rasoat/services/student"
	"golang.org/x/sync/errgroup"
)

// identityRow is how well matching explains the faults of a nation when the registry may be looked up.
type identityRow struct {
	Pupils  int     `json:"pupils"`
	Seconds float64 `json:"seconds"`
	Rate    float64 `json:"pupils_per_second"` // the nation's making included
	// FalseConfirmed is how many were confirmed of whom something that the registry knows was reported wrongly.
	FalseConfirmed int `json:"false_confirmed"`
	// FalseRefused is how many were not confirmed of whom all was reported well.
	FalseRefused int     `json:"false_refused"`
	Faults       int     `json:"faults"`    // of identity
	Explained    float64 `json:"explained"` // the share of them with the right outcome, field and kind, in percent
	Review       float64 `json:"review"`    // the share of pupils of whom an officer has to decide, in percent
	// Slices by ethnic group, province and kind of fault, the worst first.
	Slices []identitySlice `json:"slices"`
	Wrong  []string        `json:"wrong,omitempty"` // the first few, by kind and cause
}

// identitySlice is a part of the faults.
type identitySlice struct {
	By        string  `json:"by"`
	Value     string  `json:"value"`
	Faults    int     `json:"faults"`
	Explained float64 `json:"explained"`
	right     int
}

// shiftedClasses is how many classes in a thousand have their column of numbers moved by a row.
const shiftedClasses = 5

// identities reports a nation to matching, submission by submission, and compares what it says with the truth.
func identities(seed uint64, pupils, faults int) (*identityRow, error) {
	n := sandbox.New(sandbox.Config{Seed: seed, Pupils: pupils, Faults: faults, Shifted: shiftedClasses})
	began := time.Now()
	sums := make([]*identitySum, len(n.Schools()))
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	for school := range n.Schools() {
		g.Go(func() error {
			sum := &identitySum{slices: map[[2]string]*identitySlice{}}
			sums[school] = sum
			at := n.Schools()[school]
			first := at.First
			claims := map[student.IDNumber][]matching.Prepared{}
			for sub := range n.Submissions(school, student.ProfilePart) {
				for _, r := range sub.Records {
					p := matching.Prepare(matching.ParticularsOf(*r.Profile))
					claims[p.Number] = append(claims[p.Number], p)
				}
			}
			for sub := range n.Submissions(school, student.ProfilePart) {
				if err := sum.judge(n, at.Province, first, sub.Records, claims); err != nil {
					return err
				}
				first += len(sub.Records)
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	row := &identityRow{Pupils: pupils, Seconds: time.Since(began).Seconds()}
	row.Rate = float64(pupils) / row.Seconds
	row.add(sums)
	return row, nil
}

// identitySum is what was found of one school.
type identitySum struct {
	falseConfirmed, falseRefused, faults, right, review int
	slices                                              map[[2]string]*identitySlice
	wrong                                               []string
}

// judge judges one submission; its first record is pupil first.
func (s *identitySum) judge(n *sandbox.Nation, province string, first int, records []student.Record, claims map[student.IDNumber][]matching.Prepared) error {
	rows := make([]matching.Prepared, len(records))
	for i, r := range records {
		rows[i] = matching.Prepare(matching.ParticularsOf(*r.Profile))
	}
	for i, r := range records {
		got, err := judgeIdentity(n, records, rows, i, claims)
		if err != nil {
			return err
		}
		s.take(n, province, first+i, *r.Profile, got)
	}
	return nil
}

// judgeIdentity is the way of one pupil through matching.
func judgeIdentity(n *sandbox.Nation, records []student.Record, rows []matching.Prepared, i int, claims map[student.IDNumber][]matching.Prepared) (matching.Result, error) {
	p := *records[i].Profile
	got, final := matching.Triage(p)
	if final {
		return got, nil
	}
	got, _, err := matching.DefaultWeights().Explain(p, ask(n, p.Identity.Number.Normal()), matching.Surroundings{
		Rows: func() ([]matching.Prepared, int, error) { return rows, i, nil },
		PersonOf: func(row int) (*matching.Prepared, error) {
			if !matching.Askable(records[row].Profile.Identity) {
				return nil, nil
			}
			a := ask(n, rows[row].Number)
			if a.Person == nil {
				return nil, nil
			}
			q := matching.Prepare(*a.Person)
			return &q, nil
		},
		// Another pupil of the school, sent at another time, may claim the number as well.
		Claimants: func() ([]matching.Prepared, error) { return claims[rows[i].Number], nil },
	})
	return got, err
}

// ask looks a number up in the nation's registry.
func ask(n *sandbox.Nation, number student.IDNumber) matching.Answer {
	p, ok := n.PersonByNumber(number)
	if !ok {
		return matching.Answer{Cancelled: n.Cancelled(number)}
	}
	return matching.Answer{Person: &matching.Particulars{
		Number: p.Number, FullName: p.FullName, BirthDate: p.BirthDate, Gender: p.Gender, Residence: matching.PlaceOf(p.Residence),
	}}
}

// take compares the result with the truth.
func (s *identitySum) take(n *sandbox.Nation, province string, i int, reported student.Profile, got matching.Result) {
	want, truth := n.Expected(i), n.TrueProfile(i)
	well := reported.Identity == truth.Identity && reported.BirthDate == truth.BirthDate && reported.Gender == truth.Gender &&
		student.NameLevel(reported.FullName, truth.FullName).Same()
	switch {
	case got.Outcome == matching.Confirmed && !well:
		s.falseConfirmed++
	case got.Outcome != matching.Confirmed && got.Outcome != matching.NotApplicable && well:
		s.falseRefused++
	}
	if got.Outcome == matching.NeedsPerson || got.Outcome == matching.Mismatched || got.Outcome == matching.NotFound || got.Outcome == matching.Superseded {
		s.review++
	}
	if want.Cause == "" {
		return
	}
	s.faults++
	right := string(got.Outcome) == string(want.Outcome) && len(got.Causes) == 1 && got.Causes[0].String() == want.Cause
	if right {
		s.right++
	} else {
		s.wrong = append(s.wrong, fmt.Sprintf("%s: got %s %v, want %s %s", want.Fault, got.Outcome, got.Causes, want.Outcome, want.Cause))
	}
	for _, key := range [][2]string{{"kind", string(want.Fault)}, {"ethnicity", truth.Ethnicity}, {"province", province}} {
		slice := s.slices[key]
		if slice == nil {
			slice = &identitySlice{By: key[0], Value: key[1]}
			s.slices[key] = slice
		}
		slice.Faults++
		if right {
			slice.right++
		}
	}
}

// maxWrong bounds how many wrong explanations are told.
const maxWrong = 20

// add sums the schools up.
func (r *identityRow) add(sums []*identitySum) {
	all := map[[2]string]*identitySlice{}
	right, review := 0, 0
	for _, s := range sums {
		r.FalseConfirmed, r.FalseRefused, r.Faults = r.FalseConfirmed+s.falseConfirmed, r.FalseRefused+s.falseRefused, r.Faults+s.faults
		right, review = right+s.right, review+s.review
		for key, slice := range s.slices {
			if all[key] == nil {
				all[key] = &identitySlice{By: key[0], Value: key[1]}
			}
			all[key].Faults, all[key].right = all[key].Faults+slice.Faults, all[key].right+slice.right
		}
		r.Wrong = append(r.Wrong, s.wrong[:min(len(s.wrong), maxWrong-len(r.Wrong))]...)
	}
	r.Explained, r.Review = 100*float64(right)/float64(max(r.Faults, 1)), 100*float64(review)/float64(max(r.Pupils, 1))
	for _, slice := range slices.Collect(maps.Values(all)) {
		slice.Explained = 100 * float64(slice.right) / float64(slice.Faults)
		r.Slices = append(r.Slices, *slice)
	}
	slices.SortFunc(r.Slices, func(a, b identitySlice) int {
		return cmp.Or(cmp.Compare(a.Explained, b.Explained), cmp.Compare(b.Faults, a.Faults), strings.Compare(a.By+a.Value, b.By+b.Value))
	})
}

// print tells people.
func (r *identityRow) print(w io.Writer) {
	worst := identitySlice{Explained: 100}
	if len(r.Slices) > 0 {
		worst = r.Slices[0]
	}
	fmt.Fprintf(w, "matching: %d pupils, %d faults of identity: %.2f %% explained by kind and field; %d confirmed wrongly, %d refused wrongly; %.2f %% for review; worst slice %s %s: %.2f %% of %d; %.0f pupils/s\n",
		r.Pupils, r.Faults, r.Explained, r.FalseConfirmed, r.FalseRefused, r.Review, worst.By, worst.Value, worst.Explained, worst.Faults, r.Rate)
	var once sync.Map
	for _, wrong := range r.Wrong {
		if _, told := once.LoadOrStore(wrong, true); !told {
			fmt.Fprintf(w, "  %s\n", wrong)
		}
	}
}
