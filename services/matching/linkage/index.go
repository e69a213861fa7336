package linkage

import (
	"cmp"
	"slices"
)

// most is how many profiles may share a key. Where more do, the key is taken with a finer one; where more share both, the block is cut.
const most = 300

// index leads from blocking keys to profiles.
type index struct {
	profiles []record
	slots    []slot // open addressing
	members  []uint32
	cut      int64 // memberships of blocks that were cut
}

// slot is a block: its members stand together.
type slot struct {
	key         uint64
	from, count uint32 // count 0 is an empty slot
}

// tooMany marks a key that goes with a finer one.
const tooMany = ^uint32(0)

type membership struct {
	key     uint64
	profile uint32
}

func newIndex(people []Person) *index {
	x := &index{profiles: make([]record, len(people))}
	var all []membership
	var buf []uint64
	for i, p := range people {
		x.profiles[i] = prepare(p.Particulars)
		buf = x.profiles[i].keys(buf[:0], true)
		for _, k := range buf {
			all = append(all, membership{k, uint32(i)})
		}
	}
	var blocks []slot
	var large []membership
	blocks, large = x.group(all, blocks)
	finer := make([]membership, len(large))
	for i, m := range large {
		finer[i] = membership{x.profiles[m.profile].finer(m.key), m.profile}
	}
	blocks, large = x.group(finer, blocks)
	x.cut = int64(len(large))
	size := 16
	for size < 2*len(blocks) {
		size *= 2
	}
	x.slots = make([]slot, size)
	for _, b := range blocks {
		at := b.key & uint64(size-1)
		for x.slots[at].count != 0 {
			at = (at + 1) & uint64(size-1)
		}
		x.slots[at] = b
	}
	return x
}

// group makes blocks of the memberships, and gives back those whose key too many share.
func (x *index) group(all []membership, blocks []slot) ([]slot, []membership) {
	slices.SortFunc(all, func(a, b membership) int { return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.profile, b.profile)) })
	var large []membership
	for from := 0; from < len(all); {
		to := from + 1
		for to < len(all) && all[to].key == all[from].key {
			to++
		}
		b := slot{key: all[from].key, from: uint32(len(x.members)), count: uint32(to - from)}
		if to-from > most {
			b.count = tooMany
			large = append(large, all[from:to]...)
		} else {
			for _, m := range all[from:to] {
				x.members = append(x.members, m.profile)
			}
		}
		blocks = append(blocks, b)
		from = to
	}
	return blocks, large
}

// block returns the profiles that share a key with a person.
func (x *index) block(key uint64, r *record) []uint32 {
	b := x.find(key)
	if b.count == tooMany {
		if b = x.find(r.finer(key)); b.count == tooMany {
			return nil
		}
	}
	return x.members[b.from : b.from+b.count]
}

func (x *index) find(key uint64) slot {
	size := uint64(len(x.slots))
	for at := key & (size - 1); ; at = (at + 1) & (size - 1) {
		if s := x.slots[at]; s.count == 0 || s.key == key {
			return s
		}
	}
}
