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
			sub, kept, err := s.read(m)
			if err != nil {
				return err
			}
			patches = append(patches, kept...)
			ids = append(ids, sub.ids...)
			work = append(work, judged{message: m, ids: sub.ids, out: &pb.RecordsJudged{
				Drive: sub.Drive, DriveDigest: s.drive.Digest, Book: book, Verdicts: s.verdicts(sub, m.Sequence),
			}})
		}
		if err := s.pupils.Merge(ctx, patches); err != nil {
			return err
		}
		docs, err := store.GetAfter(ctx, s.pupils, ids, patches)
		if err != nil {
			return err
		}
		shared, err := s.shared(docs)
		if err != nil {
			return err
		}
		return s.publish(ctx, work, shared)
	}
}

// opened is a submission with its records decoded.
type opened struct {
	wire.Batch
	contents []student.Record
	ids      []string // document ids of pupils of whom a part came that concerns another
}

// read decodes a submission and gives what is to be kept of it.
func (s *Server) read(m eventlog.Message) (opened, []store.Patch, error) {
	sub, err := wire.OpenBatch(m.Data, m.Stored)
	if err != nil {
		return opened{}, nil, err
	}
	out := opened{Batch: sub, contents: make([]student.Record, len(sub.Records))}
	var patches []store.Patch
	for i, r := range sub.Records {
		content, err := r.Content()
		if err != nil {
			return out, nil, err
		}
		out.contents[i] = wire.FromRecord(content)
		if r.Part.Kind() != student.KindResults {
			continue
		}
		id := sub.Drive + "/" + r.Pupil
		value, err := kept(r, content)
		if err != nil {
			return out, nil, fault.Wrap(fault.Internal, "validation.judge", err)
		}
		patches = append(patches, store.Patch{ID: id, Facet: string(r.Part), Rev: store.Revision{Major: m.Sequence}, Value: value})
		out.ids = append(out.ids, id)
	}
	return out, patches, nil
}

// verdicts judges the records of a submission, each by itself and all against each other.
func (s *Server) verdicts(sub opened, revision uint64) []*pb.Verdict {
	across := validation.Across(s.drive, sub.contents)
	out := make([]*pb.Verdict, len(sub.Records))
	for i, r := range sub.Records {
		found := validation.Merge(validation.Check(s.drive, sub.contents[i]), across[i])
		out[i] = &pb.Verdict{
			Pupil: r.Pupil, Part: wire.ToPart(r.Part), Revision: revision, ContentHash: r.ContentHash, Findings: s.findings(r.Pupil, r.Part, found),
		}
	}
	return out
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
