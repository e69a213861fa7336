package main

import (
	"context"

	intakepb "github.com/rasoat/rasoat/proto/rasoat/intake/v1"
	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/internal/fault"
	"google.golang.org/grpc"
)

// driveUsage is how every command says which drive its files are for.
const driveUsage = "id of the drive; that of --drive-dir, or else the one that the services run, when empty"

// driveID returns the drive that files of a school are for: the one that was named, that of --drive-dir, or else the one that
// the services run. d is the drive whose catalogues the files are read by; the services' must have the same.
func (a *app) driveID(ctx context.Context, conn grpc.ClientConnInterface, d *drive.Drive, named, school string) (string, error) {
	switch {
	case named != "":
		return named, nil
	case a.driveDir != "":
		return d.ID, nil
	}
	theirs, err := call(ctx, a, intakepb.NewWindowServiceClient(conn).GetDrive, &intakepb.GetDriveRequest{Scope: school})
	switch {
	case fault.Is(err, fault.NotFound):
		return d.ID, nil // intake says what is wrong with the school
	case err != nil:
		return "", err
	case theirs.GetCatalogueDate() != d.Catalogue.Date:
		return "", fault.New(fault.Conflict, "rasoat.drive",
			"Hệ thống chạy đợt "+theirs.GetId()+" với danh mục khác danh mục có sẵn trong chương trình này; nêu thư mục của đợt đó bằng --drive-dir",
			"The services run the drive "+theirs.GetId()+", whose catalogues are not those of this program: name the folder of that drive with --drive-dir")
	}
	return theirs.GetId(), nil
}
