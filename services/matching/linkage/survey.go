package linkage

import (
	"context"
	"math"
	"slices"

	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/matching"
	"github.com/rasoat/rasoat/services/student"
)

// survey counts the people and the words of their names, and finds a key that two people share.
func survey(ctx context.Context, population Input, o Options) (*matching.Frequencies, int, error) {
	names := make([]*matching.Frequencies, o.Workers)
	for i := range names {
		names[i] = matching.NewFrequencies()
	}
	keys := make([][]uint64, o.Workers)
	err := stream(ctx, population, o, 0, 0.3, func(w int, b batch) {
		for _, r := range b.rows {
			names[w].Add(nameOf(r))
			keys[w] = append(keys[w], mix(hash(0, r.cells[0])))
		}
	})
	if err != nil {
		return nil, 0, err
	}
	for _, more := range names[1:] {
		merge(names[0], more)
	}
	all := slices.Concat(keys...)
	slices.Sort(all)
	if len(all) > math.MaxUint32-1 {
		return nil, 0, fault.New(fault.Invalid, op, "Tệp có quá nhiều dòng.", "The file has too many lines.")
	}
	shared := map[uint64]bool{}
	for i := 1; i < len(all); i++ {
		if all[i] == all[i-1] {
			shared[all[i]] = true
		}
	}
	if len(shared) == 0 {
		return names[0], len(all), nil
	}
	first := map[string]bool{}
	err = eachRow(population, func(r row) error {
		if !shared[mix(hash(0, r.cells[0]))] {
			return nil
		}
		if first[r.cells[0]] {
			return twice(r.line)
		}
		first[r.cells[0]] = true
		return nil
	})
	return names[0], len(all), err
}

func nameOf(r row) student.Name { return student.Name(r.cells[2]) }

// merge adds one table of frequencies to another.
func merge(into, more *matching.Frequencies) {
	into.Names += more.Names
	into.Middles += more.Middles
	for _, pair := range [...][2]map[string]int{{into.Surnames, more.Surnames}, {into.Middle, more.Middle}, {into.Givens, more.Givens}} {
		for word, n := range pair[1] {
			pair[0][word] += n
		}
	}
}
