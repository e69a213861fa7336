package backup

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/fault"
)

// Format is the layout of a backup that this program writes and reads.
const Format = 1

// manifestName is the file that makes a folder a backup: it is written last.
const manifestName = "manifest.json"

// Manifest says what a backup holds.
type Manifest struct {
	Format   int                `json:"format"`
	ID       string             `json:"id"`
	Began    time.Time          `json:"began"`
	Ended    time.Time          `json:"ended"`
	Program  string             `json:"program"` // what wrote it
	Broker   string             `json:"broker"`  // the version of the broker
	Services []Service          `json:"services"`
	Streams  []Stream           `json:"streams"` // in the order in which they were taken
	Floors   []eventlog.Floor   `json:"floors"`
	Seconds  map[string]float64 `json:"seconds"` // by step
}

// File is one file of a backup.
type File struct {
	Name   string `json:"file"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// Service is what one service keeps.
type Service struct {
	File
	Service     string           `json:"service"`
	Drive       string           `json:"drive"`
	DriveDigest string           `json:"drive_digest"`
	Collections map[string]int64 `json:"collections"` // documents of each
	Documents   int64            `json:"documents"`
	Facets      int64            `json:"facets"`
	Bytes       int64            `json:"bytes"` // before they were compressed
}

// Stream is one stream of the log.
type Stream struct {
	File
	Stream string          `json:"stream"`
	Config json.RawMessage `json:"config"`
	State  State           `json:"state"`
}

// State is what a stream holds, as the broker tells it.
type State struct {
	Messages  uint64    `json:"messages"`
	Bytes     uint64    `json:"bytes"`
	FirstSeq  uint64    `json:"first_seq"`
	FirstTime time.Time `json:"first_ts"`
	LastSeq   uint64    `json:"last_seq"`
	LastTime  time.Time `json:"last_ts"`
}

// files returns every file of the backup.
func (m *Manifest) files() []File {
	out := make([]File, 0, len(m.Services)+len(m.Streams))
	for _, s := range m.Services {
		out = append(out, s.File)
	}
	for _, s := range m.Streams {
		out = append(out, s.File)
	}
	return out
}

// Size is the sum of the sizes of all files, in bytes.
func (m *Manifest) Size() int64 {
	n := int64(0)
	for _, f := range m.files() {
		n += f.Size
	}
	return n
}

// ends returns the last sequence of each stream.
func (m *Manifest) ends() map[string]uint64 {
	out := map[string]uint64{}
	for _, s := range m.Streams {
		out[s.Stream] = s.State.LastSeq
	}
	return out
}

// Read reads the manifest of a backup. It fails with NotFound for a folder that is none or not whole, and with Invalid for one that this program cannot
// read.
func Read(dir string) (*Manifest, error) {
	const op = "backup.manifest"
	text, err := os.ReadFile(filepath.Join(dir, manifestName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fault.New(fault.NotFound, op, "Thư mục "+dir+" không phải là bản sao lưu trọn vẹn (không có manifest.json); nêu thư mục của một bản sao lưu",
			"The folder "+dir+" is not a whole backup (it has no manifest.json): name the folder of a backup")
	}
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, op, err)
	}
	m := &Manifest{}
	if err := json.Unmarshal(text, m); err != nil {
		return nil, fault.Wrap(fault.Invalid, op, err)
	}
	if m.Format != Format || m.ID == "" || len(m.Streams) == 0 {
		return nil, fault.New(fault.Invalid, op, fmt.Sprintf("Bản sao lưu có dạng %d, chương trình này đọc dạng %d.", m.Format, Format),
			fmt.Sprintf("the backup has format %d, this program reads format %d", m.Format, Format))
	}
	for _, f := range m.files() {
		if !filepath.IsLocal(f.Name) {
			return nil, fault.New(fault.Invalid, op, "manifest.json nêu một tệp ngoài thư mục.", "the manifest names a file outside of its folder")
		}
	}
	return m, nil
}
