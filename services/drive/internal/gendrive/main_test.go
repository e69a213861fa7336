package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/rasoat/rasoat/services/drive"
)

const (
	embedded = "../../dispatch1246"
	copied   = "../../../../deploy/drives/2022-2023-12"
)

func TestCommittedFilesAreWhatIsGenerated(t *testing.T) {
	schools, err := schoolsFile()
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{embedded, copied} {
		if got := mustRead(t, dir, "schools.csv"); !bytes.Equal(got, schools) {
			t.Errorf("%s/schools.csv is not what gendrive writes: run go generate in services/drive", dir)
		}
	}
	if a, b := mustRead(t, embedded, "drive.yaml"), mustRead(t, copied, "drive.yaml"); !bytes.Equal(a, b) {
		t.Errorf("drive.yaml of %s and %s differ: run go generate in services/drive", embedded, copied)
	}
}

func TestDeployedDriveIsTheDefault(t *testing.T) {
	d, err := drive.LoadDir(copied)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := d.Digest, drive.Default().Digest; got != want {
		t.Errorf("digest of the deployed drive = %s, want %s", got, want)
	}
}

func TestDirectoryIsOfTheRightSize(t *testing.T) {
	kinds := map[string]int{}
	pupils := map[string]int{}
	for _, s := range drive.Default().Schools {
		kinds[s.Kind]++
		pupils[s.Province] += s.Expected
		if s.Expected < smallest {
			t.Errorf("school %s has %d pupils, want %d at least", s.Code, s.Expected, smallest)
		}
	}
	if n := kinds[drive.THPT] + kinds[drive.Specialised]; n < 2900 || n > 3100 {
		t.Errorf("%d THPT schools, want about 3,000", n)
	}
	if n := kinds[drive.GDTX]; n < 600 || n > 700 {
		t.Errorf("%d GDTX centres, want about 650", n)
	}
	if n := kinds[drive.Specialised]; n != 63 {
		t.Errorf("%d specialised schools, want one in each province", n)
	}
	c := drive.Default().Catalogue
	for _, p := range c.Provinces() {
		want := int(float64(c.Candidates(p.Code))*pupilsPerCandidate + 0.5)
		if pupils[p.Code] != want {
			t.Errorf("%s expects %d pupils, want %d", p.Full(), pupils[p.Code], want)
		}
	}
}

func TestApportionAddsUp(t *testing.T) {
	for _, n := range []int{0, 1, 7, 100, 999} {
		sum := 0
		for _, part := range apportion(n, []int{3, 1, 5, 1}) {
			sum += part
		}
		if sum != n {
			t.Errorf("the parts of %d add up to %d", n, sum)
		}
	}
}

func mustRead(tb testing.TB, dir, name string) []byte {
	tb.Helper()
	raw, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		tb.Fatal(err)
	}
	return raw
}
