package main

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"slices"

	"github.com/rasoat/rasoat/services/drive"
)

// The measures of the synthetic directory. The number of candidates per province is the catalogue's; the
// rest is of the right order of magnitude for 2023 and nothing more.
const (
	candidatesPerSchool = 340  // of a THPT school: gives some 3,000 schools
	pupilsPerCandidate  = 0.96 // the others are free candidates (thí sinh tự do)
	continuingShare     = 0.115
	candidatesPerCentre = 185 // of a GDTX centre: gives some 650 centres
	smallest            = 12  // pupils of a school at least
)

// directory makes the synthetic schools of a nation: in each province so many as its candidates need, in
// its districts by the number of their communes. It is the same to the byte at every run. No school in it is
// a real one.
func directory(c *drive.Catalogue) []drive.School {
	var schools []drive.School
	for _, p := range c.Provinces() {
		candidates := c.Candidates(p.Code)
		pupils := int(float64(candidates)*pupilsPerCandidate + 0.5)
		continuing := int(float64(pupils)*continuingShare + 0.5)

		upper := append(place(c, p, drive.THPT, ceil(candidates, candidatesPerSchool)-1), drive.School{
			Province: p.Code, Code: p.Code + "000701", Kind: drive.Specialised, Name: "THPT chuyên số 1 " + p.Full(),
		})
		share(upper, pupils-continuing)
		centres := place(c, p, drive.GDTX, ceil(int(float64(candidates)*continuingShare), candidatesPerCentre))
		share(centres, continuing)
		schools = append(schools, append(upper, centres...)...)
	}
	slices.SortFunc(schools, func(a, b drive.School) int { return cmp.Compare(a.Code, b.Code) })
	return schools
}

// place distributes n schools of a kind over the districts of a province in proportion to their communes. A code is
// eight digits: province, district, serial number from 701 for a THPT school and from 501 for a centre.
func place(c *drive.Catalogue, p drive.Unit, kind string, n int) []drive.School {
	districts := slices.DeleteFunc(slices.Clone(c.DistrictsOf(p.Code)), func(d drive.Unit) bool {
		return !c.DistrictHasCommunes(d.Code)
	})
	weights := make([]int, len(districts))
	for i, d := range districts {
		weights[i] = len(c.CommunesOf(d.Code))
	}
	name, serial := "THPT số %d %s", 700
	if kind == drive.GDTX {
		name, serial = "Trung tâm GDTX số %d %s", 500
	}
	var schools []drive.School
	for i, m := range apportion(n, weights) {
		for k := range m {
			schools = append(schools, drive.School{
				Province: p.Code, Code: fmt.Sprintf("%s%s%03d", p.Code, districts[i].Code, serial+k+1),
				Kind: kind, Name: fmt.Sprintf(name, k+1, districts[i].Full()),
			})
		}
	}
	return schools
}

// share gives the pupils to the schools, from about half the average to one and a half.
func share(schools []drive.School, pupils int) {
	weights := make([]int, len(schools))
	for i, s := range schools {
		h := fnv.New32a()
		_, _ = h.Write([]byte(s.Code))
		weights[i] = 500 + int(h.Sum32()%1001)
	}
	for i, n := range apportion(pupils-smallest*len(schools), weights) {
		schools[i].Expected = smallest + n
	}
}

// apportion divides n in proportion to the weights by the largest remainders; the parts add up to n.
func apportion(n int, weights []int) []int {
	total := 0
	for _, w := range weights {
		total += w
	}
	parts, order, left := make([]int, len(weights)), make([]int, len(weights)), n
	for i, w := range weights {
		parts[i], order[i] = n*w/total, i
		left -= parts[i]
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(n*weights[b]%total, n*weights[a]%total) })
	for _, i := range order[:left] {
		parts[i]++
	}
	return parts
}

func ceil(n, by int) int { return (n + by - 1) / by }
