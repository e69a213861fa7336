package linkage

import (
	"context"
	"math/rand/v2"
	"sync"

	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/matching"
)

// FitOptions are those of a fit.
type FitOptions struct {
	Options
	Description string // of the data, for the weights' fitted_on
	Samples     int    // random pairs; 0 means twenty million, or as many as there are
}

// Fit makes weights from labelled pairs: how often pairs that are one person reach each level (m), how often random pairs do (u), the words of
// names, and the two thresholds. The weights of the options are the version before. The same data gives the same weights. It fails with Invalid
// when the truth has fewer than a hundred pairs that are in the files.
func Fit(ctx context.Context, profiles []Person, population Input, truth *Truth, o FitOptions) (*matching.Weights, error) {
	o.Options = o.filled()
	progress := o.Progress
	o.Progress = func(done float64) { progress(0.1 * done) }
	s, err := collect(ctx, population, truth, o)
	if err != nil {
		return nil, err
	}
	if o.Samples <= 0 {
		o.Samples = min(20_000_000, max(1, len(profiles))*s.count)
	}
	same := &tally{}
	for i := range profiles {
		if person, ok := s.people[truth.Person(profiles[i].Key)]; ok {
			claim := matching.Prepare(profiles[i].Particulars)
			same.add(matching.Compare(&claim, person))
		}
	}
	if same.pairs < leastPairs {
		return nil, fault.New(fault.Invalid, "linkage.fit", "Không đủ 100 cặp đúng có trong cả hai tệp.", "Fewer than 100 pairs of the truth are in both files.")
	}
	other := s.random(profiles, truth, o)
	w := &matching.Weights{Version: o.Weights.Version + 1, FittedOn: o.Description, Fields: odds(same, other), Stray: o.Weights.Stray,
		Link: o.Weights.Link, Review: o.Weights.Review, Names: bounded(s.names)}
	if err := w.Prepare(); err != nil {
		return nil, err
	}
	o.Weights = w
	o.Progress = func(done float64) { progress(0.2 + 0.8*done) }
	r, err := Find(ctx, profiles, population, o.Options)
	if err != nil {
		return nil, err
	}
	w.Link, w.Review = thresholds(r, truth)
	return w, nil
}

const leastPairs = 100

// sample is what a fit keeps of a population.
type sample struct {
	count     int // people
	names     *matching.Frequencies
	people    map[string]*matching.Prepared // of the truth
	strangers []labelled
}

// labelled is somebody with the key of the person that it is.
type labelled struct {
	person string
	matching.Prepared
}

// sampled is how many people random pairs are made of, at most and about.
const sampled = 20_000

// collect reads the population once for its people of the truth, and again for a share of all.
func collect(ctx context.Context, population Input, truth *Truth, o FitOptions) (*sample, error) {
	names, count, err := survey(ctx, population, o.Options)
	if err != nil {
		return nil, err
	}
	wanted := map[string]bool{}
	for _, a := range truth.of {
		if a.person != "" {
			wanted[a.person] = true
		}
	}
	s := &sample{count: count, names: names, people: map[string]*matching.Prepared{}}
	every := uint64(max(1, count/sampled))
	d := newDecoder(population)
	err = eachRow(population, func(r row) error {
		chosen := mix(hash(1, r.cells[0]))%every == 0
		if !chosen && !wanted[r.cells[0]] {
			return nil
		}
		person := d.person(r.cells)
		p := matching.Prepare(person.Particulars)
		if chosen {
			s.strangers = append(s.strangers, labelled{person.Key, p})
		}
		if wanted[person.Key] {
			s.people[person.Key] = &p
		}
		return nil
	})
	return s, err
}

// random compares random pairs of two persons.
func (s *sample) random(profiles []Person, truth *Truth, o FitOptions) *tally {
	claims := make([]labelled, 0, 2*sampled)
	every := max(1, len(profiles)/sampled)
	for i := 0; i < len(profiles); i += every {
		claims = append(claims, labelled{truth.Person(profiles[i].Key), matching.Prepare(profiles[i].Particulars)})
	}
	const parts = 16 // whatever the number of workers
	tallies := make([]tally, parts)
	var all sync.WaitGroup
	turns := make(chan struct{}, o.Workers)
	for part := range parts {
		all.Go(func() {
			turns <- struct{}{}
			defer func() { <-turns }()
			r := rand.New(rand.NewPCG(uint64(part), 1246))
			for range o.Samples / parts {
				a, b := &claims[r.IntN(len(claims))], &s.strangers[r.IntN(len(s.strangers))]
				if a.person != b.person {
					tallies[part].add(matching.Compare(&a.Prepared, &b.Prepared))
				}
			}
		})
	}
	all.Wait()
	sum := &tallies[0]
	for i := range tallies[1:] {
		sum.merge(&tallies[i+1])
	}
	return sum
}
