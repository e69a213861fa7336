// Package cluster runs the whole system as separate processes on one machine: three brokers that
// keep each stream three times, a database, the population registry of a synthetic nation, and
// copies of the four services. The services are built from this repository and started with the
// settings of production. Any process may be killed at any moment and started again. A death that
// nobody asked for is an error of the cluster.
//
// The one rule a reader must not miss: without a MongoDB of its own (Config.MongoURI), the database
// is a stand-in. It speaks MongoDB's wire protocol and lets one command through at a time. It
// proves the wiring and nothing about MongoDB, and it is the slowest part of the cluster.
package cluster
