//go:build !windows

package keep

// isFull reports whether the system says in words of its own that the disk is full.
func isFull(error) bool { return false }
