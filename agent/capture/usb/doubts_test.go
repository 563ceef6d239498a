package usb

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"pigrid/agent/capture"
	"pigrid/agent/capture/capturetest"
	"pigrid/agent/capture/process"
	"pigrid/agent/capture/rpicam"
	"pigrid/agent/frames"
	"pigrid/agent/identity"
	"pigrid/shared/api"
)

// questions answers for webcams as a test wants, and counts what is asked.
type questions struct {
	mu    sync.Mutex
	asked map[string]int
	errs  map[string]error
}

func (q *questions) answer(path string) ([]webcamMode, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.asked[path]++
	if err := q.errs[path]; err != nil {
		return nil, err
	}
	return vga(path)
}

func (q *questions) fail(path string, err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.errs[path] = err
}

// count returns how often a webcam was asked since the last count.
func (q *questions) count(path string) int {
	q.mu.Lock()
	defer q.mu.Unlock()
	defer delete(q.asked, path)
	return q.asked[path]
}

// looking runs a Manager in fake time on a machine with webcams only; it looks
// for devices each second.
func looking(t *testing.T, dev string, f func(t *testing.T, q *questions, set *frames.Set, said *process.Lines)) {
	t.Helper()
	t.Setenv("PATH", t.TempDir())
	capturetest.Write(t, filepath.Join(os.Getenv("PATH"), "ffmpeg"), "")
	if err := os.Chmod(filepath.Join(os.Getenv("PATH"), "ffmpeg"), 0o700); err != nil { //nolint:gosec // a program
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		ids, err := identity.OpenCameraIDs("")
		if err != nil {
			t.Fatal(err)
		}
		q := &questions{asked: map[string]int{}, errs: map[string]error{}}
		set, said := &frames.Set{}, &process.Lines{}
		log := slog.New(slog.NewTextHandler(said, nil))
		m := capture.New(capture.Config{
			Cameras: set, IDs: ids, Log: log, LookEvery: time.Second,
			Drivers: []capture.Driver{rpicam.New(dev), newDriver(dev, log, q.answer)},
			Options: func(string) capture.Options { return capture.Options{} }, Name: func(string) string { return "" },
		})
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() {
			defer close(done)
			time.Sleep(time.Millisecond) // the test says what fails first
			_ = m.Run(ctx)
		}()
		f(t, q, set, said)
		cancel()
		<-done
	})
}

// TestAWebcamThatDoesNotAnswerIsAskedAgain, ever more rarely, and nothing else
// is asked for its sake.
func TestAWebcamThatDoesNotAnswerIsAskedAgain(t *testing.T) {
	dev := t.TempDir()
	well, late := plug(t, dev, c920, "video0"), plug(t, dev, c270, "video2")
	looking(t, dev, func(t *testing.T, q *questions, set *frames.Set, said *process.Lines) {
		q.fail(late, syscall.EIO)
		expect := func(after time.Duration, ofLate, ofWell int) {
			t.Helper()
			time.Sleep(after)
			synctest.Wait()
			if l, w := q.count(late), q.count(well); l != ofLate || w != ofWell {
				t.Errorf("after %v more: asked %d times, the one that is well %d times; want %d and %d", after, l, w, ofLate, ofWell)
			}
		}
		expect(2*time.Millisecond, 1, 1)
		expect(3500*time.Millisecond, 2, 0) // after 1 and 2 seconds
		if log := logged(said); log == "" || strings.Contains(log, "WARN") {
			t.Errorf("too early to complain:\n%s", log)
		}
		expect(57*time.Second, 4, 0)   // after 4, 8, 16 and 32
		expect(10*time.Minute, 1+9, 0) // after 64 and then each 64
		expect(time.Hour, 3600/64, 0)  // for ever
		if n := strings.Count(logged(said), "does not report its formats"); n != 1 {
			t.Errorf("%d lines about it:\n%s", n, logged(said))
		}
		q.fail(late, nil)
		expect(64*time.Second, 2, 1) // asked, and listed
		if state, _ := hubOf(t, set, "c270").State(); state != api.Idle {
			t.Errorf("it is %s", state)
		}
		expect(time.Hour, 0, 0)
	})
}

func logged(said *process.Lines) string { return strings.Join(said.Last(), "\n") }

// stateIs compares a state in fake time.
func stateIs(t *testing.T, hub *frames.Hub, want api.State, code api.Code) {
	t.Helper()
	synctest.Wait()
	state, p := hub.State()
	if state != want || p == nil && code != "" || p != nil && p.Code != code {
		t.Errorf("state %q %+v, want %q %q", state, p, want, code)
	}
}

func hubOf(t *testing.T, set *frames.Set, id string) *frames.Hub {
	t.Helper()
	hub, ok := set.Get(id)
	if !ok {
		t.Fatalf("there is no camera %s", id)
	}
	return hub
}

// TestAWebcamThatMayBeUsedLater heals by itself.
func TestAWebcamThatMayBeUsedLater(t *testing.T) {
	dev := t.TempDir()
	path := plug(t, dev, c920, "video0")
	looking(t, dev, func(t *testing.T, q *questions, set *frames.Set, _ *process.Lines) {
		q.fail(path, os.ErrPermission)
		time.Sleep(100 * time.Millisecond)
		stateIs(t, hubOf(t, set, "c920"), api.Failed, api.CodePermission)
		time.Sleep(10 * time.Minute)
		if n := q.count(path); n > 20 {
			t.Errorf("asked %d times in ten minutes", n)
		}
		q.fail(path, nil)
		time.Sleep(65 * time.Second)
		stateIs(t, hubOf(t, set, "c920"), api.Idle, "")
	})
}

// TestAKnownWebcamIsNotGoneForNotAnswering: only one whose name is gone is.
func TestAKnownWebcamIsNotGoneForNotAnswering(t *testing.T) {
	dev := t.TempDir()
	path := plug(t, dev, c920, "video0")
	looking(t, dev, func(t *testing.T, q *questions, set *frames.Set, said *process.Lines) {
		time.Sleep(100 * time.Millisecond)
		q.fail(path, syscall.EIO)
		capturetest.Write(t, filepath.Join(dev, "media0"), "")
		time.Sleep(10 * time.Second)
		if q.count(path) < 2 {
			t.Error("it was not asked again")
		}
		stateIs(t, hubOf(t, set, "c920"), api.Idle, "")
		if strings.Contains(logged(said), "camera gone") {
			t.Errorf("the log says:\n%s", logged(said))
		}
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * time.Second)
		stateIs(t, hubOf(t, set, "c920"), api.Failed, api.CodeNotDetected)
	})
}

// TestAWebcamThatHangsHoldsNothingUp: it is asked once until it answers.
func TestAWebcamThatHangsHoldsNothingUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		free := make(chan struct{})
		var asked atomic.Int64
		d := newDoubts(func(string) ([]webcamMode, error) {
			if asked.Add(1) == 1 {
				<-free
			}
			return vga("")
		}, capturetest.Quiet())
		start := time.Now()
		for range 3 {
			if _, err := d.ask(t.Context(), "a"); !errors.Is(err, errNoAnswer) {
				t.Errorf("error %v", err)
			}
		}
		if took := time.Since(start); took != askWait || asked.Load() != 1 {
			t.Errorf("asked %d times in %v, want once in %v", asked.Load(), took, askWait)
		}
		close(free)
		synctest.Wait()
		if modes, err := d.ask(t.Context(), "a"); len(modes) != 1 || err != nil || asked.Load() != 2 {
			t.Errorf("later it offers %v, error %v", modes, err)
		}
	})
}

// TestTheEndWaitsForNoWebcam.
func TestTheEndWaitsForNoWebcam(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		free := make(chan struct{})
		defer close(free)
		d := newDoubts(func(string) ([]webcamMode, error) { <-free; return nil, nil }, capturetest.Quiet())
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		start := time.Now()
		if _, err := d.ask(ctx, "a"); !errors.Is(err, errNoAnswer) || time.Since(start) != 0 {
			t.Errorf("error %v after %v", err, time.Since(start))
		}
	})
}
