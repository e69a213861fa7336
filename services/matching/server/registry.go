package server

import (
	"context"

	pb "github.com/rasoat/rasoat/proto/rasoat/matching/v1"
	"github.com/rasoat/rasoat/services/internal/fault"
)

// Registry says that the registry does not answer (fault.Unavailable), as the copy that asks it found and signed; nil otherwise, also where nobody
// can tell. A registry that is closed for maintenance, or whose budget of the day is spent, is well.
func (s *Server) Registry(ctx context.Context) error {
	signed, err := s.log.Signed(ctx, lease)
	if err != nil || readLedger(signed).State != pb.RegistryState_REGISTRY_STATE_AWAY {
		return nil
	}
	return fault.New(fault.Unavailable, "matching.registry", "CSDL dân cư không trả lời; câu hỏi chờ trong nhật ký.",
		"the registry does not answer; questions wait in the log")
}
