package linkage

import (
	"errors"
	"io"
	"strings"

	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/matching"
	"github.com/rasoat/rasoat/services/student"
)

// Person is one line of a file of profiles or of people.
type Person struct {
	Key string // opaque
	matching.Particulars
}

// Columns are those of a file of profiles or of people; all but the first may be absent.
var Columns = []string{"key", "id_number", "full_name", "date_of_birth", "gender", "residence"}

// Absent counts, by column, the cells that had something in them that could not be read. They are taken for empty.
type Absent struct {
	Number    int64 `json:"id_number"`
	BirthDate int64 `json:"date_of_birth"`
	Gender    int64 `json:"gender"`
	Residence int64 `json:"residence"`
}

// Add adds the counts of another file.
func (a *Absent) Add(b Absent) {
	a.Number += b.Number
	a.BirthDate += b.BirthDate
	a.Gender += b.Gender
	a.Residence += b.Residence
}

// Sum returns how many there are.
func (a Absent) Sum() int64 { return a.Number + a.BirthDate + a.Gender + a.Residence }

// ReadPeople reads a whole file. It fails with Invalid at a broken line and at a key that is missing or was there before.
func ReadPeople(in Input) ([]Person, Absent, error) {
	var out []Person
	d := newDecoder(in)
	seen := map[string]int{}
	err := eachRow(in, func(r row) error {
		p := d.person(r.cells)
		if _, ok := seen[p.Key]; ok {
			return twice(r.line)
		}
		seen[p.Key] = r.line
		out = append(out, p)
		return nil
	})
	return out, d.absent, err
}

func twice(line int) error {
	return bad(line, 1, "key", "khoá này đã có ở một dòng trên", "the key is that of a line above")
}

// eachRow reads the lines of a file of people one by one; each has a key.
func eachRow(in Input, f func(row) error) error {
	r, err := in.Open()
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }() // nothing was written
	t, err := newTable(r, 1, Columns...)
	if err != nil {
		return err
	}
	for {
		line, err := t.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if line.cells[0] = strings.TrimSpace(line.cells[0]); line.cells[0] == "" {
			return bad(line.line, t.at[0]+1, "key", "thiếu khoá", "the key is missing")
		}
		if err := f(line); err != nil {
			return err
		}
	}
}

// decoder reads the cells of lines, for one goroutine.
type decoder struct {
	catalogue *drive.Catalogue
	absent    Absent
	places    map[string]matching.Place // of residences in words
}

// knownPlaces is how many residences in words a decoder remembers: there are eleven thousand communes.
const knownPlaces = 50_000

func newDecoder(in Input) *decoder {
	return &decoder{catalogue: in.Catalogue, places: map[string]matching.Place{}}
}

func (d *decoder) person(cells []string) Person {
	p := Person{Key: cells[0]}
	p.FullName = student.Name(strings.TrimSpace(cells[2]))
	var ok bool
	if p.Number, ok = numberOf(cells[1]); !ok {
		d.absent.Number++
	}
	if p.BirthDate, ok = dateOf(cells[3]); !ok {
		d.absent.BirthDate++
	}
	if p.Gender, ok = genderOf(cells[4]); !ok {
		d.absent.Gender++
	}
	if p.Residence, ok = d.place(cells[5]); !ok {
		d.absent.Residence++
	}
	return p
}

// place reads a residence, and looks up the codes of one in words.
func (d *decoder) place(cell string) (matching.Place, bool) {
	if known, ok := d.places[cell]; ok {
		return known, true
	}
	p, ok := placeOf(cell)
	if d.catalogue == nil || !ok || !strings.HasPrefix(p[0], byName) {
		return p, ok
	}
	p = coded(d.catalogue, p, cell)
	if len(d.places) < knownPlaces {
		d.places[strings.Clone(cell)] = p
	}
	return p, true
}
