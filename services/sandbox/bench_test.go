package sandbox

import (
	"io"
	"testing"

	"github.com/rasoat/rasoat/services/student"
)

func BenchmarkReported(b *testing.B) {
	n := New(Config{Seed: 1, Pupils: 1_000_000})
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		i = (i + 7919) % n.Pupils()
		n.Reported(i)
	}
}

func BenchmarkReportedInOrder(b *testing.B) {
	n := New(Config{Seed: 1, Pupils: 1_000_000})
	b.ReportAllocs()
	for b.Loop() {
		for range n.reports(0, 1000) {
		}
	}
	b.ReportMetric(float64(b.N*1000)/b.Elapsed().Seconds(), "pupils/s")
}

func BenchmarkPersonByNumber(b *testing.B) {
	n := New(Config{Seed: 1, Pupils: 1_000_000})
	numbers := make([]student.IDNumber, 1000)
	for i := range numbers {
		p, _ := n.Person(i * 997)
		numbers[i] = p.Number
	}
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		i++
		n.PersonByNumber(numbers[i%len(numbers)])
	}
}

func BenchmarkNDJSON(b *testing.B) {
	n := New(Config{Seed: 1, Pupils: 1_000_000})
	b.ReportAllocs()
	for b.Loop() {
		if err := WriteNDJSON(io.Discard, n.Submissions(0)); err != nil {
			b.Fatal(err)
		}
	}
	s := n.Schools()[0]
	b.ReportMetric(float64(b.N*(s.End-s.First))/b.Elapsed().Seconds(), "pupils/s")
}

func BenchmarkReportedProfile(b *testing.B) {
	n := New(Config{Seed: 1, Pupils: 1_000_000})
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		i = (i + 7919) % n.Pupils()
		n.ReportedProfile(i)
	}
}
