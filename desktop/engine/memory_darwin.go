package engine

import "golang.org/x/sys/unix"

// MachineMemory returns how many bytes of memory this machine has, 0 when that is
// not known.
func MachineMemory() uint64 {
	n, err := unix.SysctlUint64("hw.memsize")
	if err != nil {
		return 0
	}
	return n
}
