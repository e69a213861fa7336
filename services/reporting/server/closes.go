package server

import (
	"context"
	"slices"
	"time"

	intakepb "github.com/rasoat/rasoat/proto/rasoat/intake/v1"
	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/internal/fault"
	"google.golang.org/protobuf/proto"
)

// closes returns when a window closes for the nation, under "", and for each of some provinces, extensions counted. Of the nation and of a province
// the last decision holds; the later of them and of what the drive says is the close.
func (s *Server) closes(ctx context.Context, w drive.Window, provinces []string) (map[string]time.Time, error) {
	out := map[string]time.Time{}
	for _, province := range append([]string{""}, provinces...) {
		at, err := s.extended(ctx, province, w.ID)
		if err != nil {
			return nil, err
		}
		out[province] = latest(w.Closes, out[""], at)
	}
	return out, nil
}

// extended returns to when a window was moved for the nation or a province by itself; zero when it was not.
func (s *Server) extended(ctx context.Context, scope, window string) (time.Time, error) {
	const op = "reporting.closes"
	token := scope
	if token == "" {
		token = noteNation
	}
	m, err := s.log.Last(ctx, "decision.windows."+token)
	if fault.Is(err, fault.NotFound) {
		return time.Time{}, nil
	}
	if err != nil {
		return time.Time{}, fault.Wrap("", op, err)
	}
	ev := new(intakepb.WindowsExtended)
	if err := proto.Unmarshal(m.Data, ev); err != nil {
		return time.Time{}, fault.Wrap(fault.Internal, op, err)
	}
	for _, e := range slices.Backward(ev.GetExtensions()) {
		if ev.GetDrive() == s.drive.ID && e.GetScope() == scope && e.GetWindow() == window {
			return e.GetCloses().AsTime(), nil
		}
	}
	return time.Time{}, nil
}

func latest(times ...time.Time) time.Time {
	return slices.MaxFunc(times, time.Time.Compare)
}
