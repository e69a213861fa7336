package server

import (
	"context"
	"encoding/base32"
	"slices"
	"strconv"
	"strings"

	pb "github.com/rasoat/rasoat/proto/rasoat/intake/v1"
	"github.com/rasoat/rasoat/services/intake"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/student/wire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// AskUnlock keeps that somebody asks for an unlock; it opens nothing. Asked again while the first waits or is open, which a lost answer may
// cause, the answer is the first. It fails with Invalid, and with NotFound for a school that there is not.
func (s *Server) AskUnlock(ctx context.Context, req *pb.AskUnlockRequest) (*pb.AskUnlockResponse, error) {
	const op = "intake.ask_unlock"
	province, school, err := s.school(op, req.GetScope())
	if err != nil {
		return nil, err
	}
	officer, err := officer(ctx, op)
	if err != nil {
		return nil, err
	}
	for {
		now, err := s.log.Now(ctx)
		if err != nil {
			return nil, err
		}
		asked := &pb.Unlock{
			Province: province, School: school, Class: req.GetClass(), Pupils: req.GetPupils(), Parts: req.GetParts(), Expires: req.GetExpires(),
			AskedBy: officer, PersonalReason: req.GetReason(),
		}
		if problems := intake.AskProblems(s.cfg.Drive, fromUnlock(asked), now); len(problems) > 0 {
			return nil, cannot(op, "Không đề nghị mở lại như vậy được.", "a late unlock cannot be asked for so", problems)
		}
		table, last, err := s.unlocksOf(ctx, province, school)
		if err != nil {
			return nil, err
		}
		id, err := s.unlockID(asked)
		if err != nil {
			return nil, err
		}
		asked.Id = id
		for n := 2; ; n++ { // what has ended may be asked for again in the same words
			i := slices.IndexFunc(table.GetUnlocks(), func(u *pb.Unlock) bool { return u.GetId() == asked.GetId() })
			if i < 0 {
				break
			}
			there := table.GetUnlocks()[i]
			if state := fromUnlock(there).State(now); state == intake.StateAsked || state == intake.StateOpen {
				return &pb.AskUnlockResponse{Unlock: told(there, state)}, nil
			}
			asked.Id = id + "-" + strconv.Itoa(n)
		}
		asked.AskedAt = timestamppb.New(now)
		table.Unlocks = append(table.Unlocks, asked)
		_, err = s.write(ctx, last, wire.TypeUnlocks, "rasoat.intake.v1.UnlocksDecided", table)
		if fault.Is(err, fault.Conflict) {
			continue
		}
		if err != nil {
			return nil, err
		}
		return &pb.AskUnlockResponse{Unlock: told(asked, intake.StateAsked)}, nil
	}
}

// unlockID makes the id of an unlock of what it says, so that the same asked twice is one.
func (s *Server) unlockID(u *pb.Unlock) (string, error) {
	content, err := wire.Canonical(u)
	if err != nil {
		return "", fault.Wrap(fault.Internal, "intake.ask_unlock", err)
	}
	return "u" + strings.ToLower(base32.StdEncoding.EncodeToString(s.cfg.Key.Content(content))[:10]), nil
}

// DecideUnlock approves, refuses or revokes. It fails with NotFound; with Denied when who asked decides; with Conflict when the unlock is not
// in a state in which that can be decided. The same decision of the same officer again is answered with the first.
func (s *Server) DecideUnlock(ctx context.Context, req *pb.DecideUnlockRequest) (*pb.DecideUnlockResponse, error) {
	const op = "intake.decide_unlock"
	province, school, err := s.school(op, req.GetScope())
	if err != nil {
		return nil, err
	}
	officer, err := officer(ctx, op)
	if err != nil {
		return nil, err
	}
	for {
		table, last, err := s.unlocksOf(ctx, province, school)
		if err != nil {
			return nil, err
		}
		i := slices.IndexFunc(table.GetUnlocks(), func(u *pb.Unlock) bool { return u.GetId() == req.GetUnlock() })
		if i < 0 {
			return nil, fault.New(fault.NotFound, op, "Trường này không có đề nghị mở lại nào với mã đó; xem: rasoat unlock list.",
				"the school has no late unlock of this id: see rasoat unlock list")
		}
		now, err := s.log.Now(ctx)
		if err != nil {
			return nil, err
		}
		u := table.GetUnlocks()[i]
		if u.GetDecision() == req.GetDecision() && u.GetDecidedBy() == officer && u.GetPersonalDecisionReason() == req.GetReason() {
			return &pb.DecideUnlockResponse{Unlock: told(u, fromUnlock(u).State(now))}, nil
		}
		if err := intake.DecideProblem(fromUnlock(u), officer, decisions[req.GetDecision()], now); err != nil {
			return nil, err
		}
		u.Decision, u.DecidedBy, u.DecidedAt, u.PersonalDecisionReason = req.GetDecision(), officer, timestamppb.New(now), req.GetReason()
		_, err = s.write(ctx, last, wire.TypeUnlocks, "rasoat.intake.v1.UnlocksDecided", table)
		if fault.Is(err, fault.Conflict) {
			continue
		}
		if err != nil {
			return nil, err
		}
		return &pb.DecideUnlockResponse{Unlock: told(u, fromUnlock(u).State(now))}, nil
	}
}

// told copies an unlock with where it stands, which the log does not keep.
func told(u *pb.Unlock, state intake.State) *pb.Unlock {
	u = proto.CloneOf(u)
	u.State = states[state]
	return u
}

// school splits the scope of a school. It fails with NotFound for one that there is not.
func (s *Server) school(op, scope string) (province, school string, err error) {
	province, school, _ = strings.Cut(scope, "/")
	return province, school, s.knownSchool(op, province, school)
}
