package workbook

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"

	"github.com/rasoat/rasoat/services/drive"
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

// longFile is a workbook of so many pupils as Excel writes it: the texts in a list of their own.
func longFile(t *testing.T, rows int) []byte {
	t.Helper()
	var texts, sheet strings.Builder
	listed := map[string]int{}
	cell := func(text string) {
		i, ok := listed[text]
		if !ok {
			i = len(listed)
			listed[text] = i
			texts.WriteString("<si><t>" + escape(text) + "</t></si>")
		}
		fmt.Fprintf(&sheet, `<c t="s"><v>%d</v></c>`, i)
	}
	row := func(cells ...string) {
		sheet.WriteString("<row>")
		for _, text := range cells {
			cell(text)
		}
		sheet.WriteString("</row>")
	}
	const head = `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>`
	row(templateColumns...)
	for i := range rows {
		row(strconv.Itoa(i+1), "12A"+strconv.Itoa(i/45), fmt.Sprintf("%010d", i), "Nguyễn Văn "+strconv.Itoa(i), fmt.Sprintf("%02d/%02d/2005", i%28+1, i%12+1), "Nam", "Kinh",
			"Việt Nam", "Tỉnh Hòa Bình", "Thành phố Hòa Bình", "Phường Tân Hòa", "", "", "", "", fmt.Sprintf("017205%06d", i), "")
	}
	data := mustReplace(t, mustBook(t, map[string][][]any{"DANH MUC": {{"x"}}}), "xl/worksheets/sheet1.xml", func(string) string {
		return head + sheet.String() + "</sheetData></worksheet>"
	})
	return mustReplace(t, data, "xl/sharedStrings.xml", func(string) string {
		return `<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">` + texts.String() + "</sst>"
	})
}

// A file of 6,000 rows is read in the memory of its list of texts: what is kept of each row is which pupil it was.
func TestMemoryOfALongFile(t *testing.T) {
	const (
		rows    = 6000
		peakMiB = 50 // with garbage
		liveMiB = 20
	)
	defer debug.SetGCPercent(debug.SetGCPercent(100)) // garbage is counted as users have it
	d := drive.Default()
	path := filepath.Join(t.TempDir(), "long.xlsx")
	if err := os.WriteFile(path, longFile(t, rows), 0o600); err != nil {
		t.Fatal(err)
	}
	h := newHeap()
	b, err := Open(path, d, Options{TempDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	h.look()
	n, records := 0, 0
	for row, err := range b.Rows() {
		if err != nil {
			t.Fatal(err)
		}
		n++
		records += len(row.Records)
		if n%200 == 0 {
			h.look()
		}
		if n%2000 == 0 {
			h.lookLive()
		}
	}
	if err := b.Close(); err != nil {
		t.Error(err)
	}
	t.Logf("at most %d MiB with garbage, %d MiB in use", h.peak>>20, h.live>>20)
	if n != rows || records != 2*rows {
		t.Errorf("read %d rows and %d records, want %d and %d", n, records, rows, 2*rows)
	}
	if h.peak>>20 > peakMiB || h.live>>20 > liveMiB {
		t.Errorf("the heap grew to %d MiB with garbage, %d MiB in use; want at most %d and %d", h.peak>>20, h.live>>20, peakMiB, liveMiB)
	}
}
