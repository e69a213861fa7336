package access

import (
	"context"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/input"
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
			return "", unreadable(path, err)
		}
		if token != "" && info.ModTime().Equal(changed) && info.Size() == size {
			return token, nil
		}
		data, err := input.ReadFile(path)
		if err != nil {
			return "", unreadable(path, err)
		}
		if token, err = Clean(string(data)); err != nil {
			return "", err
		}
		changed, size = info.ModTime(), info.Size()
		if token == "" {
			return "", fault.New(fault.Unauthenticated, op, "Tệp mã truy cập "+path+" trống; ghi mã vào tệp",
				"The token file "+path+" is empty: write the token into it")
		}
		return token, nil
	}
}

// unreadable says which file of a token cannot be read, and why.
func unreadable(path string, err error) error {
	why := fault.Worded(fault.OfFile("access.file", path, err)).Text
	return &fault.Error{Kind: fault.Unauthenticated, Op: "access.file", Err: err, Text: fault.Text{
		Vi: "Không đọc được tệp mã truy cập: " + why.Vi, En: "The token file cannot be read: " + why.En,
	}}
}

// Clean returns a token without the blanks and line breaks around it, which copying adds. It fails with Unauthenticated for a token with
// something inside that no token has: no call could carry it.
func Clean(token string) (string, error) {
	token = strings.TrimSpace(token)
	if strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return "", fault.New(fault.Unauthenticated, "access.clean",
			"Mã truy cập (token) không hợp lệ: bên trong có dấu cách, xuống dòng hoặc ký tự lạ. Chép lại cả mã trên một dòng, hoặc lấy mã mới (rasoat token)",
			"The token is not valid: there is a blank, a line break or a strange character inside. Copy the whole token as one line, or get a new one (rasoat token)")
	}
	return token, nil
}
