package server

import (
	"context"
	"math"
	"time"

	pb "github.com/rasoat/rasoat/proto/rasoat/matching/v1"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/fault"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// GetQueue tells how many questions wait and when they will be done. Any copy answers: the questions stand in the log, and the one who asks signs
// how the registry is.
func (s *Server) GetQueue(ctx context.Context, _ *pb.GetQueueRequest) (*pb.GetQueueResponse, error) {
	signed, err := s.log.Signed(ctx, lease)
	if err != nil {
		return nil, err
	}
	l := readLedger(signed)
	provinces, err := s.queues(ctx)
	if err != nil {
		return nil, err
	}
	out := &pb.GetQueueResponse{
		Provinces: provinces, Rate: l.Rate, Registry: max(l.State, pb.RegistryState_REGISTRY_STATE_WELL), SpentToday: int64(l.Spent),
		BudgetADay: int64(s.drive.Asking.PerDay), BudgetASecond: int32(s.drive.Asking.PerSecond), Unasked: l.Unasked,
	}
	for _, p := range provinces {
		out.Waiting += p.GetWaiting()
		out.Rechecks += p.GetRechecks()
	}
	if !l.Resumes.IsZero() {
		out.ResumesAt = timestamppb.New(l.Resumes)
	}
	if at, ok := s.doneAt(l, out.Waiting+out.Rechecks); ok {
		out.DoneAt = timestamppb.New(at)
	}
	return out, nil
}

// queues counts the questions that wait, by province.
func (s *Server) queues(ctx context.Context) ([]*pb.ProvinceQueue, error) {
	var out []*pb.ProvinceQueue
	for _, province := range s.provinces {
		q := &pb.ProvinceQueue{Province: province}
		for _, again := range []bool{false, true} {
			n, err := s.log.Pending(ctx, eventlog.Questions, Durable(province, again))
			if err != nil && !fault.Is(err, fault.NotFound) { // nobody has asked yet
				return nil, err
			}
			if again {
				q.Rechecks = int64(n)
			} else {
				q.Waiting = int64(n)
			}
		}
		if q.Waiting+q.Rechecks > 0 {
			out = append(out, q)
		}
	}
	return out, nil
}

// doneAt estimates when so many questions will be answered, at the rate of the last minute or, before there is one, of the budget; false while
// nobody can tell.
func (s *Server) doneAt(l ledger, questions int64) (time.Time, bool) {
	a, now := s.drive.Asking, s.now()
	begin := now
	if l.Resumes.After(now) {
		begin = l.Resumes
	}
	rate := l.Rate
	if rate == 0 {
		rate = float64(a.PerSecond)
	}
	switch {
	case questions == 0:
		return now, true
	case rate == 0 || l.State == pb.RegistryState_REGISTRY_STATE_AWAY:
		return time.Time{}, false
	}
	if a.PerDay > 0 {
		// What the day's budget does not hold is asked on the days after.
		if left := int64(a.PerDay - l.Spent); questions > left {
			days := math.Ceil(float64(questions-left) / float64(a.PerDay))
			_, ends := s.drive.Day(now)
			begin = ends.AddDate(0, 0, int(days)-1)
			questions -= left + int64(days-1)*int64(a.PerDay)
		}
	}
	return begin.Add(time.Duration(float64(questions) / rate * float64(time.Second))), true
}
