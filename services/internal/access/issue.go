package access

import (
	"context"
	"crypto"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/input"
)

// Issuer issues tokens: for development and for the few accounts of a small system. Elsewhere an identity provider does.
type Issuer struct {
	name   string
	method jwt.SigningMethod
	key    crypto.PrivateKey
}

// ReadIssuer reads the secret key of a PEM file, ECDSA on P-256 or Ed25519. It fails with Invalid.
func ReadIssuer(name, file string) (*Issuer, error) {
	const op = "access.issuer"
	data, err := input.ReadFile(file)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, op, err)
	}
	if key, err := jwt.ParseEdPrivateKeyFromPEM(data); err == nil {
		return &Issuer{name, jwt.SigningMethodEdDSA, key}, nil
	}
	if key, err := jwt.ParseECPrivateKeyFromPEM(data); err == nil && key.Curve.Params().BitSize == 256 {
		return &Issuer{name, jwt.SigningMethodES256, key}, nil
	}
	return nil, fault.New(fault.Invalid, op, "Tệp khoá cấp mã truy cập phải là khoá riêng PEM: Ed25519 hoặc ECDSA P-256.",
		"the key file must hold a secret key in PEM, Ed25519 or ECDSA on P-256: make one with \"openssl genpkey -algorithm ed25519\"")
}

// Issue signs a token for a caller, good from now for some time. It fails with Invalid for a caller who makes no sense.
func (i *Issuer) Issue(c Caller, good time.Duration) (string, error) {
	const op = "access.issue"
	if !c.valid() || good <= 0 {
		return "", fault.New(fault.Invalid, op,
			"Tài khoản (chữ, số và _ . @ -, tối đa 64 ký tự), vai trò hoặc phạm vi (\"*\", \"01\", \"01/01000701\") chưa đúng, hoặc thời hạn không dương.",
			"the account (letters, digits and _ . @ -, up to 64), the role or a scope (\"*\", \"01\", \"01/01000701\") is not good, or the time is not positive")
	}
	now := time.Now()
	token, err := jwt.NewWithClaims(i.method, jwt.MapClaims{
		"iss": i.name, "aud": Audience, "sub": c.Subject, "role": c.Role, "scopes": c.Scopes, "iat": now.Unix(), "exp": now.Add(good).Unix(),
	}).SignedString(i.key)
	return token, fault.Wrap(fault.Internal, op, err)
}

// Source returns tokens for one caller, each good for an hour and given out for half of it.
func (i *Issuer) Source(c Caller) Source {
	const good = time.Hour
	var mu sync.Mutex
	var token string
	var renew time.Time
	return func(context.Context) (string, error) {
		mu.Lock()
		defer mu.Unlock()
		if time.Now().Before(renew) {
			return token, nil
		}
		fresh, err := i.Issue(c, good)
		if err == nil {
			token, renew = fresh, time.Now().Add(good/2)
		}
		return fresh, err
	}
}
