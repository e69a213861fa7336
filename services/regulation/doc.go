// Package regulation is the law of assessment as pure functions on marks in tenths: Circular
// 58/2011/TT-BGDĐT as amended by Circular 26/2020/TT-BGDĐT, Circular 22/2021/TT-BGDĐT and, for continuing education, Circular
// 43/2021/TT-BGDĐT, each with its article beside it.
//
// Functions whose name ends in 58 or 22 hold for that circular alone; year marks and averages are common to the
// circulars before and after it. What varies by programme, which subject is scored, which is one of the
// three core subjects, comes in with the subjects: continuing education (giáo dục thường xuyên) hands in
// the core subjects that it has.
//
// The one rule a reader must not miss: every step starts from the rounded values of the step before it, as
// they stand in the school's books, never from marks with hidden digits.
package regulation
