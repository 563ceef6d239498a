package smallfile

import (
	"os"
	"path/filepath"

	"github.com/google/renameio/v2"
)

// Write replaces a file, so that a power cut leaves the old or the new one. It makes
// the folder if there is none. The temporary file lies beside it and has no more
// rights.
func Write(path string, data []byte, rights os.FileMode) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	if err := renameio.WriteFile(path, data, rights, renameio.WithTempDir(dir), renameio.WithStaticPermissions(rights)); err != nil {
		return err
	}
	return sync(dir)
}

// Remove removes a file so that it is gone after a power cut, too. One that is not
// there is no error.
func Remove(path string) error {
	if err := os.Remove(path); err != nil {
		if os.IsNotExist(err) {
			return nil
		}
		return err
	}
	return sync(filepath.Dir(path))
}

// sync has a folder's list of files written. Not every file system can.
func sync(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	_ = f.Sync()
	return f.Close()
}
