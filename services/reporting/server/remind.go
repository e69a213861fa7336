package server

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"time"

	pb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"github.com/rasoat/rasoat/services/internal/access"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/student/wire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// perReminders is how many reminders are written at once.
const perReminders = 400

// Remind sends a reminder to each school of a scope for which something remains, as it stands now, unless its last one for the window was about
// the same state. It is written on condition of the last one of the school: of two callers at once one finds that it was done. It
// fails with NotFound for a scope or window that there is not.
func (s *Server) Remind(ctx context.Context, req *pb.RemindRequest) (*pb.RemindResponse, error) {
	const op = "reporting.remind"
	o, err := s.outlookOf(ctx, op, req.GetScope(), req.GetWindow(), true)
	if err != nil {
		return nil, err
	}
	out := &pb.RemindResponse{}
	var due []*pb.ReminderSent
	for i, u := range o.schools {
		if u.Remaining == 0 {
			out.Done++
			continue
		}
		due = append(due, &pb.ReminderSent{
			Drive: s.drive.ID, Province: o.rows[i].GetProvince(), School: o.rows[i].GetSchool(), Counts: countsMessage(o.window.ID, u.Counts), Returned: u.Counts.Returned,
			Closes: timestamppb.New(u.Closes), Note: req.GetNote(), Officer: access.Officer(ctx), State: reminderState(o.window.ID, u.Closes, countsMessage(o.window.ID, u.Counts)),
		})
	}
	for some := range slices.Chunk(due, perReminders) {
		sent, err := s.remind(ctx, o.window.ID, some)
		if err != nil {
			return nil, fault.Wrap("", op, err)
		}
		out.Reminded += int32(sent)
		out.Already += int32(len(some) - sent)
	}
	return out, nil
}

// remind writes the reminders that were not sent before and gives how many these were.
func (s *Server) remind(ctx context.Context, window string, due []*pb.ReminderSent) (int, error) {
	subjects := make([]string, len(due))
	for i, r := range due {
		subjects[i] = reminderSubject(r)
	}
	for {
		last, err := s.lastReminders(ctx, window, subjects)
		if err != nil {
			return 0, err
		}
		var events []eventlog.Event
		for i, r := range due {
			before := last[subjects[i]]
			if bytes.Equal(before.of.GetState(), r.GetState()) {
				continue
			}
			data, err := proto.Marshal(r)
			if err != nil {
				return 0, fault.Wrap(fault.Internal, "reporting.remind", err)
			}
			events = append(events, eventlog.Event{
				Subject: subjects[i], Type: wire.TypeReminder, Schema: "rasoat.reporting.v1.ReminderSent", Data: data, ExpectLast: &eventlog.Expect{Sequence: before.sequence},
			})
		}
		if len(events) == 0 {
			return 0, nil
		}
		if err := s.log.AppendBatch(ctx, events); !fault.Is(err, fault.Conflict) {
			return len(events), err
		}
		if err := breathe(ctx); err != nil {
			return 0, err
		}
	}
}

// reminded is the last reminder of a school for a window.
type reminded struct {
	of       *pb.ReminderSent // nil when there is none for the window
	stored   time.Time
	sequence uint64 // of the last message of the subject, whatever window it is about
}

// lastReminders returns the last reminder of each subject for a window. A subject without a message is absent.
func (s *Server) lastReminders(ctx context.Context, window string, subjects []string) (map[string]reminded, error) {
	last, err := s.log.LastMany(ctx, subjects)
	if err != nil {
		return nil, err
	}
	out := make(map[string]reminded, len(last))
	for subject, m := range last {
		r := reminded{sequence: m.Sequence}
		for {
			ev, err := decode(m, new(pb.ReminderSent))
			if err != nil {
				return nil, err
			}
			if ev.GetDrive() == s.drive.ID && ev.GetCounts().GetWindow() == window {
				r.of, r.stored = ev, m.Stored
				break
			}
			before, err := s.log.LastManyUpTo(ctx, []string{subject}, m.Sequence-1) // of another window
			if err != nil {
				return nil, err
			}
			var there bool
			if m, there = before[subject]; !there {
				break
			}
		}
		out[subject] = r
	}
	return out, nil
}

func reminderSubject(of interface {
	GetProvince() string
	GetSchool() string
}) string {
	return "reminder." + of.GetProvince() + "." + of.GetSchool()
}

// reminderState is the digest of what a reminder is about: the window, its close, and the counts.
func reminderState(window string, closes time.Time, c *pb.Counts) []byte {
	data := []byte(window + "\x00")
	for _, n := range []int64{
		closes.Unix(), c.GetExpected(), c.GetMissing(), c.GetRejected(), c.GetUnexplainedWarning(), c.GetDuplicate(), c.GetMismatched(), c.GetNeedsPerson(),
		c.GetWaiting(), c.GetAwaitingApproval(), c.GetVerified(), c.GetUnexpected(), c.GetReturned(),
	} {
		data = binary.BigEndian.AppendUint64(data, uint64(n))
	}
	h := sha256.Sum256(data)
	return h[:16]
}
