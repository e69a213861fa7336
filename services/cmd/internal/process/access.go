package process

import (
	"github.com/rasoat/rasoat/services/internal/access"
	"github.com/rasoat/rasoat/services/internal/fault"
)

// guarding says where the public keys are that tokens are checked with. A service does not run without.
type guarding struct{ keys, jwks, issuer string }

// verifier fails with Invalid unless exactly one place of keys was named, or when its file is no good.
func (g guarding) verifier() (*access.Verifier, error) {
	switch {
	case g.issuer == "" || (g.keys == "") == (g.jwks == ""):
		return nil, fault.New(fault.Invalid, "process.access", "Cần --access-issuer và đúng một trong hai: --access-keys hoặc --access-jwks.",
			"--access-issuer is needed, and exactly one of --access-keys and --access-jwks: no call is answered without keys to check its token")
	case g.jwks != "":
		return access.FromURL(g.issuer, g.jwks), nil
	}
	return access.FromFile(g.issuer, g.keys)
}
