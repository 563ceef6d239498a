//go:build !windows

package settings

import "github.com/google/renameio/v2"

// replace puts data into the file at path, as a whole or not at all.
func replace(path string, data []byte) error { return renameio.WriteFile(path, data, 0o600) }
