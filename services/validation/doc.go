// Package validation judges pupils' records against the assessment regulations and the catalogues of the drive. [Check] looks at one
// part; [CheckYear12] and [CheckHistory] at two parts of a pupil together; [Across] at the records of a school against each other;
// [CheckAll] does all of it. It has no technology behind it: a portal, the command line and the service judge by the same
// functions.
//
// The rules stand in one ordered table, [Rules], each with a stable code, a version, a severity, the law or practice that it
// rests on, what to do next, and sometimes a mending that a program can make ([Apply]). RULES.md is made from it. An error blocks
// the record; a warning must be acknowledged with a reason; an information does neither. A drive may give a rule another
// severity, switch it off, and add rules of its own as expressions.
//
// A rule speaks only where the record cannot be right, or where the law leaves no doubt what should stand there: a lawful
// record gets no warning. A fault is named once: what follows from a fault (the average of a term with a missing subject) is
// not named beside it. Across says nothing where chance could have done it.
//
// A finding tells every value that it follows from ([Finding].Values): an acknowledgement binds to a keyed digest of them, and
// lapses when one of them changes. [BookDigest] names drive and rules together: another book judges everything again.
//
// The one rule a reader must not miss: a finding shows no name, birth date or ID number. It shows the shape of a bad value ("11
// digits"); marks, ratings and codes of catalogues may stand in it. Its Values are personal and print redacted.
package validation
