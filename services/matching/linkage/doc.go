// Package linkage finds the people in an extract of the population database who may be pupils with
// an unresolved identity.
//
// The profiles of the pupils are in an index, and the extract is read as a stream. Memory grows
// with the pupils, and by eight bytes a person with the population. Package matching compares the
// pairs that share a blocking key, and every profile keeps its best candidates. The confidence of a
// candidate is the logarithm of its odds against all others: the profile's other candidates, the
// person's other profiles, and nobody. So people with the same name make each other uncertain.
//
// The one rule a reader must not miss: a link is a candidate for an officer. Nothing here changes a
// record. What is written holds keys and levels, never a name, a date or a number.
package linkage
