package workbook

import (
	"bytes"
	"fmt"
	"io"
	"runtime"
	"testing"
	"time"

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

// BenchmarkRead20000 reads a file of 20,000 pupils and reports the most heap that is in use meanwhile, the file itself
// and the drive included.
func BenchmarkRead20000(b *testing.B) {
	g := newGenerator(1)
	data := func() []byte {
		pupils := make([]Pupil, 20000)
		for i := range pupils {
			pupils[i] = g.pupil(fmt.Sprintf("12A%d", i/45))
		}
		return mustProfiles(b, g.d, pupils)
	}()
	runtime.GC() // what the writing left behind is not the reader's
	peak := peakHeap(func() { benchmarkRead(b, data, g, 20000) })
	b.ReportMetric(float64(peak)/(1<<20), "peak-MiB")
}

// peakHeap returns the most bytes of heap seen while work runs, sampled every few milliseconds.
func peakHeap(work func()) uint64 {
	stop, done := make(chan struct{}), make(chan uint64)
	go func() {
		ticker := time.NewTicker(5 * time.Millisecond)
		defer ticker.Stop()
		var peak uint64
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			peak = max(peak, m.HeapAlloc)
			select {
			case <-stop:
				done <- peak
				return
			case <-ticker.C:
			}
		}
	}()
	work()
	close(stop)
	return <-done
}

func BenchmarkAnnotate5000(b *testing.B) {
	g := newGenerator(1)
	pupils := make([]Pupil, 5000)
	for i := range pupils {
		pupils[i] = g.pupil(fmt.Sprintf("12A%d", i/45))
	}
	data := mustProfiles(b, g.d, pupils)
	marks := make([]Mark, 500)
	for i := range marks {
		marks[i] = Mark{cellName(ProfilesSheet, i%15, 2+10*i), []string{"error", "warning", "info"}[i%3], "Ngày sinh không khớp với lớp."}
	}
	b.ReportAllocs()
	for b.Loop() {
		if err := Annotate(bytes.NewReader(data), io.Discard, marks); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(marks))*float64(b.N)/b.Elapsed().Seconds(), "marks/s")
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
