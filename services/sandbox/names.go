package sandbox

import (
	"strings"

	"github.com/rasoat/rasoat/services/student"
)

// fullName makes the full name of pupil i.
func (n *Nation) fullName(i int, b birth) student.Name {
	if b.foreign {
		return n.foreignName(i, b)
	}
	apart := ""
	switch n.relation(i) {
	case namesake:
		i--
	case twin:
		_, given := n.nameOf(i-1, n.drawBirth(i-1).gender, "")
		apart = student.Unaccent(given)
	}
	name, _ := n.nameOf(i, b.gender, apart)
	return student.Name(name)
}

// nameOf makes the name of pupil i, who is nobody's namesake, and tells the given word in it: one that is another than
// apart, which has no marks.
func (n *Nation) nameOf(i int, gender student.Gender, apart string) (name, given string) {
	p, kin := n.schools[n.classOf(i).school].place, n.kin(i)
	m := namer{nation: n, place: p, sex: sexIndex(gender), family: n.dice(streamFamily, kin), own: n.dice(streamName, i), apart: apart}
	m.strays = kin != i && m.own.in(15, 100)
	g := n.names.groups[n.ethnicity(i, p)]
	if g == nil {
		return m.vietnamese(n.naming(p).surnames), m.given
	}
	patterns := g.patterns[m.sex]
	return m.fill(patterns[m.family.below(len(patterns))], g), m.given
}

func (n *Nation) naming(p *place) *naming {
	if p.people.north {
		return &n.names.north
	}
	return &n.names.south
}

// namer makes one name. What a family has in common is drawn by one dice for all of it.
type namer struct {
	nation      *Nation
	place       *place
	sex         int
	family, own dice
	strays      bool   // the middle words are not the family's
	apart       string // the given word is another than this one
	given       string // the last given word that was drawn
}

// pickGiven draws a given word.
func (m *namer) pickGiven(draw func() string) string {
	for {
		if m.given = draw(); m.apart == "" || student.Unaccent(m.given) != m.apart {
			return m.given
		}
	}
}

// vietnamese makes a name of surname (họ), one or two middle words (chữ đệm) and a given word (tên); a few have no
// middle word.
func (m *namer) vietnamese(surnames *weighted) string {
	middles, givens := &m.nation.names.middles[m.sex], &m.nation.names.givens[m.sex]
	surname := surnames.pick(&m.family)
	given := m.pickGiven(func() string { return givens.pick(&m.own) })
	d := &m.family
	if m.strays {
		d = &m.own
	}
	if d.in(6, 1000) {
		return surname + " " + given
	}
	middle := otherThan(d, middles, given, surname)
	if d.in(m.nation.naming(m.place).fourth[m.sex], 100) {
		second := otherThan(d, givens, given, middle)
		return surname + " " + middle + " " + second + " " + given
	}
	return surname + " " + middle + " " + given
}

// otherThan draws a word that is neither a nor b.
func otherThan(d *dice, w *weighted, a, b string) string {
	for {
		if word := w.pick(d); word != a && word != b {
			return word
		}
	}
}

// fill fills the pattern of an ethnic group: {clan}, {given}, and {viet} for the words after a Vietnamese
// surname.
func (m *namer) fill(pattern string, g *group) string {
	var b strings.Builder
	b.Grow(32)
	for {
		before, rest, ok := strings.Cut(pattern, "{")
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		field, after, _ := strings.Cut(rest, "}")
		switch field {
		case "clan":
			b.WriteString(g.clans.pick(&m.family))
		case "given":
			givens := g.givens[m.sex]
			b.WriteString(m.pickGiven(func() string { return givens[m.own.below(len(givens))] }))
		case "viet":
			_, words, _ := strings.Cut(m.vietnamese(noSurname), " ")
			b.WriteString(words)
		}
		pattern = after
	}
}

var noSurname = &weighted{words: []string{""}, upTo: []int{1}}

// foreigners are the countries that foreign pupils come from, with names as a passport writes them.
var foreigners = [...]struct {
	country string
	family  []string
	given   [2][]string
}{
	{"KR", []string{"Kim", "Lee", "Park", "Choi", "Jung"}, [2][]string{{"Min Jun", "Ji Hoon", "Seo Jun", "Do Yun"}, {"Seo Yeon", "Ji Woo", "Min Seo", "Ha Eun"}}},
	{"LA", []string{"Phommachanh", "Sisouphanh", "Keovongsa", "Vongphachanh"}, [2][]string{{"Somphone", "Bounmy", "Khamla"}, {"Souksavanh", "Malaythong", "Chanthala"}}},
	{"CN", []string{"Wang", "Li", "Zhang", "Chen"}, [2][]string{{"Haoran", "Zihan", "Yuxuan"}, {"Xinyi", "Ziqi", "Yutong"}}},
	{"KH", []string{"Sok", "Chea", "Keo", "Chhim"}, [2][]string{{"Dara", "Rithy", "Visal"}, {"Sophea", "Bopha", "Sreymom"}}},
	{"US", []string{"Nguyen", "Tran", "Miller", "Davis"}, [2][]string{{"Kevin", "Andrew", "Ethan"}, {"Emily", "Hannah", "Grace"}}},
	{"TW", []string{"Lin", "Huang", "Tsai"}, [2][]string{{"Chia Hao", "Po Han"}, {"Yi Chun", "Ya Ting"}}},
}

func (n *Nation) foreignName(i int, b birth) student.Name {
	d := n.dice(streamName, i)
	f := foreigners[n.country(i)]
	givens := f.given[sexIndex(b.gender)]
	return student.Name(f.family[d.below(len(f.family))] + " " + givens[d.below(len(givens))])
}

// country returns the index of a foreign pupil's country.
func (n *Nation) country(i int) int {
	d := n.dice(streamHome, i)
	return d.below(len(foreigners))
}
