package keep

import (
	"errors"

	"golang.org/x/sys/windows"
)

// isFull reports whether the system says in words of its own that the disk is full.
func isFull(err error) bool {
	return errors.Is(err, windows.ERROR_DISK_FULL) || errors.Is(err, windows.ERROR_HANDLE_DISK_FULL)
}
