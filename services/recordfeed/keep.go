package recordfeed

import (
	"context"
	"fmt"

	"github.com/rasoat/rasoat/services/internal/fault"
)

// Kept is what Keep tells of a table.
type Kept struct {
	Verified  int64  `json:"verified"` // records in force
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
	newest := Newest{}
	if err := table.Each(ctx, func(h Held) error { newest.Put(h); return nil }); err != nil {
		return Kept{}, err
	}
	return newest.Kept(), nil
}

// InForceHeading heads a column of how many records are in force, which is no count of verified pupils.
var InForceHeading = fault.Text{Vi: "Đang có hiệu lực", En: "In force"}

// InForce says how many records are in force, and why that is another number than that of the verified pupils. It is
// said wherever the number is shown.
func InForce(records int64) fault.Text {
	return fault.Text{
		Vi: fmt.Sprintf("%d hồ sơ đang có hiệu lực. Số học sinh đã xác thực (rasoat progress) có thể ít hơn: hồ sơ đã công bố vẫn có hiệu lực "+
			"trong khi bản thay thế đang được xét.", records),
		En: fault.Number(records, "record is", "records are") + " in force. The verified pupils (rasoat progress) may be fewer: " +
			"a record stays in force while its replacement is judged.",
	}
}
