// Package upgrade tries the upgrade of a running system: the binaries of an earlier commit and those of this one work beside each other on
// one log and one database, copies of both share every durable, and they are exchanged one by one, forwards and backwards, while
// schools hand in. The records at the end have to be those of a quiet run.
//
// The one rule a reader must not miss: the earlier commit is built from the history of this repository, so there must be one.
package upgrade
