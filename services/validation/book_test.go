package validation

import (
	"testing"

	"github.com/rasoat/rasoat/services/drive"
)

// A corrected rule, and a drive that says something else, make another book.
func TestBookDigest(t *testing.T) {
	d := drive.Default()
	before := BookDigest(d)
	yearMark.Version++
	corrected := BookDigest(d)
	yearMark.Version--
	if corrected == before {
		t.Error("a corrected rule leaves the book as it was")
	}
	if BookDigest(d) != before {
		t.Error("the same book has two digests")
	}
	if BookDigest(driveWith(t, "severities: {}", "severities: {YEAR_MARK: warning}")) == before {
		t.Error("a drive with another severity has the same book")
	}
}
