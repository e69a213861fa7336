package server

import (
	"context"
	"slices"
	"strings"

	pb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"github.com/rasoat/rasoat/services/internal/access"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/recordfeed"
	"github.com/rasoat/rasoat/services/student/wire"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// ListSubscribers tells how far each subscriber has read, in order of name.
func (s *Server) ListSubscribers(ctx context.Context, _ *pb.ListSubscribersRequest) (*pb.ListSubscribersResponse, error) {
	newest, _, err := s.log.Head(ctx, eventlog.Records)
	if err != nil {
		return nil, err
	}
	readings, err := s.subscribers(ctx)
	if err != nil {
		return nil, err
	}
	out := &pb.ListSubscribersResponse{Newest: newest}
	for _, r := range readings {
		sub := &pb.Subscriber{Name: nameOf(r), ReadTo: r.Floor, Pending: r.Pending, InHand: int64(r.InHand)}
		state := recordfeed.StateOf(r.Pulling, r.Said, r.Asked)
		if sub.State = states[state]; state == recordfeed.Finished || state == recordfeed.Stopped {
			sub.LeftAt = timestamppb.New(r.Said.At)
		}
		if !r.Active.IsZero() {
			sub.ActiveAt = timestamppb.New(r.Active)
		}
		if r.Pending > 0 || r.InHand > 0 {
			next, err := s.log.Page(ctx, eventlog.Records, r.Floor+1, 1)
			if err != nil {
				return nil, err
			}
			if len(next) > 0 {
				sub.BehindSince = timestamppb.New(next[0].Stored)
			}
		}
		out.Subscribers = append(out.Subscribers, sub)
	}
	return out, nil
}

var states = map[recordfeed.State]pb.SubscriberState{
	recordfeed.Reading:  pb.SubscriberState_SUBSCRIBER_STATE_READING,
	recordfeed.Finished: pb.SubscriberState_SUBSCRIBER_STATE_FINISHED,
	recordfeed.Stopped:  pb.SubscriberState_SUBSCRIBER_STATE_STOPPED,
	recordfeed.Absent:   pb.SubscriberState_SUBSCRIBER_STATE_ABSENT,
}

// RemoveSubscriber forgets a subscriber: the reason goes into the log first, then the broker forgets how far it had
// read. Done again after a crash in between, it only repeats the reason. It fails with NotFound for a name that nobody
// has, and with Invalid for a subscriber that reads at the moment.
func (s *Server) RemoveSubscriber(
	ctx context.Context, req *pb.RemoveSubscriberRequest,
) (*pb.RemoveSubscriberResponse, error) {
	const op = "reporting.remove_subscriber"
	all, err := s.subscribers(ctx)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(all, func(r eventlog.Reading) bool { return nameOf(r) == req.GetName() })
	if i < 0 {
		return nil, fault.New(fault.NotFound, op,
			"Không có hệ thống nhận hồ sơ nào mang tên này; rasoat subscribers liệt kê các tên.",
			"no subscriber has this name; rasoat subscribers lists the names")
	}
	if recordfeed.StateOf(all[i].Pulling, all[i].Said, all[i].Asked) == recordfeed.Reading {
		return nil, fault.New(fault.Invalid, op,
			"Hệ thống này đang nhận hồ sơ: hãy dừng nó trước, rồi xoá.",
			"this subscriber reads at the moment: stop it first, then remove it")
	}
	m, err := s.said(ctx, op, wire.TypeSubscriberRemoved, &pb.SubscriberRemoved{
		Name: req.GetName(), ReadTo: all[i].Floor, Officer: access.Officer(ctx), PersonalReason: req.GetReason(),
	}, 0, "decision", "subscriber", req.GetName())
	if err != nil {
		return nil, err
	}
	if err := s.log.Forget(ctx, eventlog.Records, all[i].Durable); err != nil {
		return nil, fault.Wrap("", op, err)
	}
	return &pb.RemoveSubscriberResponse{
		Sequence: m.Sequence, StoredAt: timestamppb.New(m.Stored), ReadTo: all[i].Floor,
	}, nil
}

func nameOf(r eventlog.Reading) string { return strings.TrimPrefix(r.Durable, recordfeed.Prefix) }

// subscribers lists the consumers of subscribers, in order of name.
func (s *Server) subscribers(ctx context.Context) ([]eventlog.Reading, error) {
	all, err := s.log.Readings(ctx, eventlog.Records)
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(r eventlog.Reading) bool { return !strings.HasPrefix(r.Durable, recordfeed.Prefix) })
	slices.SortFunc(all, func(a, b eventlog.Reading) int { return strings.Compare(a.Durable, b.Durable) })
	return all, nil
}
