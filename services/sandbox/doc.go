// Package sandbox is a synthetic nation: schools, classes and pupils of grade 12 in any number,
// what each school reports about them, and the truth beside it.
//
// A [Nation] is a function, not a table. Everything about pupil i is computed from the seed and i
// alone, whenever it is asked for. So a million pupils need no more memory than a thousand, and any
// pupil can be had at once. The population registry of package registry needs no store: the last
// six digits of an ID number are a permutation of i, so a number leads back to its person.
//
// What schools report is the truth with faults injected at a given rate; see [Kind]. A fault
// changes what is reported and never the truth. It concerns at most one other pupil, who then has
// no fault of another kind. Only a column of numbers that moved concerns a whole class.
// [Nation.Expected] says what the drive should find for each pupil.
//
// Some pupils look odd although nothing is wrong: twins, and pupils of one class with the same name
// and birth date.
//
// The one rule a reader must not miss: nobody here exists. The administrative units are real, from
// the drive's catalogue, and schools are named after their districts. No person, number, mark or
// school describes a real one.
package sandbox
