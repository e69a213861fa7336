package access

import (
	"context"
	"crypto/sha256"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/rasoat/rasoat/services/internal/fault"
)

// Audience is the claim aud of every token of rasoat.
const Audience = "rasoat"

// DefaultIssuer is the claim iss of development tokens.
const DefaultIssuer = "rasoat"

// algorithms are those that a token may be signed with: none in which the verifier holds a secret.
var algorithms = []string{oidc.ES256, oidc.ES384, oidc.EdDSA, oidc.RS256, oidc.PS256}

// Verifier checks tokens. It holds public keys only. Safe for concurrent use.
type Verifier struct {
	tokens *oidc.IDTokenVerifier
	memory memory
}

// FromFile makes a verifier of the public keys of a file: PEM with one or more public keys, or a JSON Web Key Set. It fails with Invalid.
func FromFile(issuer, file string) (*Verifier, error) {
	keys, err := readPublicKeys(file)
	if err != nil {
		return nil, err
	}
	return newVerifier(issuer, &oidc.StaticKeySet{PublicKeys: keys}), nil
}

// FromURL makes a verifier of the JSON Web Key Set at an address, which is fetched when it is first needed and again when a token is signed by a
// key that is not known yet.
func FromURL(issuer, url string) *Verifier {
	ctx := oidc.ClientContext(context.Background(), &http.Client{Timeout: 10 * time.Second})
	return newVerifier(issuer, remote{oidc.NewRemoteKeySet(ctx, url)})
}

func newVerifier(issuer string, keys oidc.KeySet) *Verifier {
	return &Verifier{tokens: oidc.NewVerifier(issuer, keys, &oidc.Config{ClientID: Audience, SupportedSigningAlgs: algorithms})}
}

// claims are those of a token beside the registered ones.
type claims struct {
	Role   Role     `json:"role"`
	Scopes []string `json:"scopes"`
}

// Verify returns the caller whom a token names. It fails with Unauthenticated for a token that is not good, and with Unavailable when the keys
// cannot be fetched. No error holds a part of the token.
func (v *Verifier) Verify(ctx context.Context, token string) (Caller, error) {
	const op = "access.verify"
	digest := sha256.Sum256([]byte(token))
	if c, ok := v.memory.recall(digest, time.Now()); ok {
		return c, nil
	}
	var absent error
	t, err := v.tokens.Verify(context.WithValue(ctx, absentKey{}, &absent), token)
	var expired *oidc.TokenExpiredError
	switch {
	case absent != nil:
		return Caller{}, &fault.Error{
			Kind: fault.Unavailable, Op: op, Err: absent,
			Text: fault.Text{Vi: "Chưa lấy được khoá để kiểm tra mã truy cập; thử lại sau ít phút.", En: "the keys that tokens are checked with cannot be fetched: try again in a few minutes"},
		}
	case errors.As(err, &expired):
		return Caller{}, Expired(op)
	case err != nil:
		return Caller{}, &fault.Error{
			Kind: fault.Unauthenticated, Op: op, Err: err,
			Text: fault.Text{
				Vi: "Mã truy cập (token) không hợp lệ: sai chữ ký, sai nơi cấp hoặc không dành cho hệ thống này. Đề nghị quản trị hệ thống cấp mã mới.",
				En: "the token is not valid: its signature, its issuer or its audience is wrong. Ask your administrator for a new one",
			},
		}
	}
	var own claims
	if err := t.Claims(&own); err != nil {
		return Caller{}, malformed(op)
	}
	c := Caller{Subject: t.Subject, Role: own.Role, Scopes: own.Scopes, Expires: t.Expiry}
	if !c.valid() {
		return Caller{}, malformed(op)
	}
	v.memory.note(digest, c, time.Now())
	return c, nil
}

// Expired is the error for a token whose time is over, of kind Unauthenticated.
func Expired(op string) error {
	return fault.New(fault.Unauthenticated, op, "Mã truy cập (token) đã hết hạn. Lấy mã mới từ quản trị hệ thống (rasoat token) rồi gọi lại.",
		"the token has expired: get a new one from your administrator (rasoat token), then call again")
}

func malformed(op string) error {
	return fault.New(fault.Unauthenticated, op,
		"Mã truy cập (token) thiếu hoặc sai tài khoản (sub), vai trò (role) hoặc phạm vi (scopes). Đề nghị quản trị hệ thống cấp mã mới (rasoat token).",
		"the token lacks an account (sub), a role or scopes that make sense: ask your administrator for a new one (rasoat token)")
}

// remote tells keys that cannot be fetched from a signature that is wrong: the verifier makes plain text of both.
type remote struct{ keys oidc.KeySet }

type absentKey struct{}

func (r remote) VerifySignature(ctx context.Context, jwt string) ([]byte, error) {
	payload, err := r.keys.VerifySignature(ctx, jwt)
	if absent, wanted := ctx.Value(absentKey{}).(*error); wanted && err != nil && strings.HasPrefix(err.Error(), "fetching keys") {
		*absent = err
	}
	return payload, err
}
