package mongo

import (
	"context"
	"errors"
	"maps"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"

	"github.com/rasoat/rasoat/services/internal/store"
)

// server does with a bulk what MongoDB does, which FerretDB does not: it goes on after a duplicate
// and says which updates were refused.
type server struct {
	docs     map[string]map[string]string // id → path of the facet → revision
	meet     map[string]bool              // another writer makes this document just before an upsert would
	commands int
	result   error // instead of the answer
}

func (s *server) bulkWrite(_ context.Context, models []mongo.WriteModel) (*mongo.BulkWriteResult, error) {
	s.commands++
	if s.result != nil {
		return &mongo.BulkWriteResult{}, s.result
	}
	var result mongo.BulkWriteResult
	var refused []mongo.BulkWriteError
	for i, model := range models {
		m := model.(*mongo.UpdateOneModel)
		id := m.Filter.(bson.D)[0].Value.(string)
		set := m.Update.(bson.D)[0].Value.(bson.D)[0]
		rev := set.Value.(bson.D)[0].Value.(string)
		doc, exists := s.docs[id]
		switch {
		case exists && doc[set.Key] < rev:
			doc[set.Key] = rev
			result.MatchedCount++
		case m.Upsert == nil || !*m.Upsert: // matches nothing
		case exists || s.meet[id]:
			if !exists {
				s.docs[id] = map[string]string{"f.other": rev}
			}
			refused = append(refused, mongo.BulkWriteError{WriteError: mongo.WriteError{Index: i, Code: duplicateKey}})
		default:
			s.docs[id] = map[string]string{set.Key: rev}
			result.UpsertedCount++
		}
	}
	if refused != nil {
		return &result, mongo.BulkWriteException{WriteErrors: refused}
	}
	return &result, nil
}

func TestMergeOnAServerThatSaysWhichWereRefused(t *testing.T) {
	rev := func(major uint64) string { return encodeRevision(store.Revision{Major: major}) }
	s := &server{
		docs: map[string]map[string]string{"old": {"f.a": rev(1)}, "new": {"f.a": rev(9), "f.b": rev(1)}},
		meet: map[string]bool{"met": true},
	}
	patch := func(id, facet string) store.Patch {
		return store.Patch{ID: id, Facet: facet, Rev: store.Revision{Major: 5}}
	}
	patches := []store.Patch{
		patch("absent", "a"), patch("absent", "b"), patch("met", "a"), patch("met", "b"),
		patch("new", "a"), patch("new", "b"), patch("old", "a"), patch("old", "b"),
	}
	want := map[string]map[string]string{
		"absent": {"f.a": rev(5), "f.b": rev(5)},
		"met":    {"f.a": rev(5), "f.b": rev(5), "f.other": rev(5)},
		"new":    {"f.a": rev(9), "f.b": rev(5)},
		"old":    {"f.a": rev(5), "f.b": rev(5)},
	}
	for round := range 2 {
		s.commands = 0
		if err := merge(t.Context(), patches, s.bulkWrite); err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
		if s.commands != 2 {
			t.Errorf("round %d: got %d commands, want 2", round, s.commands)
		}
		for id := range want {
			if !maps.Equal(s.docs[id], want[id]) {
				t.Errorf("round %d, %s: got %v, want %v", round, id, s.docs[id], want[id])
			}
		}
	}
}

// TestMergeTellsTheTrouble: nothing but a duplicate is taken for a stale facet.
func TestMergeTellsTheTrouble(t *testing.T) {
	duplicate := mongo.BulkWriteError{WriteError: mongo.WriteError{Code: duplicateKey}}
	for name, trouble := range map[string]error{
		"another code":        mongo.BulkWriteException{WriteErrors: []mongo.BulkWriteError{duplicate, {WriteError: mongo.WriteError{Code: 112}}}},
		"no majority":         mongo.BulkWriteException{WriteConcernError: &mongo.WriteConcernError{Code: 64}},
		"no majority besides": mongo.BulkWriteException{WriteErrors: []mongo.BulkWriteError{duplicate}, WriteConcernError: &mongo.WriteConcernError{Code: 64}},
		"network":             errors.New("connection reset"),
	} {
		s := &server{result: trouble}
		err := merge(t.Context(), []store.Patch{{ID: "a", Facet: "f"}, {ID: "b", Facet: "f"}}, s.bulkWrite)
		if err == nil || s.commands != 1 {
			t.Errorf("%s: got %v after %d commands, want the error after 1", name, err, s.commands)
		}
	}
}
