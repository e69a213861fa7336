package sandbox

// leastShifted is how many pupils a class has at the least whose column of numbers can have moved.
const leastShifted = 10

// hasShifted reports a class whose column of ID numbers moved down by one row.
func (n *Nation) hasShifted(c *class) bool {
	if n.shifted <= 0 || c.end-c.first < leastShifted {
		return false
	}
	if d := n.dice(streamShift, c.first); !d.in(n.shifted, 1000) {
		return false
	}
	for i := c.first; i < c.end; i++ {
		if n.drawBirth(i).foreign || n.relation(i) == namesake {
			return false
		}
	}
	return true
}

// shift returns the faults of a class whose column moved: row i has the number of row i−1, and the first that of the last.
func shift(c *class) []Fault {
	faults := make([]Fault, 0, c.end-c.first)
	above := c.end - 1
	for i := c.first; i < c.end; i++ {
		faults = append(faults, faultOfProfile(RowShifted, i, above))
		above = i
	}
	return faults
}

// contradicted returns the rule by which the number of another pupil contradicts pupil i: of the sex where both would
// speak; "" for none.
func (n *Nation) contradicted(i, other int) string {
	a, b := n.birth(i), n.birth(other)
	switch {
	case a.gender != b.gender:
		return RuleIDGender
	case a.date.Year != b.date.Year:
		return RuleIDBirthYear
	}
	return ""
}
