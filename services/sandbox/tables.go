package sandbox

import (
	"embed"
	"encoding/csv"
	"fmt"
	"sort"
	"strconv"
	"strings"
	"sync"
)

// tables holds the names and the shares of ethnic groups; tables/README.md says from what.
//
//go:embed tables/*.csv
var tables embed.FS

// weighted is a list of words, each as likely as its weight.
type weighted struct {
	words []string
	upTo  []int // running sum of the weights
}

func (w *weighted) add(word string, weight int) {
	w.words = append(w.words, word)
	w.upTo = append(w.upTo, w.total()+weight)
}

func (w *weighted) total() int {
	if len(w.upTo) == 0 {
		return 0
	}
	return w.upTo[len(w.upTo)-1]
}

// pick draws a word.
func (w *weighted) pick(d *dice) string {
	roll := d.below(w.total())
	return w.words[sort.Search(len(w.upTo), func(i int) bool { return roll < w.upTo[i] })]
}

// naming is how the names of a part of the country are formed.
type naming struct {
	surnames *weighted
	fourth   [2]int // how many of 100 men and women have two middle words
}

// group is how the names of an ethnic group are formed.
type group struct {
	patterns [2][]string // for men and women
	clans    weighted
	givens   [2][]string
}

// people is the shares of ethnic groups in a province, in thousandths; the rest are Kinh.
type people struct {
	north  bool
	groups weighted // codes of 1979, with "01" filling up to 1000
}

// nameTables is everything that names are made of.
type nameTables struct {
	north, south naming
	middles      [2]weighted // for men and women
	givens       [2]weighted
	groups       map[string]*group
	provinces    map[string]*people
}

var loadTables = sync.OnceValue(func() *nameTables {
	t := &nameTables{groups: map[string]*group{}, provinces: map[string]*people{}}
	t.north = naming{surnames: &weighted{}, fourth: [2]int{12, 42}}
	t.south = naming{surnames: &weighted{}, fourth: [2]int{26, 62}}
	lists := map[string]*weighted{
		"surname_north": t.north.surnames, "surname_south": t.south.surnames,
		"middle_male": &t.middles[men], "middle_female": &t.middles[women],
		"given_male": &t.givens[men], "given_female": &t.givens[women],
	}
	for _, row := range readTable("names.csv") {
		lists[row[0]].add(row[1], mustInt(row[2]))
	}
	for _, row := range readTable("groups.csv") {
		g := &group{patterns: [2][]string{strings.Split(row[1], "|"), strings.Split(row[2], "|")}}
		g.clans = shares(row[3], true)
		g.givens = [2][]string{strings.Fields(row[4]), strings.Fields(row[5])}
		t.groups[row[0]] = g
	}
	for _, row := range readTable("provinces.csv") {
		p := &people{north: row[1] == "north", groups: shares(row[2], false)}
		p.groups.add(kinh, 1000-p.groups.total())
		t.provinces[row[0]] = p
	}
	return t
})

// readTable returns the rows of an embedded table without its header. The tables are part of the program: one that
// cannot be read is a defect of the build.
func readTable(name string) [][]string {
	f, err := tables.Open("tables/" + name)
	if err != nil {
		panic(fmt.Sprintf("sandbox: %v", err))
	}
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		panic(fmt.Sprintf("sandbox: %s: %v", name, err))
	}
	return rows[1:]
}

// shares reads "Niê:24 Mlô:10"; with words, "Buôn Krông:3" is one entry.
func shares(s string, spaced bool) weighted {
	var w weighted
	word := ""
	for _, f := range strings.Fields(s) {
		name, weight, ok := strings.Cut(f, ":")
		if word += name; ok {
			w.add(word, mustInt(weight))
			word = ""
		} else if spaced {
			word += " "
		}
	}
	return w
}

func mustInt(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		panic("sandbox: a weight is not a number: " + s)
	}
	return n
}
