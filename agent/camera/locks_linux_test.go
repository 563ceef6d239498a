package camera

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// lockedDevice makes a folder with two media devices; this process holds a lock
// on the first.
func lockedDevice(t *testing.T) (dev string) {
	t.Helper()
	dev, err := os.MkdirTemp("/dev/shm", "pigrid") // a file system like /dev
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dev) })
	write(t, filepath.Join(dev, "media1"), "")
	f, err := os.Create(filepath.Join(dev, "media0"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	if err := unix.FcntlFlock(f.Fd(), unix.F_SETLK, &unix.Flock_t{Type: unix.F_WRLCK}); err != nil {
		t.Fatal(err)
	}
	return dev
}

func TestLockersAreSeen(t *testing.T) {
	dev := lockedDevice(t)
	if got := lockers("/proc", filepath.Join(dev, "media*")); !slices.Equal(got, []string{strconv.Itoa(os.Getpid())}) {
		t.Errorf("locked by %q, want this process, %d", got, os.Getpid())
	}
	if got := lockers("/proc", filepath.Join(dev, "media1")); len(got) > 0 {
		t.Errorf("what nobody locked is locked by %q", got)
	}
}

// TestWhoLockedTheSensorIsNamed, not who has some device open.
func TestWhoLockedTheSensorIsNamed(t *testing.T) {
	dev, proc := lockedDevice(t), t.TempDir()
	process := func(pid, name, parent string) {
		if err := os.MkdirAll(filepath.Join(proc, pid, "fd"), 0o755); err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(proc, pid, "comm"), name+"\n")
		write(t, filepath.Join(proc, pid, "stat"), pid+" (x) S "+parent+" "+pid+" 1 0")
	}
	process("12", "chromium", "1")
	if err := os.Symlink("/dev/video10", filepath.Join(proc, "12", "fd", "3")); err != nil {
		t.Fatal(err)
	}
	process("345", "rpicam-hello", "1")
	process("346", "rpicam-vid", strconv.Itoa(os.Getpid()))
	locks, err := os.ReadFile("/proc/locks")
	if err != nil {
		t.Fatal(err)
	}
	says := func(pid string) {
		write(t, filepath.Join(proc, "locks"), strings.ReplaceAll(string(locks), " "+strconv.Itoa(os.Getpid())+" ", " "+pid+" "))
	}
	for pid, want := range map[string]string{
		"345": "rpicam-hello (process 345)",
		"346": "chromium (process 12)", // ours; somebody else, then
		"999": "chromium (process 12)", // it has just ended
		"0":   "chromium (process 12)", // in another namespace
	} {
		says(pid)
		if got := sensorHolder(proc, dev); got != want {
			t.Errorf("locked by %s: %q, want %q", pid, got, want)
		}
	}
}
