// Package wholefile replaces small files: as a whole, or not at all.
package wholefile

import (
	"errors"
	"os"
	"path/filepath"
)

// Replace puts data into the file at path, which only this user may read, and makes
// its folder if there is none. After an error the file is as it was.
func Replace(path string, data []byte) (err error) {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, filepath.Base(path)+"-*.tmp") // its mode is 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name())
		}
	}()
	_, err = f.Write(data)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path) // replaces a file in one step on all systems
}

// CopyOf is where the copy of the file at path is. It is written after the file: so one
// of the two is whole, whatever happens to the other.
func CopyOf(path string) string { return path + ".bak" }
