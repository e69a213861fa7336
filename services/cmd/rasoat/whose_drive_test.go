package main

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	intakepb "github.com/rasoat/rasoat/proto/rasoat/intake/v1"
	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/eventlog/eventlogtest"
)

// What is submitted is for the drive that the services run, unless another is named; other catalogues are refused.
func TestDriveOfTheServices(t *testing.T) {
	c := newCLI(t)
	c.services.drive = running()
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
	c.services.drive.SchoolYear = "2030-2031"
	c.want(exitConflict, []string{"sample-12", "--drive-dir"}, args...)
	c.services.drive = running()
	c.services.drive.CatalogueDate = "1999-01-01"
	c.want(exitConflict, []string{"sample-12", "--drive-dir"}, args...)
}

// running is a drive that services run, with a school whose code this program's own drive has as well, under another name.
func running() *intakepb.GetDriveResponse {
	own := drive.Default()
	return &intakepb.GetDriveResponse{Id: "sample-12", Name: "Đợt mẫu", SchoolYear: own.SchoolYear, CatalogueDate: own.Catalogue.Date, Schools: []*intakepb.DriveSchool{
		{Province: "01", School: "01000701", Name: "Trường của đợt đang chạy", Kind: drive.THPT, Declared: 40},
	}}
}

// TestNamesOfTheRunningDrive: no table has a school's name of another drive than the one that runs. Where the services do
// not tell it, the column is empty, and one line says why.
func TestNamesOfTheRunningDrive(t *testing.T) {
	if own, ok := drive.Default().School("01000701"); !ok || own.Name == "" {
		t.Fatal("the drive of the program has another directory: this test shows nothing")
	}
	s := eventlogtest.Start(t)
	mustPublish(t, s.Log(t, eventlog.Config{Service: "test"}), verified("a", "1"))
	tests := map[string]struct {
		token, mayAsk string
		code          int
		says, column  string
	}{
		"told":          {token: "t", code: exitFine, says: "--once", column: "Trường của đợt đang chạy"},
		"denied":        {token: "t", mayAsk: "20", code: exitFine, says: "The column school_name stays empty"},
		"without token": {code: exitFine, says: "there is no token"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Setenv("RASOAT_TOKEN", tt.token)
			c := newCLI(t)
			c.services.drive, c.services.mayAsk = running(), tt.mayAsk
			path := filepath.Join(t.TempDir(), "exam.csv")
			args := []string{"watch", "records", "--nats", s.URL(), "--into", "csv", "--file", path, "--name", "exam" + strings.ReplaceAll(name, " ", ""), "--once"}
			c.want(tt.code, []string{tt.says}, args...)
			if got := column(t, path, "school_name"); got != tt.column {
				t.Errorf("got the name %q, want %q", got, tt.column)
			}
		})
	}
	t.Run("other catalogues", func(t *testing.T) {
		t.Setenv("RASOAT_TOKEN", "t")
		c := newCLI(t)
		c.services.drive = running()
		c.services.drive.CatalogueDate = "1999-01-01"
		c.want(exitConflict, []string{"--drive-dir"}, "watch", "records", "--nats", s.URL(), "--into", "csv", "--file", filepath.Join(t.TempDir(), "x.csv"), "--name", "x", "--once")
	})
}

// column returns the value of a column in the first row of a table.
func column(t *testing.T, path, name string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(text), "\ufeff"))).ReadAll()
	if err != nil || len(lines) < 2 {
		t.Fatalf("%d lines, %v", len(lines), err)
	}
	return lines[1][slices.Index(lines[0], name)]
}

// What this program does by itself knows no school: the codes of its own directory are those of other drives.
func TestOwnDriveHasNoSchools(t *testing.T) {
	d, err := (&app{}).drive()
	if _, ok := d.School("01000701"); ok || err != nil {
		t.Errorf("a school of another drive, %v", err)
	}
}
