package recordfeed

import (
	"context"
	"fmt"
)

// Kept is what Keep tells of a table.
type Kept struct {
	Verified  int64  `json:"verified"`
	Withdrawn int64  `json:"withdrawn"`
	Digest    string `json:"digest"`
	Newest    uint64 `json:"newest_version"`
}

// Keep keeps a table in step: Subscribe with the table as handler, from the start when the table is empty, since it was lost then or is new. At the
// end it tells what is kept. It closes nothing.
func Keep(ctx context.Context, cfg Config, table Table) (Kept, error) {
	empty, err := table.Empty(ctx)
	if err != nil {
		return Kept{}, err
	}
	cfg.Handler = table
	cfg.FromStart = cfg.FromStart || empty
	if err := Subscribe(ctx, cfg); err != nil {
		return Kept{}, err
	}
	return KeptIn(context.WithoutCancel(ctx), table)
}

// KeptIn counts a table.
func KeptIn(ctx context.Context, table Table) (Kept, error) {
	var count Count
	var kept Kept
	if err := table.Each(ctx, func(h Held) error {
		count.Add(h)
		kept.Newest = max(kept.Newest, h.Version)
		return nil
	}); err != nil {
		return Kept{}, err
	}
	kept.Verified, kept.Withdrawn, kept.Digest = count.Total.Verified, count.Total.Withdrawn, count.Total.Digest.String()
	return kept, nil
}

// String tells it in a line, in Vietnamese and English.
func (k Kept) String() string {
	return fmt.Sprintf("đã xác thực/verified: %d  đã thu hồi/withdrawn: %d  bản mới nhất/newest version: %d  digest %s", k.Verified, k.Withdrawn, k.Newest, k.Digest)
}
