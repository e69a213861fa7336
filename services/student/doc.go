// Package student is the vocabulary of the drive: what a pupil's record is made of, in the field's
// own terms, with nothing of any technology in it.
//
// A pupil (học sinh) is known by an opaque reference, [Ref], and by nothing else: an ID number can
// change during the drive and a school code can change with a transfer. A pupil's record has
// parts, [Part], and a submission replaces whole parts. Marks are integers in tenths, never floats.
//
// The one rule a reader must not miss: a name, a birth date and an ID number have types of their
// own ([Name], [Date], [IDNumber], [Code]) that print as a redaction. To write the value out, to the wire
// or to a workbook, say Reveal, and never say it to a log.
package student
