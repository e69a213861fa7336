package access

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/golang-jwt/jwt/v5"
	"github.com/rasoat/rasoat/services/internal/eventually"
	"github.com/rasoat/rasoat/services/internal/fault"
)

var lan = Caller{Subject: "lan.sgd01", Role: Province, Scopes: []string{"01", "79/79000101"}}

func made(t *testing.T) (*Issuer, *Verifier, string) {
	t.Helper()
	dir := t.TempDir()
	issuer, verifier, err := Make(dir)
	if err != nil {
		t.Fatal(err)
	}
	return issuer, verifier, dir
}

func issue(t *testing.T, i *Issuer, c Caller) string {
	t.Helper()
	token, err := i.Issue(c, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func write(t *testing.T, name string, data []byte) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// TestVerify: a token says who calls; made again on the same folder, the pair is the same one, and only its owner reads the secret.
func TestVerify(t *testing.T) {
	issuer, verifier, dir := made(t)
	token := issue(t, issuer, lan)
	_, again, err := Make(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []*Verifier{verifier, again} {
		got, err := v.Verify(t.Context(), token)
		if err != nil || got.Subject != lan.Subject || got.Role != lan.Role || !slices.Equal(got.Scopes, lan.Scopes) || time.Until(got.Expires) < 59*time.Minute {
			t.Errorf("got %+v, %v", got, err)
		}
	}
	if info, err := os.Stat(KeyFile(dir)); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the secret key: %v, %v", info.Mode(), err)
	}
}

// TestVerifyRefuses: whatever is wrong with a token, nobody is named, and what is told holds no part of it.
func TestVerifyRefuses(t *testing.T) {
	issuer, verifier, dir := made(t)
	stranger, _, _ := made(t)
	public, err := os.ReadFile(filepath.Join(dir, "access.pub"))
	if err != nil {
		t.Fatal(err)
	}
	sign := func(method jwt.SigningMethod, key any, change func(jwt.MapClaims)) string {
		c := jwt.MapClaims{"iss": DefaultIssuer, "aud": Audience, "sub": "lan", "role": "school", "scopes": []string{"01/01000701"}, "exp": time.Now().Add(time.Hour).Unix()}
		change(c)
		token, err := jwt.NewWithClaims(method, c).SignedString(key)
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	with := func(claim string, value any) string {
		return sign(jwt.SigningMethodEdDSA, issuer.key, func(c jwt.MapClaims) { c[claim] = value })
	}
	good := with("sub", "lan")
	if _, err := verifier.Verify(t.Context(), good); err != nil {
		t.Fatal(err)
	}
	same := func(jwt.MapClaims) {}
	for name, token := range map[string]string{
		"none":            sign(jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, same),
		"a public secret": sign(jwt.SigningMethodHS256, public, same),
		"another key":     issue(t, stranger, lan),
		"another issuer":  with("iss", "elsewhere"),
		"another system":  with("aud", "elsewhere"),
		"expired":         with("exp", time.Now().Add(-time.Second).Unix()),
		"no end":          with("exp", nil),
		"not yet":         with("nbf", time.Now().Add(time.Hour).Unix()),
		"nobody":          with("sub", ""),
		"a name":          with("sub", "Nguyễn Thị Lan"),
		"no role":         with("role", ""),
		"a role of its":   with("role", "root"),
		"no scope":        with("scopes", []string{}),
		"a strange scope": with("scopes", []string{"01", "../*"}),
		"scopes as text":  with("scopes", "01"),
		"cut short":       good[:len(good)-4],
		"changed":         strings.Replace(good, ".", ".A", 1),
		"empty":           "",
		"garbage":         "garbage",
	} {
		c, err := verifier.Verify(t.Context(), token)
		if !fault.Is(err, fault.Unauthenticated) || c.Subject != "" {
			t.Errorf("%s: got %+v, %v", name, c, err)
		}
		if err != nil && len(token) > 20 && strings.Contains(err.Error(), token[len(token)-20:]) {
			t.Errorf("%s: the error tells the token", name)
		}
	}
	if _, err := verifier.Verify(t.Context(), with("exp", time.Now().Add(-time.Second).Unix())); err == nil || !strings.Contains(err.Error(), "expired") {
		t.Errorf("expired: got %v", err)
	}
}

func TestIssueRefuses(t *testing.T) {
	issuer, _, _ := made(t)
	for _, c := range []Caller{{}, {Subject: "lan"}, {Subject: "lan", Role: School}, {Subject: "Lan Anh", Role: School, Scopes: []string{"01"}}, {Subject: "lan", Role: "root", Scopes: []string{"*"}}} {
		if _, err := issuer.Issue(c, time.Hour); !fault.Is(err, fault.Invalid) {
			t.Errorf("%+v: got %v", c, err)
		}
	}
	if _, err := issuer.Issue(lan, 0); !fault.Is(err, fault.Invalid) {
		t.Errorf("good for no time: got %v", err)
	}
}

// TestKeyFiles: ECDSA and JSON Web Key Sets do as well as Ed25519 in PEM; several keys do side by side, as while a key is being replaced; a secret in the
// file of public keys is refused.
func TestKeyFiles(t *testing.T) {
	_, _, dir := made(t)
	old, err := os.ReadFile(filepath.Join(dir, "access.pub"))
	if err != nil {
		t.Fatal(err)
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	secretDER, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	publicDER, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	secret := pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: secretDER})
	public := append(old, pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: publicDER})...)
	issuer, err := ReadIssuer("https://id.example.vn", write(t, "ec.key", secret))
	if err != nil {
		t.Fatal(err)
	}
	token := issue(t, issuer, lan)
	set := jwks(t, key.Public())
	for name, data := range map[string][]byte{"PEM": public, "JWKS": set} {
		v, err := FromFile("https://id.example.vn", write(t, "keys", data))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := v.Verify(t.Context(), token); err != nil || got.Subject != lan.Subject {
			t.Errorf("%s: got %+v, %v", name, got, err)
		}
	}
	for name, data := range map[string][]byte{"secret PEM": secret, "secret JWKS": jwks(t, key), "empty": nil, "no keys": []byte(`{"keys":[]}`), "garbage": []byte("{garbage")} {
		if _, err := FromFile("i", write(t, "keys", data)); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if _, err := FromFile("i", filepath.Join(t.TempDir(), "absent")); !fault.Is(err, fault.Invalid) {
		t.Errorf("an absent file: got %v", err)
	}
	if _, err := ReadIssuer("i", write(t, "key", public)); !fault.Is(err, fault.Invalid) {
		t.Errorf("a public key to issue with: got %v", err)
	}
}

func jwks(t *testing.T, key any) []byte {
	t.Helper()
	data, err := json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: key, Use: "sig"}}})
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// TestFromURL fetches the keys of an identity provider: while it is away the answer is to try again, not that the token is bad.
func TestFromURL(t *testing.T) {
	issuer, _, _ := made(t)
	token, keys := issue(t, issuer, lan), jwks(t, issuer.key.(crypto.Signer).Public())
	var away atomic.Bool
	away.Store(true)
	provider := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if away.Load() {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		_, _ = w.Write(keys)
	}))
	defer provider.Close()
	v := FromURL(DefaultIssuer, provider.URL)
	if _, err := v.Verify(t.Context(), token); !fault.Is(err, fault.Unavailable) {
		t.Errorf("while the provider is away: got %v", err)
	}
	away.Store(false)
	eventually.True(t, "the keys are fetched", func() bool { // a fetch that failed may still be ending
		c, err := v.Verify(t.Context(), token)
		if err != nil && !fault.Is(err, fault.Unavailable) || err == nil && c.Subject != lan.Subject {
			t.Errorf("got %+v, %v", c, err)
		}
		return err == nil
	})
	stranger, _, _ := made(t)
	if _, err := v.Verify(t.Context(), issue(t, stranger, lan)); !fault.Is(err, fault.Unauthenticated) {
		t.Errorf("a stranger's: got %v", err)
	}
}

// TestMemory: what was good is recalled until its end, and no more than so many are.
func TestMemory(t *testing.T) {
	var m memory
	now := time.Now()
	long, short := [32]byte{1}, [32]byte{2}
	m.note(long, Caller{Subject: "long", Expires: now.Add(time.Hour)}, now)
	m.note(short, Caller{Subject: "short", Expires: now.Add(time.Second)}, now)
	for _, tt := range []struct {
		token [32]byte
		after time.Duration
		want  bool
	}{{long, 0, true}, {long, remembered - 1, true}, {long, remembered, false}, {short, 0, true}, {short, time.Second, false}, {[32]byte{3}, 0, false}} {
		if _, got := m.recall(tt.token, now.Add(tt.after)); got != tt.want {
			t.Errorf("token %d after %s: got %v, want %v", tt.token[0], tt.after, got, tt.want)
		}
	}
	for i := range mostRemembers {
		m.note([32]byte{9, byte(i), byte(i >> 8)}, Caller{Expires: now.Add(time.Hour)}, now)
	}
	if len(m.known) > mostRemembers {
		t.Errorf("%d are remembered", len(m.known))
	}
}

func TestFile(t *testing.T) {
	file := write(t, "token", []byte("one\n"))
	source := File(file)
	ctx := context.Background()
	if got, err := source(ctx); err != nil || got != "one" {
		t.Errorf("got %q, %v", got, err)
	}
	if err := os.WriteFile(file, []byte("another"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := source(ctx); err != nil || got != "another" {
		t.Errorf("after a change: got %q, %v", got, err)
	}
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := source(ctx); !fault.Is(err, fault.Unauthenticated) {
		t.Errorf("an empty file: got %v", err)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if _, err := source(ctx); !fault.Is(err, fault.Unauthenticated) {
		t.Errorf("no file: got %v", err)
	}
}

func TestCovers(t *testing.T) {
	for _, tt := range []struct {
		own, asked string
		want       bool
	}{
		{"*", "", true}, {"*", "01", true}, {"*", "01/01000701", true},
		{"01", "", false}, {"01", "01", true}, {"01", "01/01000701", true}, {"01", "79", false}, {"01", "0", false}, {"01", "011", false}, {"01", "01x/1", false},
		{"01/01000701", "01", false}, {"01/01000701", "01/01000701", true}, {"01/01000701", "01/010007011", false}, {"01/0100070", "01/01000701", false},
	} {
		if got := (Caller{Scopes: []string{"02", tt.own}}).Covers(tt.asked); got != tt.want {
			t.Errorf("%q on %q: got %v, want %v", tt.own, tt.asked, got, tt.want)
		}
	}
}
