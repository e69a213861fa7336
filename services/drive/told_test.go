package drive

import (
	"testing"
	"time"

	"github.com/rasoat/rasoat/services/student"
)

// A drive as services tell it has their id, windows and schools, and none of its own; the original stays as it is.
func TestAs(t *testing.T) {
	own := Default()
	digest := own.Digest
	closes := time.Date(2030, 4, 1, 10, 0, 0, 0, time.UTC)
	got := own.As(Told{ID: "other-12", Name: "Đợt khác", Corrections: closes, Windows: []Window{{ID: "w", Closes: closes, Parts: []student.Part{student.ProfilePart}}},
		Schools: []School{{Province: "01", Code: "b"}, {Province: "01", Code: "a", Name: "Trường A"}}})
	if s, ok := got.School("a"); !ok || s.Name != "Trường A" || len(got.Schools) != 2 || got.Schools[0].Code != "a" {
		t.Errorf("schools: got %+v", got.Schools)
	}
	if _, ok := got.School(own.Schools[0].Code); ok {
		t.Error("it has a school of its own directory")
	}
	if w, ok := got.Window(student.ProfilePart); !ok || w.ID != "w" || len(got.Required("w")) != 1 || !got.NotAfter(student.ProfilePart).Equal(closes) {
		t.Errorf("windows: got %+v", got.Windows)
	}
	if got.ID != "other-12" || got.Digest == digest || got.Catalogue != own.Catalogue || own.Digest != digest || len(own.Schools) == 0 {
		t.Errorf("got %s, %s", got.ID, got.Digest)
	}
	bare := own.As(Told{ID: own.ID, Name: own.Name})
	if len(bare.Windows) != len(own.Windows) || len(bare.Schools) != 0 {
		t.Errorf("with nothing told: %d windows, %d schools", len(bare.Windows), len(bare.Schools))
	}
	dir := t.TempDir()
	if err := bare.WriteDir(dir); err != nil {
		t.Fatal(err)
	}
	if back, err := LoadDir(dir); err != nil || back.Digest != bare.Digest {
		t.Errorf("written and read again: %v", err)
	}
}
