package sandbox

import (
	"fmt"
	"slices"
	"sort"

	"github.com/rasoat/rasoat/services/drive"
)

const (
	schoolSize      = 340 // pupils of grade 12
	minClass        = 39
	maxClass        = 47
	meanClass       = 43
	smallestSchools = 200 // pupils of a province from which all 63 provinces have schools
)

// school is a contiguous range of pupils and of classes.
type school struct {
	drive.School
	place        *place // province where it stands
	district     int    // index into the place's districts
	first, end   int    // pupils
	class0, end0 int    // classes
}

// class is a contiguous range of pupils of one school.
type class struct {
	name       string
	school     int
	first, end int
	subject    string // of a specialised class; ""
	language   string // foreign language: "N1"; "" where none is taught
}

// layOut divides pupils into schools and classes, in order of province: in proportion to the candidates of each
// province, or, where that leaves a province with less than a school, in a sample of provinces.
func (n *Nation) layOut() {
	weights := make([]int, len(n.places))
	for i, p := range n.places {
		weights[i] = p.weight
	}
	pupils := apportion(n.pupils, weights)
	schools := make([]int, len(pupils))
	if slices.Min(pupils) >= smallestSchools {
		for i, k := range pupils {
			schools[i] = max(1, (k+schoolSize/2)/schoolSize)
		}
	} else {
		count := min(max(3, (n.pupils+schoolSize/2)/schoolSize), max(1, n.pupils/minClass))
		schools = sample(count, weights, newDice(n.seed, streamLayout, 0))
		pupils = apportion(n.pupils, schools)
	}
	first := 0
	for i, p := range n.places {
		d := newDice(n.seed, streamLayout, i+1)
		sizes := make([]int, schools[i])
		for j := range sizes {
			sizes[j] = d.between(80, 120)
		}
		for j, size := range apportion(pupils[i], sizes) {
			n.addSchool(p, j, schools[i], first, size)
			first += size
		}
	}
}

// addSchool adds school j of count of a province, and its classes.
func (n *Nation) addSchool(p *place, j, count, first, size int) {
	ordinal := len(n.schools)
	s := school{place: p, district: j % len(p.districts), first: first, end: first + size, class0: len(n.classes)}
	district := p.districts[s.district]
	serial := j/len(p.districts) + 1
	s.School = drive.School{Province: p.code, Expected: size}
	switch {
	case j == 0 && (count >= 5 || ordinal == 0):
		s.Kind, s.Name = drive.Specialised, "Trường THPT Chuyên "+p.name
		s.Code = fmt.Sprintf("%s000%03d", p.code, 700+serial)
	case ordinal%9 == 2:
		s.Kind, s.Name = drive.GDTX, "Trung tâm GDNN - GDTX "+district.name
		if serial > 1 {
			s.Name = fmt.Sprintf("%s số %d", s.Name, serial)
		}
		s.Code = fmt.Sprintf("%s%s%03d", p.code, district.code, 500+serial)
	default:
		s.Kind, s.Name = drive.THPT, fmt.Sprintf("Trường THPT %s số %d", district.name, serial)
		s.Code = fmt.Sprintf("%s%s%03d", p.code, district.code, 700+serial)
	}
	n.addClasses(&s, ordinal)
	n.schools = append(n.schools, s)
}

// specialised are the classes of a specialised school, in order.
var specialised = [...]struct{ name, subject string }{
	{"TOAN", "TOAN"}, {"LY", "VATLI"}, {"HOA", "HOAHOC"}, {"SINH", "SINHHOC"}, {"TIN", "TINHOC"},
	{"VAN", "NGUVAN"}, {"SU", "LICHSU"}, {"DIA", "DIALI"}, {"ANH", "NGOAINGU"},
}

func (n *Nation) addClasses(s *school, ordinal int) {
	d := newDice(n.seed, streamSchool, ordinal)
	first := s.first
	for j, size := range classSizes(s.end-s.first, &d) {
		c := class{school: ordinal, first: first, end: first + size}
		switch s.Kind {
		case drive.Specialised:
			kind, round := specialised[j%len(specialised)], j/len(specialised)
			c.name, c.subject = "12"+kind.name, kind.subject
			if round > 0 {
				c.name = fmt.Sprintf("%s%d", c.name, round+1)
			}
		case drive.GDTX:
			c.name = fmt.Sprintf("12B%d", j+1)
		default:
			c.name = fmt.Sprintf("12A%d", j+1)
		}
		if s.Kind != drive.GDTX {
			c.language = "N1"
			if c.subject != "NGOAINGU" && d.in(12, 1000) {
				c.language = languages.pick(&d)
			}
		}
		n.classes = append(n.classes, c)
		first += size
	}
	s.end0 = len(n.classes)
}

// languages are the foreign languages other than English, as often as candidates of 2023 took them.
var languages = func() *weighted {
	w := &weighted{}
	for _, l := range []struct {
		code   string
		weight int
	}{{"N4", 294}, {"N3", 72}, {"N6", 66}, {"N7", 41}, {"N2", 9}, {"N5", 9}} {
		w.add(l.code, l.weight)
	}
	return w
}()

// classSizes divides a school into classes of minClass to maxClass pupils, where its size allows.
func classSizes(pupils int, d *dice) []int {
	if pupils <= 0 {
		return nil
	}
	count := max(1, (pupils+meanClass/2)/meanClass)
	if count*maxClass < pupils {
		count++
	}
	if count > 1 && count*minClass > pupils {
		count--
	}
	sizes := make([]int, count)
	for i := range sizes {
		sizes[i] = pupils*(i+1)/count - pupils*i/count
	}
	for range 2 * count {
		from, to := d.below(count), d.below(count)
		if sizes[from] > minClass && sizes[to] < maxClass {
			sizes[from]--
			sizes[to]++
		}
	}
	return sizes
}

// apportion divides total in proportion to the weights by largest remainders.
func apportion(total int, weights []int) []int {
	sum := 0
	for _, w := range weights {
		sum += w
	}
	out := make([]int, len(weights))
	if sum == 0 {
		return out
	}
	left := total
	order := make([]int, len(weights))
	for i, w := range weights {
		out[i] = total * w / sum
		left -= out[i]
		order[i] = i
	}
	sort.SliceStable(order, func(a, b int) bool {
		return total*weights[order[a]]%sum > total*weights[order[b]]%sum
	})
	for _, i := range order[:left] {
		out[i]++
	}
	return out
}

// sample gives each place how many of count points of a comb with a random offset fall into its weight.
func sample(count int, weights []int, d dice) []int {
	sum := 0
	for _, w := range weights {
		sum += w
	}
	offset := d.below(sum)
	out := make([]int, len(weights))
	at, next := 0, 0
	for i, w := range weights {
		at += w * count
		for ; next < count && next*sum+offset < at; next++ {
			out[i]++
		}
	}
	return out
}
