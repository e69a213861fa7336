// Package registry is a population registry to test against: a gRPC server of rasoat.registry.v1
// over the people of a synthetic nation. At the start and while it runs it can be made unavailable,
// slow, limited, failing or wrong (rasoat.sandbox.v1).
//
// It answers as the real services are seen to answer. Verify answers yes or no and never why.
// Lookup returns the person of a number, or nothing, and may be refused altogether. A number can be
// cancelled and a new one issued while the server runs. Names are compared as one name typed in
// different ways: case, Unicode form, look-alike letters and the place of the tone mark do not
// matter.
//
// The one rule a reader must not miss: a refusal is not an answer. A call that is refused says
// nothing about any person, and the caller must ask again.
package registry
