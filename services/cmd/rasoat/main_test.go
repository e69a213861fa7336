package main

import (
	"os"
	"testing"
	"time"
)

// TestMain puts every test of the package on a machine in New York: whatever prints a time in the machine's zone fails the test of its command.
func TestMain(m *testing.M) {
	time.Local = time.FixedZone("EDT", -4*60*60)
	os.Exit(m.Run())
}
