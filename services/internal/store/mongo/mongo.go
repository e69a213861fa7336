// Package mongo keeps the documents of package store in MongoDB: a replica set or a sharded
// cluster, whatever the URI says.
//
// A document is one BSON document, its facets sub-documents:
//
//	{_id: "2022-2023-12/<pupil>", f: {"results/10": {r: "<revision>", v: <binary>, s: <layout, absent for 1>}, …}}
//
// A revision is 32 hexadecimal digits, so that the server compares as we do. Every write waits for
// the majority and its journal, and every read asks for what the majority has: what was read once
// is not rolled back.
//
// The one rule a reader must not miss: no write is conditional on anything but its own facet's
// revision and no operation needs a transaction, so any number of writers may meet in one document,
// and a collection may be sharded by _id.
package mongo

import (
	"context"
	"errors"
	"time"

	"go.mongodb.org/mongo-driver/v2/event"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/mongo/readconcern"
	"go.mongodb.org/mongo-driver/v2/mongo/readpref"
	"go.mongodb.org/mongo-driver/v2/mongo/writeconcern"

	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/store"
)

// The time limits where the URI names no others (connectTimeoutMS, heartbeatFrequencyMS,
// serverSelectionTimeoutMS, timeoutMS). A server that stopped answering costs a command at most
// answerWithin; the caller then reports Unavailable and tries again.
const (
	connectWithin  = 5 * time.Second
	heartbeatEvery = 5 * time.Second
	selectWithin   = 10 * time.Second // of a server that can take the command
	answerWithin   = 20 * time.Second // of one command, selection and the driver's retry included
	closeWithin    = 10 * time.Second // of connections in use when a DB is closed
)

// DB is a store.DB on one database of a MongoDB deployment.
type DB struct {
	client   *mongo.Client
	database *mongo.Database
	within   time.Duration // of one command
	bulkSize int           // the constant but in tests
}

var _ store.DB = (*DB)(nil)

// Open returns the database of that name. It dials in the background, as services may start before
// their database: Ping reports whether it answers. The pool and the time limits are set in the URI
// (maxPoolSize, timeoutMS, …). The error is Invalid when the URI is malformed.
func Open(ctx context.Context, uri, database string) (*DB, error) {
	return open(ctx, uri, database, monitor())
}

func open(ctx context.Context, uri, database string, commands *event.CommandMonitor) (*DB, error) {
	const op = "mongo.open"
	journal := true
	concern := writeconcern.Majority()
	concern.Journal = &journal
	opts := options.Client().
		SetAppName("rasoat").
		SetRetryWrites(true).
		SetConnectTimeout(connectWithin).
		SetHeartbeatInterval(heartbeatEvery).
		SetServerSelectionTimeout(selectWithin).
		SetTimeout(answerWithin).
		ApplyURI(uri).
		SetWriteConcern(concern).
		SetReadConcern(readconcern.Majority()).
		SetReadPreference(readpref.Primary()).
		SetMonitor(commands)
	if err := opts.Validate(); err != nil {
		return nil, malformed(op)
	}
	if err := ctx.Err(); err != nil {
		return nil, failed(op, err)
	}
	// The limit is put on each command here, because the driver's own one gives way to any deadline of
	// the caller, also a later one; and because Drop has none: it takes as long as there are documents.
	within := *opts.Timeout
	opts.Timeout = nil
	client, err := mongo.Connect(opts)
	if err != nil {
		return nil, failed(op, err)
	}
	return &DB{client: client, database: client.Database(database), within: within, bulkSize: bulkSize}, nil
}

// malformed says nothing of the URI, which may hold a password.
func malformed(op string) error {
	return fault.New(fault.Invalid, op,
		"địa chỉ MongoDB không hợp lệ; dạng đúng: mongodb://máy[:cổng][,máy…]/[?tuỳ chọn]",
		"the MongoDB URI is malformed; it looks like mongodb://host[:port][,host…]/[?options]")
}

// Collection implements store.DB.
func (d *DB) Collection(name string) store.Collection {
	if err := store.CheckCollection("mongo.collection", name); err != nil {
		return store.Refused(err)
	}
	return &collection{documents: d.database.Collection(name), within: d.within, bulkSize: d.bulkSize}
}

// Ping implements store.DB.
func (d *DB) Ping(ctx context.Context) error {
	ctx, cancel := limited(ctx, d.within)
	defer cancel()
	return failed("mongo.ping", d.client.Ping(ctx, nil))
}

// Close implements store.DB.
func (d *DB) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), closeWithin)
	defer cancel()
	return failed("mongo.close", d.client.Disconnect(ctx))
}

// limited bounds the time of one command; 0 does not.
func limited(ctx context.Context, within time.Duration) (context.Context, context.CancelFunc) {
	if within <= 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, within)
}

// defects are the server's codes for a request that is wrong whoever sends it and whenever.
var defects = map[int]bool{
	2:     true, // BadValue
	9:     true, // FailedToParse
	14:    true, // TypeMismatch
	22:    true, // InvalidBSON
	28:    true, // PathNotViable
	40:    true, // ConflictingUpdateOperators
	52:    true, // DollarPrefixedFieldName
	57:    true, // DottedFieldName
	10334: true, // BSONObjectTooLarge
	17280: true, // KeyTooLong
	17419: true, // the document after the update is too large
	17420: true, // the document after the upsert is too large
}

// failed wraps an error of the driver in its kind. Only what would fail for ever is a defect of ours;
// everything else is the surroundings, a right that is missing included: a service that waits can
// be helped, a message that was given up cannot.
func failed(op string, err error) error {
	kind := fault.Unavailable
	var server mongo.ServerError
	if errors.As(err, &server) {
		for _, code := range server.ErrorCodes() {
			if defects[code] {
				kind = fault.Internal
			}
		}
	}
	if errors.Is(err, errStored) {
		kind = fault.Internal
	}
	return fault.Wrap(kind, op, err)
}
