package drive_test

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/rasoat/rasoat/services/drive"
)

func TestWriteDirRoundTrip(t *testing.T) {
	small, err := drive.Load(folder(smallDrive, smallSchools))
	if err != nil {
		t.Fatal(err)
	}
	closes := time.Date(2023, 4, 21, 10, 0, 7, 0, time.UTC)
	closing := drive.SampleClosing(nil, closes.Add(2*time.Hour), closes, closes.Add(time.Hour))
	if !closing.Windows[0].Closes.Equal(closes) || !closing.Windows[1].Closes.Equal(closes.Add(time.Hour)) || !closing.Corrections.Equal(closes.Add(2*time.Hour)) {
		t.Errorf("closes at %v and %v, corrections until %v", closing.Windows[0].Closes, closing.Windows[1].Closes, closing.Corrections)
	}
	for _, d := range []*drive.Drive{drive.Default(), small, drive.Sample(drive.Default().Schools[:3]), drive.Sample(nil), closing} {
		dir := filepath.Join(t.TempDir(), "new", "folder")
		if err := d.WriteDir(dir); err != nil {
			t.Fatal(err)
		}
		back, err := drive.LoadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		if back.Digest != d.Digest {
			t.Errorf("%s: digest %s became %s", d.ID, d.Digest, back.Digest)
		}
		if !reflect.DeepEqual(back.Windows, d.Windows) || !reflect.DeepEqual(back.Schools, d.Schools) || !reflect.DeepEqual(back.Severities, d.Severities) {
			t.Errorf("%s: came back different", d.ID)
		}
	}
}

func TestCatalogueOfAFolder(t *testing.T) {
	dir := t.TempDir()
	mustCopy(t, "catalogues/2023-04", filepath.Join(dir, "units"))
	mustWrite(t, filepath.Join(dir, "drive.yaml"), strings.Replace(smallDrive, "catalogue: 2023-04", "catalogue: ./units", 1))
	mustWrite(t, filepath.Join(dir, "schools.csv"), smallSchools)
	d, err := drive.LoadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := d.Catalogue.Digest, drive.Default().Catalogue.Digest; got != want {
		t.Errorf("the same tables have digest %s in a folder and %s built in", got, want)
	}
	copied := t.TempDir()
	if err := d.WriteDir(copied); err != nil {
		t.Fatal(err)
	}
	back, err := drive.LoadDir(copied)
	if err != nil {
		t.Fatal(err)
	}
	if back.Digest != d.Digest {
		t.Errorf("digest %s became %s", d.Digest, back.Digest)
	}

	mustWrite(t, filepath.Join(dir, "units", "districts.csv"), "code,type,name,parent\n001,quan,Ba Đình,98\n01,quan,Tây Hồ,01\n")
	_, err = drive.LoadDir(dir)
	checkField(t, err, "units/districts.csv:2", "parent: there is no such unit above")
	checkField(t, err, "units/districts.csv:3", "code: has the wrong number of digits")
}

func TestDigestNamesEverything(t *testing.T) {
	seen := map[string]string{}
	load := func(name, yaml, schools string) {
		t.Helper()
		d, err := drive.Load(folder(yaml, schools))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if other, ok := seen[d.Digest]; ok {
			t.Errorf("%s has the digest of %s", name, other)
		}
		seen[d.Digest] = name
	}
	load("the drive", smallDrive, smallSchools)
	for _, change := range [][2]string{
		{"id: test-12", "id: test-13"}, {"Đợt thử", "Đợt khác"}, {"version: 1", "version: 2"}, {"17:00", "16:00"},
		{"vi: Đợt 1", "vi: Đợt I"}, {"[enrolment, profile]", "[enrolment]"}, {"06-15", "06-16"}, {"tt58-26", "tt22"},
		{"programmes: [thpt2006]", "programmes: [thpt2006], advisory: true"}, {"warning", "error"},
		{"approval_required: false", "approval_required: true"}, {"verify", "lookup"}, {"Asia/Ho_Chi_Minh", "Asia/Bangkok"},
	} {
		load(strings.Join(change[:], " → "), strings.Replace(smallDrive, change[0], change[1], 1), smallSchools)
	}
	load("expected", smallDrive, strings.Replace(smallSchools, "40", "41", 1))
	load("school", smallDrive, strings.Replace(smallSchools, "THPT A", "THPT B", 1))
}

func mustWrite(tb testing.TB, path, text string) {
	tb.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		tb.Fatal(err)
	}
}

func mustCopy(tb testing.TB, from, to string) {
	tb.Helper()
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		tb.Fatal(err)
	}
}
