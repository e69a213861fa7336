// Package output opens the files that a person names for what a command writes. Nothing else in the commands does.
//
// The one rule a reader must not miss: what is there already is somebody's work. It is replaced only where --force was
// given, and only when what replaces it is whole. A new file is for its owner alone: most of them hold personal data.
package output

import (
	"bufio"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/rasoat/rasoat/services/internal/fault"
)

const op = "output.open"

// Free reports, as an error of kind Invalid, that a file is there already and force was not given, or that the file cannot
// be written because of its folder. Commands ask it before they do anything.
func Free(path string, force bool) error {
	info, err := os.Stat(path)
	switch {
	case err == nil && info.IsDir():
		return fault.New(fault.Invalid, op, path+" là thư mục; hãy nêu một tệp", path+" is a folder: name a file")
	case err == nil && info.Mode()&(fs.ModeNamedPipe|fs.ModeSocket) != 0:
		return fault.OfFile(op, path, fault.ErrNotRegular) // to open it would wait for a reader
	case err == nil && info.Mode().IsRegular() && !force:
		return taken(path)
	case err == nil:
		return nil
	case !errors.Is(err, fs.ErrNotExist):
		return fault.OfFile(op, path, err)
	}
	dir := filepath.Dir(path)
	_, err = os.Stat(dir)
	return fault.OfFile(op, dir, err)
}

// FreeFolder reports that a folder is there already with something in it, and force was not given.
func FreeFolder(path string, force bool) error {
	entries, err := os.ReadDir(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fault.OfFile(op, path, err)
	case len(entries) > 0 && !force:
		return fault.New(fault.Invalid, op,
			"Thư mục "+path+" đã có nội dung; chọn thư mục mới, hoặc thêm --force để ghi đè các tệp cùng tên",
			"The folder "+path+" is not empty: choose a new one, or add --force to replace the files of the same names")
	}
	return nil
}

func taken(path string) error {
	return fault.New(fault.Invalid, op, path+" đã có; chọn tên khác, hoặc thêm --force để ghi đè",
		path+" is there already: choose another name, or add --force to replace it")
}

// Write writes a file as a whole: what is under its name is complete, or what was there before. A device is
// written as it is; a pipe is refused.
func Write(path string, force bool, write func(io.Writer) error) error {
	if err := Free(path, force); err != nil {
		return err
	}
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return writeThrough(path, write)
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".rasoat-*") // its mode is 0600
	if err != nil {
		return fault.OfFile(op, path, err)
	}
	defer func() { _ = os.Remove(f.Name()) }() // gone already when all went well
	if err := fill(f, path, write); err != nil {
		return err
	}
	return place(f.Name(), path, force)
}

// writeThrough writes to a device.
func writeThrough(path string, write func(io.Writer) error) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return fault.OfFile(op, path, err)
	}
	return fill(f, path, write)
}

// fill writes a file and closes it. An error of the disk names the path that was asked for.
func fill(f *os.File, path string, write func(io.Writer) error) error {
	w := bufio.NewWriterSize(f, 256<<10)
	err := write(w)
	if err == nil {
		err = w.Flush()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	// Whoever wrote may have put the error of the disk into words of their own, which do not say that it is ours.
	if at := new(fs.PathError); errors.As(err, &at) && at.Path == f.Name() {
		return fault.OfFile(op, path, at)
	}
	return err
}

// place gives a whole file its name. Without force it makes sure at this very moment that nobody else took it.
func place(whole, path string, force bool) error {
	if !force {
		claim, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if errors.Is(err, fs.ErrExist) {
			return taken(path)
		}
		if err == nil {
			err = claim.Close()
		}
		if err != nil {
			return fault.OfFile(op, path, err)
		}
	}
	return fault.OfFile(op, path, os.Rename(whole, path))
}
