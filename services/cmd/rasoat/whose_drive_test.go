package main

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	intakepb "github.com/rasoat/rasoat/proto/rasoat/intake/v1"
	"github.com/rasoat/rasoat/services/drive"
)

// What is submitted is for the drive that the services run, unless another is named; other catalogues are refused.
func TestDriveOfTheServices(t *testing.T) {
	c := newCLI(t)
	c.services.drive = &intakepb.GetDriveResponse{Id: "sample-12", CatalogueDate: drive.Default().Catalogue.Date}
	file := filepath.Join(t.TempDir(), "pupils.ndjson")
	if err := os.WriteFile(file, []byte(`{"enrolment":{"code":"0100000007","class":"12A1","state":"ENROLMENT_STATE_JOINED","since":{"year":2022,"month":9,"day":5}}}`+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	args := []string{"submit", file, "--school", "01/01000701"}
	c.want(exitFine, nil, args...)
	c.want(exitFine, nil, append(args, "--drive", "other-12")...)
	if !slices.Equal(c.services.drives, []string{"sample-12", "other-12"}) {
		t.Errorf("it was submitted for %v", c.services.drives)
	}
	c.services.drive.CatalogueDate = "1999-01-01"
	c.want(exitConflict, []string{"sample-12", "--drive-dir"}, args...)
}
