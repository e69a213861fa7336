package server

import (
	"context"

	pb "github.com/rasoat/rasoat/proto/rasoat/intake/v1"
	"github.com/rasoat/rasoat/services/intake"
	"github.com/rasoat/rasoat/services/internal/access"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/student/wire"
	"google.golang.org/protobuf/proto"
)

// ExtendWindow moves the close of a window for the nation or a province. The last decision of a scope holds; the drive's own close takes an
// extension back. The same decision again, which a lost answer may cause, is answered with the first. It fails with Invalid.
func (s *Server) ExtendWindow(ctx context.Context, req *pb.ExtendWindowRequest) (*pb.ExtendWindowResponse, error) {
	const op = "intake.extend_window"
	officer, err := officer(ctx, op)
	if err != nil {
		return nil, err
	}
	problems := intake.ExtendProblems(s.cfg.Drive, intake.Extension{Scope: req.GetScope(), Window: req.GetWindow(), Closes: req.GetCloses().AsTime()})
	if len(problems) > 0 {
		return nil, cannot(op, "Không gia hạn được như vậy.", "the window cannot be moved so", problems)
	}
	for {
		table, last, err := s.extensionsOf(ctx, req.GetScope())
		if err != nil {
			return nil, err
		}
		next := &pb.Extension{
			Scope: req.GetScope(), Window: req.GetWindow(), Closes: req.GetCloses(), Officer: officer, PersonalReason: req.GetReason(),
		}
		if n := len(table.GetExtensions()); n > 0 {
			same := proto.CloneOf(next)
			same.Sequence = last.Sequence
			if proto.Equal(same, table.GetExtensions()[n-1]) {
				return placed(next, last), nil
			}
		}
		table.Extensions = append(table.Extensions, next)
		m, err := s.write(ctx, last, wire.TypeWindows, "rasoat.intake.v1.WindowsExtended", table)
		if fault.Is(err, fault.Conflict) {
			continue
		}
		if err != nil {
			return nil, err
		}
		return placed(next, m), nil
	}
}

// officer returns the account of who decides. It fails with Invalid where nobody is known to call.
func officer(ctx context.Context, op string) (string, error) {
	if account := access.Officer(ctx); account != "" {
		return account, nil
	}
	return "", fault.New(fault.Invalid, op, "Quyết định phải có tài khoản của người quyết định; hãy gọi kèm mã truy cập.",
		"a decision needs the account of who makes it: call with a token")
}

// cannot refuses a decision for what is wrong with it.
func cannot(op, vi, en string, problems []fault.Field) error {
	e := fault.New(fault.Invalid, op, vi, en)
	e.Fields = problems
	return e
}
