//go:build !linux && !darwin && !windows

package engine

// MachineMemory returns how many bytes of memory this machine has, 0 when that is
// not known.
func MachineMemory() uint64 { return 0 }
