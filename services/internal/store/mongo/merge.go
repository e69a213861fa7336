package mongo

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/rasoat/rasoat/services/internal/store"
)

// The names of the fields of a stored document.
const (
	facetsField   = "f"
	revisionField = "r"
	valueField    = "v"
	schemaField   = "s" // absent: 1
)

// bulkSize is how many facets one command writes: few enough for a command to be short, many enough
// for the journal to be cheap.
const bulkSize = 1000

// duplicateKey is the server's code for an insert under an _id that is taken.
const duplicateKey = 11000

var errStored = errors.New("a stored document has not the shape of a store.Doc")

// Merge implements store.Collection.
func (c *collection) Merge(ctx context.Context, patches []store.Patch) error {
	const op = "mongo.merge"
	if err := store.CheckPatches(op, patches); err != nil {
		return err
	}
	for bulk := range slices.Chunk(store.Coalesce(patches), c.bulkSize) {
		if err := merge(ctx, bulk, c.bulkWrite); err != nil {
			return failed(op, err)
		}
	}
	return nil
}

// bulkWrite sends writes of which none waits for another.
type bulkWrite func(ctx context.Context, models []mongo.WriteModel) (*mongo.BulkWriteResult, error)

// merge upserts each facet where its document has not that revision or a newer one. When it has,
// or when another writer makes the document at this moment, the upsert tries to insert a second
// document of that id and is refused as a duplicate. The document then exists: the same update
// without upsert settles it, and where that matches nothing the facet was stale.
func merge(ctx context.Context, patches []store.Patch, bulk bulkWrite) error {
	upserts := make([]mongo.WriteModel, len(patches))
	for i, p := range patches {
		upserts[i] = update(p).SetUpsert(true)
	}
	result, err := bulk(ctx, upserts)
	if err == nil {
		return nil
	}
	again, ok := duplicates(err, patches)
	if !ok {
		return err
	}
	if done := result.MatchedCount + result.UpsertedCount + int64(len(again)); done < int64(len(patches)) {
		// The server stopped at the first duplicate, though the bulk is unordered, and does not say
		// which one it was: narrow it down.
		half := len(patches) / 2
		if err := merge(ctx, patches[:half], bulk); err != nil {
			return err
		}
		return merge(ctx, patches[half:], bulk)
	}
	updates := make([]mongo.WriteModel, len(again))
	for i, p := range again {
		updates[i] = update(p)
	}
	_, err = bulk(ctx, updates)
	return err
}

func (c *collection) bulkWrite(ctx context.Context, models []mongo.WriteModel) (*mongo.BulkWriteResult, error) {
	ctx, cancel := limited(ctx, c.within)
	defer cancel()
	return c.documents.BulkWrite(ctx, models, options.BulkWrite().SetOrdered(false))
}

// update replaces a facet where its document has it older or not at all.
func update(p store.Patch) *mongo.UpdateOneModel {
	path := facetsField + "." + p.Facet
	rev := encodeRevision(p.Rev)
	facet := bson.D{{Key: revisionField, Value: rev}, {Key: valueField, Value: bson.Binary{Data: p.Value}}}
	if p.Schema > 1 {
		facet = append(facet, bson.E{Key: schemaField, Value: int64(p.Schema)})
	}
	return mongo.NewUpdateOneModel().
		SetFilter(bson.D{
			{Key: "_id", Value: p.ID},
			{Key: path + "." + revisionField, Value: bson.D{{Key: "$not", Value: bson.D{{Key: "$gte", Value: rev}}}}},
		}).
		SetUpdate(bson.D{{Key: "$set", Value: bson.D{{Key: path, Value: facet}}}})
}

// duplicates returns the patches whose upserts were refused as duplicates, and whether the error is
// nothing but that.
func duplicates(err error, patches []store.Patch) ([]store.Patch, bool) {
	var bulk mongo.BulkWriteException
	if !errors.As(err, &bulk) || bulk.WriteConcernError != nil {
		return nil, false
	}
	var refused []store.Patch
	for _, e := range bulk.WriteErrors {
		if e.Code != duplicateKey || e.Index < 0 || e.Index >= len(patches) {
			return nil, false
		}
		refused = append(refused, patches[e.Index])
	}
	return refused, true
}

// encodeRevision returns 32 digits that sort as the revisions do.
func encodeRevision(r store.Revision) string {
	b := binary.BigEndian.AppendUint64(make([]byte, 0, 16), r.Major)
	return hex.EncodeToString(binary.BigEndian.AppendUint64(b, r.Minor))
}

func decodeRevision(s string) (store.Revision, bool) {
	b, err := hex.DecodeString(s)
	if err != nil || len(b) != 16 {
		return store.Revision{}, false
	}
	return store.Revision{Major: binary.BigEndian.Uint64(b), Minor: binary.BigEndian.Uint64(b[8:])}, true
}
