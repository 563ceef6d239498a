package awake

import (
	"context"
	"runtime"

	"golang.org/x/sys/windows"
)

// Of SetThreadExecutionState in the Windows API.
const (
	esContinuous      = 0x80000000
	esSystemRequired  = 0x00000001
	esDisplayRequired = 0x00000002
)

// Keep keeps the screen on until ctx ends or this program does.
func Keep(ctx context.Context) error {
	set := windows.NewLazySystemDLL("kernel32.dll").NewProc("SetThreadExecutionState")
	if err := set.Find(); err != nil {
		return err
	}
	go func() {
		runtime.LockOSThread() // it is this thread that wants it
		defer runtime.UnlockOSThread()
		_, _, _ = set.Call(esContinuous | esSystemRequired | esDisplayRequired)
		<-ctx.Done()
		_, _, _ = set.Call(esContinuous)
	}()
	return nil
}
