package identity

import (
	"os"
	"path/filepath"

	"github.com/google/renameio/v2"
)

// store writes one small file so that a power cut leaves the old or the new one.
// It makes the folder if there is none.
func store(path, text string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return renameio.WriteFile(path, []byte(text+"\n"), 0o644)
}
