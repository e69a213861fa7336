// Package eventlog is the one log of the system: every change is a message appended to it, and
// every service is a function from it to its own collections and to new messages.
//
// It declares the streams (streams.go), appends events and batches of events (append.go, batch.go),
// reads single messages back (read.go) and has the one consume loop that every service runs
// (consume.go, process.go, deadletter.go). README.md beside this file has the reasons.
//
// The rules a reader must not miss:
//
//   - Append returns only when the log has the event on disk. An error of kind fault.Unavailable means
//     that nobody knows whether the event was stored. Appending again is always right, because everything
//     downstream takes the newest revision and ignores a repetition.
//   - A handler answers for a batch in three ways. nil: it is done, acknowledge it. fault.Unavailable:
//     the database or the broker is away, and the loop waits and hands over the same messages again.
//     Anything else: the batch cannot be done, and the loop finds the message at fault and sets it aside
//     as a dead letter.
//   - A handler may see a message twice, late, and in any order.
package eventlog
