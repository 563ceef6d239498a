//go:build !linux && !windows

package keep

import (
	"os"
	"path/filepath"
)

// picturesFolder is the user's.
func picturesFolder() (string, error) {
	home, err := os.UserHomeDir()
	return filepath.Join(home, "Pictures"), err
}
