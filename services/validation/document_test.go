package validation

import (
	"bytes"
	"os"
	"testing"
)

// RULES.md says what the rules are.
func TestRulesDocument(t *testing.T) {
	got, err := os.ReadFile("RULES.md")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(bytes.TrimRight(got, "\n"), Document()) {
		t.Error("RULES.md is stale: run make generate")
	}
}
