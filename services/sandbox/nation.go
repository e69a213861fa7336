package sandbox

import (
	"slices"
	"sort"
	"sync/atomic"

	"github.com/rasoat/rasoat/services/drive"
)

const (
	// MaxPupils is the size of the largest nation: there are no more pupil codes.
	MaxPupils = 100_000_000
	// DefaultFaults is the share of pupils with a fault, in thousandths, when a Config does not say.
	DefaultFaults = 30
	tails         = 1_000_000 // of the last six digits of an ID number
)

// Config describes a nation. The same Config gives the same nation, to the byte.
type Config struct {
	Seed   uint64
	Pupils int // at most MaxPupils
	// Faults is the share of pupils about whom the school reports something wrong, in thousandths: 0 means
	// DefaultFaults, a negative number none.
	Faults int
	// Shifted is the share of classes, in thousandths, whose column of ID numbers moved down by one row; 0 means none. A
	// class of fewer than 10 pupils, or with a foreign national, or with two pupils of one name and birth date, has none.
	Shifted int
	// Drive gives the catalogue and the school years; nil means drive.Default. Its directory is not looked at:
	// a nation has schools of its own.
	Drive *drive.Drive
}

// Nation is a synthetic nation. It is read-only after New and safe for concurrent use.
type Nation struct {
	seed    uint64
	pupils  int
	faults  int
	shifted int
	years   [3]string // school years of grades 10, 11 and 12
	date    string    // of the catalogue that residences are of
	names   *nameTables
	places  []*place
	births  weighted // provinces by how many are born there
	schools []school
	classes []class
	numbers permutation // pupil to tail of the ID number
	formers permutation // pupil to tail of an ID number before that
	codes   permutation // pupil to pupil code
	last    atomic.Pointer[planned]
}

// place is a province with what its people need.
type place struct {
	index, weight int
	code, name    string
	prefix        string // of ID numbers
	people        *people
	districts     []district // those where schools may stand
	islands       []district // those without communes where people live
}

// district is a district with the codes of its communes.
type district struct {
	code, name string
	communes   []string
}

// New makes a nation. It panics when Pupils is beyond MaxPupils.
func New(c Config) *Nation {
	if c.Pupils > MaxPupils {
		panic("sandbox: more pupils than pupil codes")
	}
	if c.Drive == nil {
		c.Drive = drive.Default()
	}
	if c.Faults == 0 {
		c.Faults = DefaultFaults
	}
	n := &Nation{seed: c.Seed, pupils: max(0, c.Pupils), faults: max(0, c.Faults), shifted: c.Shifted, names: loadTables()}
	for i := range n.years {
		n.years[i] = c.Drive.SchoolYearOf(10 + i)
	}
	n.numbers = permutation{seed: scramble(c.Seed + 1), side: 1000}
	n.formers = permutation{seed: scramble(c.Seed + 3), side: 1000}
	n.codes = permutation{seed: scramble(c.Seed + 2), side: 10_000}
	n.date = c.Drive.Catalogue.Date
	n.survey(c.Drive.Catalogue)
	if n.pupils > 0 {
		n.layOut()
	}
	return n
}

// uninhabited is the district of Hoàng Sa: nobody's residence.
const uninhabited = "498"

// survey reads the catalogue.
func (n *Nation) survey(c *drive.Catalogue) {
	for _, u := range c.Provinces() {
		p := &place{index: len(n.places), code: u.Code, name: u.Name, prefix: c.ProvinceIDPrefix(u.Code), weight: max(1, c.Candidates(u.Code))}
		if p.people = n.names.provinces[u.Code]; p.people == nil {
			p.people = &people{}
			p.people.groups.add(kinh, 1)
		}
		for _, v := range c.DistrictsOf(u.Code) {
			d := district{code: v.Code, name: v.Name}
			for _, w := range c.CommunesOf(v.Code) {
				d.communes = append(d.communes, w.Code)
			}
			switch {
			case len(d.communes) > 0:
				p.districts = append(p.districts, d)
			case v.Code != uninhabited:
				p.islands = append(p.islands, d)
			}
		}
		if len(p.districts) > 0 {
			n.births.add(u.Code, p.weight)
			n.places = append(n.places, p)
		}
	}
}

// placeOf gives the province of a code that the nation has.
func (n *Nation) placeOf(province string) *place {
	return n.places[slices.IndexFunc(n.places, func(p *place) bool { return p.code == province })]
}

// Pupils gives how many pupils there are: they are numbered from 0.
func (n *Nation) Pupils() int { return n.pupils }

// ClassRange is a class: its pupils are those from First up to End, End not included.
type ClassRange struct {
	Name       string
	First, End int
}

// SchoolRange is a school: its pupils are those from First up to End, End not included.
type SchoolRange struct {
	drive.School
	First, End int
}

// Schools gives every school in order of its pupils.
func (n *Nation) Schools() []SchoolRange {
	out := make([]SchoolRange, len(n.schools))
	for i, s := range n.schools {
		out[i] = SchoolRange{School: s.School, First: s.first, End: s.end}
	}
	return out
}

// Classes gives the classes of school i of Schools.
func (n *Nation) Classes(i int) []ClassRange {
	s := n.schools[i]
	out := make([]ClassRange, 0, s.end0-s.class0)
	for _, c := range n.classes[s.class0:s.end0] {
		out = append(out, ClassRange{Name: c.name, First: c.first, End: c.end})
	}
	return out
}

// Directory gives the schools as a drive's directory has them, with how many pupils each declares.
func (n *Nation) Directory() []drive.School {
	out := make([]drive.School, len(n.schools))
	for i, s := range n.schools {
		out[i] = s.School
	}
	return out
}

// classOf gives the class of a pupil.
func (n *Nation) classOf(i int) *class {
	return &n.classes[sort.Search(len(n.classes), func(c int) bool { return i < n.classes[c].end })]
}
