package main

import (
	"context"

	intakepb "github.com/rasoat/rasoat/proto/rasoat/intake/v1"
	matchingpb "github.com/rasoat/rasoat/proto/rasoat/matching/v1"
	reportingpb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	studentpb "github.com/rasoat/rasoat/proto/rasoat/student/v1"
	validationpb "github.com/rasoat/rasoat/proto/rasoat/validation/v1"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/recordfeed"
	"github.com/rasoat/rasoat/services/standalone/demo"
	"github.com/rasoat/rasoat/services/student/wire"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
)

// found is what the log holds when all is quiet, beside what the clients were promised.
type found struct {
	Acknowledged int    `json:"acknowledged"` // submissions with a receipt, or stored in PORTAL
	Present      int    `json:"present"`      // of those, in SUBMISSIONS where the receipt says
	Twice        int    `json:"twice"`        // ids that stand in SUBMISSIONS more than once, and records that replace another than the one before
	Unjudged     int    `json:"unjudged"`     // parts without a verdict, and profiles without an outcome
	Unanswered   int    `json:"unanswered"`   // messages of PORTAL without a receipt in RECEIPTS
	DeadLetters  int    `json:"dead_letters"`
	Records      int    `json:"records"`
	Content      string `json:"content_digest"`
	Conserved    bool   `json:"conserved"`
}

// judged is a part of a pupil as one submission sent it.
type judged struct {
	pupil    string
	part     studentpb.Part
	revision uint64
}

// identity is what the registry is asked about a pupil, as a digest.
type identity struct{ pupil, hash string }

// look reads the whole log and compares it with what was promised.
func look(ctx context.Context, log *eventlog.Log, conn grpc.ClientConnInterface, promised entries) (found, error) {
	out := found{}
	records, err := held(ctx, log)
	if err != nil {
		return out, err
	}
	out.Records, out.Content = records.Distinct, records.Content
	for _, read := range []func(context.Context, *eventlog.Log, entries, *found) error{submissions, outcomes, receipts, versions} {
		if err := read(ctx, log, promised, &out); err != nil {
			return out, err
		}
	}
	err = each(ctx, log, eventlog.DeadLetters, func(m eventlog.Message) error {
		if m.Type == eventlog.TypeDeadLetter {
			out.DeadLetters++
		}
		return nil
	})
	if err != nil {
		return out, err
	}
	resp, err := reportingpb.NewReportingServiceClient(conn).GetProgress(ctx, &reportingpb.GetProgressRequest{Current: true})
	if err != nil {
		return out, err
	}
	out.Conserved = resp.GetConserved() && addsUp(resp)
	return out, nil
}

// held is what exam registration holds that takes the last version of each record. What nobody can decode is no record.
func held(ctx context.Context, log *eventlog.Log) (demo.Records, error) {
	var content recordfeed.Content
	out := demo.Records{}
	err := each(ctx, log, eventlog.Records, func(m eventlog.Message) error {
		state := new(reportingpb.RecordState)
		if proto.Unmarshal(m.Data, state) != nil {
			return nil
		}
		out.Received++
		return content.Put(state, m.Sequence)
	})
	out.Distinct, out.Content = content.Len(), content.Sum()
	return out, err
}

// each visits a stream from its start to its present end.
func each(ctx context.Context, log *eventlog.Log, stream string, visit func(eventlog.Message) error) error {
	head, _, err := log.Head(ctx, stream)
	if err != nil || head == 0 {
		return err
	}
	return log.Replay(ctx, stream, nil, 1, head, visit)
}

// submissions looks for every acknowledged submission, and for those that are there twice.
func submissions(ctx context.Context, log *eventlog.Log, promised entries, out *found) error {
	at := map[string]uint64{}
	err := each(ctx, log, eventlog.Submissions, func(m eventlog.Message) error {
		ev, err := wire.Submission(m.Data)
		if err != nil || ev.GetSubmissionId() == "" {
			return nil // a poison message, which is no submission
		}
		if at[ev.GetSubmissionId()] != 0 {
			out.Twice++
		}
		at[ev.GetSubmissionId()] = m.Sequence
		return nil
	})
	if err != nil {
		return err
	}
	want := map[string]uint64{}
	for _, id := range promised.portal {
		want[id] = at[id]
	}
	for id, sequence := range promised.promised {
		want[id] = sequence
	}
	out.Acknowledged = len(want)
	for id, sequence := range want {
		if sequence != 0 && at[id] == sequence {
			out.Present++
		}
	}
	return nil
}

// outcomes looks for the verdict on each part, and for the outcome of each profile.
func outcomes(ctx context.Context, log *eventlog.Log, _ entries, out *found) error {
	verdicts, identities := map[judged]bool{}, map[identity]bool{}
	err := each(ctx, log, eventlog.Verdicts, func(m eventlog.Message) error {
		ev := new(validationpb.RecordsJudged)
		if proto.Unmarshal(m.Data, ev) != nil {
			return nil
		}
		for _, v := range ev.GetVerdicts() {
			verdicts[judged{v.GetPupil(), v.GetPart(), v.GetRevision()}] = true
		}
		return nil
	})
	if err != nil {
		return err
	}
	err = each(ctx, log, eventlog.Identities, func(m eventlog.Message) error {
		ev := new(matchingpb.IdentitiesJudged)
		if proto.Unmarshal(m.Data, ev) != nil {
			return nil
		}
		for _, j := range ev.GetJudgements() {
			if j.GetOutcome() != matchingpb.Outcome_OUTCOME_WAITING {
				identities[identity{j.GetPupil(), string(j.GetIdentityHash())}] = true
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	profiles := map[string]string{} // the last identity of each pupil
	err = each(ctx, log, eventlog.Submissions, func(m eventlog.Message) error {
		ev, err := wire.Submission(m.Data)
		if err != nil || ev.GetSubmissionId() == "" {
			return nil // a poison message, which is no submission
		}
		for _, r := range ev.GetRecords() {
			if !verdicts[judged{r.GetPupil(), r.GetPart(), m.Sequence}] {
				out.Unjudged++
			}
			if r.GetPart() == studentpb.Part_PART_PROFILE {
				profiles[r.GetPupil()] = string(r.GetIdentityHash())
			}
		}
		return nil
	})
	for pupil, hash := range profiles {
		if !identities[identity{pupil, hash}] {
			out.Unjudged++
		}
	}
	return err
}

// receipts looks for the answer to each message of PORTAL.
func receipts(ctx context.Context, log *eventlog.Log, promised entries, out *found) error {
	answered := map[uint64]bool{}
	err := each(ctx, log, eventlog.Receipts, func(m eventlog.Message) error {
		ev := new(intakepb.PortalReceipt)
		if proto.Unmarshal(m.Data, ev) == nil && ev.GetReceipt() != nil {
			answered[ev.GetPortalSequence()] = true
		}
		return nil
	})
	for sequence := range promised.portal {
		if !answered[sequence] {
			out.Unanswered++
		}
	}
	return err
}

// versions follows the versions of each record: each replaces the one before it.
func versions(ctx context.Context, log *eventlog.Log, _ entries, out *found) error {
	last := map[string]uint64{}
	return each(ctx, log, eventlog.Records, func(m eventlog.Message) error {
		state := new(reportingpb.RecordState)
		if proto.Unmarshal(m.Data, state) != nil {
			return nil
		}
		if state.GetReplaces() != last[state.GetPupil()] {
			out.Twice++
		}
		last[state.GetPupil()] = m.Sequence
		return nil
	})
}

// addsUp reports whether each line of a report is the sum of its statuses.
func addsUp(resp *reportingpb.GetProgressResponse) bool {
	rows := resp.GetTotals()
	for _, school := range resp.GetSchools() {
		rows = append(rows, school.GetWindows()...)
	}
	for _, c := range rows {
		sum := c.GetMissing() + c.GetRejected() + c.GetUnexplainedWarning() + c.GetDuplicate() + c.GetMismatched() + c.GetNeedsPerson() +
			c.GetWaiting() + c.GetAwaitingApproval() + c.GetVerified()
		if c.GetExpected() != sum {
			return false
		}
	}
	return true
}
