// Package sandbox is a synthetic nation: schools, classes and pupils of grade 12 in any number, what each
// school reports about them, and the truth beside it.
//
// A [Nation] is a function, not a table. Everything about pupil i is made again, whenever it is asked for, from
// the seed and i alone, so a million pupils take no more memory than a thousand, any pupil can be had at once,
// and the population registry of package registry needs no store: the last six digits of an ID number are a
// permutation of i, so a number leads back to its person.
//
// What schools report is the truth with faults injected at a given rate: see [Kind]. A fault changes what is
// reported and never the truth, and concerns at most one other pupil, who then has none of another kind; only a column of
// numbers that moved concerns a whole class. [Nation.Expected] says what the drive ought to make of each pupil.
//
// The truth has its oddities, with which nothing is wrong: twins, and pupils of one class with the same name and birth date.
//
// The one rule a reader must not miss: nobody here exists. The administrative units are real, of the drive's
// catalogue, and schools are named after their districts; no person, number, mark or school describes a real one.
package sandbox
