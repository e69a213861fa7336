package main

import (
	"os"
	"syscall"
	"testing"
	"time"
	_ "time/tzdata" // for a machine that has no zones
)

// zone is where every test of the package is: whatever prints a time in the machine's zone fails the test of its command.
const zone = "America/New_York"

// TestMain puts the tests into a process that has its zone from its start: packages read it before any test runs.
func TestMain(m *testing.M) {
	if os.Getenv("TZ") != zone {
		if err := os.Setenv("TZ", zone); err != nil {
			panic(err)
		}
		path, err := os.Executable()
		if err == nil {
			err = syscall.Exec(path, os.Args, os.Environ())
		}
		panic(err)
	}
	if _, offset := time.Date(2023, 4, 21, 17, 0, 0, 0, time.Local).Zone(); offset != -4*60*60 {
		panic("the tests are not in New York")
	}
	os.Exit(m.Run())
}
