package wholefile

import (
	"crypto/rand"
	"errors"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
)

// New makes a file in a folder that exists, with what write writes into it, under the
// first of the names that is free. It returns its path. No file is ever replaced, and
// after an error there is none. The error wraps [fs.ErrExist] when no name is free.
func New(dir string, names iter.Seq[string], write func(*os.File) error) (path string, err error) {
	return newFile(dir, names, write, os.Link)
}

func newFile(dir string, names iter.Seq[string], write func(*os.File) error, link func(from, to string) error) (path string, err error) {
	tmp := filepath.Join(dir, ".pigrid-"+rand.Text()+".tmp")
	f, err := os.OpenFile(tmp, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o666) // less what the user's umask says
	if err != nil {
		return "", err
	}
	defer os.Remove(tmp) //nolint:errcheck // after a success it may be gone
	err = write(f)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return "", err
	}
	err = fs.ErrExist
	for name := range names {
		path := filepath.Join(dir, name)
		if err = place(tmp, path, link); !errors.Is(err, fs.ErrExist) {
			return path, err
		}
	}
	return "", err
}

// place gives a file a name that is free.
func place(tmp, path string, link func(from, to string) error) error {
	err := link(tmp, path)
	if err == nil || errors.Is(err, fs.ErrExist) {
		return err
	}
	// FAT and some network drives have no links. The name is taken first, so that nobody
	// else gets it.
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o666)
	if err != nil {
		return err
	}
	if err = errors.Join(f.Close(), os.Rename(tmp, path)); err != nil {
		_ = os.Remove(path)
	}
	return err
}
