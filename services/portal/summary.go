package portal

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	intakepb "github.com/rasoat/rasoat/proto/rasoat/intake/v1"
	pb "github.com/rasoat/rasoat/proto/rasoat/student/v1"
	"github.com/rasoat/rasoat/services/internal/fault"
)

// maxProblems is how many problems a summary keeps; the others are counted.
const maxProblems = 10_000

// Summary is what became of everything that was handed in.
type Summary struct {
	Batches  int // that have an answer
	Accepted int // records in the log
	Refused  int // records that the service did not take
	Late     int // accepted records that were stored too late to count
	// Unreadable counts the rows and lines of the source of which something could not be read, and Warnings what was
	// read and looks wrong.
	Unreadable, Warnings int
	// NotRead counts the entries of which something is missing: those that are unreadable, and warnings without a record, of a column or a
	// sheet that is passed over.
	NotRead int
	// Conflicts counts submissions whose id was taken by another content.
	Conflicts int
	// Reconnects counts how often the connection was made anew.
	Reconnects int
	Receipts   []Receipt
	Problems   []Problem
	// MoreProblems counts those beyond the ones that are kept.
	MoreProblems int
}

// Receipt is the receipt of one submission without its lists of records.
type Receipt struct {
	ID                string
	Kind              pb.Kind
	Sequence          uint64 // position in the log
	StoredAt          time.Time
	Accepted, Refused int
}

// Note takes note of the problems of an entry.
func (s *Summary) Note(e Entry) {
	refused := false
	for _, p := range e.Problems {
		if !p.Refused {
			s.Warnings++
		}
		refused = refused || p.Refused
		s.keep(p)
	}
	if refused {
		s.Unreadable++
	}
	if refused || len(e.Records) == 0 {
		s.NotRead++
	}
}

func (s *Summary) keep(p Problem) {
	if len(s.Problems) >= maxProblems {
		s.MoreProblems++
		return
	}
	s.Problems = append(s.Problems, p)
}

// receipt takes note of a receipt.
func (s *Summary) receipt(b Batch, r *intakepb.Receipt) {
	s.Batches++
	s.Accepted += int(r.GetAccepted())
	s.Refused += int(r.GetRefused())
	for _, a := range r.GetAcceptedRecords() {
		if !a.GetOnTime() {
			s.Late++
		}
	}
	s.Receipts = append(s.Receipts, Receipt{
		ID: r.GetSubmissionId(), Kind: r.GetKind(), Sequence: r.GetSequence(), StoredAt: r.GetStoredAt().AsTime(),
		Accepted: int(r.GetAccepted()), Refused: int(r.GetRefused()),
	})
	for _, refused := range r.GetRefusedRecords() {
		for _, p := range refused.GetProblems() {
			s.keep(b.problem(p))
		}
	}
}

// refusal takes note of the refusal of a whole batch.
func (s *Summary) refusal(b Batch, r *intakepb.Refusal) {
	s.Batches++
	s.Refused += len(b.Submission.GetRecords())
	if fault.Kind(r.GetCode()) == fault.Conflict {
		s.Conflicts++
	}
	if len(r.GetProblems()) == 0 {
		s.keep(Problem{Refused: true, Submission: b.Submission.GetId(), Field: fault.Field{
			Path: b.Submission.GetId(), Rule: strings.ToUpper(r.GetCode()), Text: fault.Text{Vi: r.GetMessageVi(), En: r.GetMessageEn()}}})
	}
	for _, p := range r.GetProblems() {
		s.keep(b.problem(p))
	}
}

var recordPath = regexp.MustCompile(`^(?:submission\.)?records\[(\d+)\](?:\.(.*))?$`)

// problem turns what the service says of a record of the batch into what a person can find.
func (b Batch) problem(p *pb.Problem) Problem {
	out := Problem{Refused: true, Submission: b.Submission.GetId(), Field: fault.Field{
		Path: p.GetPath(), Rule: p.GetRule(), Text: fault.Text{Vi: p.GetMessageVi(), En: p.GetMessageEn()},
		Remedy: fault.Text{Vi: p.GetRemedyVi(), En: p.GetRemedyEn()}}}
	m := recordPath.FindStringSubmatch(p.GetPath())
	if m == nil {
		return out
	}
	index, err := strconv.Atoi(m[1])
	if err != nil || index >= len(b.Origins) || b.Origins[index] == nil {
		return out
	}
	out.Said = bySubject(m[2], b.Submission.GetRecords()[index].GetResults())
	out.Path = b.Origins[index].Locate(out.Said)
	return out
}

var subjectIndex = regexp.MustCompile(`^results\.subjects\[(\d+)\]`)

// bySubject names the subject of a path, which the service knows by its index.
func bySubject(path string, r *pb.Results) string {
	m := subjectIndex.FindStringSubmatch(path)
	if m == nil {
		return path
	}
	i, err := strconv.Atoi(m[1])
	if err != nil || i >= len(r.GetSubjects()) {
		return path
	}
	return "results.subjects[" + r.GetSubjects()[i].GetCode() + "]" + path[len(m[0]):]
}
