package engine

import "golang.org/x/sys/unix"

// MachineMemory returns how many bytes of memory this machine has, 0 when that is
// not known.
func MachineMemory() uint64 {
	var info unix.Sysinfo_t
	if unix.Sysinfo(&info) != nil {
		return 0
	}
	return uint64(info.Totalram) * uint64(info.Unit) //nolint:unconvert // the fields are narrower on 32-bit machines
}
