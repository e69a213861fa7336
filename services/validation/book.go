package validation

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/rasoat/rasoat/services/drive"
)

// BookDigest is the digest of the book by which a drive is judged: everything the drive says, and every rule with its version and
// its own severity. A corrected rule has a new version, and so makes a new book.
func BookDigest(d *drive.Drive) string {
	sum := sha256.New()
	fmt.Fprintf(sum, "%s\n", d.Digest)
	for _, r := range rules {
		fmt.Fprintf(sum, "%s %d %s\n", r.Code, r.Version, r.Severity)
	}
	return hex.EncodeToString(sum.Sum(nil))
}
