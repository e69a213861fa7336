package drive

import (
	"strings"
	"unicode"

	"github.com/rasoat/rasoat/services/student"
)

// unitName is a unit by its folded name under its parent; a province has no parent.
type unitName struct {
	level  int
	parent string
	key    string
}

// ambiguous marks a name that two entries share.
const ambiguous = -1

// UnitByName returns the unit of a level (LevelProvince …) that a person wrote under a parent's code: with
// or without its type, with the usual abbreviations of the type, in any case, Unicode form, spacing and
// placement of tone marks. The parent of a province is "". A name that two units of one parent share
// ("Cao Lãnh" is a city and a district of Đồng Tháp) needs its type.
func (c *Catalogue) UnitByName(level int, parent, name string) (Unit, bool) {
	if level < LevelProvince || level > LevelCommune {
		return Unit{}, false
	}
	if level == LevelProvince {
		parent = ""
	}
	i, ok := c.unitNames[unitName{level, parent, nameKey(name)}]
	if !ok {
		long, expanded := expand(level, name)
		if !expanded {
			return Unit{}, false
		}
		i, ok = c.unitNames[unitName{level, parent, nameKey(long)}]
	}
	if !ok || i == ambiguous {
		return Unit{}, false
	}
	return c.units[level-1][i], true
}

// addUnitNames puts the names of the units of a level into the index: first the full ones, which are
// unique, then the bare ones, which may not be. It gives the first unit whose full name is taken.
func (c *Catalogue) addUnitNames(level int, aliases map[string][]string) (Unit, bool) {
	for i, u := range c.units[level-1] {
		k := unitName{level, u.Parent, nameKey(u.Full())}
		if _, taken := c.unitNames[k]; taken {
			return u, false
		}
		c.unitNames[k] = i
	}
	full := len(c.units[level-1])
	bare := make(map[unitName]int, full)
	for i, u := range c.units[level-1] {
		addName(bare, unitName{level, u.Parent, nameKey(u.Name)}, i)
		for _, alias := range aliases[u.Code] {
			addName(bare, unitName{level, u.Parent, nameKey(alias)}, i)
			addName(bare, unitName{level, u.Parent, nameKey(typeNames[u.Type] + " " + alias)}, i)
		}
	}
	for k, i := range bare {
		if _, taken := c.unitNames[k]; !taken {
			c.unitNames[k] = i
		}
	}
	return Unit{}, true
}

// addName puts a name into an index; the name of two entries becomes ambiguous.
func addName[K comparable](index map[K]int, k K, i int) {
	if old, taken := index[k]; taken && old != i {
		i = ambiguous
	}
	index[k] = i
}

// abbreviations of the types of a level, longest first.
var abbreviations = [levels][]struct{ short, long string }{
	{{"t.p", "thành phố"}, {"tp", "thành phố"}, {"t", "tỉnh"}},
	{{"t.p", "thành phố"}, {"tp", "thành phố"}, {"t.x", "thị xã"}, {"tx", "thị xã"}, {"q", "quận"}, {"h", "huyện"}},
	{{"t.t", "thị trấn"}, {"tt", "thị trấn"}, {"p", "phường"}, {"x", "xã"}},
}

// expand writes out the type at the start of a name: "TP. Hồ Chí Minh", "Q.1", "P 12", "TT Yên Viên".
func expand(level int, name string) (string, bool) {
	s := strings.ToLower(student.Clean(name))
	for _, a := range abbreviations[level-1] {
		rest, ok := strings.CutPrefix(s, a.short)
		if !ok || rest == "" || rest[0] != '.' && rest[0] != ' ' && (rest[0] < '0' || rest[0] > '9') {
			continue
		}
		return a.long + " " + strings.TrimLeft(rest, ". "), true
	}
	return "", false
}

// guard ends a name while it is folded: student.FoldName drops the digits and dots that trail a person's
// name, but those of "Quận 12" are the name.
const guard = "|"

// nameKey folds a name of a catalogue for comparison: beside what student.FoldName takes away, only
// letters and digits count, and a number has no leading zeros ("Phường 01" is "Phường 1").
func nameKey(s string) string {
	s = student.FoldName(s + guard)
	var b strings.Builder
	b.Grow(len(s))
	inNumber := false
	for i, r := range s {
		switch {
		case unicode.IsDigit(r):
			if r == '0' && !inNumber && i+1 < len(s) && s[i+1] >= '0' && s[i+1] <= '9' {
				continue
			}
			inNumber = true
		case unicode.IsLetter(r) || unicode.IsMark(r):
			inNumber = false
		default:
			inNumber = false
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// list is a table of the catalogue that is looked up by code and by name.
type list[T any] struct {
	all    []T
	byCode map[string]int
	byName map[string]int
}

func (l *list[T]) get(code string) (T, bool) {
	i, ok := l.byCode[code]
	if !ok {
		var none T
		return none, false
	}
	return l.all[i], true
}

func (l *list[T]) named(s string) (T, bool) {
	i, ok := l.byName[nameKey(s)]
	if !ok || i == ambiguous {
		var none T
		return none, false
	}
	return l.all[i], true
}

// add appends an entry under its code and names and reports whether the code was free and every name its own.
func (l *list[T]) add(entry T, code string, names ...string) bool {
	if l.byCode == nil {
		l.byCode, l.byName = map[string]int{}, map[string]int{}
	}
	_, taken := l.byCode[code]
	i := len(l.all)
	l.all = append(l.all, entry)
	l.byCode[code] = i
	for _, name := range names {
		k := nameKey(name)
		addName(l.byName, k, i)
		taken = taken || l.byName[k] == ambiguous
	}
	return !taken
}

// subjectName is a folded header within a programme; programme "" is any.
type subjectName struct {
	programme student.Programme
	key       string
}

// SubjectByName returns the subject of a workbook's header in a programme: "GDTC" is Thể dục under the
// programme of 2006 and Giáo dục thể chất under that of 2018. A header that the programme does not know
// falls back to the one subject of another programme that has it, so that the caller can say which subject
// does not belong; with programme "" only such headers are found.
func (c *Catalogue) SubjectByName(header string, programme student.Programme) (Subject, bool) {
	k := nameKey(header)
	i, ok := c.subjectNames[subjectName{programme, k}]
	if !ok {
		i, ok = c.subjectNames[subjectName{"", k}]
	}
	if !ok || i == ambiguous {
		return Subject{}, false
	}
	return c.subjects.all[i], true
}
