package server

import (
	"context"
	"slices"
	"time"

	pb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/reporting"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// outlook is the schools of a scope with what becomes of each in a window.
type outlook struct {
	window  drive.Window
	now     time.Time // the log's
	closes  map[string]time.Time
	rows    []*pb.SchoolProgress
	schools []reporting.Urging // in the order of the rows
}

// outlookOf looks ahead for a scope, from rows that are current or those of the snapshot. It fails with NotFound for a scope or window that there is not.
func (s *Server) outlookOf(ctx context.Context, op, scope, window string, current bool) (*outlook, error) {
	w, err := s.window(op, window)
	if err != nil {
		return nil, err
	}
	resp, err := s.GetProgress(ctx, &pb.GetProgressRequest{Scope: scope, Current: current})
	if err != nil {
		return nil, fault.Wrap("", op, err)
	}
	o := &outlook{window: w, rows: resp.GetSchools()}
	if o.now, err = s.log.Now(ctx); err != nil {
		return nil, fault.Wrap("", op, err)
	}
	provinces := provincesOf(o.rows)
	if o.closes, err = s.closes(ctx, w, provinces); err != nil {
		return nil, err
	}
	points, err := s.points(ctx, o.now, w.ID, provinces)
	if err != nil {
		return nil, fault.Wrap("", op, err)
	}
	for _, r := range o.rows {
		u := reporting.Urging{Key: r.GetProvince() + "/" + r.GetSchool(), Approval: s.drive.ApprovalRequired}
		for _, c := range r.GetWindows() {
			if c.GetWindow() == w.ID {
				u.Counts = countsOf(c)
			}
		}
		u.Work = reporting.WorkOf(u.Counts, r.GetDeclared(), declaredIn(r, w.ID))
		u.Pace, u.Closes = reporting.Pace(o.now, u.Done, points[u.Key]), o.closes[r.GetProvince()]
		u.Outlook = u.Forecast(o.now)
		o.schools = append(o.schools, u)
	}
	return o, nil
}

func provincesOf(rows []*pb.SchoolProgress) []string {
	var out []string
	for _, r := range rows {
		out = append(out, r.GetProvince())
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func declaredIn(r *pb.SchoolProgress, window string) bool {
	return slices.ContainsFunc(r.GetStanding(), func(st *pb.Standing) bool { return st.GetWindow() == window && st.GetDeclaredAt() != nil })
}

// forecastMessage tells the outlook of one school.
func forecastMessage(r *pb.SchoolProgress, u reporting.Urging) *pb.Forecast {
	m := &pb.Forecast{
		Province: r.GetProvince(), School: r.GetSchool(), Name: r.GetName(), Done: u.Done, Remaining: u.Remaining, PaceHundredths: u.Pace, WillMiss: u.WillMiss, Short: u.Short,
	}
	if !u.DoneAt.IsZero() {
		m.DoneAt = timestamppb.New(u.DoneAt)
	}
	return m
}

// perPage of notes.
const perNotePage = 100

// points returns what was done at each school a day ago, or at the first note since, by "<province>/<school>": what a pace needs of the history.
func (s *Server) points(ctx context.Context, now time.Time, window string, provinces []string) (map[string][]reporting.Point, error) {
	subjects := make([]string, len(provinces))
	for i, p := range provinces {
		subjects[i] = "progress." + p
	}
	then, err := s.log.SequenceAt(ctx, eventlog.Progress, now.Add(-24*time.Hour))
	if err != nil {
		return nil, err
	}
	notes, err := s.log.LastManyUpTo(ctx, subjects, then)
	if err != nil {
		return nil, err
	}
	// In the first day of a drive the first notes stand after that; all provinces have theirs in one batch.
	for from := then + 1; len(notes) < len(subjects); {
		page, err := s.log.Page(ctx, eventlog.Progress, from, perNotePage)
		if err != nil {
			return nil, err
		}
		for _, m := range page {
			from = m.Sequence + 1
			if _, has := notes[m.Subject]; !has && slices.Contains(subjects, m.Subject) {
				notes[m.Subject] = m
			}
		}
		if len(page) == 0 {
			break
		}
	}
	out := map[string][]reporting.Point{}
	for _, m := range notes {
		ev, err := readNote(m)
		if err != nil {
			return nil, err
		}
		for _, r := range ev.GetRows() {
			for _, c := range r.GetWindows() {
				if ev.GetDrive() == s.drive.ID && c.GetWindow() == window {
					key := r.GetProvince() + "/" + r.GetSchool()
					out[key] = append(out[key], reporting.Point{At: ev.GetAt().AsTime(), Done: countsOf(c).Done()})
				}
			}
		}
	}
	return out, nil
}
