// Package backup saves the log and the stores of a drive into a folder while everything runs, and
// restores them.
//
// A backup is taken in this order:
//
//  1. the floors: for every durable of every stream, how far it has acknowledged everything;
//  2. the collections of every service, page by page, and after each service how far its store has
//     seen the log;
//  3. the streams, by the broker's own snapshot, derived streams first: DEADLETTERS, RECEIPTS, PROGRESS,
//     RECORDS, VERDICTS, QUESTIONS, IDENTITIES, DECISIONS, SUBMISSIONS, PORTAL, and last the leases.
//
// Nothing stops meanwhile, so the three parts do not show one moment. README.md explains why a
// restored system still reaches the state that it would have reached without the interruption.
//
// The one rule a reader must not miss: a later step may be ahead of an earlier one, and never
// behind it. The log repeats what is ahead, and a repetition changes nothing. What is behind would
// be lost.
//
// The files hold children's names, numbers and marks. Every file is 0600, every folder 0700, and no
// message repeats what is in them.
package backup
