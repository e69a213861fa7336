// Package upgrade tries the upgrade of a running system. The binaries of an earlier commit and of
// this one work beside each other on one log and one database, and copies of both share every
// durable. They are exchanged one by one, forwards and backwards, while schools submit. The records
// at the end must be those of an undisturbed run.
//
// The one rule a reader must not miss: the earlier commit is built from the history of this
// repository, so there must be one.
package upgrade
