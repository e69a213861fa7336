package server

import (
	"context"

	pb "github.com/rasoat/rasoat/proto/rasoat/intake/v1"
	"github.com/rasoat/rasoat/services/intake"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/student"
	"github.com/rasoat/rasoat/services/student/wire"
	"golang.org/x/sync/errgroup"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// read reads the last message of a subject of decisions into a table, exactly, and gives its sequence: the condition on which the next is
// written. It leaves the table as it is where there is no message; sequence 0 then.
func (s *Server) read(ctx context.Context, subject string, table proto.Message) (eventlog.Message, error) {
	const op = "intake.decisions"
	m, err := s.log.Last(ctx, subject)
	if fault.Is(err, fault.NotFound) {
		return eventlog.Message{Subject: subject}, nil
	}
	if err != nil {
		return m, fault.Wrap("", op, err)
	}
	if err := proto.Unmarshal(m.Data, table); err != nil {
		return m, fault.Wrap(fault.Internal, op, err)
	}
	return m, nil
}

// unlocksOf reads the unlocks of a school. Those of another drive say nothing of this one.
func (s *Server) unlocksOf(ctx context.Context, province, school string) (*pb.UnlocksDecided, eventlog.Message, error) {
	none := &pb.UnlocksDecided{Drive: s.cfg.Drive.ID, Province: province, School: school}
	subject, err := eventlog.Subject("decision", "unlocks", province, school)
	if err != nil {
		return nil, eventlog.Message{}, err
	}
	table := new(pb.UnlocksDecided)
	m, err := s.read(ctx, subject, table)
	if err != nil || table.GetDrive() != s.cfg.Drive.ID {
		return none, m, err
	}
	return table, m, nil
}

// nation is the token of the whole country in the subjects of extensions.
const nation = "nation"

// extensionsOf reads the extensions of a scope: "" the nation, "01" a province.
func (s *Server) extensionsOf(ctx context.Context, scope string) (*pb.WindowsExtended, eventlog.Message, error) {
	none := &pb.WindowsExtended{Drive: s.cfg.Drive.ID}
	token := scope
	if token == "" {
		token = nation
	}
	subject, err := eventlog.Subject("decision", "windows", token)
	if err != nil {
		return nil, eventlog.Message{}, err
	}
	table := new(pb.WindowsExtended)
	m, err := s.read(ctx, subject, table)
	if err != nil || table.GetDrive() != s.cfg.Drive.ID {
		return none, m, err
	}
	for _, e := range table.GetExtensions() {
		if e.GetSequence() == 0 { // the one that this message added
			e.Sequence = m.Sequence
		}
	}
	return table, m, nil
}

// decided is what the log says of a school at a moment: from where its parts come, and until when.
type decided struct {
	table   table
	windows intake.Windows
}

// decided reads it, each table exactly.
func (s *Server) decided(ctx context.Context, province, school string) (decided, error) {
	out := decided{windows: intake.Windows{Drive: s.cfg.Drive, Province: province}}
	var unlocks *pb.UnlocksDecided
	var everywhere, here *pb.WindowsExtended
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() (err error) { out.table, err = s.readSources(ctx, province, school); return err })
	g.Go(func() (err error) { unlocks, _, err = s.unlocksOf(ctx, province, school); return err })
	g.Go(func() (err error) { everywhere, _, err = s.extensionsOf(ctx, ""); return err })
	g.Go(func() (err error) { here, _, err = s.extensionsOf(ctx, province); return err })
	if err := g.Wait(); err != nil {
		return decided{}, err
	}
	for _, u := range unlocks.GetUnlocks() {
		out.windows.Unlocks = append(out.windows.Unlocks, fromUnlock(u))
	}
	out.windows.Extensions = append(fromExtensions("", everywhere), fromExtensions(province, here)...)
	return out, nil
}

// fromExtensions reads the extensions of a scope; each counts for the scope on whose subject it stands.
func fromExtensions(scope string, table *pb.WindowsExtended) []intake.Extension {
	out := make([]intake.Extension, len(table.GetExtensions()))
	for i, e := range table.GetExtensions() {
		out[i] = intake.Extension{Scope: scope, Window: e.GetWindow(), Closes: e.GetCloses().AsTime()}
	}
	return out
}

var decisions = map[pb.UnlockDecision]intake.Decision{
	pb.UnlockDecision_UNLOCK_DECISION_APPROVE: intake.Approve, pb.UnlockDecision_UNLOCK_DECISION_REFUSE: intake.Refuse,
	pb.UnlockDecision_UNLOCK_DECISION_REVOKE: intake.Revoke,
}

var states = map[intake.State]pb.UnlockState{
	intake.StateAsked: pb.UnlockState_UNLOCK_STATE_ASKED, intake.StateOpen: pb.UnlockState_UNLOCK_STATE_OPEN,
	intake.StateRefused: pb.UnlockState_UNLOCK_STATE_REFUSED, intake.StateRevoked: pb.UnlockState_UNLOCK_STATE_REVOKED,
	intake.StateExpired: pb.UnlockState_UNLOCK_STATE_EXPIRED,
}

func fromUnlock(u *pb.Unlock) intake.Unlock {
	out := intake.Unlock{
		ID: u.GetId(), Class: u.GetClass(), Expires: u.GetExpires().AsTime(), AskedBy: u.GetAskedBy(),
		Decision: decisions[u.GetDecision()], DecidedBy: u.GetDecidedBy(), DecidedAt: u.GetDecidedAt().AsTime(),
	}
	for _, p := range u.GetPupils() {
		out.Pupils = append(out.Pupils, student.Ref(p))
	}
	for _, p := range u.GetParts() {
		out.Parts = append(out.Parts, wire.FromPart(p))
	}
	return out
}

// write appends a table on condition that the message it was read from is still the last. It fails with Conflict when it is not.
func (s *Server) write(ctx context.Context, after eventlog.Message, kind, schema string, table proto.Message) (eventlog.Message, error) {
	const op = "intake.decisions"
	data, err := proto.Marshal(table)
	if err != nil {
		return eventlog.Message{}, fault.Wrap(fault.Internal, op, err)
	}
	at, err := s.log.Append(ctx, eventlog.Event{
		Subject: after.Subject, Type: kind, Schema: schema, Data: data, ExpectLast: &eventlog.Expect{Sequence: after.Sequence},
	})
	if err != nil {
		return eventlog.Message{}, fault.Wrap("", op, err)
	}
	return s.log.Read(ctx, at.Stream, at.Sequence)
}

// placed is the answer about an extension that stands in a message.
func placed(e *pb.Extension, m eventlog.Message) *pb.ExtendWindowResponse {
	e = proto.CloneOf(e)
	e.Sequence = m.Sequence
	return &pb.ExtendWindowResponse{Sequence: m.Sequence, StoredAt: timestamppb.New(m.Stored), Extension: e}
}
