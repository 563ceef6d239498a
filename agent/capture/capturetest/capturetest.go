// Package capturetest runs a capture.Manager over the stand-ins of fakecam, for the
// tests of every kind of camera.
package capturetest

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"pigrid/agent/capture"
	"pigrid/agent/capture/fakecam"
	"pigrid/agent/frames"
	"pigrid/agent/identity"
	"pigrid/shared/api"
)

// Quiet is a log for tests that do not look at it.
func Quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// Managed runs a Manager over the stand-in while f runs, and checks that its end
// takes less than two seconds and leaves no process.
func Managed(t *testing.T, cfg capture.Config, startLog string, f func(*frames.Set)) {
	t.Helper()
	ManagedLog(t, cfg, startLog, Quiet(), f)
}

// ManagedLog is Managed with a log that the test looks at.
func ManagedLog(t *testing.T, cfg capture.Config, startLog string, log *slog.Logger, f func(*frames.Set)) {
	t.Helper()
	ids, err := identity.OpenCameraIDs("")
	if err != nil {
		t.Fatal(err)
	}
	cfg.Cameras, cfg.IDs, cfg.Log, cfg.AgentName = &frames.Set{}, ids, log, "Porch"
	if cfg.Options == nil {
		cfg.Options = func(string) capture.Options { return capture.Options{Width: 640, Height: 480, Framerate: 60} }
	}
	cfg.Name = func(string) string { return "" }
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- capture.New(cfg).Run(ctx) }()
	defer func() {
		start := time.Now()
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if d := time.Since(start); d > 2*time.Second {
			t.Errorf("the end took %v", d)
		}
		for _, pid := range StreamsIn(t, startLog) {
			if Running(pid) {
				t.Errorf("process %d was left behind", pid)
			}
		}
	}()
	f(cfg.Cameras)
}

// Camera waits until the agent has a camera.
func Camera(t *testing.T, set *frames.Set, id string) *frames.Hub {
	t.Helper()
	var hub *frames.Hub
	Eventually(t, "camera "+id+" is there", 10*time.Second, func() bool {
		var ok bool
		hub, ok = set.Get(id)
		return ok
	})
	return hub
}

// ExpectState waits until a camera is in a state, for a reason unless code is "".
func ExpectState(t *testing.T, hub *frames.Hub, want api.State, code api.Code) {
	t.Helper()
	Eventually(t, string(want)+" "+string(code), 15*time.Second, func() bool {
		state, p := hub.State()
		return state == want && (code == "" || p != nil && p.Code == code)
	})
}

// Shows waits for a picture.
func Shows(t *testing.T, v *frames.Viewer) {
	t.Helper()
	if _, err := v.NextWithin(10 * time.Second); err != nil {
		t.Fatal(err)
	}
}

// Installed puts the stand-in for rpicam-vid on the PATH and returns the file that
// gets a line per start and the one that says what goes wrong.
func Installed(t *testing.T) (startLog, faultFile string) {
	t.Helper()
	dir := t.TempDir()
	if _, err := fakecam.Install(dir); err != nil {
		t.Fatal(err)
	}
	startLog, faultFile = filepath.Join(dir, "starts"), filepath.Join(dir, "fault")
	t.Setenv("PATH", dir)
	t.Setenv("GORACE", "atexit_sleep_ms=0") // else each stand-in takes a second to end
	t.Setenv(fakecam.LogEnv, startLog)
	t.Setenv(fakecam.FaultEnv, faultFile)
	return startLog, faultFile
}

// StartsOf returns the arguments of each start of a camera, or of each list for
// "--list-cameras".
func StartsOf(t *testing.T, startLog, what string) (starts []string) {
	t.Helper()
	data, err := os.ReadFile(startLog)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		if strings.Contains(line, what) {
			starts = append(starts, strings.TrimSpace(line))
		}
	}
	return starts
}

// StreamsIn returns the pids of the streaming stand-ins that were started.
func StreamsIn(t *testing.T, startLog string) []int {
	t.Helper()
	var pids []int
	for _, line := range StartsOf(t, startLog, "") {
		if strings.Contains(line, "--list-cameras") {
			continue
		}
		pid, err := strconv.Atoi(strings.Fields(line)[0])
		if err != nil {
			t.Fatal(err)
		}
		pids = append(pids, pid)
	}
	return pids
}

// Running reports whether a process exists and is no zombie: in containers PID 1
// may reap late.
func Running(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return false
	}
	_, rest, _ := strings.Cut(string(stat), ") ")
	return !strings.HasPrefix(rest, "Z") && !strings.HasPrefix(rest, "X")
}

// Eventually fails the test when cond does not become true in time.
func Eventually(t *testing.T, what string, within time.Duration, cond func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(within); !cond(); <-tick.C {
		if time.Now().After(deadline) {
			t.Fatalf("not within %v: %s", within, what)
		}
	}
}

// Write writes a file that a test reads.
func Write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// AllProcesses is how the kernel calls the namespace of all processes.
const AllProcesses = "pid:[4026531836]"

// Proc makes a /proc that shows all processes; add puts one in.
func Proc(t *testing.T) (proc string, add func(pid, name string, files ...string)) {
	t.Helper()
	proc = t.TempDir()
	if err := os.MkdirAll(filepath.Join(proc, "self", "ns"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(AllProcesses, filepath.Join(proc, "self", "ns", "pid")); err != nil {
		t.Fatal(err)
	}
	return proc, func(pid, name string, files ...string) {
		t.Helper()
		fds := filepath.Join(proc, pid, "fd")
		if err := os.MkdirAll(fds, 0o755); err != nil {
			t.Fatal(err)
		}
		if name != "" {
			Write(t, filepath.Join(proc, pid, "comm"), name+"\n")
		}
		for i, f := range files {
			if err := os.Symlink(f, filepath.Join(fds, strconv.Itoa(i))); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// OurChild says in a stat file that a process is a child of this one.
func OurChild(pid string) string { return fmt.Sprintf("%s (x) S %d %s 1 0", pid, os.Getpid(), pid) }
