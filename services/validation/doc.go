// Package validation judges one pupil's record against the assessment regulations and the catalogues of the
// drive. [Check] looks at one part; [CheckYear12] looks at the two parts of grade 12 together; what
// concerns more than one pupil is not judged here.
//
// The rules stand in one ordered table, [Rules], each with a stable code, a version, a severity, the law or
// practice that it rests on, and what to do next. An error blocks the record; a warning must be
// acknowledged with a reason; an information does neither. A drive may give a rule another severity or
// switch it off.
//
// A rule speaks only where the record cannot be right, or where the law leaves no doubt what should stand
// there: a lawful record gets no warning. A fault is named once: what follows from a fault (the average of
// a term with a missing subject) is not named beside it.
//
// The one rule a reader must not miss: a finding never holds a name, a birth date or an ID number. It holds
// the shape of a bad value ("11 digits"); marks, ratings and codes of catalogues may stand in it.
package validation
