package matching

// mayBeAnothers reports whether the number of a judged pupil may be another's: name or birth date differ from the person's.
func (r Result) mayBeAnothers() bool {
	if r.Outcome != Mismatched {
		return false
	}
	for _, c := range r.Causes {
		if c.Field != Gender {
			return true
		}
	}
	return false
}

// misplaced looks for the pupil to whom the number of row i really belongs among the rows that one school sent together, and says how it may
// have come there: exchanged between two (as of twins), moved by a row, or otherwise another pupil's. person is the registry's of
// the number of row i; personOf gives the registry's of the number of another row, nil when there is none. The result is the cause and the other
// row, −1 when that is not among them; false when nothing of the kind is seen.
func misplaced(rows []Prepared, i int, person *Prepared, personOf func(row int) (*Prepared, error)) (Cause, int, bool, error) {
	if isOf(&rows[i], person) {
		return Cause{}, -1, false, nil
	}
	j, err := owner(rows, i, person, personOf)
	if err != nil {
		return Cause{}, -1, false, err
	}
	if j >= 0 && rows[j].Number == rows[i].Number {
		return Cause{IDNumber, NumberOtherPupil}, j, true, nil
	}
	near := j-i == 1 || i-j == 1
	for _, try := range [...]struct {
		kind string
		when bool
		a, b int
	}{
		{NumberExchanged, j >= 0, j, i},
		{NumberShifted, j >= 0 && near, j, 2*j - i},
		{NumberShifted, j >= 0 && near, 2*i - j, i},
		{NumberShifted, true, i + 1, i}, // the first row of a column that moved down, and the last of one that moved up
		{NumberShifted, true, i - 1, i},
	} {
		yes, err := false, error(nil)
		if try.when {
			yes, err = astray(rows, try.a, try.b, personOf)
		}
		if err != nil {
			return Cause{}, -1, false, err
		}
		if yes {
			return Cause{IDNumber, try.kind}, j, true, nil
		}
	}
	if j < 0 {
		return Cause{}, -1, false, nil
	}
	return Cause{IDNumber, NumberOtherPupil}, j, true, nil
}

// astray reports whether the number of row a is that of the pupil of row b, and not of its own.
func astray(rows []Prepared, a, b int, personOf func(row int) (*Prepared, error)) (bool, error) {
	if a < 0 || b < 0 || a >= len(rows) || b >= len(rows) {
		return false, nil
	}
	p, err := personOf(a)
	if err != nil || p == nil {
		return false, err
	}
	return isOf(&rows[b], p) && !isOf(&rows[a], p), nil
}

// owner returns the row, other than i, that is the person; −1 for none. One whose own number is well is a namesake born on the same day.
func owner(rows []Prepared, i int, person *Prepared, personOf func(row int) (*Prepared, error)) (int, error) {
	for k := range rows {
		if k == i || !isOf(&rows[k], person) {
			continue
		}
		if rows[k].Number == rows[i].Number {
			return k, nil
		}
		own, err := personOf(k)
		if err != nil {
			return -1, err
		}
		if own == nil || !isOf(&rows[k], own) {
			return k, nil
		}
	}
	return -1, nil
}

// isOf reports whether a row is the registry's person, its number aside: the same name and birth date, and no other gender.
func isOf(row, person *Prepared) bool {
	return compareForms(&row.name, &person.name).Same() && agrees(CompareDates(row.BirthDate, person.BirthDate), person.BirthDate) &&
		CompareGenders(row.Gender, person.Gender) != GenderDiffers
}

// belongs returns the result of a pupil whose number was found to be another pupil's.
func (r Result) belongs(c Cause) Result {
	return say(Result{Outcome: Mismatched, Causes: []Cause{c}, Steps: r.Steps})
}
