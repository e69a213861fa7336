package reporting

import "github.com/rasoat/rasoat/services/drive"

// Counts is where the pupils of a school stand in one window.
type Counts struct {
	Expected   int64
	By         [Statuses]int64 // by status; NotExpected stays 0
	Unexpected int64           // parts came, but no school expects the pupil: beside the sum, never hidden
	Returned   int64           // of those awaiting approval: given back by the province and not changed since
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
	c.Returned += o.Returned
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

// Done is how many pupils the school has done its part of: verified, waiting, or awaiting approval without having been given back.
func (c Counts) Done() int64 {
	return c.By[Verified] + c.By[Waiting] + c.By[AwaitingApproval] - c.Returned
}

// Open is how many pupils have something that the school has to mend: an error, a warning, a double, an identity, or a return.
func (c Counts) Open() int64 {
	return c.By[Rejected] + c.By[UnexplainedWarning] + c.By[Duplicate] + c.By[Mismatched] + c.By[NeedsPerson] + c.Returned
}

// Approved reports whether an approval covers a pupil in a window, and the pupil has not changed since.
func (f Facts) Approved(d *drive.Drive, window string) bool { return f.word(d, window) == Approved }
