package main

import (
	"runtime"
	"strings"
	"testing"
)

// TestWrongClock makes sure that the clock of this Go is the one that can be replaced.
func TestWrongClock(t *testing.T) {
	_, text, err := rightClock(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	wrong, ok := withWrongClock(text)
	if !ok || strings.Count(wrong, "clockWrongBy") != 2 {
		t.Errorf("func Now of %s is not the one that is known", runtime.Version())
	}
	if _, ok := withWrongClock("package time\n"); ok {
		t.Error("another text is taken for a clock")
	}
}
