package access

import "testing"

// BenchmarkVerify is what knowing the caller adds to each call.
func BenchmarkVerify(b *testing.B) {
	issuer, verifier, err := Make(b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	token, err := issuer.Issue(lan, 1<<40)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := verifier.Verify(b.Context(), token); err != nil {
			b.Fatal(err)
		}
	}
}
