package matching

import "slices"

// Claimant is a pupil who claims a number or has claimed it.
type Claimant struct {
	Pupil    string
	Revision uint64 // of the pupil's present profile
	Now      bool   // whether the present profile has this number
}

// Sharing says, for each who ever claimed a number, who else claims it now; and the basis of that statement: the sum of
// the revisions looked at. Each revision only grows and nobody ever leaves the list, so a newer state has a greater sum, and
// of two copies that look at once the one that saw more wins, whatever the order of their messages.
func Sharing(claimants []Claimant) (others map[string][]string, basis uint64) {
	var now []string
	for _, c := range claimants {
		basis += c.Revision
		if c.Now {
			now = append(now, c.Pupil)
		}
	}
	slices.Sort(now)
	others = make(map[string][]string, len(claimants))
	for _, c := range claimants {
		others[c.Pupil] = nil
		if !c.Now {
			continue
		}
		for _, p := range now {
			if p != c.Pupil {
				others[c.Pupil] = append(others[c.Pupil], p)
			}
		}
	}
	return others, basis
}
