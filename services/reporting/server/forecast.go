package server

import (
	"context"
	"strings"

	pb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"github.com/rasoat/rasoat/services/reporting"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// GetForecast tells when each school of a scope will be done at its pace. It fails with NotFound for a scope or window that there is not.
func (s *Server) GetForecast(ctx context.Context, req *pb.GetForecastRequest) (*pb.GetForecastResponse, error) {
	o, err := s.outlookOf(ctx, "reporting.get_forecast", req.GetScope(), req.GetWindow(), false)
	if err != nil {
		return nil, err
	}
	province, _, _ := strings.Cut(req.GetScope(), "/")
	out := &pb.GetForecastResponse{MethodVi: reporting.ForecastMethod.Vi, MethodEn: reporting.ForecastMethod.En, Closes: timestamppb.New(o.closes[province])}
	for i, r := range o.rows {
		out.Schools = append(out.Schools, forecastMessage(r, o.schools[i]))
	}
	return out, nil
}

// ListUrgent lists the schools of a scope that are not done, the one to be called first first. It fails with NotFound for a scope or window
// that there is not.
func (s *Server) ListUrgent(ctx context.Context, req *pb.ListUrgentRequest) (*pb.ListUrgentResponse, error) {
	const op = "reporting.list_urgent"
	o, err := s.outlookOf(ctx, op, req.GetScope(), req.GetWindow(), false)
	if err != nil {
		return nil, err
	}
	rows := map[string]*pb.SchoolProgress{}
	var called []reporting.Urging
	for i, r := range o.rows {
		if u := o.schools[i]; u.Called() {
			rows[u.Key] = r
			called = append(called, u)
		}
	}
	reporting.SortUrging(o.now, called)
	limit := int(req.GetLimit())
	if limit == 0 {
		limit = 50
	}
	called = called[:min(limit, len(called))]
	out := &pb.ListUrgentResponse{OrderVi: reporting.UrgentOrder.Vi, OrderEn: reporting.UrgentOrder.En}
	var subjects []string
	for _, u := range called {
		subjects = append(subjects, reminderSubject(rows[u.Key]))
	}
	reminded, err := s.lastReminders(ctx, o.window.ID, subjects)
	if err != nil {
		return nil, err
	}
	for i, u := range called {
		reason := u.Reason()
		m := &pb.Urgent{
			Forecast: forecastMessage(rows[u.Key], u), Counts: countsMessage(o.window.ID, u.Counts), ReasonVi: reason.Vi, ReasonEn: reason.En,
			Declared: declaredIn(rows[u.Key], o.window.ID), Returned: u.Counts.Returned,
		}
		if last, ok := reminded[subjects[i]]; ok && last.of != nil {
			m.RemindedAt = timestamppb.New(last.stored)
		}
		out.Schools = append(out.Schools, m)
	}
	return out, nil
}
