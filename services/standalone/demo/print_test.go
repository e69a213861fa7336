package demo_test

import (
	"strings"
	"testing"

	"github.com/rasoat/rasoat/services/standalone/demo"
)

// TestPrintInForce: the report has both figures, the verified pupils and the records in force, and says why they differ.
func TestPrintInForce(t *testing.T) {
	r := &demo.Report{Faults: &demo.Faults{}}
	r.Verified, r.Records.Distinct, r.Records.Digest = 1941, 1943, "d1e5"
	var out strings.Builder
	r.Print(&out)
	for _, want := range []string{"1943 records are in force", "a record stays in force while its replacement is judged", "2 more than the verified", "d1e5"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("nothing says %q:\n%s", want, out.String())
		}
	}
}
