package matching

import "github.com/rasoat/rasoat/services/student"

// Surroundings are what Explain may look at beyond a pupil's own profile. Each is asked for only when the number may be another's, which is rare.
type Surroundings struct {
	// Rows gives the profiles that the school sent together with the pupil's, in its order, and which of them the pupil's is; −1 when it is not
	// among them.
	Rows func() ([]Prepared, int, error)
	// PersonOf gives the registry's person of the number of a row; nil when there is none, or the number cannot be asked about.
	PersonOf func(row int) (*Prepared, error)
	// Claimants gives the other pupils of the school who claim the pupil's number now, whenever they were sent.
	Claimants func() ([]Prepared, error)
}

// Owner is the pupil to whom a number belongs: a row of Surroundings.Rows or one of Surroundings.Claimants; −1 for none.
type Owner struct{ Row, Claimant int }

// Explain judges a profile against what the lookup of its number gave, and where name or birth date differ looks for whose the number is. It is the
// whole way of a pupil through matching, but for the asking.
func (w *Weights) Explain(p student.Profile, a Answer, s Surroundings) (Result, Owner, error) {
	nobody := Owner{-1, -1}
	r := w.Judge(p, a)
	if !r.mayBeAnothers() {
		return r, nobody, nil
	}
	person := Prepare(*a.Person)
	rows, i, err := s.Rows()
	if err != nil {
		return Result{}, nobody, err
	}
	if i >= 0 {
		c, j, found, err := misplaced(rows, i, &person, s.PersonOf)
		if err != nil {
			return Result{}, nobody, err
		}
		if found {
			return r.belongs(c), Owner{j, -1}, nil
		}
	}
	claimants, err := s.Claimants()
	if err != nil {
		return Result{}, nobody, err
	}
	for k := range claimants {
		if isOf(&claimants[k], &person) {
			return r.belongs(Cause{IDNumber, NumberOtherPupil}), Owner{-1, k}, nil
		}
	}
	return r, nobody, nil
}
