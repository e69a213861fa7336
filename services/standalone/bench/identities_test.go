package main

import (
	"os"
	"testing"
)

// TestIdentitiesAreExplained is the gate of matching: nobody is confirmed wrongly, nobody is refused of whom all is well, and the faults of identity
// get their explanation, of every ethnic group, every province and every kind. The bench has the same on a larger nation.
func TestIdentitiesAreExplained(t *testing.T) {
	r, err := identities(77, 20_000, 60)
	if err != nil {
		t.Fatal(err)
	}
	if r.FalseConfirmed != 0 || r.FalseRefused != 0 {
		t.Errorf("%d confirmed wrongly, %d refused wrongly", r.FalseConfirmed, r.FalseRefused)
	}
	if r.Faults < 800 || r.Explained < 99.5 {
		t.Errorf("%.2f %% of %d faults are explained, want 99.5", r.Explained, r.Faults)
	}
	for _, s := range r.Slices {
		if s.Faults >= 20 && s.Explained < r.Explained-1 {
			t.Errorf("%s %s: %.2f %% of %d faults are explained, the mean is %.2f", s.By, s.Value, s.Explained, s.Faults, r.Explained)
		}
	}
	if t.Failed() {
		r.print(os.Stderr)
	}
}
