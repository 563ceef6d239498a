package engine

import (
	"unsafe"

	"golang.org/x/sys/windows"
)

// memoryStatus is MEMORYSTATUSEX of the Windows API.
type memoryStatus struct {
	length, load               uint32
	physical, _, _, _, _, _, _ uint64
}

// MachineMemory returns how many bytes of memory this machine has, 0 when that is
// not known.
func MachineMemory() uint64 {
	var s memoryStatus
	s.length = uint32(unsafe.Sizeof(s))
	ask := windows.NewLazySystemDLL("kernel32.dll").NewProc("GlobalMemoryStatusEx")
	if ask.Find() != nil {
		return 0
	}
	if ok, _, _ := ask.Call(uintptr(unsafe.Pointer(&s))); ok == 0 {
		return 0
	}
	return s.physical
}
