package backup

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"hash"
	"io"
	"os"
	"path/filepath"

	"github.com/rasoat/rasoat/services/internal/fault"
)

// writing is a file of a backup that is being written.
type writing struct {
	name string
	file *os.File
	buf  *bufio.Writer
	sum  hash.Hash
	size int64
}

// create makes a file in a folder, for the owner alone.
func create(dir, name string) (*writing, error) {
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, disk(err)
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, disk(err)
	}
	return &writing{name: name, file: f, buf: bufio.NewWriterSize(f, 1<<20), sum: sha256.New()}, nil
}

// Write implements io.Writer.
func (w *writing) Write(p []byte) (int, error) {
	w.sum.Write(p)
	w.size += int64(len(p))
	n, err := w.buf.Write(p)
	return n, disk(err)
}

// close puts the file on disk and gives its line of the manifest.
func (w *writing) close(err error) (File, error) {
	if err == nil {
		err = disk(errors.Join(w.buf.Flush(), w.file.Sync()))
	}
	err = errors.Join(err, disk(w.file.Close()))
	return File{Name: filepath.ToSlash(w.name), Size: w.size, SHA256: hex.EncodeToString(w.sum.Sum(nil))}, err
}

// disk wraps an error of the disk in its kind.
func disk(err error) error { return fault.Wrap(fault.Unavailable, "backup.disk", err) }

// finish writes the manifest and gives the folder its name: from this moment on it is a backup.
func finish(temp, dir string, m *Manifest) error {
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return fault.Wrap(fault.Internal, "backup.manifest", err)
	}
	w, err := create(temp, manifestName)
	if err != nil {
		return err
	}
	_, err = w.Write(append(text, '\n'))
	if _, err = w.close(err); err != nil {
		return err
	}
	for _, d := range []string{filepath.Join(temp, streamsDir), filepath.Join(temp, collectionsDir), temp} {
		if err := syncDir(d); err != nil {
			return err
		}
	}
	if err := os.Rename(temp, dir); err != nil {
		return disk(err)
	}
	return syncDir(filepath.Dir(dir))
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return disk(err)
	}
	return disk(errors.Join(d.Sync(), d.Close()))
}

// Verify reads every file of a backup and compares it with the manifest. It fails with Invalid and names the first that differs.
func Verify(ctx context.Context, dir string, m *Manifest, tell Tell) error {
	total, done := m.Size(), int64(0)
	for _, want := range m.files() {
		got, err := measure(ctx, filepath.Join(dir, filepath.FromSlash(want.Name)), func(n int64) { tell(Verifying, "", done+n, total) })
		if err != nil {
			return err
		}
		if got.Size != want.Size || got.SHA256 != want.SHA256 {
			return fault.New(fault.Invalid, "backup.verify", "Tệp "+want.Name+" của bản sao lưu bị hỏng hoặc bị sửa: không khôi phục gì.",
				"the file "+want.Name+" of the backup is damaged or was changed: nothing is restored")
		}
		done += want.Size
	}
	return nil
}

func measure(ctx context.Context, path string, read func(int64)) (File, error) {
	f, err := os.Open(path)
	if err != nil {
		return File{}, fault.Wrap(fault.Invalid, "backup.verify", err)
	}
	defer func() { _ = f.Close() }()
	sum, buf, size := sha256.New(), make([]byte, 1<<20), int64(0)
	for ctx.Err() == nil {
		n, err := f.Read(buf)
		sum.Write(buf[:n])
		size += int64(n)
		read(size)
		if errors.Is(err, io.EOF) {
			return File{Size: size, SHA256: hex.EncodeToString(sum.Sum(nil))}, nil
		}
		if err != nil {
			return File{}, fault.Wrap(fault.Invalid, "backup.verify", err)
		}
	}
	return File{}, fault.Wrap(fault.Unavailable, "backup.verify", ctx.Err())
}
