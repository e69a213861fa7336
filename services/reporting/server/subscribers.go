package server

import (
	"context"
	"slices"
	"strings"

	pb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/recordfeed"
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
