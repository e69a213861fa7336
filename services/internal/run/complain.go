package run

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"syscall"

	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/output"
)

// Say returns a sentence in a language, "vi", "en" or "both"; a sentence that has one language only is returned in it.
func Say(language string, t fault.Text) string {
	switch {
	case language == "vi" && t.Vi != "", t.En == "":
		return t.Vi
	case language == "en", t.Vi == "", t.Vi == t.En:
		return t.En
	}
	return strings.TrimSuffix(t.Vi, ".") + " / " + t.En
}

// Complain writes an error as every program of rasoat does: "<program>: <Vietnamese> / <English>", then a line for each
// field, each with what to do next. It names no operation of ours.
func Complain(w io.Writer, program, language string, err error) {
	e := fault.Worded(err)
	say := func(format string, args ...any) { _, _ = fmt.Fprintf(w, format, args...) }
	say("%s: %s\n", program, Say(language, e.Text))
	for _, f := range e.Fields {
		// A fault of one field may have said all of it in its own sentence.
		if !strings.HasSuffix(e.Text.En, f.Text.En) {
			say("  %s\n", strings.TrimSpace(f.Path+"  "+Say(language, f.Text)))
		}
		if f.Remedy != (fault.Text{}) {
			say("    → %s\n", Say(language, f.Remedy))
		}
	}
}

// Code returns the exit code of an error.
func Code(err error) int {
	if err == nil {
		return ExitFine
	}
	// A full disk is not a service that is away: waiting does not help.
	if errors.Is(err, output.ErrLost) || errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return ExitOutput
	}
	switch fault.Worded(err).Kind {
	case fault.Invalid, fault.NotFound:
		return ExitInvalid
	case fault.Unavailable:
		return ExitUnavailable
	case fault.Conflict:
		return ExitConflict
	}
	return ExitFailed
}
