package process

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"pigrid/agent/capture/capturetest"

	"golang.org/x/sys/unix"
)

// TestWhoSeesNotAllNamesNobody: a program that cannot be seen may have it.
func TestWhoSeesNotAllNamesNobody(t *testing.T) {
	for name, test := range map[string]func(t *testing.T, proc string){
		"a container": func(t *testing.T, proc string) {
			link := filepath.Join(proc, "self", "ns", "pid")
			if os.Remove(link) != nil || os.Symlink("pid:[4026532198]", link) != nil {
				t.Fatal("no such link")
			}
		},
		"no /proc/self": func(t *testing.T, proc string) {
			if err := os.RemoveAll(filepath.Join(proc, "self")); err != nil {
				t.Fatal(err)
			}
		},
		"another user's program": func(t *testing.T, proc string) {
			if err := os.Chmod(filepath.Join(proc, "12", "fd"), 0); err != nil {
				t.Fatal(err)
			}
			asNobody(t)
		},
	} {
		t.Run(name, func(t *testing.T) {
			proc, add := capturetest.Proc(t)
			add("12", "motion", "/dev/video0")
			add("345", "ffplay", "/dev/video0")
			if err := os.RemoveAll(filepath.Join(proc, "12", "fd", "0")); err != nil {
				t.Fatal(err)
			}
			if got := OpenedBy(proc, "/dev/video0"); got.Program != "ffplay (process 345)" {
				t.Fatalf("who sees all names %+v", got)
			}
			test(t, proc)
			if got := OpenedBy(proc, "/dev/video0"); got != (Holder{}) {
				t.Errorf("it names %+v", got)
			}
		})
	}
	if got := OpenedBy(filepath.Join(t.TempDir(), "nowhere"), "/dev/video0"); got != (Holder{}) {
		t.Errorf("without /proc, got %+v", got)
	}
}

// asNobody takes the rights of root from the rest of the test; its thread alone
// reads files as somebody else.
func asNobody(t *testing.T) {
	t.Helper()
	if os.Geteuid() != 0 {
		return
	}
	runtime.LockOSThread()
	before, err := unix.SetfsuidRetUid(65534)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = unix.Setfsuid(before)
		runtime.UnlockOSThread()
	})
}
