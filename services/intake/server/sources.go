package server

import (
	"context"

	pb "github.com/rasoat/rasoat/proto/rasoat/intake/v1"
	"github.com/rasoat/rasoat/services/intake"
	"github.com/rasoat/rasoat/services/internal/access"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/student"
	"github.com/rasoat/rasoat/services/student/wire"
	"google.golang.org/protobuf/proto"
)

// table is a school's sources as the log has them. It is one message, read exactly and written on condition of its sequence.
type table struct {
	subject string
	last    uint64
	event   *pb.SourcesDecided
}

func (s *Server) readSources(ctx context.Context, province, school string) (table, error) {
	const op = "intake.sources"
	subject, err := eventlog.Subject("decision", "sources", province, school)
	if err != nil {
		return table{}, err
	}
	t := table{subject: subject, event: &pb.SourcesDecided{Drive: s.cfg.Drive.ID, Province: province, School: school}}
	m, err := s.log.Last(ctx, subject)
	if fault.Is(err, fault.NotFound) {
		return t, nil
	}
	if err != nil {
		return t, fault.Wrap("", op, err)
	}
	standing := new(pb.SourcesDecided)
	if err := proto.Unmarshal(m.Data, standing); err != nil {
		return t, fault.Wrap(fault.Internal, op, err)
	}
	t.last = m.Sequence
	if standing.GetDrive() == s.cfg.Drive.ID { // the sources of another drive say nothing of this one
		t.event = standing
	}
	return t, nil
}

// sources returns the table by part.
func (t table) sources() intake.Sources {
	out := intake.Sources{}
	for _, p := range t.event.GetSources() {
		out[wire.FromPart(p.GetPart())] = sourceOf(p.GetSource())
	}
	return out
}

// sourceOf returns the source of a submission: a portal where it does not say.
func sourceOf(s pb.Source) intake.Source {
	if s == pb.Source_SOURCE_WORKBOOK {
		return intake.Workbook
	}
	return intake.Portal
}

func toSource(s intake.Source) pb.Source {
	if s == intake.Workbook {
		return pb.Source_SOURCE_WORKBOOK
	}
	return pb.Source_SOURCE_PORTAL
}

// writeSources puts parts into the table and appends it. It fails with Conflict when somebody else wrote meanwhile.
func (s *Server) writeSources(ctx context.Context, t table, source intake.Source, reason string, parts []student.Part) (*pb.SourcesDecided, error) {
	const op = "intake.sources"
	byPart := map[student.Part]*pb.PartSource{}
	for _, p := range t.event.GetSources() {
		byPart[wire.FromPart(p.GetPart())] = p
	}
	for _, part := range parts {
		byPart[part] = &pb.PartSource{Part: wire.ToPart(part), Source: toSource(source), Reason: reason}
		if reason != "" {
			byPart[part].Officer = access.Officer(ctx)
		}
	}
	next := &pb.SourcesDecided{Drive: s.cfg.Drive.ID, Province: t.event.GetProvince(), School: t.event.GetSchool()}
	for _, part := range student.Parts {
		if p := byPart[part]; p != nil {
			next.Sources = append(next.Sources, p)
		}
	}
	data, err := proto.Marshal(next)
	if err != nil {
		return nil, fault.Wrap(fault.Internal, op, err)
	}
	_, err = s.log.Append(ctx, eventlog.Event{
		Subject: t.subject, Type: wire.TypeSources, Schema: "rasoat.intake.v1.SourcesDecided", Data: data, ExpectLast: &eventlog.Expect{Sequence: t.last},
	})
	return next, fault.Wrap("", op, err)
}

// SetSource decides from which source parts of a school come from here on. It fails with NotFound for a school that there is not.
func (s *Server) SetSource(ctx context.Context, req *pb.SetSourceRequest) (*pb.SetSourceResponse, error) {
	const op = "intake.set_source"
	if err := s.knownSchool(op, req.GetProvince(), req.GetSchool()); err != nil {
		return nil, err
	}
	parts := make([]student.Part, 0, len(student.Parts))
	for _, p := range req.GetParts() {
		parts = append(parts, wire.FromPart(p))
	}
	if len(parts) == 0 {
		parts = student.Parts
	}
	for {
		t, err := s.readSources(ctx, req.GetProvince(), req.GetSchool())
		if err != nil {
			return nil, err
		}
		next, err := s.writeSources(ctx, t, sourceOf(req.GetSource()), req.GetReason(), parts)
		if fault.Is(err, fault.Conflict) {
			continue
		}
		return &pb.SetSourceResponse{Sources: next.GetSources()}, err
	}
}

// GetSources tells the source of each part of a school that has one.
func (s *Server) GetSources(ctx context.Context, req *pb.GetSourcesRequest) (*pb.GetSourcesResponse, error) {
	if err := s.knownSchool("intake.get_sources", req.GetProvince(), req.GetSchool()); err != nil {
		return nil, err
	}
	t, err := s.readSources(ctx, req.GetProvince(), req.GetSchool())
	return &pb.GetSourcesResponse{Sources: t.event.GetSources()}, err
}

func (s *Server) knownSchool(op, province, code string) error {
	if school, ok := s.cfg.Drive.School(code); !ok || school.Province != province {
		return fault.New(fault.NotFound, op, "Không có trường này trong danh mục của đợt.", "the drive's directory has no such school")
	}
	return nil
}
