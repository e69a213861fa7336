package server

import (
	"context"
	"fmt"
	"strings"

	pb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/student/wire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// perStep is how many versions are looked at in one step; perCall how many in one call, so that it ends in time when they are all new.
const (
	perStep = 500
	perCall = 50_000
)

// ListHolders lists who still holds a version that was replaced. Every version names the one that
// it replaces. Take a pupil with version 10, replaced by version 25, and a subscriber that has read
// up to 20. Then 25 names 10; 10 is within what the subscriber has read, and 25 is not: the
// subscriber still holds 10. There is one exception: a version that was replaced before the
// subscriber came was never handed to it. A page may be short, even empty, and have a next page.
func (s *Server) ListHolders(ctx context.Context, req *pb.ListHoldersRequest) (*pb.ListHoldersResponse, error) {
	subscribers, err := s.subscribers(ctx)
	if err != nil {
		return nil, err
	}
	if req.GetPupil() != "" {
		return s.holdersOf(ctx, subscribers, req.GetPupil())
	}
	name, from, err := holdersToken(req.GetPageToken())
	if err != nil {
		return nil, err
	}
	head, _, err := s.log.Head(ctx, eventlog.Records)
	if err != nil {
		return nil, err
	}
	out := &pb.ListHoldersResponse{}
	looked := 0
	for _, r := range subscribers {
		if nameOf(r) < name || r.Floor == 0 { // who has read nothing holds nothing
			continue
		}
		if nameOf(r) > name {
			from = 0
		}
		for at := max(from, r.Floor+1); at <= head; {
			if len(out.Holders) >= pageOf(req.GetPageSize()) || looked >= perCall {
				out.NextPageToken = fmt.Sprintf("%d:%s", at, nameOf(r))
				return out, nil
			}
			page, err := s.log.Page(ctx, eventlog.Records, at, min(perStep, pageOf(req.GetPageSize())-len(out.Holders)))
			if err != nil {
				return nil, err
			}
			if len(page) == 0 {
				break
			}
			looked += len(page)
			at = page[len(page)-1].Sequence + 1
			holders, err := s.holders(ctx, r, page)
			if err != nil {
				return nil, err
			}
			out.Holders = append(out.Holders, holders...)
		}
	}
	return out, nil
}

func holdersToken(token string) (name string, from uint64, err error) {
	if token == "" {
		return "", 0, nil
	}
	number, name, ok := strings.Cut(token, ":")
	if _, err := fmt.Sscanf(number, "%d", &from); err != nil || !ok {
		return "", 0, fault.New(fault.Invalid, "reporting.list_holders", "Mã trang không hợp lệ.", "this is no token of a page")
	}
	return name, from, nil
}

// holders finds, among versions above what a subscriber has read, those that replace one that it has.
func (s *Server) holders(ctx context.Context, r eventlog.Reading, page []eventlog.Message) ([]*pb.Holder, error) {
	var out []*pb.Holder
	var subjects []string
	for _, m := range page {
		state, err := stateIn(m)
		if err != nil {
			return nil, err
		}
		if replaced := state.GetReplaces(); replaced == 0 || replaced > r.Floor || m.Stored.Before(r.Created) {
			continue
		}
		out = append(out, &pb.Holder{Subscriber: nameOf(r), Pupil: state.GetPupil(), Holds: state.GetReplaces()})
		subjects = append(subjects, m.Subject)
	}
	newest, err := s.log.LastMany(ctx, subjects)
	if err != nil {
		return nil, err
	}
	for i, h := range out {
		m := newest[subjects[i]]
		state, err := stateIn(m)
		if err != nil {
			return nil, err
		}
		h.Newest, h.CorrectedAt, h.Withdrawn = m.Sequence, timestamppb.New(m.Stored), state.GetVerified() == nil
	}
	return out, nil
}

func stateIn(m eventlog.Message) (*pb.RecordState, error) {
	state := new(pb.RecordState)
	if m.Type != wire.TypeRecord {
		return state, nil
	}
	return state, fault.Wrap(fault.Internal, "reporting.holders", proto.Unmarshal(m.Data, state))
}

// holdersOf follows the versions of one pupil back.
func (s *Server) holdersOf(ctx context.Context, subscribers []eventlog.Reading, pupil string) (*pb.ListHoldersResponse, error) {
	var versions []eventlog.Message // the newest first
	m, err := s.log.Last(ctx, recordSubject(pupil))
	for ; err == nil; m, err = s.log.Read(ctx, eventlog.Records, m.Sequence) {
		state, failed := stateIn(m)
		if failed != nil {
			return nil, failed
		}
		versions = append(versions, m)
		if m.Sequence = state.GetReplaces(); m.Sequence == 0 {
			break
		}
	}
	if err != nil && !fault.Is(err, fault.NotFound) { // the oldest may have been erased
		return nil, err
	}
	out := &pb.ListHoldersResponse{}
	for _, r := range subscribers {
		for _, v := range versions {
			found, err := s.holders(ctx, r, []eventlog.Message{v})
			if err != nil {
				return nil, err
			}
			if v.Sequence > r.Floor {
				out.Holders = append(out.Holders, found...)
			}
		}
	}
	return out, nil
}
