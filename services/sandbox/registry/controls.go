package registry

import (
	"context"
	"time"

	pb "github.com/rasoat/rasoat/proto/rasoat/sandbox/v1"
	"github.com/rasoat/rasoat/services/student"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// controls is SandboxService. It never misbehaves.
type controls struct {
	pb.UnimplementedSandboxServiceServer
	server *Server
}

// SetBehaviour changes how the registry behaves from now on. Error: INVALID_ARGUMENT.
func (c controls) SetBehaviour(_ context.Context, r *pb.SetBehaviourRequest) (*pb.SetBehaviourResponse, error) {
	if r.GetBehaviour() == nil {
		return nil, status.Error(codes.InvalidArgument, "there is no behaviour")
	}
	b := fromBehaviour(r.GetBehaviour())
	if err := b.check(); err != nil {
		return nil, err
	}
	c.server.SetBehaviour(b)
	return &pb.SetBehaviourResponse{}, nil
}

// GetBehaviour tells how the registry behaves, and what it counted.
func (c controls) GetBehaviour(context.Context, *pb.GetBehaviourRequest) (*pb.GetBehaviourResponse, error) {
	b, n := c.server.Behaviour()
	return &pb.GetBehaviourResponse{
		Behaviour: toBehaviour(b), Calls: n.Calls, RefusedCalls: n.Refused, Questions: n.Questions, OverLimit: n.OverLimit, Repeated: n.Repeated,
	}, nil
}

// Reissue cancels a number in force and tells the one that was issued in its place. Errors: those of Server.Reissue.
func (c controls) Reissue(_ context.Context, r *pb.ReissueRequest) (*pb.ReissueResponse, error) {
	number, err := c.server.Reissue(student.IDNumber(r.GetIdNumber()))
	if err != nil {
		return nil, err
	}
	return &pb.ReissueResponse{IdNumber: number.Reveal()}, nil
}

func fromBehaviour(b *pb.Behaviour) Behaviour {
	return Behaviour{
		Away: b.GetAway(), Delay: time.Duration(b.GetDelayMs()) * time.Millisecond, CallsPerSecond: int(b.GetCallsPerSecond()),
		QuestionsPerSecond: int(b.GetQuestionsPerSecond()), FailingPerMille: int(b.GetFailingPerMille()), VerifyOnly: b.GetVerifyOnly(),
		MalformedPerMille: int(b.GetMalformedPerMille()), OtherPersonPerMille: int(b.GetOtherPersonPerMille()),
	}
}

func toBehaviour(b Behaviour) *pb.Behaviour {
	return &pb.Behaviour{
		Away: b.Away, DelayMs: int32(b.Delay.Milliseconds()), CallsPerSecond: int32(b.CallsPerSecond),
		QuestionsPerSecond: int32(b.QuestionsPerSecond), FailingPerMille: int32(b.FailingPerMille), VerifyOnly: b.VerifyOnly,
		MalformedPerMille: int32(b.MalformedPerMille), OtherPersonPerMille: int32(b.OtherPersonPerMille),
	}
}

// check reports a behaviour that nothing can have.
func (b Behaviour) check() error {
	ok := b.Delay >= 0 && b.CallsPerSecond >= 0 && b.QuestionsPerSecond >= 0
	for _, share := range [...]int{b.FailingPerMille, b.MalformedPerMille, b.OtherPersonPerMille} {
		ok = ok && share >= 0 && share <= 1000
	}
	if !ok {
		return status.Error(codes.InvalidArgument, "a behaviour has no negative number, and shares of at most 1000 in 1000")
	}
	return nil
}
