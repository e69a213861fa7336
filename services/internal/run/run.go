// Package run is what every main has in common: signals, settings and the exit code, so that a main
// reads as a script.
//
// Settings says where the settings of a program that runs for long come from; a command that is typed takes the default of a flag
// from the environment with EnvOr.
package run

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/rasoat/rasoat/services/internal/fault"
)

// The exit codes.
const (
	exitFailed      = 1 // anything else
	exitInvalid     = 2 // wrong usage or configuration: mend it, then start again
	exitUnavailable = 3 // the surroundings are ill: starting again may help
)

// Main runs f and leaves the process when it fails, with one line on standard error. SIGINT and SIGTERM
// end the context; a second signal kills. Asking for help, and ending because of a signal, is no failure.
func Main(f func(ctx context.Context) error) {
	if code := guarded(context.Background(), f, os.Stderr); code != 0 {
		os.Exit(code)
	}
}

func guarded(parent context.Context, f func(ctx context.Context) error, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(parent, os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // from here on a signal has its own, deadly meaning again

	err := f(ctx)
	if err == nil || errors.Is(err, flag.ErrHelp) || (ctx.Err() != nil && errors.Is(err, context.Canceled)) {
		return 0
	}
	_, _ = fmt.Fprintf(stderr, "%s: %s\n", filepath.Base(os.Args[0]), line(err))
	switch fault.KindOf(err) {
	case fault.Invalid:
		return exitInvalid
	case fault.Unavailable:
		return exitUnavailable
	}
	return exitFailed
}

// line renders an error, with each complaint about a field, on one line.
func line(err error) string {
	parts := []string{err.Error()}
	var e *fault.Error
	if errors.As(err, &e) {
		for _, f := range e.Fields {
			parts = append(parts, strings.TrimSpace(f.Path+": "+f.Text.En+" "+f.Remedy.En))
		}
	}
	return strings.Join(strings.Fields(strings.Join(parts, "; ")), " ")
}

// EnvOr gives the environment variable, or fallback when it is unset or empty.
func EnvOr(name, fallback string) string {
	if v := os.Getenv(name); v != "" {
		return v
	}
	return fallback
}
