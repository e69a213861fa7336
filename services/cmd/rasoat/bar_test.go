package main

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/rasoat/rasoat/services/internal/screen"
	"github.com/rasoat/rasoat/services/portal"
)

// Whatever the app says while a bar is drawn begins its own row, and the bar is gone when it is finished.
func TestBarIsNotBrokenInto(t *testing.T) {
	var out bytes.Buffer
	a := &app{streams: streams{err: &out}, language: "en"}
	b := a.barOn("file", screen.On(&out, 80))
	b.step(0.5)
	b.report(portal.Progress{Down: errors.New("away")})
	a.errorf("%s\n", "another line")
	b.finish()
	b.finish()
	if a.err != &out {
		t.Error("the standard error is not given back")
	}
	got := out.String()
	if !strings.Contains(got, "file: 50 %") {
		t.Errorf("no bar in %q", got)
	}
	for _, line := range []string{"The service is away, trying again …\n", "another line\n"} {
		if !strings.Contains(got, "\r\x1b[K"+line) {
			t.Errorf("%q does not begin a row of its own in %q", line, got)
		}
	}
	if !strings.HasSuffix(got, "\r\x1b[K") {
		t.Errorf("the bar stays: %q", got)
	}
}
