// Package validation judges pupils' records against the assessment regulations and the catalogues
// of the drive. [Check] judges one part; [CheckYear12] and [CheckHistory] two parts of a pupil
// together; [Across] the records of a school against each other; [CheckAll] does all of it. It
// depends on no technology: a portal, the command line and the service judge by the same functions.
//
// The rules are in one ordered table, [Rules]. Each has a stable code, a version, a severity, the
// law or practice that it rests on, the next step, and sometimes a correction that a program can
// make ([Apply]). RULES.md is generated from it. An error blocks the record; a warning must be
// acknowledged with a reason; an information does neither. A drive may change the severity of a
// rule, switch it off, and add rules of its own as expressions.
//
// A rule reports only where the record cannot be right, or where the law leaves no doubt what
// should be there: a lawful record gets no warning. A fault is reported once: what follows from it
// (the average of a term with a missing subject) is not reported beside it. Across reports nothing
// that could be chance.
//
// A finding holds every value that it follows from ([Finding].Values). An acknowledgement binds to
// a keyed digest of them, and lapses when one of them changes. [BookDigest] names drive and rules
// together: another book judges everything again.
//
// The one rule a reader must not miss: a finding shows no name, birth date or ID number. It shows
// the shape of a bad value ("11 digits"); marks, ratings and codes of catalogues may be in it. Its
// Values are personal and print redacted.
package validation
