package access

import (
	"context"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/rasoat/rasoat/services/internal/fault"
)

// Source gives the token of a call, without the word Bearer. It may be asked at the same time by many calls.
type Source func(ctx context.Context) (string, error)

// Fixed returns the same token always.
func Fixed(token string) Source {
	return func(context.Context) (string, error) { return token, nil }
}

// File returns the token of a file, read again when the file has changed. It fails with Unauthenticated when there is none.
func File(path string) Source {
	var mu sync.Mutex
	var token string
	var changed time.Time
	var size int64
	return func(context.Context) (string, error) {
		const op = "access.file"
		mu.Lock()
		defer mu.Unlock()
		info, err := os.Stat(path)
		if err != nil {
			return "", fault.Wrap(fault.Unauthenticated, op, err)
		}
		if token != "" && info.ModTime().Equal(changed) && info.Size() == size {
			return token, nil
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return "", fault.Wrap(fault.Unauthenticated, op, err)
		}
		token, changed, size = strings.TrimSpace(string(data)), info.ModTime(), info.Size()
		if token == "" {
			return "", fault.New(fault.Unauthenticated, op, "Tệp mã truy cập trống.", "the token file is empty")
		}
		return token, nil
	}
}
