package operator

import (
	"bytes"
	"context"
	"slices"
	"strings"

	pb "github.com/rasoat/rasoat/proto/rasoat/operator/v1"
	"github.com/rasoat/rasoat/services/internal/store"
)

const (
	perPage = 500
	// most is how many documents that differ are looked at once more; with more of them the collections are of two worlds.
	most = 20_000
	// listed is how many differences are told.
	listed = 100
)

// suspect is a document that differed when it was read.
type suspect struct{ collection, id string }

// comparison compares what serves with what was built, document by document.
type comparison struct {
	serving, built func(string) store.Collection
	indexes        []string
	suspects       []suspect
	beyond         int64 // documents that differed when there were too many suspects already
}

// scan reads a collection of both generations in the order of ids and notes what differs. Two pages are in memory.
func (c *comparison) scan(ctx context.Context, name string, done func(n uint64) error) error {
	old, built := &pages{c: c.serving(name)}, &pages{c: c.built(name)}
	for {
		a, okA, err := old.peek(ctx)
		if err != nil {
			return err
		}
		b, okB, err := built.peek(ctx)
		if err != nil {
			return err
		}
		if !okA && !okB {
			return nil
		}
		switch {
		case !okB || okA && a.ID < b.ID:
			old.next()
			b = store.Doc{ID: a.ID}
		case !okA || b.ID < a.ID:
			built.next()
			a = store.Doc{ID: b.ID}
		default:
			old.next()
			built.next()
		}
		if len(c.differences(name, a, b)) > 0 {
			if len(c.suspects) < most {
				c.suspects = append(c.suspects, suspect{name, a.ID})
			} else {
				c.beyond++
			}
		}
		if err := done(1); err != nil {
			return err
		}
	}
}

// again reads the suspects once more and keeps those that still differ. It gives the first of their differences, by collection and id.
func (c *comparison) again(ctx context.Context) ([]*pb.Difference, error) {
	slices.SortFunc(c.suspects, func(a, b suspect) int {
		if d := strings.Compare(a.collection, b.collection); d != 0 {
			return d
		}
		return strings.Compare(a.id, b.id)
	})
	var out []*pb.Difference
	var kept []suspect
	for len(c.suspects) > 0 {
		name := c.suspects[0].collection
		var ids []string
		for len(ids) < min(perPage, len(c.suspects)) && c.suspects[len(ids)].collection == name {
			ids = append(ids, c.suspects[len(ids)].id)
		}
		old, err := c.serving(name).Get(ctx, ids)
		if err != nil {
			return nil, err
		}
		built, err := c.built(name).Get(ctx, ids)
		if err != nil {
			return nil, err
		}
		for i := range ids {
			found := c.differences(name, old[i], built[i])
			if len(found) > 0 {
				kept = append(kept, c.suspects[i])
			}
			out = append(out, found[:min(len(found), listed-len(out))]...)
		}
		c.suspects = c.suspects[len(ids):]
	}
	c.suspects = kept
	return out, nil
}

// differences returns how the document that serves differs from the one that follows from the log.
func (c *comparison) differences(name string, serving, built store.Doc) []*pb.Difference {
	index := slices.Contains(c.indexes, name)
	var out []*pb.Difference
	note := func(facet, kind string) {
		out = append(out, &pb.Difference{Collection: name, Id: serving.ID, Facet: facet, Kind: kind})
	}
	for _, b := range built.Facets {
		a, ok := serving.Facet(b.Name)
		switch {
		case !ok:
			note(b.Name, "missing")
		case index:
		case a.Rev.Less(b.Rev):
			note(b.Name, "older")
		case b.Rev.Less(a.Rev):
			note(b.Name, "newer")
		case !bytes.Equal(a.Value, b.Value):
			note(b.Name, "content")
		}
	}
	for _, a := range serving.Facets {
		if _, ok := built.Facet(a.Name); !ok && !index {
			note(a.Name, "surplus")
		}
	}
	return out
}

// pages reads a collection document by document.
type pages struct {
	c     store.Collection
	page  []store.Doc
	after string
	ended bool
}

// peek returns the document that is next, and whether there is one.
func (p *pages) peek(ctx context.Context) (store.Doc, bool, error) {
	if len(p.page) == 0 && !p.ended {
		var err error
		if p.page, err = p.c.Scan(ctx, "", p.after, perPage); err != nil {
			return store.Doc{}, false, err
		}
		p.ended = len(p.page) < perPage
	}
	if len(p.page) == 0 {
		return store.Doc{}, false, nil
	}
	return p.page[0], true, nil
}

func (p *pages) next() {
	p.after = p.page[0].ID
	p.page = p.page[1:]
}
