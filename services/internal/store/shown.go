package store

import (
	"context"

	"github.com/rasoat/rasoat/services/internal/fault"
)

// What must be there and is not is unavailable.
//
// A database may answer late, in part or from an older copy: a document is missing, or lacks what
// was merged a moment ago. "Not there" is therefore never read as "settled", "nobody" or "nothing to
// do" where something proves that it must be there:
//
//   - this handler merged it (GetAfter, MergeShown);
//   - another document names it with its revision: the entry of an index, the claim of a number;
//   - a message that was written only after it was merged: a question, an entry of DECISIONS.
//
// The answer is then Unavailable: the consumer keeps the messages in hand and tries again, a caller
// is told to come back. Where the proof may be older than the document (a writer that died between
// two collections), what is proven is merged once more from the log before it is read again, because
// waiting for a message that this very consumer would be given next would never end. Where nothing
// proves a document, it does not exist.

// Lacking returns the patches that docs do not show: the document of each must have the facet, at
// that revision or a newer one.
func Lacking(docs []Doc, merged []Patch) []Patch {
	at := make(map[string]int, len(docs))
	for i, d := range docs {
		at[d.ID] = i
	}
	var lacking []Patch
	for _, p := range merged {
		if i, read := at[p.ID]; read {
			if f, ok := docs[i].Facet(p.Facet); ok && !f.Rev.Less(p.Rev) {
				continue
			}
		}
		lacking = append(lacking, p)
	}
	return lacking
}

// NotShown is the error for something that must be there and is not.
func NotShown(op string) error {
	return fault.New(fault.Unavailable, op, "Cơ sở dữ liệu chưa cho thấy dữ liệu đã ghi; sẽ đọc lại.",
		"the database does not show yet what was stored in it; it is read again")
}

// GetAfter reads documents that must show what was merged into them; among ids is every document of
// merged. It fails with Unavailable when one does not.
func GetAfter(ctx context.Context, c Collection, ids []string, merged []Patch) ([]Doc, error) {
	docs, err := c.Get(ctx, ids)
	if err != nil {
		return nil, err
	}
	if len(Lacking(docs, merged)) > 0 {
		return nil, NotShown("store.get_after")
	}
	return docs, nil
}

// MergeShown merges patches and reads them back: for what others will look for later, and this
// caller does not read itself. It fails with Unavailable when they are not shown.
func MergeShown(ctx context.Context, c Collection, patches []Patch) error {
	if len(patches) == 0 {
		return nil
	}
	if err := c.Merge(ctx, patches); err != nil {
		return err
	}
	ids := make([]string, 0, len(patches))
	seen := make(map[string]bool, len(patches))
	for _, p := range patches {
		if !seen[p.ID] {
			seen[p.ID] = true
			ids = append(ids, p.ID)
		}
	}
	_, err := GetAfter(ctx, c, ids, patches)
	return err
}
