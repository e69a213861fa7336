package server

import (
	"context"
	"strings"

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
	halves  []string // document ids of pupils of whom half of grade 12 came
}

// judge handles a batch: judge every record by itself, keep the halves of grade 12, judge those that are complete
// from the merged state, publish one message of verdicts for each submission.
func (s *Server) judge(ctx context.Context, batch []eventlog.Message) error {
	work := make([]judged, 0, len(batch))
	var patches []store.Patch
	var ids []string
	for _, m := range batch {
		sub, err := wire.OpenBatch(m.Data, m.Stored)
		if err != nil {
			return err
		}
		j := judged{message: m, out: &pb.RecordsJudged{Drive: sub.Drive, DriveDigest: s.drive.Digest}}
		for _, r := range sub.Records {
			content, err := r.Content()
			if err != nil {
				return err
			}
			j.out.Verdicts = append(j.out.Verdicts, &pb.Verdict{
				Pupil: r.Pupil, Part: wire.ToPart(r.Part), Revision: m.Sequence, ContentHash: r.ContentHash,
				Findings: findings(validation.Check(s.drive, wire.FromRecord(content))),
			})
			if r.Part != student.Results121 && r.Part != student.Results122 {
				continue
			}
			id := sub.Drive + "/" + r.Pupil
			patches = append(patches, store.Patch{ID: id, Facet: string(r.Part), Rev: store.Revision{Major: m.Sequence}, Value: r.Bytes})
			j.halves = append(j.halves, id)
			ids = append(ids, id)
		}
		work = append(work, j)
	}
	if err := s.pupils.Merge(ctx, patches); err != nil {
		return err
	}
	shared, err := s.year12(ctx, ids)
	if err != nil {
		return err
	}
	events := make([]eventlog.Event, 0, len(work))
	for _, j := range work {
		seen := make(map[string]bool, len(j.halves))
		for _, id := range j.halves {
			if v := shared[id]; v != nil && !seen[id] {
				seen[id] = true
				j.out.Shared = append(j.out.Shared, v)
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

// year12 judges, from the merged state, the grade 12 of the pupils of whom both halves are there. The basis of such a
// verdict is the sum of both revisions: each revision only grows, so a newer state has a greater sum, and of two
// copies that judge at once the one that saw more wins whatever the order of their messages.
func (s *Server) year12(ctx context.Context, ids []string) (map[string]*pb.SharedVerdict, error) {
	docs, err := s.pupils.Get(ctx, ids)
	if err != nil {
		return nil, err
	}
	out := make(map[string]*pb.SharedVerdict, len(docs))
	for _, d := range docs {
		first, ok1 := d.Facet(string(student.Results121))
		second, ok2 := d.Facet(string(student.Results122))
		if !ok1 || !ok2 || out[d.ID] != nil {
			continue
		}
		a, resultsA, err := results(first)
		if err != nil {
			return nil, err
		}
		b, resultsB, err := results(second)
		if err != nil {
			return nil, err
		}
		out[d.ID] = &pb.SharedVerdict{
			Pupil: strings.TrimPrefix(d.ID, s.drive.ID+"/"), Name: "year12", Basis: first.Rev.Major + second.Rev.Major,
			ContentHashes: [][]byte{a.ContentHash, b.ContentHash}, Findings: findings(validation.CheckYear12(s.drive, resultsA, resultsB)),
		}
	}
	return out, nil
}

// results reads a half of grade 12. What stands in the store was read before: a failure is a defect.
func results(f store.Facet) (wire.Accepted, student.Results, error) {
	a, err := wire.OpenAccepted(f.Value)
	if err != nil {
		return a, student.Results{}, fault.Wrap(fault.Internal, "validation.year12", err)
	}
	content, err := a.Content()
	if err != nil {
		return a, student.Results{}, fault.Wrap(fault.Internal, "validation.year12", err)
	}
	return a, wire.FromResults(content.GetResults()), nil
}

// findings writes what the rules found in the contract; each carries its sentences, so that whoever shows it needs no
// table of rules of the version that made it.
func findings(found []validation.Finding) []*pb.Finding {
	if len(found) == 0 {
		return nil
	}
	out := make([]*pb.Finding, len(found))
	for i, f := range found {
		text, remedy := f.Message(), f.Remedy()
		out[i] = &pb.Finding{
			Rule: f.Rule, RuleVersion: int32(f.Version), Severity: severities[f.Severity], Field: f.Field,
			Personal: &pb.FindingDetail{
				Reported: f.Reported, Expected: f.Expected,
				MessageVi: text.Vi, MessageEn: text.En, RemedyVi: remedy.Vi, RemedyEn: remedy.En,
			},
		}
	}
	return out
}
