package folder

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/rasoat/rasoat/services/internal/commandline"
	"github.com/rasoat/rasoat/services/internal/fault"
)

// Previous is where the demo keeps what the demo before it left.
const Previous = "previous"

// Kept is where people's own files go that the demo before left in Previous; "kept-2" and so on where there is one.
const Kept = "kept"

// Renewed is what Renew did.
type Renewed struct {
	Moved   string // folder into which what was there was moved; "" when there was nothing of a demo
	Removed bool   // the folder had something in it that the demo before that one made, which is gone
	Kept    string // folder with what people made in it, "" when they made nothing
}

// Renew makes room for a demo: what the last demo left, and what was written beside it, moves into the folder Previous.
// Of what Previous had, that which a demo made is deleted; what people made or changed moves into the folder Kept. Where
// no server has been yet, everything stays as it is. It fails with Invalid, and changes nothing, where a server keeps
// data that no demo made; and with Unavailable.
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
	out, err := f.clearPrevious(previous)
	if err != nil {
		return Renewed{}, err
	}
	if err := f.move(previous); err != nil {
		return Renewed{}, unusable(op, f.Dir, err)
	}
	out.Moved = previous
	return out, nil
}

// clearPrevious deletes what the demo before the last one made, and moves the rest away. It fails with Unavailable while a
// server uses it, and with Invalid when something else than a demo made it.
func (f *Folder) clearPrevious(dir string) (Renewed, error) {
	const op = "folder.clear_previous"
	if err := os.Remove(dir); err == nil || errors.Is(err, os.ErrNotExist) {
		return Renewed{}, nil // it was empty, or not there
	}
	if s, ok, err := sampleOf(dir); err != nil || !ok || s.MadeBy != ByDemo {
		return Renewed{}, fault.New(fault.Invalid, op,
			fmt.Sprintf("Thư mục %s không do demo tạo ra, nên demo không xoá: chuyển nó đi nơi khác rồi chạy lại.", dir),
			fmt.Sprintf("the folder %s was not made by a demo, so the demo does not delete it: move it away, then start the demo again", dir))
	}
	lock, err := Lock(dir, ByDemo)
	if err != nil {
		return Renewed{}, err
	}
	err = errors.Join(removeMade(dir), lock.Close())
	var kept string
	if err == nil {
		kept, err = f.keepRest(dir)
	}
	if err != nil {
		return Renewed{}, unusable(op, dir, err)
	}
	return Renewed{Removed: true, Kept: kept}, nil
}

// keepRest renames a folder of which only people's files are left, and returns its new name; where there are none, it
// deletes the folder. The mark of the demo goes last: broken off before, the next demo goes on.
func (f *Folder) keepRest(dir string) (string, error) {
	left, err := os.ReadDir(dir)
	if err != nil {
		return "", err
	}
	to := ""
	if slices.ContainsFunc(left, func(e os.DirEntry) bool { return e.Name() != lockName && e.Name() != sampleFile }) {
		if to, err = f.freeName(Kept); err == nil {
			err = os.Rename(dir, to)
		}
		if err != nil {
			return "", err
		}
		dir = to
	}
	for _, name := range []string{lockName, sampleFile} {
		if err := os.Remove(filepath.Join(dir, name)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return "", err
		}
	}
	if to == "" {
		err = os.Remove(dir)
	}
	return to, err
}

// freeName returns the path of a name inside the folder that nothing has: the name itself, or one with a number.
func (f *Folder) freeName(name string) (string, error) {
	for n := 1; ; n++ {
		path := filepath.Join(f.Dir, name)
		if n > 1 {
			path += "-" + strconv.Itoa(n)
		}
		if _, err := os.Lstat(path); errors.Is(err, os.ErrNotExist) {
			return path, nil
		} else if err != nil {
			return "", err
		}
	}
}

// isKept reports whether keepRest gave this name.
func isKept(name string) bool { return name == Kept || strings.HasPrefix(name, Kept+"-") }

// move moves everything into another folder inside this one, but for the lock, for folders of other servers, and for what is kept.
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
		if e.Name() == lockName || e.Name() == sampleFile || from == to || e.IsDir() && (hasServer(from) || isKept(e.Name())) {
			continue
		}
		if err := os.Rename(from, filepath.Join(to, e.Name())); err != nil {
			return err
		}
	}
	return os.Remove(filepath.Join(f.Dir, sampleFile))
}
