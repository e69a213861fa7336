package main

import (
	"context"

	intakepb "github.com/rasoat/rasoat/proto/rasoat/intake/v1"
	matchingpb "github.com/rasoat/rasoat/proto/rasoat/matching/v1"
	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/run"
	"github.com/rasoat/rasoat/services/student"
	"github.com/rasoat/rasoat/services/student/wire"
	"github.com/spf13/cobra"
	"google.golang.org/grpc"
)

// driveUsage is how every command says which drive its files are for.
const driveUsage = "id of the drive; that of --drive-dir, or else the one that the services run, when empty"

// driveFlag is that of the commands that need the drive's catalogues.
func (a *app) driveFlag(c *cobra.Command) {
	c.Flags().StringVar(&a.driveDir, "drive-dir", run.EnvOr("RASOAT_DRIVE_DIR", ""),
		"folder of the drive; when empty, the one that the services run, by the catalogues and rules of 2022-2023 (RASOAT_DRIVE_DIR)")
}

// drive returns the drive of --drive-dir, or else the catalogues and rules that this program has: without a school, because
// the directory that comes with them is no real one and its codes are those of schools of other drives.
func (a *app) drive() (*drive.Drive, error) {
	if a.driveDir == "" {
		d := drive.Default()
		return d.As(drive.Told{ID: d.ID, Name: d.Name}), nil
	}
	return drive.LoadDir(a.driveDir)
}

// driveOf returns the drive that a command works with: that of --drive-dir, or else the one that the services run, with the
// schools of a scope ("" the nation). It fails with Conflict when the services run one with other catalogues than this program has.
func (a *app) driveOf(ctx context.Context, conn grpc.ClientConnInterface, scope string) (*drive.Drive, error) {
	d, err := a.drive()
	if err != nil || a.driveDir != "" {
		return d, err
	}
	theirs, err := call(ctx, a, intakepb.NewWindowServiceClient(conn).GetDrive, &intakepb.GetDriveRequest{Scope: scope})
	switch {
	case fault.Is(err, fault.NotFound):
		return d, nil // intake says what is wrong with the school
	case err != nil:
		return nil, err
	case theirs.GetCatalogueDate() != d.Catalogue.Date || theirs.GetSchoolYear() != d.SchoolYear:
		return nil, fault.New(fault.Conflict, "rasoat.drive",
			"Hệ thống chạy đợt "+theirs.GetId()+" với danh mục hoặc năm học khác những gì có sẵn trong chương trình này; nêu thư mục của đợt đó bằng --drive-dir",
			"The services run the drive "+theirs.GetId()+", whose catalogues or school year are not those of this program: name the folder of that drive with --drive-dir")
	}
	return d.As(toldOf(theirs)), nil
}

func toldOf(theirs *intakepb.GetDriveResponse) drive.Told {
	out := drive.Told{ID: theirs.GetId(), Name: theirs.GetName(), Corrections: theirs.GetCorrections().AsTime()}
	for _, w := range theirs.GetWindows() {
		parts := make([]student.Part, len(w.GetParts()))
		for i, p := range w.GetParts() {
			parts[i] = wire.FromPart(p)
		}
		out.Windows = append(out.Windows, drive.Window{
			ID: w.GetWindow(), Name: fault.Text{Vi: w.GetNameVi(), En: w.GetNameEn()}, Closes: w.GetCloses().AsTime(), Parts: parts,
		})
	}
	for _, s := range theirs.GetSchools() {
		out.Schools = append(out.Schools, drive.School{
			Province: s.GetProvince(), Code: s.GetSchool(), Name: s.GetName(), Kind: s.GetKind(), Expected: int(s.GetDeclared()),
		})
	}
	return out
}

// provinceNames returns the names of the provinces of a queue by the catalogue of --drive-dir, or else by that of the services,
// in which the same code may be another place. The drive is told to each role for its own scope only.
func (a *app) provinceNames(ctx context.Context, conn grpc.ClientConnInterface, q *matchingpb.GetQueueResponse) (map[string]string, error) {
	names := map[string]string{}
	if a.driveDir != "" {
		d, err := a.drive()
		for _, p := range q.GetProvinces() {
			if err == nil {
				unit, _ := d.Catalogue.Province(p.GetProvince()) // one that the catalogue does not have goes without a name
				names[p.GetProvince()] = unit.Name
			}
		}
		return names, err
	}
	scopes := []string{""}
	for _, p := range q.GetProvinces() {
		scopes = append(scopes, p.GetProvince())
	}
	for _, scope := range scopes {
		theirs, err := call(ctx, a, intakepb.NewWindowServiceClient(conn).GetDrive, &intakepb.GetDriveRequest{Scope: scope, Catalogues: true})
		switch {
		case fault.Is(err, fault.Denied), fault.Is(err, fault.NotFound):
			continue
		case err != nil:
			return nil, err
		}
		for _, p := range theirs.GetProvinces() {
			names[p.GetCode()] = p.GetName()
		}
		break
	}
	return names, nil
}
