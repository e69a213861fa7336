package reporting

// Counts is where the pupils of a school stand in one window.
type Counts struct {
	Expected   int64
	By         [Statuses]int64 // by status; NotExpected stays 0
	Unexpected int64           // parts came, but no school expects the pupil: beside the sum, never hidden
}

// Count adds one pupil.
func (c *Counts) Count(s Status) {
	if s == NotExpected {
		return
	}
	c.Expected++
	c.By[s]++
}

// Add adds the counts of another school.
func (c *Counts) Add(o Counts) {
	c.Expected += o.Expected
	c.Unexpected += o.Unexpected
	for i := range c.By {
		c.By[i] += o.By[i]
	}
}

// Conserved reports whether expected is the sum of the statuses. A report that does not add up is an alarm.
func (c Counts) Conserved() bool {
	var sum int64
	for s := Missing; s < Statuses; s++ {
		sum += c.By[s]
	}
	return sum == c.Expected
}
