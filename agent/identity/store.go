package identity

import (
	"os"

	"github.com/google/renameio/v2"
)

// store writes one small file so that a power cut leaves the old or the new one.
func store(dir, path, text string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	return renameio.WriteFile(path, []byte(text+"\n"), 0o644)
}
