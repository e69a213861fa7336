package run

import (
	"errors"
	"strings"
	"testing"

	"github.com/rasoat/rasoat/services/internal/fault"
)

// An address in use is Unavailable, one that cannot be is Invalid; both name the address and the setting that chooses
// another, in both languages.
func TestListen(t *testing.T) {
	l, err := Listen("grpc-listen", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for address, kind := range map[string]fault.Kind{
		l.Addr().String(): fault.Unavailable, "127.0.0.1": fault.Invalid, "192.0.2.1:1": fault.Invalid,
	} {
		_, err := Listen("grpc-listen", address)
		var e *fault.Error
		if !errors.As(err, &e) || e.Kind != kind {
			t.Errorf("%s: got %v, want %v", address, err, kind)
			continue
		}
		for _, said := range []string{e.Text.Vi, e.Text.En} {
			if !strings.Contains(said, address) || !strings.Contains(said, "--grpc-listen") {
				t.Errorf("%s: got %q, want the address and the setting", address, said)
			}
		}
	}
}
