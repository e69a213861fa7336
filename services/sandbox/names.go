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
	p := n.schools[n.classOf(i).school].place
	ethnicity := n.ethnicity(i, p)
	d := n.dice(streamName, i)
	g := n.names.groups[ethnicity]
	if g == nil {
		return student.Name(n.vietnamese(&d, p, b.gender, n.naming(p).surnames))
	}
	patterns := g.patterns[sexIndex(b.gender)]
	return student.Name(n.fill(&d, patterns[d.below(len(patterns))], g, p, b.gender))
}

func (n *Nation) naming(p *place) *naming {
	if p.people.north {
		return &n.names.north
	}
	return &n.names.south
}

// vietnamese makes a name of surname (họ), one or two middle words (chữ đệm) and a given word (tên); a few have no
// middle word.
func (n *Nation) vietnamese(d *dice, p *place, g student.Gender, surnames *weighted) string {
	sex := sexIndex(g)
	middles, givens := &n.names.middles[sex], &n.names.givens[sex]
	surname := surnames.pick(d)
	given := givens.pick(d)
	if d.in(6, 1000) {
		return surname + " " + given
	}
	middle := otherThan(d, middles, given, surname)
	if d.in(n.naming(p).fourth[sex], 100) {
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
func (n *Nation) fill(d *dice, pattern string, g *group, p *place, gender student.Gender) string {
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
			b.WriteString(g.clans.pick(d))
		case "given":
			givens := g.givens[sexIndex(gender)]
			b.WriteString(givens[d.below(len(givens))])
		case "viet":
			_, words, _ := strings.Cut(n.vietnamese(d, p, gender, noSurname), " ")
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

// country gives the index of a foreign pupil's country.
func (n *Nation) country(i int) int {
	d := n.dice(streamHome, i)
	return d.below(len(foreigners))
}
