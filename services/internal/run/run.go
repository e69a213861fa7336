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
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
)

// The exit codes of every program.
const (
	ExitFine        = 0
	ExitFailed      = 1 // anything else
	ExitInvalid     = 2 // wrong usage, configuration or input: fix it, then run it again
	ExitUnavailable = 3 // something that is needed is away: running it again may help
	ExitConflict    = 4 // what is there already is something else
	ExitOutput      = 5 // what it had to write could not be written: the disk is full
)

// Main runs f and leaves the process when it fails, with what Complain writes on standard error. SIGINT and SIGTERM
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
	Complain(stderr, filepath.Base(os.Args[0]), EnvOr("RASOAT_LANG", "both"), err)
	return Code(err)
}

// EnvOr returns the environment variable, or fallback when it is unset or empty.
func EnvOr(name, fallback string) string {
	if v := os.Getenv(name); v != "" {
		return v
	}
	return fallback
}
