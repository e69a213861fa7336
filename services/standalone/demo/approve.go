package demo

import (
	"context"
	"fmt"
	"slices"

	pb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"google.golang.org/grpc"
)

// Approval is what the schools declared and the provinces approved in one window.
type Approval struct {
	Window          string `json:"window"`
	Schools         int    `json:"schools"`
	Declared        int    `json:"declared"`
	Approved        int    `json:"approved"`         // schools, as they are
	ByException     int    `json:"by_exception"`     // schools, although something is open
	NotApproved     int    `json:"not_approved"`     // schools where nobody is ready
	Pupils          int64  `json:"pupils"`           // who are covered
	PupilsException int64  `json:"pupils_exception"` // of those, at schools with an exception
}

func (a Approval) cells() []string {
	return []string{a.Window, fmt.Sprint(a.Schools), fmt.Sprint(a.Declared), fmt.Sprint(a.Approved), fmt.Sprint(a.ByException), fmt.Sprint(a.NotApproved),
		fmt.Sprint(a.Pupils), fmt.Sprint(a.PupilsException)}
}

// exception is why a province of the sample approves a school with open findings.
const exception = "Các em còn việc mở được xử lý riêng; duyệt các em đã đủ."

// approve has every school declare itself complete, and every province approve: first those schools that are ready, after a look at what that would
// be, then the ready pupils of the others with a stated exception. It does nothing in a drive that asks for no approval.
func (s *Sample) approve(ctx context.Context, conn grpc.ClientConnInterface) ([]Approval, error) {
	if !s.Drive.ApprovalRequired {
		return nil, nil
	}
	client := pb.NewApprovalServiceClient(conn)
	var out []Approval
	for _, w := range s.Drive.Windows {
		a := Approval{Window: w.ID}
		if err := s.declare(ctx, client, &a); err != nil {
			return nil, err
		}
		for _, province := range s.provinces() {
			if err := approveProvince(ctx, client, province, &a); err != nil {
				return nil, err
			}
		}
		out = append(out, a)
	}
	return out, nil
}

// declare declares every school complete, with a note, since the directory of a sample counts a pupil once whom two schools enrol.
func (s *Sample) declare(ctx context.Context, client pb.ApprovalServiceClient, a *Approval) error {
	for _, school := range s.Drive.Schools {
		a.Schools++
		_, err := client.Declare(ctx, &pb.DeclareRequest{
			Scope: school.Province + "/" + school.Code, Window: a.Window, Note: "Đã rà soát; số học sinh theo danh sách lớp.",
		})
		if err != nil {
			return err
		}
		a.Declared++
	}
	return nil
}

// provinces lists the provinces of the drive's schools.
func (s *Sample) provinces() []string {
	var out []string
	for _, school := range s.Drive.Schools {
		out = append(out, school.Province)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// approveProvince approves a province in bulk, and the schools that have something open one by one.
func approveProvince(ctx context.Context, client pb.ApprovalServiceClient, province string, a *Approval) error {
	look, err := client.Approve(ctx, &pb.ApproveRequest{Scope: province, Window: a.Window, DryRun: true})
	if err != nil {
		return err
	}
	ready := slices.ContainsFunc(look.GetSchools(), func(l *pb.SchoolApproval) bool { return l.GetApproved() > 0 })
	if ready {
		bulk, err := client.Approve(ctx, &pb.ApproveRequest{Scope: province, Window: a.Window})
		if err != nil {
			return err
		}
		look = bulk
	}
	for _, l := range look.GetSchools() {
		if len(l.GetRefused()) == 0 {
			a.Approved++
			a.Pupils += l.GetApproved()
			continue
		}
		one, err := client.Approve(ctx, &pb.ApproveRequest{Scope: province + "/" + l.GetSchool(), Window: a.Window, Exception: exception})
		if err != nil {
			return err
		}
		n := one.GetSchools()[0].GetApproved()
		if n == 0 {
			a.NotApproved++
			continue
		}
		a.ByException++
		a.Pupils += n
		a.PupilsException += n
	}
	return nil
}
