package linkage

import "testing"

// BenchmarkFind links the unresolved pupils of a nation of 20,000 with its people.
func BenchmarkFind(b *testing.B) {
	f := nation(b, 31, 20_000, 0, nil)
	people, _, err := ReadPeople(f.profiles)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Find(b.Context(), people, f.population, Options{}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(f.people*b.N)/b.Elapsed().Seconds(), "people/s")
}
