//go:build !windows

package client

import (
	"errors"
	"syscall"
)

// isRefused reports whether nothing listens on the port.
func isRefused(err error) bool { return errors.Is(err, syscall.ECONNREFUSED) }
