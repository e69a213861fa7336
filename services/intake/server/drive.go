package server

import (
	"context"
	"strings"

	pb "github.com/rasoat/rasoat/proto/rasoat/intake/v1"
	validationpb "github.com/rasoat/rasoat/proto/rasoat/validation/v1"
	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/intake"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/student/wire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// GetDrive tells what the drive is, with the windows as they stand for a scope. It fails with NotFound for a province or school that there is
// not.
func (s *Server) GetDrive(ctx context.Context, req *pb.GetDriveRequest) (*pb.GetDriveResponse, error) {
	const op = "intake.get_drive"
	d := s.cfg.Drive
	province, code, one := strings.Cut(req.GetScope(), "/")
	if _, known := d.Catalogue.Province(province); province != "" && !known {
		return nil, fault.New(fault.NotFound, op, "Danh mục của đợt không có tỉnh này.", "the drive's catalogue has no such province")
	}
	if one {
		if err := s.knownSchool(op, province, code); err != nil {
			return nil, err
		}
	}
	out := &pb.GetDriveResponse{
		Id: d.ID, Name: d.Name, SchoolYear: d.SchoolYear, Version: d.Version, Digest: d.Digest, ApprovalRequired: d.ApprovalRequired,
		Corrections: timestamppb.New(d.Corrections), CatalogueDate: d.Catalogue.Date,
	}
	for _, school := range d.Schools {
		if (province == "" || school.Province == province) && (!one || school.Code == code) {
			out.Schools = append(out.Schools, &pb.DriveSchool{
				Province: school.Province, School: school.Code, Name: school.Name, Kind: school.Kind, Declared: int64(school.Expected),
			})
		}
	}
	book := new(validationpb.BookOpened)
	if _, err := s.read(ctx, "decision.book.*", book); err != nil {
		return nil, fault.Wrap("", op, err)
	}
	if book.GetDrive() == d.ID {
		out.Book, out.BookDigest = book.GetNumber(), book.GetDigest()
	}
	if err := s.tellWindows(ctx, province, out); err != nil {
		return nil, fault.Wrap("", op, err)
	}
	if req.GetCatalogues() {
		tellCatalogues(d.Catalogue, out)
	}
	return out, nil
}

// tellWindows adds the windows with the extensions of the nation and of the province; for the nation, those of every province, which move
// nothing there.
func (s *Server) tellWindows(ctx context.Context, province string, out *pb.GetDriveResponse) error {
	all, _, err := s.extensionsOf(ctx, "")
	if err != nil {
		return err
	}
	scopes := []string{province}
	if province == "" {
		if scopes, err = s.extendedProvinces(ctx); err != nil {
			return err
		}
	}
	extensions := all.GetExtensions()
	w := intake.Windows{Drive: s.cfg.Drive, Province: province, Extensions: fromExtensions("", all)}
	for _, scope := range scopes {
		more, _, err := s.extensionsOf(ctx, scope)
		if err != nil {
			return err
		}
		extensions = append(extensions, more.GetExtensions()...)
		w.Extensions = append(w.Extensions, fromExtensions(scope, more)...)
	}
	for _, window := range s.cfg.Drive.Windows {
		told := &pb.DriveWindow{
			Window: window.ID, NameVi: window.Name.Vi, NameEn: window.Name.En,
			Closes: timestamppb.New(window.Closes), ClosesHere: timestamppb.New(w.Closes(window)),
		}
		for _, part := range window.Parts {
			told.Parts = append(told.Parts, wire.ToPart(part))
		}
		for _, e := range extensions {
			if e.GetWindow() == window.ID {
				told.Extensions = append(told.Extensions, proto.CloneOf(e))
			}
		}
		out.Windows = append(out.Windows, told)
	}
	return nil
}

// extendedProvinces are those that have extensions.
func (s *Server) extendedProvinces(ctx context.Context) ([]string, error) {
	subjects, err := s.log.Subjects(ctx, "decision.windows.*")
	var out []string
	for _, subject := range subjects {
		if scope := strings.TrimPrefix(subject, "decision.windows."); scope != nation {
			out = append(out, scope)
		}
	}
	return out, err
}

func tellCatalogues(c *drive.Catalogue, out *pb.GetDriveResponse) {
	for _, p := range c.Provinces() {
		out.Provinces = append(out.Provinces, &pb.CatalogueEntry{Code: p.Code, Name: p.Full(), ExamBoard: c.ExamCode(p.Code)})
	}
	for _, e := range c.Ethnicities() {
		out.EthnicGroups = append(out.EthnicGroups, &pb.CatalogueEntry{Code: e.Code, Name: e.Name})
	}
	for _, n := range c.Countries() {
		out.Countries = append(out.Countries, &pb.CatalogueEntry{Code: n.Code, Name: n.Name})
	}
	for _, v := range c.Subjects() {
		out.Subjects = append(out.Subjects, &pb.CatalogueEntry{Code: v.Code, Name: v.Name})
	}
}
