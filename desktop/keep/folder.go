package keep

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// folder returns where files go. The usual folder is made; one that a person chose is
// not, because it may be on a drive that is gone.
func (w Where) folder() (string, error) {
	if w.Folder == "" {
		usual, err := Usual()
		if err != nil {
			return "", err
		}
		return usual, os.MkdirAll(usual, 0o755) // less what the user's umask says
	}
	info, err := os.Stat(w.Folder)
	if err == nil && !info.IsDir() {
		err = fmt.Errorf("%s is no folder: %w", w.Folder, fs.ErrNotExist)
	}
	return w.Folder, err
}

// Usual is PiGrid in the user's folder for pictures.
func Usual() (string, error) {
	pictures, err := picturesFolder()
	if err != nil {
		return "", fmt.Errorf("no folder for pictures: %w", err)
	}
	return filepath.Join(pictures, "PiGrid"), nil
}
