package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"pigrid/agent/capture/fakecam"
	"pigrid/shared/api"
	"pigrid/shared/mjpeg"
)

// soaking reports whether `make soak` asks for hours instead of a minute.
func soaking() bool { return os.Getenv("PIGRID_SOAK") != "" }

// use is what the agent holds of the system.
type use struct {
	rss, fds, threads int // KiB, number, number
}

func (a *agent) use(t *testing.T) use {
	t.Helper()
	proc := fmt.Sprintf("/proc/%d", a.cmd.Process.Pid)
	status, err := os.ReadFile(proc + "/status")
	if err != nil {
		t.Fatal(err)
	}
	fds, err := os.ReadDir(proc + "/fd")
	if err != nil {
		t.Fatal(err)
	}
	u := use{fds: len(fds)}
	for line := range strings.Lines(string(status)) {
		name, value, _ := strings.Cut(line, ":")
		n, _ := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(value), " kB"))
		switch name {
		case "VmRSS":
			u.rss = n
		case "Threads":
			u.threads = n
		}
	}
	return u
}

// flat checks that nothing grew with use: not memory beyond what the garbage
// collector may keep, not descriptors, not threads.
func flat(t *testing.T, before, after use) {
	t.Helper()
	t.Logf("before %+v, after %+v", before, after)
	if after.rss > 2*before.rss+20_000 || after.fds > before.fds+3 || after.threads > before.threads+8 {
		t.Errorf("the agent has grown from %+v to %+v", before, after)
	}
}

// TestStartStopCycles wakes the camera and lets it sleep again, many times.
func TestStartStopCycles(t *testing.T) {
	cycles := 300
	if soaking() {
		cycles = 10_000
	}
	env, dir := withCamera(t)
	a := start(t, env, "--idle-timeout", "0s")
	var before use
	for n := range cycles {
		frame := get(t, a.url+"/snapshot.jpg?settle=0")
		if !bytes.Contains(fakecam.Frames(), frame) {
			t.Fatalf("cycle %d: the snapshot is not a frame of the camera", n)
		}
		a.await(t, "the camera is off", func(c api.Camera) bool { return c.State == api.Idle })
		if n == 20 {
			before = a.use(t)
		}
	}
	flat(t, before, a.use(t))
	pids := children(t, dir)
	if len(pids) < cycles || anyRunning(pids) {
		t.Errorf("%d starts for %d cycles, or one process is left", len(pids), cycles)
	}
}

// await polls the status until the first camera is as wanted.
func (a *agent) await(t *testing.T, what string, ok func(api.Camera) bool) {
	t.Helper()
	a.awaitAll(t, what, func(all []api.Camera) bool { return len(all) > 0 && ok(all[0]) })
}

// awaitAll waits until ok of the status of all cameras.
func (a *agent) awaitAll(t *testing.T, what string, ok func([]api.Camera) bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(60 * time.Second); ; <-tick.C {
		var status api.Status
		if err := json.Unmarshal(get(t, a.url+api.StatusPath), &status); err != nil {
			t.Fatal(err)
		}
		if ok(status.Cameras) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("never: %s (%+v)", what, status.Cameras)
		}
	}
}

// faults are what strikes at random, each after some good frames.
var faults = [...]fakecam.Fault{
	fakecam.Busy, fakecam.Stall, fakecam.Crash, fakecam.Exit, fakecam.IgnoreSIGINT, fakecam.Garbage,
	fakecam.Half, fakecam.Huge, fakecam.Flood, fakecam.Firmware, fakecam.Grandchild, fakecam.None,
}

// TestRandomFaultsDisturbNoViewer lets ten viewers watch a camera that fails in
// every known way: each must stay connected, see whole frames only, and go on.
func TestRandomFaultsDisturbNoViewer(t *testing.T) {
	t.Parallel()
	length := time.Minute
	if soaking() {
		length = 30 * time.Minute
	}
	env, dir := withCamera(t)
	fault := filepath.Join(dir, "fault")
	a := start(t, append(env, fakecam.FollowEnv+"=1"))
	get(t, a.url+"/snapshot.jpg")
	before := a.use(t)

	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var viewers sync.WaitGroup
	counts := make([]atomic.Int64, 10)
	for i := range counts {
		viewers.Go(func() {
			if err := watch(ctx, a.url+"/video", &counts[i]); ctx.Err() == nil {
				t.Errorf("viewer %d was disconnected: %v", i, err)
			}
		})
	}
	seed := uint64(time.Now().UnixNano())
	struck := map[fakecam.Fault]int{}
	rnd := rand.New(rand.NewPCG(seed, 0))
	next := time.NewTicker(2 * time.Second)
	defer next.Stop()
	for end := time.Now().Add(length); time.Now().Before(end); <-next.C {
		now := faults[rnd.IntN(len(faults))]
		struck[now]++
		text := fmt.Sprintf("%s %d", now, rnd.IntN(20))
		if err := os.WriteFile(fault, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Remove(fault); err != nil {
		t.Fatal(err)
	}
	a.await(t, "the repaired camera is live", func(c api.Camera) bool { return c.State == api.Live && c.FPS > 10 })
	seen := make([]int64, len(counts))
	for i := range counts {
		seen[i] = counts[i].Load()
	}
	a.await(t, "every viewer goes on", func(api.Camera) bool {
		for i := range counts {
			if counts[i].Load() <= seen[i] {
				return false
			}
		}
		return true
	})
	starts := children(t, dir)
	t.Logf("seed %d: %d starts, told to fail %v, frames at the viewers %v", seed, len(starts), struck, seen)
	if len(starts) < 4 {
		t.Errorf("the camera was started %d times: no fault has ended it", len(starts))
	}
	cancel()
	viewers.Wait()
	a.await(t, "no viewer is counted", func(c api.Camera) bool { return c.Viewers == 0 })
	flat(t, before, a.use(t))
	a.stop(t, syscall.SIGTERM)
	if anyRunning(children(t, dir)) {
		t.Error("a process of the camera is left")
	}
}

// watch reads a stream until ctx ends and checks every frame.
func watch(ctx context.Context, url string, frames *atomic.Int64) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	answer, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	reader, err := mjpeg.NewReader(answer.Body, answer.Header.Get("Content-Type"))
	if err != nil {
		return err
	}
	for {
		f, err := reader.Next()
		if err != nil {
			return err
		}
		if reader.Broken() > 0 || f.Placeholder || !bytes.Contains(fakecam.Frames(), f.JPEG) {
			return errors.New("a frame came that the camera has not sent")
		}
		frames.Add(1)
	}
}
