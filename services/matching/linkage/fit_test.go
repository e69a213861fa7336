package linkage

import (
	"bytes"
	"testing"

	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/matching"
)

func TestFit(t *testing.T) {
	f := nation(t, 21, 4000, 0, nil)
	people, _, err := ReadPeople(f.profiles)
	if err != nil {
		t.Fatal(err)
	}
	truth, err := ReadTruth(f.truth)
	if err != nil {
		t.Fatal(err)
	}
	var first string
	for _, workers := range []int{1, 4} {
		w, err := Fit(t.Context(), people, f.population, truth, FitOptions{Options: Options{Workers: workers}, Description: "a nation", Samples: 200_000})
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if err := WriteWeights(&b, w); err != nil {
			t.Fatal(err)
		}
		if first == "" {
			first = b.String()
		}
		if b.String() != first {
			t.Errorf("%d workers: other weights", workers)
		}
		read, err := matching.ReadWeights(&b)
		if err != nil {
			t.Fatal(err)
		}
		if read.Version != matching.DefaultWeights().Version+1 || read.FittedOn != "a nation" || read.Names.Names != f.people || read.Link <= read.Review || len(read.Names.Surnames) == 0 {
			t.Errorf("got version %d, %q, %d names, link %v, review %v", read.Version, read.FittedOn, read.Names.Names, read.Link, read.Review)
		}
		r, truth := run(t, nation(t, 22, 4000, 0, nil), Options{Weights: read})
		if got := Evaluate(r, truth); got.Precision < 0.998 || got.Recall < 0.985 {
			t.Errorf("precision %.4f, recall %.4f", got.Precision, got.Recall)
		}
	}
	if _, err := Fit(t.Context(), people[:50], f.population, truth, FitOptions{Samples: 1000}); !fault.Is(err, fault.Invalid) {
		t.Errorf("too few pairs: got %v", err)
	}
}

// What ships is small, fitted and complete.
func TestShippedWeights(t *testing.T) {
	w := matching.DefaultWeights()
	if w.Version < 1 || w.Names.Names < 100_000 || w.Link < leastLink || w.Review > mostReview || w.Stray <= 0 {
		t.Errorf("version %d, %d names, link %v, review %v, stray %v", w.Version, w.Names.Names, w.Link, w.Review, w.Stray)
	}
	var b bytes.Buffer
	if err := WriteWeights(&b, w); err != nil || b.Len() > 100<<10 {
		t.Errorf("%d bytes, %v", b.Len(), err)
	}
}
