package folder

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/rasoat/rasoat/services/internal/commandline"
	"github.com/rasoat/rasoat/services/internal/fault"
)

// Previous is where the demo keeps what the demo before it left.
const Previous = "previous"

// Renewed is what Renew did.
type Renewed struct {
	Moved   string // folder into which what was there was moved; "" when there was nothing of a demo
	Removed bool   // the folder had something in it of the demo before that one, which is gone
}

// Renew makes room for a demo: what the last demo left, and what was written beside it, moves into the folder Previous,
// whose own content is deleted. Where no server has been yet, everything stays as it is. It fails with Invalid, and
// changes nothing, where a server keeps data that no demo made; and with Unavailable.
func (f *Folder) Renew() (Renewed, error) {
	const op = "folder.renew"
	last, ok, err := f.Sample()
	if err != nil {
		return Renewed{}, err
	}
	if !ok && !f.HasServer() {
		return Renewed{}, nil
	}
	if last.MadeBy != ByDemo {
		return Renewed{}, fault.New(fault.Invalid, op,
			fmt.Sprintf("Thư mục %s giữ dữ liệu không do demo tạo ra, nên demo không động đến: chọn thư mục khác bằng --data, hoặc chạy tiếp: "+
				"rasoat-standalone up --data %s.", f.Dir, commandline.Quote(f.Dir)),
			fmt.Sprintf("the folder %s holds data that no demo made, which the demo leaves alone: choose another folder with --data, or go on with it: "+
				"rasoat-standalone up --data %s", f.Dir, commandline.Quote(f.Dir)))
	}

	previous := filepath.Join(f.Dir, Previous)
	removed, err := clearPrevious(previous)
	if err != nil {
		return Renewed{}, err
	}
	if err := f.move(previous); err != nil {
		return Renewed{}, unusable(op, f.Dir, err)
	}
	return Renewed{Moved: previous, Removed: removed}, nil
}

// clearPrevious deletes what the demo before the last one left. It fails with Unavailable while a server uses it, and
// with Invalid when something else than a demo made it.
func clearPrevious(dir string) (bool, error) {
	const op = "folder.clear_previous"
	if err := os.Remove(dir); err == nil || errors.Is(err, os.ErrNotExist) {
		return false, nil // it was empty, or not there
	}
	if s, ok, err := sampleOf(dir); err != nil || !ok || s.MadeBy != ByDemo {
		return false, fault.New(fault.Invalid, op,
			fmt.Sprintf("Thư mục %s không do demo tạo ra, nên demo không xoá: chuyển nó đi nơi khác rồi chạy lại.", dir),
			fmt.Sprintf("the folder %s was not made by a demo, so the demo does not delete it: move it away, then start the demo again", dir))
	}
	lock, err := Lock(dir, ByDemo)
	if err != nil {
		return false, err
	}
	defer lock.Close()
	if err := os.RemoveAll(dir); err != nil {
		return false, unusable(op, dir, err)
	}
	return true, nil
}

// move moves everything into another folder inside this one, but for the lock and for folders of other servers.
func (f *Folder) move(to string) error {
	entries, err := os.ReadDir(f.Dir)
	if err != nil {
		return err
	}
	if err := os.Mkdir(to, 0o700); err != nil {
		return err
	}
	// The mark of the demo is moved last: broken off before, both folders are still a demo's.
	mark, err := os.ReadFile(filepath.Join(f.Dir, sampleFile))
	if err == nil {
		err = os.WriteFile(filepath.Join(to, sampleFile), mark, 0o600)
	}
	if err != nil {
		return err
	}
	for _, e := range entries {
		from := filepath.Join(f.Dir, e.Name())
		if e.Name() == lockName || e.Name() == sampleFile || from == to || e.IsDir() && hasServer(from) {
			continue
		}
		if err := os.Rename(from, filepath.Join(to, e.Name())); err != nil {
			return err
		}
	}
	return os.Remove(filepath.Join(f.Dir, sampleFile))
}
