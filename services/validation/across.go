package validation

import (
	"strconv"

	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/student"
)

// Across judges records of one school against each other, in the order in which they were written: a column that is shifted by
// a row, copied or filled down, names in an old encoding, a class out of proportion. It gives the findings of each record
// by its index; what one record shows by itself is not told again. A batch that holds few records of a class shows little,
// and nothing is said where chance could have done it.
func Across(d *drive.Drive, records []student.Record) map[int][]Finding {
	a := across{judge: judge{drive: d}, records: records, found: map[int][]Finding{}}
	a.legacy()
	a.idShift()
	for part, rows := range a.parts() {
		a.marks(part, rows)
	}
	for i, findings := range a.found {
		a.found[i] = withValues(records[i], findings)
	}
	if len(a.found) == 0 {
		return nil
	}
	return a.found
}

// Duplicates looks for what may stand once only: a part of a pupil, and an ID number. In the running system the intake
// refuses the one and the matching finds the other in the whole nation.
func Duplicates(d *drive.Drive, records []student.Record) map[int][]Finding {
	a := across{judge: judge{drive: d}, records: records, found: map[int][]Finding{}}
	type part struct {
		code student.Code
		part student.Part
	}
	parts := map[part][]int{}
	numbers := map[student.IDNumber][]int{}
	for i, r := range records {
		k := part{r.Code(), r.Part}
		parts[k] = append(parts[k], i)
		if p := r.Profile; p != nil && p.Identity.Kind != student.NoNumber && student.ShapeOf(p.Identity.Number).Form != student.FormEmpty {
			n := p.Identity.Number.Normal()
			numbers[n] = append(numbers[n], i)
		}
	}
	for _, same := range parts {
		for _, i := range same {
			if len(same) > 1 {
				a.note(i, codeTwice, "", strconv.Itoa(len(same)), "")
			}
		}
	}
	for _, same := range numbers {
		for _, i := range same {
			if others := a.otherPupils(same, records[i].Code()); others > 0 {
				a.note(i, idTwice, "identity.number", strconv.Itoa(others), "")
			}
		}
	}
	for i, findings := range a.found {
		a.found[i] = withValues(records[i], findings)
	}
	return a.found
}

func (a *across) otherPupils(same []int, code student.Code) int {
	others := map[student.Code]bool{}
	for _, i := range same {
		if c := a.records[i].Code(); c != code {
			others[c] = true
		}
	}
	return len(others)
}

// across is what Across works on.
type across struct {
	judge
	records []student.Record
	found   map[int][]Finding
}

// note adds a finding to a record.
func (a *across) note(i int, r *Rule, field, reported, expected string) {
	a.findings = nil
	a.judge.found(r, field, reported, expected)
	a.found[i] = append(a.found[i], a.findings...)
}

// parts returns the indexes of the records of each results part, in order.
func (a *across) parts() map[student.Part][]int {
	rows := map[student.Part][]int{}
	for i, r := range a.records {
		if r.Results != nil && r.Results.NotApplicable == "" {
			rows[r.Part] = append(rows[r.Part], i)
		}
	}
	return rows
}

// The bounds below which chance could have done it.
const (
	leastRun      = 8 // rows that agree with their neighbour
	leastContrary = 4 // of those, that contradict their own pupil
	leastClass    = 10
)

// shift looks for runs of rows whose values fit the row by before or behind them and contradict their own. own and
// other tell whether the value of row i agrees with the rest of row i, and of row i+by; known is false where a row
// cannot be asked. A run ends with its class, since behind it chance alone would lengthen it.
func shift(rows int, by int, own func(i int) (agrees, known bool), other func(i, at int) (agrees, known bool), found func(i int)) {
	contraries := 0
	for i := range rows {
		if ok, known := own(i); known && !ok {
			contraries++
		}
	}
	if contraries < leastContrary { // as nearly always
		return
	}
	from := 0
	end := func(to int) {
		contrary := 0
		for i := from; i < to; i++ {
			if ok, known := own(i); known && !ok {
				contrary++
			}
		}
		if to-from >= leastRun && contrary >= leastContrary && 3*contrary >= to-from {
			for i := from; i < to; i++ {
				found(i)
			}
		}
		from = to + 1
	}
	for i := range rows {
		at := i + by
		fits := false
		if at >= 0 && at < rows {
			agrees, known := other(i, at)
			fits = agrees && known
		}
		if !fits {
			end(i)
		}
	}
	end(rows)
}

// rowWords tells where the neighbour stands.
func rowWords(by int) string {
	if by > 0 {
		return "below"
	}
	return "above"
}

// idShift looks for a column of ID numbers that was moved by one row: gender and year of birth in the number fit the neighbour.
func (a *across) idShift() {
	var rows []int
	for i, r := range a.records {
		if r.Profile != nil {
			rows = append(rows, i)
		}
	}
	if len(rows) < leastRun {
		return
	}
	agrees := func(i, at int) (bool, bool) {
		own, p := a.records[rows[i]].Profile, a.records[rows[at]].Profile
		facts, ok := student.Facts(own.Identity.Number)
		return facts.Gender == p.Gender && facts.YearOfBirth == p.BirthDate.Year, ok && p.Gender != "" && p.BirthDate.Valid() && own.Class == p.Class
	}
	for _, by := range [...]int{1, -1} {
		shift(len(rows), by, func(i int) (bool, bool) { return agrees(i, i) }, agrees, func(i int) {
			a.note(rows[i], idShifted, "identity.number", rowWords(by), "")
		})
	}
}
