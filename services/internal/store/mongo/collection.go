package mongo

import (
	"context"
	"math"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/rasoat/rasoat/services/internal/store"
)

// perQuery is how many documents one query asks for: few enough for the answer to be one message of
// the server, at 64 KB a document. An answer of several messages is not of one instant, and some
// servers leave out of it what is rewritten meanwhile.
const perQuery = 250

// collection is a store.Collection.
type collection struct {
	documents *mongo.Collection
	within    time.Duration // of one command
	bulkSize  int
}

var _ store.Collection = (*collection)(nil)

// Get implements store.Collection.
func (c *collection) Get(ctx context.Context, ids []string) ([]store.Doc, error) {
	const op = "mongo.get"
	if err := store.CheckIDs(op, ids); err != nil {
		return nil, err
	}
	facets := make(map[string][]store.Facet, len(ids))
	var distinct []string
	for _, id := range ids {
		if _, seen := facets[id]; !seen {
			facets[id] = nil
			distinct = append(distinct, id)
		}
	}
	for chunk := range slices.Chunk(distinct, perQuery) {
		found, err := c.find(ctx, bson.D{{Key: "$in", Value: chunk}}, len(chunk), options.Find())
		if err != nil {
			return nil, failed(op, err)
		}
		for _, doc := range found {
			facets[doc.ID] = doc.Facets
		}
	}
	docs := make([]store.Doc, len(ids))
	for i, id := range ids {
		docs[i] = store.Doc{ID: id, Facets: facets[id]}
	}
	return docs, nil
}

// Scan implements store.Collection.
func (c *collection) Scan(ctx context.Context, prefix, after string, limit int) ([]store.Doc, error) {
	const op = "mongo.scan"
	if err := store.CheckScan(op, prefix, after, limit); err != nil {
		return nil, err
	}
	var docs []store.Doc
	for len(docs) < limit {
		bounds := bson.D{{Key: "$gt", Value: after}}
		if after < prefix {
			bounds = bson.D{{Key: "$gte", Value: prefix}}
		}
		if end := prefixEnd(prefix); end != "" {
			bounds = append(bounds, bson.E{Key: "$lt", Value: end})
		}
		want := min(limit-len(docs), perQuery)
		page, err := c.find(ctx, bounds, want,
			options.Find().SetSort(bson.D{{Key: "_id", Value: 1}}).SetLimit(int64(want)))
		if err != nil {
			return nil, failed(op, err)
		}
		docs = append(docs, page...)
		if len(page) < want {
			break
		}
		after = page[len(page)-1].ID
	}
	return docs, nil
}

// prefixEnd is the smallest string that sorts after every string with the prefix, or "" when there
// is none. It goes by characters, as half a character cannot be sent; their order is the order of
// their bytes.
func prefixEnd(prefix string) string {
	for prefix != "" {
		last, size := utf8.DecodeLastRuneInString(prefix)
		prefix = prefix[:len(prefix)-size]
		switch {
		case last == 0xD7FF: // surrogates are no characters
			return prefix + "\uE000"
		case last < utf8.MaxRune:
			return prefix + string(last+1)
		}
	}
	return ""
}

// find reads at most n documents by their ids. The batch has room for one more, so that the server
// sends all of them and closes the cursor in its first answer.
func (c *collection) find(ctx context.Context, ids bson.D, n int, opts *options.FindOptionsBuilder) ([]store.Doc, error) {
	ctx, cancel := limited(ctx, c.within)
	defer cancel()
	cursor, err := c.documents.Find(ctx, bson.D{{Key: "_id", Value: ids}}, opts.SetBatchSize(int32(n)+1))
	if err != nil {
		return nil, err
	}
	defer func() { _ = cursor.Close(context.WithoutCancel(ctx)) }()
	var docs []store.Doc
	for cursor.Next(ctx) {
		doc, err := decode(cursor.Current)
		if err != nil {
			return nil, err
		}
		docs = append(docs, doc)
	}
	return docs, cursor.Err()
}

// decode reads a stored document; nothing of it shares memory with raw.
func decode(raw bson.Raw) (store.Doc, error) {
	id, ok := raw.Lookup("_id").StringValueOK()
	if !ok {
		return store.Doc{}, errStored
	}
	doc := store.Doc{ID: id}
	sub, ok := raw.Lookup(facetsField).DocumentOK()
	if !ok {
		return store.Doc{}, errStored
	}
	elements, err := sub.Elements()
	if err != nil {
		return store.Doc{}, errStored
	}
	doc.Facets = make([]store.Facet, 0, len(elements))
	for _, e := range elements {
		stored, ok := e.Value().DocumentOK()
		if !ok {
			return store.Doc{}, errStored
		}
		text, okText := stored.Lookup(revisionField).StringValueOK()
		_, value, okValue := stored.Lookup(valueField).BinaryOK()
		rev, okRev := decodeRevision(text)
		schema, okSchema := decodeSchema(stored.Lookup(schemaField))
		if !okText || !okValue || !okRev || !okSchema {
			return store.Doc{}, errStored
		}
		doc.Facets = append(doc.Facets, store.Facet{Name: e.Key(), Rev: rev, Schema: schema, Value: slices.Clone(value)})
	}
	slices.SortFunc(doc.Facets, func(a, b store.Facet) int { return strings.Compare(a.Name, b.Name) })
	return doc, nil
}

// decodeSchema reads the number of a facet's layout, which is there when it is not the first.
func decodeSchema(stored bson.RawValue) (uint32, bool) {
	if stored.IsZero() {
		return 1, true
	}
	n, ok := stored.AsInt64OK()
	return uint32(n), ok && n > 0 && n <= math.MaxUint32
}

// Drop implements store.Collection. It deletes the documents and leaves the collection, so that its
// shard key, its zones and the rights to it stay as the operators made them.
func (c *collection) Drop(ctx context.Context) error {
	_, err := c.documents.DeleteMany(ctx, bson.D{})
	return failed("mongo.drop", err)
}
