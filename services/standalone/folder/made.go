package folder

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Workbooks is the folder of the schools' workbooks, inside the data folder. People change files in it.
const Workbooks = "workbooks"

// sumsFile lists in Workbooks what the demo wrote there, as sha256sum does: what differs from it is a person's.
const sumsFile = "made.sha256"

// ofServer are the names of what a server makes in its folder; the databases have files beside them.
var ofServer = []string{"access.key", "access.pub", "nats"}

var databases = []string{"intake.sqlite", "validation.sqlite", "matching.sqlite", "reporting.sqlite"}

func isOfServer(name string) bool {
	return slices.Contains(ofServer, name) || slices.ContainsFunc(databases, func(db string) bool {
		rest, ok := strings.CutPrefix(name, db)
		return ok && (rest == "" || rest == "-wal" || rest == "-shm" || rest == "-journal")
	})
}

// WriteMade writes a file into the folder Workbooks of a demo, by its name there, and notes that the demo made it. Its
// errors are those of write and of the files.
func WriteMade(workbooks, name string, write func(io.Writer) error) (err error) {
	path := filepath.Join(workbooks, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	sum := sha256.New()
	if err := create(path, os.O_TRUNC, func(f io.Writer) error { return write(io.MultiWriter(f, sum)) }); err != nil {
		return err
	}
	return create(filepath.Join(workbooks, sumsFile), os.O_APPEND, func(f io.Writer) error {
		_, err := fmt.Fprintf(f, "%x  %s\n", sum.Sum(nil), name)
		return err
	})
}

func create(path string, how int, write func(io.Writer) error) (err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|how, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return write(f)
}

// removeMade deletes what a demo and its server made in a folder, but for the lock and the mark of the demo. What nobody
// is known to have made is taken for a person's and stays.
func removeMade(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if isOfServer(e.Name()) {
			if err := os.RemoveAll(filepath.Join(dir, e.Name())); err != nil {
				return err
			}
		}
	}
	return removeWorkbooks(filepath.Join(dir, Workbooks))
}

// removeWorkbooks deletes the workbooks that are as the demo wrote them, and the folders that are empty without them.
func removeWorkbooks(dir string) error {
	sums, err := os.ReadFile(filepath.Join(dir, sumsFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	} else if err != nil {
		return err
	}
	for lines := bufio.NewScanner(strings.NewReader(string(sums))); lines.Scan(); {
		sum, name, ok := strings.Cut(lines.Text(), "  ")
		if !ok || !filepath.IsLocal(filepath.FromSlash(name)) {
			continue // the writing of the line was broken off
		}
		if err := removeUnchanged(filepath.Join(dir, filepath.FromSlash(name)), sum); err != nil {
			return err
		}
	}
	if err := os.Remove(filepath.Join(dir, sumsFile)); err != nil {
		return err
	}
	return removeEmpty(dir)
}

func removeUnchanged(path, want string) error {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	} else if err != nil {
		return err
	}
	sum := sha256.New()
	_, err = io.Copy(sum, f)
	if err = errors.Join(err, f.Close()); err != nil || hex.EncodeToString(sum.Sum(nil)) != want {
		return err
	}
	return os.Remove(path)
}

// removeEmpty deletes the folders in which no file is.
func removeEmpty(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.IsDir() {
			if err := removeEmpty(filepath.Join(dir, e.Name())); err != nil {
				return err
			}
		}
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		return err
	}
	return os.Remove(dir)
}
