package matching

// MayBeAnothers reports whether the number of a judged pupil may be another's: name or birth date differ from the person's.
func (r Result) MayBeAnothers() bool {
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

// Misplaced looks for the pupil to whom the number of row i really belongs among the rows that one school sent together, and says how it may
// have come there: exchanged between two (as of twins), moved by a row, or otherwise another pupil's. person is the registry's of
// the number of row i; personOf gives the registry's of the number of another row, nil when there is none. The result is the cause and the other
// row; false when the person is nobody of these rows.
func Misplaced(rows []Prepared, i int, person *Prepared, personOf func(row int) (*Prepared, error)) (Cause, int, bool, error) {
	j, err := owner(rows, i, person, personOf)
	if j < 0 || err != nil || isOf(&rows[i], person) {
		return Cause{}, 0, false, err
	}
	// is reports whether the number of row a is of the pupil of row b.
	is := func(a, b int) (bool, error) {
		if a < 0 || b < 0 || a >= len(rows) || b >= len(rows) {
			return false, nil
		}
		p, err := personOf(a)
		return err == nil && p != nil && isOf(&rows[b], p), err
	}
	kind := NumberOtherPupil
	for _, try := range [...]struct {
		kind string
		when bool
		a, b int
	}{
		{NumberExchanged, true, j, i},
		{NumberShifted, j-i == 1 || i-j == 1, j, 2*j - i},
		{NumberShifted, j-i == 1 || i-j == 1, 2*i - j, i},
		{NumberShifted, true, i + 1, i}, // the first row of a column that moved down, and the last of one that moved up
		{NumberShifted, true, i - 1, i},
	} {
		if !try.when {
			continue
		}
		yes, err := is(try.a, try.b)
		if err != nil {
			return Cause{}, 0, false, err
		}
		if yes {
			kind = try.kind
			break
		}
	}
	return Cause{IDNumber, kind}, j, true, nil
}

// owner gives the row, other than i, that is the person; −1 for none. One whose own number is well is a namesake born on the same day.
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

// Belongs gives the result of a pupil whose number was found to be another pupil's.
func (r Result) Belongs(c Cause) Result {
	return say(Result{Outcome: Mismatched, Causes: []Cause{c}, Steps: r.Steps})
}
