package server

import (
	"context"
	"strconv"
	"strings"

	intakepb "github.com/rasoat/rasoat/proto/rasoat/intake/v1"
	pb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/store"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// The facets of a school's document.
const (
	facetDeclared       = "declared/" // + window: Standing with declared_at; empty when it was taken back
	facetSchoolApproved = "approved/" // + window: Standing with approved_at
	facetSample         = "sample/"   // + window + / + seed: SampleCompared; the revision has the time of the log
	facetUnlocks        = "unlocks"   // UnlocksDecided
)

// decide appends a decision about a school and gives it as the log holds it.
func (s *Server) decide(ctx context.Context, op, verb string, sc drive.School, kind string, decision proto.Message, records int) (eventlog.Message, error) {
	return s.said(ctx, op, kind, decision, records, "decision", verb, sc.Province, sc.Code)
}

// said appends a decision on the subject of some tokens and gives it as the log holds it.
func (s *Server) said(
	ctx context.Context, op, kind string, decision proto.Message, records int, tokens ...string,
) (eventlog.Message, error) {
	subject, err := eventlog.Subject(tokens...)
	if err != nil {
		return eventlog.Message{}, err
	}
	data, err := proto.Marshal(decision)
	if err != nil {
		return eventlog.Message{}, fault.Wrap(fault.Internal, op, err)
	}
	at, err := s.log.Append(ctx, eventlog.Event{
		Subject: subject, Type: kind, Schema: string(decision.ProtoReflect().Descriptor().FullName()), Data: data, Records: records,
	})
	if err != nil {
		return eventlog.Message{}, fault.Wrap("", op, err)
	}
	m, err := s.log.Read(ctx, at.Stream, at.Sequence)
	return m, fault.Wrap("", op, err)
}

// window returns a window of the drive.
func (s *Server) window(op, id string) (drive.Window, error) {
	ids := make([]string, len(s.drive.Windows))
	for i, w := range s.drive.Windows {
		if w.ID == id {
			return w, nil
		}
		ids[i] = w.ID
	}
	has := strings.Join(ids, ", ")
	return drive.Window{}, fault.New(fault.NotFound, op, "Đợt này không có cửa sổ nộp đó; có: "+has+".", "the drive has no such window; it has: "+has)
}

// place returns the school and the window of a decision.
func (s *Server) place(op, scope, window string) (drive.School, drive.Window, error) {
	sc, err := s.school(op, scope)
	if err != nil {
		return sc, drive.Window{}, err
	}
	w, err := s.window(op, window)
	return sc, w, err
}

// asksApproval refuses decisions that the drive does not know.
func (s *Server) asksApproval(op string) error {
	if s.drive.ApprovalRequired {
		return nil
	}
	return fault.New(fault.Invalid, op, "Đợt này không cần Sở duyệt.", "this drive asks for no approval by the province")
}

// setSchool merges a facet of a school.
func (p *projection) setSchool(drive, province, school, facet string, rev store.Revision, value proto.Message) error {
	var data []byte
	if value != nil {
		var err error
		if data, err = proto.Marshal(value); err != nil {
			return fault.Wrap(fault.Internal, "reporting.school", err)
		}
	}
	p.schools = append(p.schools, store.Patch{ID: drive + "/" + province + "/" + school, Facet: facet, Rev: rev, Value: data})
	return nil
}

// decode reads a decision. It fails with Invalid on bytes that are none.
func decode[M proto.Message](m eventlog.Message, into M) (M, error) {
	return into, fault.Wrap(fault.Invalid, "reporting.decided", proto.Unmarshal(m.Data, into))
}

// declared reads that a school is complete, or that it took that back.
func (s *Server) declared(p *projection, m eventlog.Message) error {
	ev, err := decode(m, new(pb.SchoolDeclared))
	if err != nil {
		return err
	}
	var value proto.Message
	if !ev.GetWithdrawn() {
		value = &pb.Standing{Window: ev.GetWindow(), DeclaredAt: timestamppb.New(m.Stored)}
	}
	return p.setSchool(ev.GetDrive(), ev.GetProvince(), ev.GetSchool(), facetDeclared+ev.GetWindow(), store.Revision{Major: m.Sequence}, value)
}

// approved reads whom a province approved.
func (s *Server) approved(p *projection, m eventlog.Message) error {
	ev, err := decode(m, new(pb.PupilsApproved))
	if err != nil {
		return err
	}
	for _, a := range ev.GetPupils() {
		if err := p.said(ev.GetDrive(), a.GetPupil(), m, &pb.PupilDecision{
			Window: ev.GetWindow(), Seen: a.GetSeen(), Approved: true, Officer: ev.GetOfficer(),
		}); err != nil {
			return err
		}
	}
	return p.setSchool(ev.GetDrive(), ev.GetProvince(), ev.GetSchool(), facetSchoolApproved+ev.GetWindow(), store.Revision{Major: m.Sequence},
		&pb.Standing{Window: ev.GetWindow(), ApprovedAt: timestamppb.New(m.Stored)})
}

// returned reads whom a province gave back.
func (s *Server) returned(p *projection, m eventlog.Message) error {
	ev, err := decode(m, new(pb.PupilsReturned))
	if err != nil {
		return err
	}
	for _, r := range ev.GetPupils() {
		if err := p.said(ev.GetDrive(), r.GetPupil(), m, &pb.PupilDecision{
			Window: ev.GetWindow(), Seen: r.GetSeen(), Parts: r.GetParts(), PersonalReason: r.GetPersonalReason(), Officer: ev.GetOfficer(), Withdrawn: r.GetWithdrawn(),
		}); err != nil {
			return err
		}
	}
	return nil
}

// said keeps what a province said of a pupil: of all that it said for a window, the last in the log.
func (p *projection) said(drive, pupil string, m eventlog.Message, d *pb.PupilDecision) error {
	d.StoredAt, d.Sequence = timestamppb.New(m.Stored), m.Sequence
	value, err := proto.Marshal(d)
	if err != nil {
		return fault.Wrap(fault.Internal, "reporting.said", err)
	}
	p.set(drive+"/"+pupil, facetApproval+d.GetWindow(), store.Revision{Major: m.Sequence}, value, m)
	return nil
}

// claimed reads at which school a pupil is.
func (s *Server) claimed(p *projection, m eventlog.Message) error {
	ev, err := decode(m, new(pb.ClaimSettled))
	if err != nil {
		return err
	}
	p.set(ev.GetDrive()+"/"+ev.GetPupil(), facetClaim, store.Revision{Major: m.Sequence}, m.Data, m)
	return nil
}

// sampled reads what a comparison with the paper found.
func (s *Server) sampled(p *projection, m eventlog.Message) error {
	ev, err := decode(m, new(pb.SampleCompared))
	if err != nil {
		return err
	}
	return p.setSchool(ev.GetDrive(), ev.GetProvince(), ev.GetSchool(), facetSample+ev.GetWindow()+"/"+strconv.FormatUint(ev.GetSeed(), 10),
		store.Revision{Major: m.Sequence, Minor: uint64(m.Stored.UnixNano())}, ev)
}

// unlocked reads the unlocks of a school.
func (s *Server) unlocked(p *projection, m eventlog.Message) error {
	ev, err := decode(m, new(intakepb.UnlocksDecided))
	if err != nil {
		return err
	}
	return p.setSchool(ev.GetDrive(), ev.GetProvince(), ev.GetSchool(), facetUnlocks, store.Revision{Major: m.Sequence}, ev)
}
