// Package portal is what a school's portal does: it reads pupils from a workbook or from NDJSON, gathers them
// into submissions, and hands these in until each has an answer.
//
// Everything streams: a [Source] gives records one place at a time, [Batches] gathers up to 200 of one kind, and
// a [Client] keeps a few submissions in flight, so a province of pupils needs no more memory than a class.
//
// The one rule a reader must not miss: the id of a submission is made of its content and of the push that it belongs to
// (Sender.New). Whatever was interrupted, by a lost connection, a restart of the service or a power cut at the school, is
// simply done again: the same records go under the same ids, and intake answers a repeat with the receipt that it gave
// before. Who means an earlier content once more, because something newer came in between, asks for [Batch.Again].
package portal
