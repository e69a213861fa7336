// Package linkage finds the people of an extract of the population database who may be the pupils whose identity is unresolved.
//
// The pupils' profiles stand in an index; the extract goes past them as a stream, so that memory does not grow with the population but for
// eight bytes a person. Pairs that share a blocking key are compared by package matching, and every profile keeps its best candidates. A
// candidate's confidence is the logarithm of its odds against all others: the profile's other candidates, the person's other profiles, and
// nobody. Namesakes therefore make each other uncertain.
//
// The one rule a reader must not miss: a link is a candidate for an officer. Nothing here changes a record, and what it writes holds keys and
// levels, never a name, a date or a number.
package linkage
