// Package intake decides what may enter the drive's log: whether a batch has the right shape, which
// of its records are acceptable, and what exactly is wrong with the others.
//
// It judges structure only: is this a record of this school, of this kind, at most 200 of them,
// each once? Whether marks and numbers are right is for validation to say, after the log. The rules
// a reader must not miss: a bad record never takes a good one with it, and a batch without a good
// record reserves nothing.
package intake

import (
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/student"
)

// MaxRecords is how many records a submission may hold.
const MaxRecords = 200

// Header is what a submission says of itself.
type Header struct {
	ID       string // chosen by the sender, unique within the school
	Drive    string
	Province string // GSO code of the drive's catalogue
	School   string // code in the drive's directory
	Kind     student.Kind
	Source   Source
}

// Candidate is one record as it came, with the complaints that its form alone has raised.
type Candidate struct {
	Record    student.Record
	School    string // the school that the record names; "" if it names none
	Canonical []byte // canonical bytes of the content, for digests
	Problems  []fault.Field
}

// Accepted is a record that may enter the log.
type Accepted struct {
	Index        int
	Pupil        student.Ref
	Part         student.Part
	ContentHash  []byte // keyed digest of the content
	IdentityHash []byte // keyed digest of what the identity binds to; of a profile only
	Until        Until  // until when the part may come, and what says so
	Record       student.Record
}

// Refused is a record that may not, with every complaint about it.
type Refused struct {
	Index    int
	Problems []fault.Field
}

// Batch is a submission sorted into the acceptable and the refused.
type Batch struct {
	Accepted []Accepted
	Refused  []Refused
}

// Admit sorts a submission by its structure; whether a record is late is for Batch.Close to say. It fails with Invalid when the whole batch
// cannot be taken: another drive, an unknown school, no records, more than MaxRecords, or no acceptable record (the error then has every
// record's problems).
func Admit(w Windows, key student.Key, h Header, candidates []Candidate) (Batch, error) {
	d := w.Drive
	if problems := headerProblems(d, h, len(candidates)); len(problems) > 0 {
		e := fault.New(fault.Invalid, "intake.admit", "Lô dữ liệu không nhận được.", "The batch cannot be taken.")
		e.Fields = problems
		return Batch{}, e
	}
	var batch Batch
	type place struct {
		pupil student.Ref
		part  student.Part
	}
	pupils := make([]student.Ref, len(candidates))
	places := make(map[place][]int, len(candidates))
	for i, c := range candidates {
		if code := c.Record.Code(); code != "" {
			pupils[i] = key.Ref(d.ID, code)
			at := place{pupils[i], c.Record.Part}
			places[at] = append(places[at], i)
		}
	}
	for i, c := range candidates {
		pupil := pupils[i]
		problems := append(c.Problems, recordProblems(h, i, c)...)
		problems = append(problems, twiceProblems(candidates, places[place{pupil, c.Record.Part}], i)...)
		if len(problems) > 0 {
			batch.Refused = append(batch.Refused, Refused{Index: i, Problems: problems})
			continue
		}
		a := Accepted{
			Index: i, Pupil: pupil, Part: c.Record.Part, Record: c.Record,
			ContentHash: key.Content(c.Canonical), Until: w.Until(Place{Class: classOf(c.Record), Pupil: pupil, Part: c.Record.Part}),
		}
		if c.Record.Profile != nil {
			a.IdentityHash = key.Identity(*c.Record.Profile)
		}
		batch.Accepted = append(batch.Accepted, a)
	}
	return batch, batch.none()
}
