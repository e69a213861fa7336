package folder

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/rasoat/rasoat/services/internal/fault"
)

// Sample is what a folder's synthetic sample was made from: a server that goes on with the folder needs the same.
type Sample struct {
	MadeBy   string `json:"made_by"` // ByDemo or ByUp
	Seed     uint64 `json:"seed"`
	Pupils   int    `json:"pupils"`
	Faults   int    `json:"faults"`
	Approval bool   `json:"approval"`
}

// Who makes samples.
const (
	ByDemo = "demo"
	ByUp   = "up"
)

// sampleFile says that a folder holds a sample, and which.
const sampleFile = "sample.json"

// Sample returns the sample that a folder holds; none, where it is new or holds a drive of its own. It fails with
// Invalid when what the folder says about it cannot be read.
func (f *Folder) Sample() (s Sample, ok bool, err error) { return sampleOf(f.Dir) }

func sampleOf(dir string) (s Sample, ok bool, err error) {
	const op = "folder.sample"
	file := filepath.Join(dir, sampleFile)
	text, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) {
		return s, false, nil
	}
	if err == nil {
		err = json.Unmarshal(text, &s)
	}
	if err != nil {
		return s, false, &fault.Error{Kind: fault.Invalid, Op: op, Err: err, Text: fault.Text{
			Vi: fmt.Sprintf("Không đọc được %s: chọn thư mục khác bằng --data.", file),
			En: fmt.Sprintf("%s cannot be read: choose another folder with --data", file),
		}}
	}
	return s, true, nil
}

// Keep notes which sample the folder holds.
func (f *Folder) Keep(s Sample) error {
	const op = "folder.keep"
	text, err := json.Marshal(s)
	if err != nil {
		return fault.Wrap(fault.Internal, op, err)
	}
	if err := os.WriteFile(filepath.Join(f.Dir, sampleFile), append(text, '\n'), 0o600); err != nil {
		return unusable(op, f.Dir, err)
	}
	return nil
}

// HasServer reports whether a server keeps data in the folder, or did.
func (f *Folder) HasServer() bool { return hasServer(f.Dir) }

func hasServer(dir string) bool {
	for _, name := range []string{"access.key", "nats", OwnKey} {
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
			return true
		}
	}
	return false
}

// OwnKey is the file of the key that makes the references of pupils, in the folder of a drive of one's own. The key of a
// sample follows from its seed and is kept nowhere.
const OwnKey = "reference.key"

// HasOwnDrive reports whether the folder holds the data of a drive of one's own.
func (f *Folder) HasOwnDrive() bool {
	_, err := os.Stat(filepath.Join(f.Dir, OwnKey))
	return err == nil
}
