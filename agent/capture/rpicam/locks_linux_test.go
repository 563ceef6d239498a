package rpicam

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"pigrid/agent/capture"
	"pigrid/agent/capture/capturetest"
	"pigrid/agent/capture/fakecam"
	"pigrid/agent/capture/process"
	"pigrid/agent/frames"
	"pigrid/shared/api"
)

// TestWhoLockedTheSensorIsNamed, and nobody where that is not proven.
func TestWhoLockedTheSensorIsNamed(t *testing.T) {
	dev := capturetest.WithDevices(t)
	proc, add := capturetest.Proc(t)
	add("12", "chromium", "/dev/video10", "/dev/media0")
	add("345", "rpicam-hello")
	add("346", "rpicam-vid")
	capturetest.Write(t, filepath.Join(proc, "346", "stat"), capturetest.OurChild("346"))
	capturetest.OtherProgram(t, filepath.Join(dev, "media0"))
	capturetest.OtherProgram(t, filepath.Join(dev, "media3"))
	locks, err := os.ReadFile("/proc/locks")
	if err != nil {
		t.Fatal(err)
	}
	said := []string{
		"INFO RPI pisp.cpp:1154 Registered camera /base/one to CFE device " + dev + "/media0 and ISP device " + dev + "/media2 using PiSP variant BCM2712_C0",
		"INFO RPI pisp.cpp:1154 Registered camera /base/two to CFE device " + dev + "/media1 and ISP device " + dev + "/media3 using PiSP variant BCM2712_C0",
	}
	for pid, want := range map[string]process.Holder{
		"345": {Program: "rpicam-hello (process 345)"},
		"346": {Own: true},
		"999": {}, // it has just ended
		"0":   {}, // in another namespace
	} {
		capturetest.Write(t, filepath.Join(proc, "locks"), strings.ReplaceAll(string(locks), " "+strconv.Itoa(os.Getpid())+" ", " "+pid+" "))
		for _, path := range []string{"/base/one", "/base/two"} {
			if got := process.LockedBy(proc, mediaDevices(said, path)); got != want {
				t.Errorf("%s, locked by %s: %+v, want %+v", path, pid, got, want)
			}
		}
		if got := process.LockedBy(proc, mediaDevices(said, "/base/three")); got != (process.Holder{}) {
			t.Errorf("a camera whose devices are not known, locked by %s: %+v", pid, got)
		}
	}
}

// TestTwoThatHaveOneSensor: neither is proven to be the one in the way.
func TestTwoThatHaveOneSensor(t *testing.T) {
	dev := capturetest.WithDevices(t)
	proc, add := capturetest.Proc(t)
	add("345", "rpicam-hello")
	add("346", "motion")
	said := []string{"Registered camera /base/one to CFE device " + dev + "/media0 and ISP device " + dev + "/media2"}
	var locks strings.Builder
	for i, name := range []string{"media0", "media2", "media2"} {
		var s unix.Stat_t
		if err := unix.Stat(filepath.Join(dev, name), &s); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&locks, "%d: POSIX  ADVISORY  WRITE %d %02x:%02x:%d 0 EOF\n", i+1, 345+min(i, 1), unix.Major(s.Dev), unix.Minor(s.Dev), s.Ino)
		capturetest.Write(t, filepath.Join(proc, "locks"), locks.String())
		want := process.Holder{}
		if i == 0 {
			want.Program = "rpicam-hello (process 345)"
		}
		if got := process.LockedBy(proc, mediaDevices(said, "/base/one")); got != want {
			t.Errorf("%d locks: %+v, want %+v", i+1, got, want)
		}
	}
}

// TestTwoCamerasOfTwoProgramsAreToldApart, with real programs and locks.
func TestTwoCamerasOfTwoProgramsAreToldApart(t *testing.T) {
	startLog, _ := capturetest.Installed(t)
	dev := capturetest.WithDevices(t)
	program := filepath.Join(filepath.Dir(startLog), fakecam.ProgramName)
	pids := map[string]string{}
	for id, index := range map[string]string{"imx708": "0", "imx219": "1"} {
		// A shell that has ended is nobody's child's parent any more.
		out, err := exec.CommandContext(t.Context(), "/bin/sh", "-c", `"$0" --camera "$1" -o - >/dev/null 2>&1 & echo $!`, program, index).Output()
		if err != nil {
			t.Fatal(err)
		}
		pid := strings.TrimSpace(string(out))
		t.Cleanup(func() { _ = syscall.Kill(atoi(pid), syscall.SIGKILL) })
		pids[id] = pid
	}
	for _, index := range []string{"0", "1"} {
		capturetest.Eventually(t, "both cameras are used", 10*time.Second, func() bool {
			return process.LockedBy("/proc", []string{filepath.Join(dev, "media"+index)}) != (process.Holder{})
		})
	}
	if err := os.Remove(startLog); err != nil { // the agent's own starts alone
		t.Fatal(err)
	}
	cfg := capture.Config{Drivers: sensors(dev), IdleTimeout: time.Minute}
	capturetest.Managed(t, cfg, startLog, func(set *frames.Set) {
		for id, pid := range pids {
			hub := capturetest.Camera(t, set, id)
			defer hub.Join(t.Context(), 0).Leave()
			capturetest.ExpectState(t, hub, api.Failed, api.CodeCameraBusy)
			if _, p := hub.State(); p == nil || !strings.Contains(p.Message, "(process "+pid+")") {
				t.Errorf("%s is used by process %s, and it says %+v", id, pid, p)
			}
		}
	})
}
