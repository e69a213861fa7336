package portal

import (
	"crypto/sha256"
	"encoding/hex"
	"iter"
	"strconv"

	intakepb "github.com/rasoat/rasoat/proto/rasoat/intake/v1"
	pb "github.com/rasoat/rasoat/proto/rasoat/student/v1"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/student/wire"
)

// MaxRecords is how many records a submission may hold.
const MaxRecords = 200

// Sender is the school that hands in, and to which drive.
type Sender struct {
	Drive    string // "2022-2023-12"
	Province string // GSO code, "01"
	School   string // code in the drive's directory
	// Source is the kind of system that the records come from; the portal when it is not said.
	Source intakepb.Source
	// New, when it is not empty, goes into every id: the same content is pushed again under new ids. A sender whose pupils
	// may change and change back must give each push of its own: the second time that a content comes, its id is taken.
	New string
}

// Batch is a submission with the places that its records came from.
type Batch struct {
	Submission *intakepb.Submission
	Origins    []Origin // by index of the record
	Done       float64  // how far the source was read
}

// kinds are the kinds of submission, in the order in which what is left at the end is handed in.
var kinds = []pb.Kind{pb.Kind_KIND_ROSTER, pb.Kind_KIND_PROFILE, pb.Kind_KIND_RESULTS}

// letters begin the ids of submissions.
var letters = map[pb.Kind]string{pb.Kind_KIND_ROSTER: "roster", pb.Kind_KIND_PROFILE: "profile", pb.Kind_KIND_RESULTS: "results"}

// Batches gathers the records of a source into submissions of one kind and at most MaxRecords records. The same source
// gives the same submissions under the same ids, and a batch that is half full ends with its class, so that a pupil who
// is added to one class leaves the submissions of the next as they were. Each entry that has problems is noted, and each
// record of no kind.
func Batches(source Source, s Sender, note func(Entry)) iter.Seq2[Batch, error] {
	return func(yield func(Batch, error) bool) {
		open := map[pb.Kind]*gathering{}
		for _, k := range kinds {
			open[k] = &gathering{sender: s, kind: k}
		}
		done := 0.0
		for entry, err := range source {
			if err != nil {
				yield(Batch{}, err)
				return
			}
			done = max(done, entry.Done)
			if len(entry.Problems) > 0 {
				note(entry)
			}
			for _, r := range entry.Records {
				kind, class := kindOf(r)
				g := open[kind]
				if g == nil {
					note(Entry{Origin: entry.Origin, Problems: []Problem{noContent(entry.Origin)}})
					continue
				}
				if g.full(class) && !g.yield(yield, done) {
					return
				}
				g.add(r, class, entry.Origin)
			}
		}
		for _, k := range kinds {
			if len(open[k].records) > 0 && !open[k].yield(yield, 1) {
				return
			}
		}
	}
}

// gathering is a batch that is not yet full.
type gathering struct {
	sender  Sender
	kind    pb.Kind
	class   string
	records []*pb.Record
	origins []Origin
}

func (g *gathering) full(class string) bool {
	return len(g.records) >= MaxRecords || len(g.records) >= MaxRecords/2 && class != g.class
}

func (g *gathering) add(r *pb.Record, class string, at Origin) {
	g.class = class
	g.records = append(g.records, r)
	g.origins = append(g.origins, at)
}

func (g *gathering) yield(yield func(Batch, error) bool, done float64) bool {
	sub := &intakepb.Submission{Drive: g.sender.Drive, Province: g.sender.Province, School: g.sender.School, Kind: g.kind, Records: g.records, Source: g.sender.Source}
	b := Batch{Submission: sub, Origins: g.origins, Done: done}
	g.records, g.origins = nil, nil
	id, err := idOf(sub, g.sender.New)
	if err != nil {
		yield(Batch{}, err)
		return false
	}
	sub.Id = id
	return yield(b, nil)
}

// Again gives a batch that has a receipt the id under which it is handed in once more: the same one each time that it is asked for after
// that receipt, by its position in the log.
func (b Batch) Again(s Sender, receipt uint64) error {
	id, err := idOf(b.Submission, s.New+"-"+strconv.FormatUint(receipt, 10))
	if err != nil {
		return err
	}
	b.Submission.Id = id
	return nil
}

// idOf makes the id of a submission: its kind and 128 bits of the SHA-256 of its canonical content.
func idOf(sub *intakepb.Submission, nonce string) (string, error) {
	sub.Id = nonce
	content, err := wire.Canonical(sub)
	if err != nil {
		return "", fault.Wrap(fault.Invalid, "portal.batches", err)
	}
	sum := sha256.Sum256(content)
	return letters[sub.Kind] + "-" + hex.EncodeToString(sum[:16]), nil
}

// kindOf returns the kind of a record and the class of its pupil; no kind for a record without content.
func kindOf(r *pb.Record) (pb.Kind, string) {
	switch c := r.GetContent().(type) {
	case *pb.Record_Enrolment:
		return pb.Kind_KIND_ROSTER, c.Enrolment.GetClass()
	case *pb.Record_Profile:
		return pb.Kind_KIND_PROFILE, c.Profile.GetClass()
	case *pb.Record_Results:
		return pb.Kind_KIND_RESULTS, c.Results.GetClass()
	}
	return pb.Kind_KIND_UNSPECIFIED, ""
}

func noContent(at Origin) Problem {
	where := ""
	if at != nil {
		where = at.Locate("")
	}
	return Problem{Refused: true, Field: fault.Field{Path: where, Rule: "RECORD_EMPTY",
		Text:   fault.Text{Vi: "Bản ghi không có nội dung.", En: "The record has no content."},
		Remedy: fault.Text{Vi: "Gửi đúng một trong: ghi danh, hồ sơ, kết quả.", En: "Send exactly one of enrolment, profile, results."}}}
}
