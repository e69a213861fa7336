package intake

import (
	"slices"
	"time"

	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/student"
)

// Windows is until when the parts of one school may come, as it was decided.
type Windows struct {
	Drive      *drive.Drive
	Province   string
	Extensions []Extension // in order of decision; those of other provinces say nothing
	Unlocks    []Unlock    // of the school
}

// Extension moves the close of a window. Of a scope and window the last decision holds.
type Extension struct {
	Scope  string // "" the nation, "01" a province
	Window string
	Closes time.Time // a part stored at this instant is late
}

// Place is what a deadline depends on: a part of a pupil in a class of the school.
type Place struct {
	Class string // "12A1", as the record says
	Pupil student.Ref
	Part  student.Part
}

// By is what gives a record its deadline.
type By string

// What gives a deadline.
const (
	ByDrive       By = "drive"
	ByExtension   By = "extension"
	ByUnlock      By = "unlock"
	ByCorrections By = "corrections"
)

// Until is a deadline.
type Until struct {
	NotAfter time.Time    // a part stored at this instant is late; zero for a part of no window, which never is
	By       By           // what gave it; "" for a part of no window
	Unlock   string       // the id of the unlock, if it was one
	Window   drive.Window // of the part
}

// Late reports whether what arrives then is too late.
func (u Until) Late(arrived time.Time) bool {
	return !u.NotAfter.IsZero() && !arrived.Before(u.NotAfter)
}

// Until returns the latest instant that the drive, an extension or an unlock allows a record.
func (w Windows) Until(at Place) Until {
	window, ok := w.Drive.Window(at.Part)
	if !ok {
		return Until{}
	}
	out := Until{NotAfter: window.Closes, By: ByDrive, Window: window}
	if closes := w.Closes(window); closes.After(out.NotAfter) {
		out.NotAfter, out.By = closes, ByExtension
	}
	for _, u := range w.Unlocks {
		if ends, ok := u.ends(); ok && u.covers(at) && ends.After(out.NotAfter) {
			out.NotAfter, out.By, out.Unlock = ends, ByUnlock, u.ID
		}
	}
	return out
}

// Closes returns the close of a window in the province, extensions counted: never before the drive's.
func (w Windows) Closes(window drive.Window) time.Time {
	latest := window.Closes
	for _, scope := range []string{"", w.Province} {
		for _, e := range slices.Backward(w.Extensions) {
			if e.Scope == scope && e.Window == window.ID {
				if e.Closes.After(latest) {
					latest = e.Closes
				}
				break
			}
		}
	}
	return latest
}

// Corrections returns the deadline of a part that came in time and has an open finding: the drive's date, where that is later.
func (w Windows) Corrections(u Until) Until {
	if !u.NotAfter.IsZero() && w.Drive.Corrections.After(u.NotAfter) {
		u.NotAfter, u.By, u.Unlock = w.Drive.Corrections, ByCorrections, ""
	}
	return u
}
