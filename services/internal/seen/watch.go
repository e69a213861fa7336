package seen

import (
	"context"

	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/store"
)

// Watch is what every process does between opening log and store of a service and running it: it has the log watch over the store. With anew, the
// collections are made anew from the log first, by that function, and what was seen of another log is forgotten.
//
// It fails with Conflict when the log is older than the collections or a restore was broken off (the service must not start then), and with the
// errors of anew.
func Watch(ctx context.Context, log *eventlog.Log, db store.DB, anew func(context.Context) error) error {
	s := In(db)
	if anew != nil {
		r, err := s.Restore(ctx)
		if err != nil {
			return err
		}
		if r.Backup != "" && !r.Done {
			return fault.New(fault.Conflict, "seen.watch",
				"Việc khôi phục dữ liệu đã dừng giữa chừng, nhật ký có thể chưa đủ: chạy lại rasoat restore với cùng bản sao lưu trước khi dựng lại.",
				"a restore was broken off, and the log may lack something: run rasoat restore again with the same backup before anything is made anew")
		}
		if err := anew(ctx); err != nil {
			return err
		}
		// After it: whoever is killed in between is told of the older log again.
		if err := s.Forget(ctx); err != nil {
			return err
		}
	}
	return log.Remember(ctx, s)
}
