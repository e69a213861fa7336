// Package regulation is the law of assessment as pure functions on marks in tenths, each with its article beside it:
//
//   - Rate58: Circular 58/2011/TT-BGDĐT as amended by Circular 26/2020/TT-BGDĐT;
//   - Rate22 with Circular22: Circular 22/2021/TT-BGDĐT; with Circular43: Circular 43/2021/TT-BGDĐT, for continuing education;
//   - Applicable: which of them holds for a grade in a school year.
//
// Functions whose name ends in 58 or 22 hold for that circular alone; marks and averages are common to the circulars before and after
// it. What varies by programme, which subject is scored, which is one of the three core subjects, comes in with the subjects.
//
// Continuing education (giáo dục thường xuyên) under Decision 02/2007/QĐ-BGDĐT is rated by Rate58: the subjects that it hands in as Core
// are those it has, Toán and Ngữ văn, and there are no commented ones. That the core condition then reads "one of Toán, Ngữ văn" is
// deduced; the last consolidated text of the decision was not at hand, and a difference that rests on it may only warn.
//
// The one rule a reader must not miss: every step starts from the rounded values of the step before it, as they stand in the school's
// books, never from marks with hidden digits.
package regulation
