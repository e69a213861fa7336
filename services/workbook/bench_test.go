package workbook

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/rasoat/rasoat/services/student"
)

func BenchmarkReadProfiles(b *testing.B) {
	g := newGenerator(1)
	pupils := make([]Pupil, 5000)
	for i := range pupils {
		pupils[i] = g.pupil(fmt.Sprintf("12A%d", i/45))
	}
	benchmarkRead(b, mustProfiles(b, g.d, pupils), g, len(pupils))
}

func BenchmarkReadResults(b *testing.B) {
	g := newGenerator(1)
	var results []Result
	for i := range 45 * 4 * 10 {
		results = append(results, Result{Results: g.results(fmt.Sprintf("12A%d", i/180), student.Parts[2+i/45%4])})
	}
	benchmarkRead(b, mustResults(b, g.d, results), g, len(results))
}

func benchmarkRead(b *testing.B, data []byte, g *generator, rows int) {
	b.ReportAllocs()
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		book, err := New(bytes.NewReader(data), int64(len(data)), g.d, Options{})
		if err != nil {
			b.Fatal(err)
		}
		n := 0
		for row, err := range book.Rows() {
			if err != nil {
				b.Fatal(err)
			}
			if row.Pupil {
				n++
			}
		}
		if n != rows {
			b.Fatalf("read %d rows of %d", n, rows)
		}
		if err := book.Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkWriteProfiles(b *testing.B) {
	g := newGenerator(1)
	pupils := make([]Pupil, 5000)
	for i := range pupils {
		pupils[i] = g.pupil("12A1")
	}
	for b.Loop() {
		mustProfiles(b, g.d, pupils)
	}
	b.ReportMetric(float64(len(pupils))*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}
