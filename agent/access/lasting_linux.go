package access

import (
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// Lasting reports whether what is written to a folder is there after a restart: not
// in memory, and not in the upper layer of a container or of a card that is only
// read. A folder that cannot be asked about counts as lasting.
func Lasting(dir string) bool {
	for {
		if _, err := os.Stat(dir); err == nil || dir == filepath.Dir(dir) {
			break
		}
		dir = filepath.Dir(dir)
	}
	var fs unix.Statfs_t
	if unix.Statfs(dir, &fs) != nil {
		return true
	}
	switch int64(fs.Type) { //nolint:unconvert // its type differs between machines
	case unix.TMPFS_MAGIC, unix.RAMFS_MAGIC, unix.OVERLAYFS_SUPER_MAGIC:
		return false
	}
	return true
}
