package workbook

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
)

// heap watches how much of the heap is in use, beyond what was when it was made.
type heap struct{ base, peak, live uint64 }

func newHeap() *heap {
	runtime.GC()
	runtime.GC() // what pools held back
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return &heap{base: m.HeapAlloc}
}

func (h *heap) look() {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	h.peak = max(h.peak, m.HeapAlloc-min(h.base, m.HeapAlloc))
}

func (h *heap) lookLive() {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	h.live = max(h.live, m.HeapAlloc-min(h.base, m.HeapAlloc))
}

// A file of 20,000 rows is read in the memory of a few: what is kept of each row is which pupil it was.
func TestMemoryOfALongFile(t *testing.T) {
	const rows = 20000
	g := newGenerator(9)
	pupils := make([]Pupil, rows)
	for i := range pupils {
		pupils[i] = g.pupil(fmt.Sprintf("12A%d", i/45))
	}
	streamed := mustProfiles(t, g.d, pupils)
	for _, tt := range []struct {
		name             string
		data             []byte
		peakMiB, liveMiB uint64
	}{
		{"texts in the cells", streamed, 40, 15},
		{"texts in a list of their own", sharedTexts(t, streamed), 150, 60}, // as Excel writes them
	} {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "long.xlsx")
			if err := os.WriteFile(path, tt.data, 0o600); err != nil {
				t.Fatal(err)
			}
			tt.data = nil
			h := newHeap()
			start := time.Now()
			b, err := Open(path, g.d, Options{TempDir: t.TempDir()})
			if err != nil {
				t.Fatal(err)
			}
			h.look()
			n := 0
			for row, err := range b.Rows() {
				if err != nil {
					t.Fatal(err)
				}
				if row.Pupil {
					n++
				}
				if n%100 == 0 {
					h.look()
				}
				if n%5000 == 0 {
					h.lookLive()
				}
			}
			took := time.Since(start)
			if err := b.Close(); err != nil {
				t.Error(err)
			}
			t.Logf("%d rows/s, at most %d MiB with garbage, %d MiB in use", int(rows/took.Seconds()), h.peak>>20, h.live>>20)
			if n != rows {
				t.Errorf("read %d rows, want %d", n, rows)
			}
			if h.peak>>20 > tt.peakMiB || h.live>>20 > tt.liveMiB {
				t.Errorf("the heap grew to %d MiB with garbage, %d MiB in use; want at most %d and %d", h.peak>>20, h.live>>20, tt.peakMiB, tt.liveMiB)
			}
		})
	}
}

// sharedTexts writes a workbook again with its texts in a list of their own.
func sharedTexts(t *testing.T, data []byte) []byte {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	rows, err := f.GetRows(ProfilesSheet)
	if err != nil {
		t.Fatal(err)
	}
	for i, row := range rows {
		cells := make([]any, len(row))
		for c, text := range row {
			cells[c] = text
		}
		cell, err := excelize.CoordinatesToCellName(1, i+1)
		if err != nil {
			t.Fatal(err)
		}
		if err := f.SetSheetRow(ProfilesSheet, cell, &cells); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
