package server

import (
	"context"

	pb "github.com/rasoat/rasoat/proto/rasoat/validation/v1"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/store"
	"github.com/rasoat/rasoat/services/student"
	"github.com/rasoat/rasoat/services/student/wire"
	"github.com/rasoat/rasoat/services/validation"
	"google.golang.org/protobuf/proto"
)

// judged is one message of the batch with what was found on it.
type judged struct {
	message eventlog.Message
	out     *pb.RecordsJudged
	ids     []string // document ids of pupils of whom a part came that concerns another
}

// judge makes the handler of a book: judge every record by itself and those of a submission against each other, keep the parts that
// concern each other, judge those of which both are there from the merged state, publish one message of verdicts for each
// submission.
func (s *Server) judge(book uint64) eventlog.Handler {
	return func(ctx context.Context, batch []eventlog.Message) error {
		work := make([]judged, 0, len(batch))
		var patches []store.Patch
		var ids []string
		for _, m := range batch {
			j, kept, err := s.judgeOne(m)
			if err != nil {
				return err
			}
			j.out.Book = book
			patches = append(patches, kept...)
			ids = append(ids, j.ids...)
			work = append(work, j)
		}
		if err := s.pupils.Merge(ctx, patches); err != nil {
			return err
		}
		shared, err := s.shared(ctx, ids)
		if err != nil {
			return err
		}
		return s.publish(ctx, work, shared)
	}
}

// judgeOne judges the records of a submission and gives what is to be kept of them.
func (s *Server) judgeOne(m eventlog.Message) (judged, []store.Patch, error) {
	j := judged{message: m}
	sub, err := wire.OpenBatch(m.Data, m.Stored)
	if err != nil {
		return j, nil, err
	}
	j.out = &pb.RecordsJudged{Drive: sub.Drive, DriveDigest: s.drive.Digest}
	records := make([]student.Record, len(sub.Records))
	var patches []store.Patch
	for i, r := range sub.Records {
		content, err := r.Content()
		if err != nil {
			return j, nil, err
		}
		records[i] = wire.FromRecord(content)
		if r.Part.Kind() != student.KindResults {
			continue
		}
		id := sub.Drive + "/" + r.Pupil
		value, err := kept(r, content)
		if err != nil {
			return j, nil, fault.Wrap(fault.Internal, "validation.judge", err)
		}
		patches = append(patches, store.Patch{ID: id, Facet: string(r.Part), Rev: store.Revision{Major: m.Sequence}, Value: value})
		j.ids = append(j.ids, id)
	}
	across := validation.Across(s.drive, records)
	for i, r := range sub.Records {
		found := validation.Merge(validation.Check(s.drive, records[i]), across[i])
		j.out.Verdicts = append(j.out.Verdicts, &pb.Verdict{
			Pupil: r.Pupil, Part: wire.ToPart(r.Part), Revision: m.Sequence, ContentHash: r.ContentHash,
			Findings: s.findings(r.Pupil, r.Part, found),
		})
	}
	return j, patches, nil
}

// publish writes the verdicts of each submission into the log.
func (s *Server) publish(ctx context.Context, work []judged, shared map[string][]*pb.SharedVerdict) error {
	events := make([]eventlog.Event, 0, len(work))
	for _, j := range work {
		seen := make(map[string]bool, len(j.ids))
		for _, id := range j.ids {
			if !seen[id] {
				seen[id] = true
				j.out.Shared = append(j.out.Shared, shared[id]...)
			}
		}
		data, err := proto.Marshal(j.out)
		if err != nil {
			return fault.Wrap(fault.Internal, "validation.judge", err)
		}
		events = append(events, eventlog.Event{
			Subject: "verdict." + j.message.Token(1) + "." + j.message.Token(2) + "." + j.message.Token(3), // of submission.<kind>.<province>.<school>.<id>
			Type:    wire.TypeVerdicts, Schema: "rasoat.validation.v1.RecordsJudged", Data: data, Records: len(j.out.Verdicts), Trace: j.message.SpanContext(),
		})
	}
	return s.log.AppendBatch(ctx, events)
}
