package server

import (
	"context"
	"slices"
	"strings"
	"time"

	pb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"github.com/rasoat/rasoat/services/internal/access"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/recordfeed"
	"github.com/rasoat/rasoat/services/student/wire"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"
)

func cutOffSubject(id string) string { return "decision.cutoff." + id }

// TakeCutOff counts the records as of a moment and keeps the manifest in the log, once: asked again for the same moment it gives the manifest
// that is there. It fails with Conflict when the id stands for another moment, and with Invalid for a moment that is yet to come.
func (s *Server) TakeCutOff(ctx context.Context, req *pb.TakeCutOffRequest) (*pb.TakeCutOffResponse, error) {
	const op = "reporting.take_cut_off"
	sequence, at, err := s.moment(ctx, req)
	if err != nil {
		return nil, err
	}
	if old, err := s.cutOff(ctx, req.GetId()); err == nil {
		return againCutOff(req, old, sequence)
	} else if !fault.Is(err, fault.NotFound) {
		return nil, err
	}
	var count recordfeed.Count
	if err := s.recordsAsOf(ctx, sequence, func(m eventlog.Message) error {
		h, _, err := heldOf(m)
		count.Add(h)
		return err
	}); err != nil {
		return nil, err
	}
	cut := &pb.CutOff{
		Id: req.GetId(), Drive: s.drive.ID, Sequence: sequence, At: timestamppb.New(at), Verified: count.Total.Verified, Withdrawn: count.Total.Withdrawn,
		Digest: count.Total.Digest[:], Schools: count.Schools(), Officer: access.Officer(ctx), PersonalReason: req.GetReason(),
	}
	data, err := proto.Marshal(cut)
	if err != nil {
		return nil, fault.Wrap(fault.Internal, op, err)
	}
	_, err = s.log.Append(ctx, eventlog.Event{
		Subject: cutOffSubject(cut.GetId()), Type: wire.TypeCutOff, Schema: "rasoat.reporting.v1.CutOff", Data: data, ExpectLast: &eventlog.Expect{},
	})
	if fault.Is(err, fault.Conflict) { // somebody else took it meanwhile
		old, err := s.cutOff(ctx, req.GetId())
		if err != nil {
			return nil, err
		}
		return againCutOff(req, old, sequence)
	}
	return &pb.TakeCutOffResponse{CutOff: cut}, err
}

// moment returns the sequence that is meant, and its time.
func (s *Server) moment(ctx context.Context, req *pb.TakeCutOffRequest) (uint64, time.Time, error) {
	const op = "reporting.cut_off_moment"
	head, stored, err := s.log.Head(ctx, eventlog.Records)
	if err != nil {
		return 0, time.Time{}, err
	}
	switch m := req.GetMoment().(type) {
	case *pb.TakeCutOffRequest_Sequence:
		if m.Sequence > head {
			return 0, time.Time{}, fault.New(fault.Invalid, op, "Vị trí này chưa có trong luồng hồ sơ.", "the stream of records has not come to this sequence")
		}
		if m.Sequence == head {
			return head, stored, nil
		}
		page, err := s.log.Page(ctx, eventlog.Records, max(m.Sequence, 1), 1)
		if err != nil || len(page) == 0 {
			return 0, time.Time{}, err
		}
		return m.Sequence, page[0].Stored, nil
	case *pb.TakeCutOffRequest_At:
		at := m.At.AsTime()
		now, err := s.log.Now(ctx)
		if err != nil {
			return 0, time.Time{}, err
		}
		if !at.Before(now) {
			return 0, time.Time{}, fault.New(fault.Invalid, op, "Thời điểm này chưa qua, theo đồng hồ của hệ thống.", "this moment has not passed by the system's clock")
		}
		sequence, err := s.log.SequenceAt(ctx, eventlog.Records, at)
		return sequence, at, err
	}
	return head, stored, nil
}

// againCutOff answers a request for an id that is there.
func againCutOff(req *pb.TakeCutOffRequest, old *pb.CutOff, sequence uint64) (*pb.TakeCutOffResponse, error) {
	if req.GetMoment() != nil && old.GetSequence() != sequence {
		return nil, fault.New(fault.Conflict, "reporting.take_cut_off", "Mã chốt này đã dùng cho một thời điểm khác; hãy chọn mã khác.",
			"this id is that of a cut-off of another moment: choose another")
	}
	return &pb.TakeCutOffResponse{CutOff: old}, nil
}

// cutOff reads a manifest. It fails with NotFound.
func (s *Server) cutOff(ctx context.Context, id string) (*pb.CutOff, error) {
	m, err := s.log.Last(ctx, cutOffSubject(id))
	if fault.Is(err, fault.NotFound) {
		return nil, fault.New(fault.NotFound, "reporting.cut_off", "Không có lần chốt số liệu nào mang mã này.", "there is no cut-off of this id")
	}
	if err != nil {
		return nil, err
	}
	cut := new(pb.CutOff)
	if err := proto.Unmarshal(m.Data, cut); err != nil {
		return nil, fault.Wrap(fault.Internal, "reporting.cut_off", err)
	}
	return cut, nil
}

// ListCutOffs lists the manifests in order of time, without their schools.
func (s *Server) ListCutOffs(ctx context.Context, _ *pb.ListCutOffsRequest) (*pb.ListCutOffsResponse, error) {
	out := &pb.ListCutOffsResponse{}
	for m, err := range s.log.Standing(ctx, eventlog.Decisions, "decision.cutoff.*") {
		if err != nil {
			return nil, err
		}
		cut := new(pb.CutOff)
		if m.Type != wire.TypeCutOff {
			continue
		}
		if err := proto.Unmarshal(m.Data, cut); err != nil {
			return nil, fault.Wrap(fault.Internal, "reporting.list_cut_offs", err)
		}
		cut.Schools = nil
		out.CutOffs = append(out.CutOffs, cut)
	}
	slices.SortStableFunc(out.CutOffs, func(a, b *pb.CutOff) int { return a.GetAt().AsTime().Compare(b.GetAt().AsTime()) })
	return out, nil
}

// A message of ReadCutOff has at most so many records, and about so many bytes.
const (
	perMessage     = 500
	bytesInMessage = 1 << 20
)

// ReadCutOff sends the records of a cut-off.
func (s *Server) ReadCutOff(req *pb.ReadCutOffRequest, stream grpc.ServerStreamingServer[pb.ReadCutOffResponse]) error {
	ctx := stream.Context()
	cut, err := s.cutOff(ctx, req.GetId())
	if err != nil {
		return err
	}
	resp, size := &pb.ReadCutOffResponse{}, 0
	send := func() error {
		if len(resp.Records) == 0 {
			return nil
		}
		full := resp
		resp, size = &pb.ReadCutOffResponse{}, 0
		return stream.Send(full)
	}
	if err := s.recordsAsOf(ctx, cut.GetSequence(), func(m eventlog.Message) error {
		h, state, err := heldOf(m)
		if err != nil || !inScope(req.GetScope(), h) {
			return err
		}
		resp.Records = append(resp.Records, &pb.VersionedRecord{Version: m.Sequence, StoredAt: timestamppb.New(m.Stored), Record: state})
		if size += len(m.Data); len(resp.Records) == perMessage || size > bytesInMessage {
			return send()
		}
		return nil
	}); err != nil {
		return err
	}
	return send()
}

func inScope(scope string, h recordfeed.Held) bool {
	return scope == "" || strings.HasPrefix(h.Province+"/"+h.School+"/", scope+"/")
}
