package linkage

import (
	"strings"

	"github.com/rasoat/rasoat/services/matching"
)

// blocking is a kind of blocking key: two records that share a key of one kind are compared.
type blocking uint64

// The kinds. Every single fault, and every usual pair of faults, leaves one of them whole.
const (
	byNumber       blocking = iota + 1 // the whole number, lost zeros restored
	byTail                             // its last six digits
	byHead                             // its first nine
	byNameYear                         // the words of the name in any order, by sound, and the year of birth
	byNameDay                          // the same and day and month in either order
	byNameProvince                     // the same and the province
	byNameAlone                        // the same; only for a profile that lacks the date or the residence
	byDateGiven                        // the date, day and month in either order, and the given name
	byDateSurname                      // the date, the surname and the first letter of the given name
	byDateProvince                     // the date, the surname and the province
	byDateDistrict                     // the date and the district
	byEndsDistrict                     // surname, given name, year and district
	byEndsCommune                      // surname, given name and commune
	byEndsMonth                        // surname, given name, year and month; only for a profile that lacks the residence
)

// record is a profile or a person with what its keys are made of.
type record struct {
	matching.Prepared
	words          uint64 // of the name, in any order, by sound; 0 for none
	surname, given uint64
	initial        uint64
}

func prepare(p matching.Particulars) record {
	r := record{Prepared: matching.Prepare(p)}
	sound := r.Sound()
	for rest := sound; rest != ""; {
		word, after, _ := strings.Cut(rest, " ")
		h := hash(0, word)
		if r.surname == 0 {
			r.surname = h
		}
		r.words += mix(h) // in any order
		r.given = h
		r.initial = uint64(word[0])
		rest = after
	}
	return r
}

// keys appends the keys of a record to buf. A profile has the looser ones only where it lacks what the stricter are made of; a person has
// them all.
func (r *record) keys(buf []uint64, profile bool) []uint64 {
	add := func(kind blocking, parts ...uint64) {
		h := mix(uint64(kind))
		for _, p := range parts {
			h = mix(h ^ p)
		}
		buf = append(buf, h)
	}
	number := r.Number.Reveal()
	if plainDigits(number) && len(number) >= 9 && len(number) <= 12 {
		add(byTail, hash(0, number[len(number)-6:]))
		full := zeros[:12-len(number)] + number
		add(byNumber, hash(0, full))
		add(byHead, hash(0, full[:9]))
	} else if number != "" {
		add(byNumber, hash(0, number))
	}
	d := r.BirthDate
	year, low, high := uint64(d.Year), uint64(min(d.Day, d.Month)), uint64(max(d.Day, d.Month))
	dated, named := d.Month > 0, r.words != 0
	placed := r.Residence[0] != ""
	var province, district, commune uint64
	if placed {
		province = hash(0, r.Residence[0])
		if r.Residence[1] != "" {
			district = hash(province, r.Residence[1])
		}
		if commune = district; r.Residence[2] != "" && district != 0 {
			commune = hash(district, r.Residence[2])
		}
	}
	ends := mix(r.surname) ^ r.given
	if named {
		if year != 0 {
			add(byNameYear, r.words, year)
		}
		if dated {
			add(byNameDay, r.words, low, high)
			add(byDateGiven, r.given, year, low, high)
			add(byDateSurname, r.surname, r.initial, year, uint64(d.Month), uint64(d.Day))
		}
		if placed {
			add(byNameProvince, r.words, province)
		}
		if !profile || !placed || year == 0 {
			add(byNameAlone, r.words)
		}
		if district != 0 && year != 0 {
			add(byEndsDistrict, ends, year, district)
		}
		if commune != 0 {
			add(byEndsCommune, ends, commune)
		}
		if dated && placed {
			add(byDateProvince, r.surname, year, uint64(d.Month), uint64(d.Day), province)
		}
		if dated && (!profile || !placed) {
			add(byEndsMonth, ends, year, uint64(d.Month))
		}
	}
	if dated && district != 0 {
		add(byDateDistrict, year, uint64(d.Month), uint64(d.Day), district)
	}
	return buf
}

// finer is what a key that too many profiles share needs with it.
func (r *record) finer(key uint64) uint64 {
	h := hash(mix(key), r.Residence[0])
	h = mix(h ^ uint64(r.BirthDate.Year))
	return hash(h, string(r.Gender))
}

const zeros = "000000000000"

// hash is FNV-1a over a string, from a seed on.
func hash(seed uint64, s string) uint64 {
	h := seed ^ 14695981039346656037
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return h
}

// mix is the finaliser of SplitMix64: neighbours become strangers.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
