package capturetest

import (
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"

	"pigrid/agent/capture/fakecam"
)

// WithDevices gives the stand-in two cameras with media devices that it locks as
// libcamera does.
func WithDevices(t *testing.T) (dev string) {
	t.Helper()
	dev, err := os.MkdirTemp("/dev/shm", "pigrid") // a file system like /dev
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dev) })
	for _, name := range []string{"media0", "media1", "media2", "media3"} {
		Write(t, filepath.Join(dev, name), "")
	}
	t.Setenv(fakecam.DevicesEnv, dev)
	t.Setenv(fakecam.CamerasEnv, "2")
	return dev
}

// OtherProgram uses a camera as another program would: it has its lock.
func OtherProgram(t *testing.T, device string) (end func()) {
	t.Helper()
	f, err := os.OpenFile(device, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.FcntlFlock(f.Fd(), unix.F_SETLK, &unix.Flock_t{Type: unix.F_WRLCK}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return func() { _ = f.Close() }
}

// OpenFiles counts this process's descriptors.
func OpenFiles(t *testing.T) int {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(entries)
}
