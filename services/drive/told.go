package drive

import (
	"cmp"
	"slices"
	"time"

	"github.com/rasoat/rasoat/services/student"
)

// Told is what a service tells of the drive that it runs.
type Told struct {
	ID, Name    string
	Windows     []Window // none to keep those of the drive
	Corrections time.Time
	Schools     []School
}

// As returns the drive with what a service tells of the one that it runs: its id, its windows, and its directory of
// schools alone. Rules and catalogues stay, so that those of the two have to be the same.
func (d *Drive) As(t Told) *Drive {
	out := *d
	out.ID, out.Name = t.ID, t.Name
	out.Schools = slices.SortedFunc(slices.Values(t.Schools), func(a, b School) int { return cmp.Compare(a.Code, b.Code) })
	out.byCode = make(map[string]int, len(out.Schools))
	for i, s := range out.Schools {
		out.byCode[s.Code] = i
	}
	if len(t.Windows) > 0 {
		out.Windows, out.Corrections, out.byPart = t.Windows, t.Corrections, map[student.Part]int{}
		for i, w := range t.Windows {
			for _, p := range w.Parts {
				out.byPart[p] = i
			}
		}
	}
	out.Digest = out.digest()
	return &out
}
