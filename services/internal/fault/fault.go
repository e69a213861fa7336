// Package fault is the one error type of rasoat: a kind that a program can act on, the operation
// that failed, and a sentence for people in Vietnamese and English that says what to do next.
//
// The one rule a reader must not miss: a message never holds a name, a birth date or an ID number.
// Describe the shape of a bad value ("11 digits"), never the value.
package fault

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// Kind says what a caller can do about an error.
type Kind string

// The kinds. Internal is the zero meaning of every error that is not a *Error.
//
// Conflict has several causes: a submission id that has other content, a condition of the log that somebody else's
// write broke, a stream or a durable of another configuration, a store that is not empty, a decision about facts that
// have changed. In each of them the same call again gives the same answer until somebody has looked.
const (
	Invalid         Kind = "invalid"         // the caller sent something wrong: fix it, then send again
	NotFound        Kind = "not_found"       // there is no such thing
	Conflict        Kind = "conflict"        // the state is not what the caller assumed: read it again, then decide
	Unauthenticated Kind = "unauthenticated" // the caller is unknown: get a token, then call again
	Denied          Kind = "denied"          // not allowed, or too late
	Unavailable     Kind = "unavailable"     // a database, broker or service is away: try again later
	Internal        Kind = "internal"        // a defect of ours: details go to the log, never to the caller
)

// Text is a sentence for people in both languages.
type Text struct {
	Vi string
	En string
}

// Field is one complaint about one place of the input.
type Field struct {
	Path   string // where: "records[3].profile.date_of_birth" or "Lop12A1!G17"
	Rule   string // the stable name of the rule that was broken
	Text   Text   // what is wrong, without the personal value
	Remedy Text   // what to do next
}

// Error is the error of every package of rasoat.
type Error struct {
	Kind   Kind
	Op     string // the operation, e.g. "intake.submit"
	Text   Text
	Fields []Field
	Err    error // the cause, for the log only
}

// Error renders the operation, the English sentence and the cause.
func (e *Error) Error() string {
	parts := make([]string, 0, 3)
	if e.Op != "" {
		parts = append(parts, e.Op)
	}
	if e.Text.En != "" {
		parts = append(parts, e.Text.En)
	}
	if e.Err != nil {
		parts = append(parts, e.Err.Error())
	}
	if len(parts) == 0 {
		return string(e.Kind)
	}
	return strings.Join(parts, ": ")
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// New makes an error of a kind with its sentences.
func New(kind Kind, op, vi, en string) *Error {
	return &Error{Kind: kind, Op: op, Text: Text{Vi: vi, En: en}}
}

// Wrap adds a kind and an operation to err; nil stays nil. An error that already has a kind keeps it
// when kind is empty.
func Wrap(kind Kind, op string, err error) error {
	if err == nil {
		return nil
	}
	if kind == "" {
		kind = KindOf(err)
	}
	var inner *Error
	if errors.As(err, &inner) {
		return &Error{Kind: kind, Op: op, Text: inner.Text, Fields: inner.Fields, Err: err}
	}
	return &Error{Kind: kind, Op: op, Err: err}
}

// Internalf is a defect of ours, told to the log.
func Internalf(op, format string, args ...any) error {
	return &Error{Kind: Internal, Op: op, Err: fmt.Errorf(format, args...)}
}

// KindOf returns the kind of an error: its own, or Unavailable for a context that ended, or Internal.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) && e.Kind != "" {
		return e.Kind
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return Unavailable
	}
	return Internal
}

// Is reports whether err has the kind.
func Is(err error, kind Kind) bool { return err != nil && KindOf(err) == kind }
