// Package rpc is how the services of rasoat are reached and reach each other: a gRPC server with a REST
// door in front of it, and the client set-up.
//
// Everything that crosses the wire crosses it the same way. An error is a *fault.Error on both sides and
// a gRPC status between them (ToStatus, FromStatus); REST shows the same error as JSON. Messages are
// checked against their contract before a handler sees them (Validate). A panic is an internal error. Who
// calls is known by a token, and may do what the table of package access says (Config.Access, WithToken).
//
// The one rule a reader must not miss: what a caller is told is the kind, the sentences and the fields of
// a fault, and never its cause. Causes go to the log. No sentence made here holds a value that was sent.
package rpc
