package reporting

import (
	"slices"

	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/student"
)

// Word is what the province said of a pupil for one window. It holds while the content that it saw stands.
type Word int

// The words.
const (
	NoWord   Word = iota // nothing, or a return whose reason was answered by other content
	Approved             // as the pupil stands
	Lapsed               // other content was approved: what stands published is left to stand meanwhile
	Returned             // given back, and not changed since
)

// word returns what the province's words come to in one window. A later window includes what an earlier one requires: an approval
// covers the earlier windows as well, and what is returned in an earlier one is returned in the later ones.
func (f Facts) word(d *drive.Drive, window string) Word {
	at := slices.IndexFunc(d.Windows, func(w drive.Window) bool { return w.ID == window })
	if at < 0 {
		return NoWord
	}
	for _, w := range d.Windows[:at+1] {
		if f.Words[w.ID] == Returned {
			return Returned
		}
	}
	for _, said := range []Word{Approved, Lapsed} {
		for _, w := range d.Windows[at:] {
			if f.Words[w.ID] == said {
				return said
			}
		}
	}
	return NoWord
}

// Returned reports whether a pupil who awaits approval in a window was given back and has not changed since.
func (f Facts) Returned(d *drive.Drive, window string) bool {
	return f.word(d, window) == Returned && StatusOf(d, f, window) == AwaitingApproval
}

// Ready reports whether a province may approve a pupil in a window: nothing is open, and the pupil was not given back.
func (f Facts) Ready(d *drive.Drive, window string) bool {
	return f.word(d, window) != Returned && StatusOf(d, f, window) == AwaitingApproval
}

// Correctable returns the parts that are there and have something open, in the order of student.Parts: a school may go on correcting
// these after their window has closed, until the drive's date for corrections.
func Correctable(f Facts) []student.Part {
	open := map[student.Part]bool{}
	for _, p := range f.ReturnedParts {
		open[p] = true
	}
	enrolled := f.Open()
	for _, e := range enrolled {
		if e.open() || len(enrolled) > 1 {
			open[student.Enrolment] = true
		}
	}
	for part, p := range f.Parts {
		if p.open() {
			open[part] = true
		}
	}
	for _, pair := range Pairs {
		if f.Pairs[pair.Name].open() { // either of them may be the wrong one
			open[pair.First], open[pair.Second] = true, true
		}
	}
	if f.Shared || f.Identity == IdentityDiffers || f.Identity == IdentityUnsettled {
		open[student.ProfilePart] = true
	}
	var out []student.Part
	for _, part := range student.Parts {
		there := f.Parts[part].Present
		if part == student.Enrolment {
			there = len(enrolled) > 0
		}
		if open[part] && there {
			out = append(out, part)
		}
	}
	return out
}

// open reports whether something was found on the newest content that is neither mended nor explained.
func (j Judgement) open() bool { return j.Current && j.Errors+j.Warnings > 0 }
