package server

import (
	"context"
	"slices"
	"strings"

	pb "github.com/rasoat/rasoat/proto/rasoat/intake/v1"
	"github.com/rasoat/rasoat/services/internal/fault"
	"golang.org/x/sync/errgroup"
)

// readAtOnce is how many tables of a scope are read at the same time.
const readAtOnce = 16

// ListUnlocks lists the unlocks of a scope, those that have ended too, the newest first, each with its state at the log's time. It fails with
// NotFound for a school that there is not.
func (s *Server) ListUnlocks(ctx context.Context, req *pb.ListUnlocksRequest) (*pb.ListUnlocksResponse, error) {
	const op = "intake.list_unlocks"
	schools, err := s.schoolsWithUnlocks(ctx, op, req.GetScope())
	if err != nil {
		return nil, err
	}
	now, err := s.log.Now(ctx)
	if err != nil {
		return nil, fault.Wrap("", op, err)
	}
	tables := make([]*pb.UnlocksDecided, len(schools))
	g, within := errgroup.WithContext(ctx)
	g.SetLimit(readAtOnce)
	for i, school := range schools {
		g.Go(func() (err error) {
			tables[i], _, err = s.unlocksOf(within, school[0], school[1])
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, fault.Wrap("", op, err)
	}
	out := &pb.ListUnlocksResponse{}
	for _, table := range tables {
		for _, u := range table.GetUnlocks() {
			u := told(u, fromUnlock(u).State(now))
			if len(req.GetStates()) == 0 || slices.Contains(req.GetStates(), u.GetState()) {
				out.Unlocks = append(out.Unlocks, u)
			}
		}
	}
	slices.SortStableFunc(out.Unlocks, func(a, b *pb.Unlock) int { return b.GetAskedAt().AsTime().Compare(a.GetAskedAt().AsTime()) })
	return out, nil
}

// schoolsWithUnlocks returns the province and code of each school of a scope that has a table, or the school that the scope names.
func (s *Server) schoolsWithUnlocks(ctx context.Context, op, scope string) ([][2]string, error) {
	if strings.Contains(scope, "/") {
		province, school, err := s.school(op, scope)
		return [][2]string{{province, school}}, err
	}
	filter := "decision.unlocks.*.*"
	if scope != "" {
		filter = "decision.unlocks." + scope + ".*"
	}
	subjects, err := s.log.Subjects(ctx, filter)
	if err != nil {
		return nil, fault.Wrap("", op, err)
	}
	out := make([][2]string, 0, len(subjects))
	for _, subject := range subjects {
		tokens := strings.Split(subject, ".")
		out = append(out, [2]string{tokens[2], tokens[3]})
	}
	return out, nil
}
