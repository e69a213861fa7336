package access

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"os"
	"path/filepath"

	"github.com/go-jose/go-jose/v4"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/input"
)

// readPublicKeys reads the keys that tokens are checked with. A file with a secret key in it is refused: a verifier has no business with it.
func readPublicKeys(file string) ([]crypto.PublicKey, error) {
	const op = "access.keys"
	data, err := input.ReadFile(file)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, op, err)
	}
	keys, ok := parsePEM(data)
	if bytes.HasPrefix(bytes.TrimSpace(data), []byte("{")) {
		keys, ok = parseJWKS(data)
	}
	if !ok || len(keys) == 0 {
		return nil, fault.New(fault.Invalid, op, "Tệp khoá kiểm tra mã truy cập phải là PEM (PUBLIC KEY) hoặc JWKS, chỉ gồm khoá công khai.",
			"the file of keys that tokens are checked with must be PEM (PUBLIC KEY) or a JSON Web Key Set, of public keys only")
	}
	return keys, nil
}

func parsePEM(data []byte) ([]crypto.PublicKey, bool) {
	var keys []crypto.PublicKey
	for {
		block, rest := pem.Decode(data)
		if block == nil {
			return keys, true
		}
		key, err := x509.ParsePKIXPublicKey(block.Bytes)
		if err != nil || !usable(key) {
			return nil, false
		}
		keys, data = append(keys, key), rest
	}
}

func parseJWKS(data []byte) ([]crypto.PublicKey, bool) {
	var set jose.JSONWebKeySet
	if json.Unmarshal(data, &set) != nil {
		return nil, false
	}
	var keys []crypto.PublicKey
	for _, k := range set.Keys {
		if !k.IsPublic() || !usable(k.Key) {
			return nil, false
		}
		keys = append(keys, k.Key)
	}
	return keys, true
}

func usable(key crypto.PublicKey) bool {
	switch key.(type) {
	case *ecdsa.PublicKey, ed25519.PublicKey, *rsa.PublicKey:
		return true
	}
	return false
}

// Make writes a new pair of keys for development into a folder, access.key (readable by its owner only) and access.pub, where there is none yet,
// and gives the issuer and the verifier of the pair. It fails with Unavailable when the folder cannot be written, and with Invalid when what is
// there is damaged.
func Make(dir string) (*Issuer, *Verifier, error) {
	const op = "access.make"
	secret, public := KeyFile(dir), filepath.Join(dir, "access.pub")
	if _, err := os.Stat(secret); errors.Is(err, os.ErrNotExist) {
		if err := writePair(dir, secret, public); err != nil {
			return nil, nil, fault.Wrap(fault.Unavailable, op, err)
		}
	}
	issuer, err := ReadIssuer(DefaultIssuer, secret)
	if err != nil {
		return nil, nil, err
	}
	verifier, err := FromFile(DefaultIssuer, public)
	return issuer, verifier, err
}

// KeyFile is where a data folder keeps the key that issues its tokens.
func KeyFile(dir string) string { return filepath.Join(dir, "access.key") }

// writePair writes the secret last and at once: a pair is there when its secret is.
func writePair(dir, secret, public string) error {
	pub, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return err
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	pubDER, err := x509.MarshalPKIXPublicKey(pub)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	if err := os.WriteFile(public, pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: pubDER}), 0o644); err != nil {
		return err
	}
	if err := os.WriteFile(secret+".new", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER}), 0o600); err != nil {
		return err
	}
	return os.Rename(secret+".new", secret)
}
