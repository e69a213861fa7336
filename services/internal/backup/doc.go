// Package backup takes what a drive has in its log and its stores into a folder while everything runs, and puts it back.
//
// The order of a backup is
//
//  1. the floors: of every durable of every stream, how far it has answered for good;
//  2. the collections of every service, page by page, and of each service last how far its store has seen the log;
//  3. the streams, by the broker's own snapshot, derived ones first: DEADLETTERS, RECEIPTS, PROGRESS, RECORDS, VERDICTS, QUESTIONS, IDENTITIES, DECISIONS,
//     SUBMISSIONS, PORTAL, and at the very end the signatures of the leases.
//
// Nothing stops meanwhile, so the three do not show one moment. README.md tells why what is put back nevertheless goes on to the state that a system
// without the break would have reached, whatever happened in between.
//
// The one rule that a reader must not miss: each step may be behind what came before it never, and ahead of it always. What is ahead is repeated by
// the log, and repeating changes nothing; what is behind would be lost.
//
// These files hold children's names, numbers and marks: every file is 0600, every folder 0700, and nothing of them is ever told.
package backup
