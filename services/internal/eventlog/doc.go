// Package eventlog is the one log of the system: every change is a message appended to it, and every
// service is a function from it to its own collection and to new messages.
//
// It declares the streams (streams.go), appends events and batches of events (append.go, batch.go),
// reads single messages back (read.go) and holds the one consume loop that every service runs
// (consume.go, process.go, deadletter.go). README.md beside this file gives the reasons.
//
// The rules that a reader must not miss:
//
//   - Append returns only when the log has the event on disk. An error of kind fault.Unavailable means
//     that it is not known whether the event was stored; appending again is always right, because
//     everything downstream takes the newest revision and ignores a repetition.
//   - A handler answers for a batch in three ways. nil: it is done, acknowledge it. fault.Unavailable:
//     the surroundings are ill, the loop waits and hands over the same messages again. Anything else:
//     the batch cannot be done, the loop finds the message at fault and sets it aside as a dead letter.
//   - A handler may see a message twice, late, and in any order.
package eventlog
