package drive

import (
	"io/fs"
	"testing"
)

// BenchmarkLoad reads a whole drive, its catalogue included, as a program does once when it starts.
func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		builtins.Lock()
		builtins.read = nil
		builtins.Unlock()
		if _, err := Load(dispatchFS()); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCatalogue(b *testing.B) {
	sub, err := fs.Sub(builtin, "catalogues/2023-04")
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		var p problems
		readCatalogue(sub, "2023-04", &p)
	}
}

func BenchmarkCommune(b *testing.B) {
	c := Default().Catalogue
	b.ReportAllocs()
	for b.Loop() {
		if _, ok := c.Commune("00001"); !ok {
			b.Fatal("not found")
		}
	}
}

func BenchmarkUnitByName(b *testing.B) {
	c := Default().Catalogue
	b.ReportAllocs()
	for b.Loop() {
		if _, ok := c.UnitByName(LevelCommune, "001", "Phường Phúc Xá"); !ok {
			b.Fatal("not found")
		}
	}
}

func TestLookupsByCodeDoNotAllocate(t *testing.T) {
	d := Default()
	c := d.Catalogue
	if n := testing.AllocsPerRun(100, func() {
		c.Province("01")
		c.District("001")
		c.Commune("00001")
		c.CommunesOf("001")
		c.Ethnicity("01")
		c.Country("VN")
		c.Subject("TOAN")
		d.School("01000701")
		d.Window("profile")
		d.Regulation(10, "2020-2021", "thpt2006")
		d.SchoolYearOf(10)
	}); n != 0 {
		t.Errorf("lookups by code made %v allocations, want none", n)
	}
}
