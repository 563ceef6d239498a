package client

import (
	"errors"

	"golang.org/x/sys/windows"
)

// isRefused reports whether nothing listens on the port. The syscall package
// does not map Winsock's own number for it.
func isRefused(err error) bool { return errors.Is(err, windows.WSAECONNREFUSED) }
