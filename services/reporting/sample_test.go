package reporting

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
)

func TestDraw(t *testing.T) {
	var pupils []string
	for i := range 200 {
		pupils = append(pupils, "p"+strconv.Itoa(i))
	}
	want := Draw(7, 10, pupils)
	r := rand.New(rand.NewPCG(1, 2))
	for range 20 {
		r.Shuffle(len(pupils), func(i, j int) { pupils[i], pupils[j] = pupils[j], pupils[i] })
		if got := Draw(7, 10, pupils); !slices.Equal(got, want) {
			t.Fatalf("another order draws %v, want %v", got, want)
		}
	}
	if got := Draw(7, 20, pupils); !slices.Equal(got[:10], want) {
		t.Errorf("a larger sample does not include the smaller one: got %v", got)
	}
	if got := Draw(8, 10, pupils); slices.Equal(got, want) {
		t.Error("another seed draws the same")
	}
	if got := Draw(7, 300, pupils); len(got) != 200 {
		t.Errorf("got %d of 200", len(got))
	}
	if got := Draw(7, 10, nil); len(got) != 0 {
		t.Errorf("of nobody: got %v", got)
	}
	// Each pupil is as likely as another: over many seeds everybody is drawn about as often.
	often := map[string]int{}
	for seed := range uint64(2000) {
		for _, p := range Draw(seed, 10, pupils) {
			often[p]++
		}
	}
	for _, p := range pupils { // 100 expected, 9.7 the standard deviation
		if often[p] < 55 || often[p] > 150 {
			t.Errorf("%s was drawn %d times of 2000", p, often[p])
		}
	}
}

// TestWilson compares with values computed from the formula with 50 digits.
func TestWilson(t *testing.T) {
	tests := []struct {
		agreeing, compared int64
		from, to           int32
	}{
		{0, 0, 0, 1000},
		{0, 10, 0, 278},
		{10, 10, 722, 1000},
		{9, 10, 595, 983},
		{5, 10, 236, 764},
		{1, 1, 206, 1000},
		{0, 1, 0, 794},
		{197, 200, 956, 995},
		{200, 200, 981, 1000},
		{999_999, 1_000_000, 999, 1000},
	}
	for _, tt := range tests {
		if from, to := Wilson(tt.agreeing, tt.compared); from != tt.from || to != tt.to {
			t.Errorf("%d of %d: got %d to %d, want %d to %d", tt.agreeing, tt.compared, from, to, tt.from, tt.to)
		}
	}
}
