package settings

import (
	"errors"
	"os"
	"path/filepath"
)

// replace puts data into the file at path, as a whole or not at all. renameio
// leaves Windows out; os.Rename replaces a file there in one step.
func replace(path string, data []byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), "settings-*.tmp")
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
	return os.Rename(f.Name(), path)
}
