package main

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// TestWrongClock makes sure that the clock of this Go is the one that can be replaced.
func TestWrongClock(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(runtime.GOROOT(), "src", "time", "time.go"))
	if err != nil {
		t.Fatal(err)
	}
	wrong, ok := withWrongClock(string(text))
	if !ok || strings.Count(wrong, "clockWrongBy") != 2 {
		t.Errorf("func Now of %s is not the one that is known", runtime.Version())
	}
	if _, ok := withWrongClock("package time\n"); ok {
		t.Error("another text is taken for a clock")
	}
}
