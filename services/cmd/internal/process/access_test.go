package process

import (
	"path/filepath"
	"testing"

	"github.com/rasoat/rasoat/services/internal/access"
	"github.com/rasoat/rasoat/services/internal/fault"
)

// TestGuarding: a service finds its keys in exactly one place, or does not start.
func TestGuarding(t *testing.T) {
	dir := t.TempDir()
	if _, _, err := access.Make(dir); err != nil {
		t.Fatal(err)
	}
	public := filepath.Join(dir, "access.pub")
	for _, tt := range []struct {
		g    guarding
		good bool
	}{
		{guarding{}, false},
		{guarding{issuer: "i"}, false},
		{guarding{keys: public}, false},
		{guarding{keys: public, jwks: "https://id.example.vn/jwks", issuer: "i"}, false},
		{guarding{keys: access.KeyFile(dir), issuer: "i"}, false},
		{guarding{keys: filepath.Join(dir, "absent"), issuer: "i"}, false},
		{guarding{keys: public, issuer: "i"}, true},
		{guarding{jwks: "https://id.example.vn/jwks", issuer: "i"}, true},
	} {
		v, err := tt.g.verifier()
		if (err == nil) != tt.good || (v != nil) != tt.good || err != nil && !fault.Is(err, fault.Invalid) {
			t.Errorf("%+v: got %v", tt.g, err)
		}
	}
}
