package student

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
)

// Ref is the opaque reference of a pupil within one drive: 26 characters of a–z and 2–7, safe in a
// subject. It alone stands in keys, subjects, logs and traces.
type Ref string

// Key is the secret under which references and keyed digests are made; one per deployment, never rotated
// during a drive.
type Key []byte

// refEncoding is lower-case base32 without padding: safe as a token of a subject.
var refEncoding = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// Ref makes the reference of a pupil of a drive from the ministry's pupil code.
func (k Key) Ref(drive string, code Code) Ref {
	return Ref(refEncoding.EncodeToString(k.digest("ref", drive, code.Reveal())))
}

// NumberHash makes the keyed hash under which an ID number is claimed; number is the normalised one.
func (k Key) NumberHash(drive string, number IDNumber) string {
	return refEncoding.EncodeToString(k.digest("number", drive, number.Reveal()))
}

// Content makes the keyed digest of one part's canonical bytes: 16 bytes.
func (k Key) Content(canonical []byte) []byte {
	return k.digest("content", string(canonical))
}

// Identity makes the keyed digest of what an identity check binds to: number, name, birth date and
// gender, and nothing else of the profile.
func (k Key) Identity(p Profile) []byte {
	return k.digest("identity", string(p.Identity.Kind), p.Identity.Number.Reveal(), p.FullName.Reveal(), p.BirthDate.Reveal(), string(p.Gender))
}

// Values makes the keyed digest of what an acknowledgement binds to: 16 bytes.
func (k Key) Values(fields ...string) []byte {
	return k.digest(append([]string{"values"}, fields...)...)
}

// digest is the first 16 bytes of HMAC-SHA256 over the length-prefixed fields.
func (k Key) digest(fields ...string) []byte {
	mac := hmac.New(sha256.New, k)
	var n [4]byte
	for _, f := range fields {
		n[0], n[1], n[2], n[3] = byte(len(f)>>24), byte(len(f)>>16), byte(len(f)>>8), byte(len(f))
		mac.Write(n[:])
		mac.Write([]byte(f))
	}
	return mac.Sum(nil)[:16]
}
