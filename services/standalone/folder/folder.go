// Package folder is the one folder below which a standalone server and the demo write everything: data, secret keys,
// workbooks, and what the examples of the documents make.
//
// The one rule a reader must not miss: the demo starts afresh each time, but only what a demo made is deleted for
// that, and what people made beside it is moved. What a server keeps that somebody started with "up" is never touched.
package folder

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/rasoat/rasoat/services/internal/fault"
)

// Name is the data folder's name, below the working folder, where nobody chose another; git ignores it.
const Name = "rasoat-data"

// Folder is a data folder that this process alone uses, until Close.
type Folder struct {
	Dir  string
	lock *os.File
	made string // the outermost folder that Open had to make; "" for none
}

// Open takes a data folder for this process, and makes it where it is missing. holder is the name of the program that is
// shown to others who want the folder meanwhile. It fails with Unavailable when another process has the folder,
// and with Invalid when it cannot be written to.
func Open(dir, holder string) (*Folder, error) {
	made := firstMissing(dir)
	lock, err := Lock(dir, holder)
	if err != nil {
		return nil, err
	}
	return &Folder{Dir: dir, lock: lock, made: made}, nil
}

// Close lets others use the folder. One that Open made and into which nothing came is deleted.
func (f *Folder) Close() error {
	if entries, err := os.ReadDir(f.Dir); f.made != "" && err == nil && len(entries) == 1 && entries[0].Name() == lockName {
		_ = os.Remove(f.lock.Name()) // what cannot be deleted stays, and harms nobody
		for dir := filepath.Clean(f.Dir); os.Remove(dir) == nil && dir != f.made; dir = filepath.Dir(dir) {
		}
	}
	return fault.Wrap(fault.Unavailable, "folder.close", f.lock.Close())
}

// firstMissing returns the outermost folder of a path that is not there; "" when all of it is.
func firstMissing(dir string) string {
	missing := ""
	for dir = filepath.Clean(dir); ; dir = filepath.Dir(dir) {
		if _, err := os.Lstat(dir); !errors.Is(err, os.ErrNotExist) {
			return missing
		}
		missing = dir
	}
}

// lockName is the file that stands for a folder in the eyes of the operating system's locks.
const lockName = "rasoat.lock"

// Lock makes a folder where it is missing and takes it for this process alone, until the file that it returns is closed
// or the process ends. It fails as Open does.
func Lock(dir, holder string) (*os.File, error) {
	const op = "folder.lock"
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, unusable(op, dir, err)
	}
	f, err := os.OpenFile(filepath.Join(dir, lockName), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, unusable(op, dir, err)
	}
	if err := lockFile(f); err != nil {
		who, _ := os.ReadFile(f.Name()) // what cannot be read is not shown
		return nil, errors.Join(taken(op, dir, string(who), err), f.Close())
	}

	// Who has the folder is there for people only: the lock itself ends with the process, whatever the file says.
	if err := f.Truncate(0); err == nil {
		_, _ = fmt.Fprintf(f, "%s, pid %d", holder, os.Getpid())
	}
	return f, nil
}

func taken(op, dir, who string, err error) error {
	if who == "" {
		who = "?"
	}
	return &fault.Error{Kind: fault.Unavailable, Op: op, Err: err, Text: fault.Text{
		Vi: fmt.Sprintf("thư mục %s đang do tiến trình khác dùng (%s)", dir, who),
		En: fmt.Sprintf("the folder %s is in use by another process (%s)", dir, who),
	}}
}

func unusable(op, dir string, err error) error {
	return &fault.Error{Kind: fault.Invalid, Op: op, Err: err, Text: fault.Text{
		Vi: fmt.Sprintf("Không dùng được thư mục %s: kiểm tra quyền ghi, hoặc chọn thư mục khác bằng --data.", dir),
		En: fmt.Sprintf("the folder %s cannot be used: check that it can be written to, or choose another with --data", dir),
	}}
}
