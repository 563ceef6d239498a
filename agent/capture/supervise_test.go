package capture

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"pigrid/agent/frames"
	"pigrid/shared/api"
)

type (
	sink    = func(jpeg []byte, at time.Time)
	session = func(ctx context.Context, publish sink, progress func(string)) error
)

// script is a source that does one thing per session.
type script struct {
	sessions []session

	mu    sync.Mutex
	times []time.Time
}

// starts returns when each session began.
func (s *script) starts() []time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.times)
}

func (s *script) Capture(ctx context.Context, to Sink) error {
	s.mu.Lock()
	i := min(len(s.times), len(s.sessions)-1)
	s.times = append(s.times, time.Now())
	s.mu.Unlock()
	return s.sessions[i](ctx, to.Frame, func(step string) { to.Preparing(step, api.Problem{Code: api.CodeFirmware}) })
}

// deliver publishes n frames at an interval and then waits for the end; n < 0
// goes on for ever.
func deliver(n int, every time.Duration) func(context.Context, sink, func(string)) error {
	return func(ctx context.Context, publish sink, _ func(string)) error {
		for ; n != 0; n-- {
			publish(tinyJPEG, time.Now())
			if !sleep(ctx, every) {
				return ctx.Err()
			}
		}
		<-ctx.Done()
		return ctx.Err()
	}
}

// sleep waits for d; false when ctx ended first.
func sleep(ctx context.Context, d time.Duration) bool {
	return (&supervisor{}).rest(ctx, d)
}

func failAfter(d time.Duration) func(context.Context, sink, func(string)) error {
	return func(ctx context.Context, publish sink, _ func(string)) error {
		for end := time.Now().Add(d); time.Now().Before(end); {
			publish(tinyJPEG, time.Now())
			if !sleep(ctx, 100*time.Millisecond) {
				return ctx.Err()
			}
		}
		return &Failure{Problem: api.Problem{Code: api.CodeCameraBusy, Message: "Busy."}}
	}
}

// tinyJPEG need not be one here: nothing in this room looks inside.
var tinyJPEG = []byte{0xFF, 0xD8, 0xFF, 0xD9}

// supervised runs f beside a supervisor in fake time.
func supervised(t *testing.T, src Source, idle time.Duration, f func(*testing.T, *frames.Hub)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		hub := frames.NewHub(frames.Camera{ID: "x", Framerate: 30})
		done := make(chan struct{})
		go func() {
			defer close(done)
			(&supervisor{writer: writer{hub: hub}, src: src, idle: idle, log: quiet()}).run(ctx)
		}()
		f(t, hub)
		cancel()
		<-done
	})
}

func stateIs(t *testing.T, hub *frames.Hub, want api.State, code api.Code) {
	t.Helper()
	synctest.Wait()
	state, p := hub.State()
	var got api.Code
	if p != nil {
		got = p.Code
	}
	if state != want || got != code {
		t.Errorf("state %q %q, want %q %q", state, got, want, code)
	}
}

func TestCameraRunsOnlyWhileWatched(t *testing.T) {
	src := &script{sessions: []session{deliver(-1, time.Second/30)}}
	supervised(t, src, 30*time.Second, func(t *testing.T, hub *frames.Hub) {
		time.Sleep(time.Hour)
		stateIs(t, hub, api.Idle, "")
		if len(src.starts()) != 0 {
			t.Fatal("the camera was on though nobody watched")
		}
		var viewers []*frames.Viewer
		for range 100 {
			viewers = append(viewers, hub.Join(t.Context(), 0))
		}
		if _, err := viewers[0].Next(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		stateIs(t, hub, api.Live, "")
		for _, v := range viewers {
			v.Leave()
		}
		time.Sleep(29 * time.Second)
		stateIs(t, hub, api.Live, "")
		again := hub.Join(t.Context(), 0) // just in time
		time.Sleep(20 * time.Second)
		again.Leave()
		time.Sleep(29 * time.Second)
		stateIs(t, hub, api.Live, "")
		time.Sleep(2 * time.Second)
		stateIs(t, hub, api.Idle, "")
		if len(src.starts()) != 1 {
			t.Errorf("the camera was started %d times for 101 viewers, want once", len(src.starts()))
		}
		if hub.Newest() != nil {
			t.Error("an old frame is still there for the next viewer")
		}
	})
}

// TestASlowCameraStaysOnUntilItsFirstFrame: who asked for one picture has left by
// then, and finds it when asking again.
func TestASlowCameraStaysOnUntilItsFirstFrame(t *testing.T) {
	src := &script{sessions: []session{
		func(ctx context.Context, publish sink, progress func(string)) error {
			if !sleep(ctx, 9*time.Minute) { // nine exposures
				return ctx.Err()
			}
			return deliver(-1, time.Minute)(ctx, publish, progress)
		},
	}}
	synctest.Test(t, func(t *testing.T) {
		for _, idle := range []time.Duration{0, 30 * time.Second, time.Hour, -1} {
			ctx, cancel := context.WithCancel(t.Context())
			hub := frames.NewHub(frames.Camera{ID: "x", Framerate: 1. / 60})
			done := make(chan struct{})
			go func() {
				defer close(done)
				(&supervisor{writer: writer{hub: hub}, src: src, idle: idle, log: quiet()}).run(ctx)
			}()
			v := hub.Join(t.Context(), 0)
			time.Sleep(25 * time.Second)
			v.Leave()
			time.Sleep(11*time.Minute + 30*time.Second)
			stateIs(t, hub, api.Live, "")
			if v := hub.Join(t.Context(), 0); v != nil {
				if _, err := v.NextWithin(time.Minute); err != nil {
					t.Error(err)
				}
				v.Leave()
			}
			time.Sleep(20 * time.Minute)
			want := api.Idle
			if idle < 0 || idle == time.Hour {
				want = api.Live
			}
			stateIs(t, hub, want, "")
			cancel()
			<-done
		}
	})
}

// TestFirmwareOfASlowCamera: after the upload come its exposures.
func TestFirmwareOfASlowCamera(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start, barked := time.Now(), make(chan time.Duration, 1)
		dog := newWatchdog(frames.Camera{Framerate: 0.1}, func() { barked <- time.Since(start) })
		dog.progress()
		if got := <-barked; got != 2*time.Minute {
			t.Errorf("given up after %v", got)
		}
	})
}

func TestPausesGrowAndAreResetByGoodFrames(t *testing.T) {
	src := &script{}
	for range 8 {
		src.sessions = append(src.sessions, failAfter(0))
	}
	src.sessions = append(src.sessions, failAfter(30*time.Second), failAfter(2*time.Minute), failAfter(0))
	supervised(t, src, 30*time.Second, func(t *testing.T, hub *frames.Hub) {
		defer hub.Join(t.Context(), 0).Leave()
		time.Sleep(10 * time.Second)
		stateIs(t, hub, api.Failed, api.CodeCameraBusy)
		for len(src.starts()) < 12 {
			time.Sleep(time.Second)
			synctest.Wait()
		}
		want := []time.Duration{1, 2, 4, 8, 16, 30, 30, 30, 30 + 30, 120 + 1, 2}
		starts := src.starts()
		for i, w := range want {
			if got := starts[i+1].Sub(starts[i]); got != w*time.Second {
				t.Errorf("start %d came %v after the one before, want %v", i+1, got, w*time.Second)
			}
		}
		if n := hub.Status(time.Now()).Restarts; n != 11 {
			t.Errorf("%d restarts counted, want 11", n)
		}
	})
}

func TestWatchdogEndsAStalledSession(t *testing.T) {
	src := &script{sessions: []session{deliver(10, time.Second/30), deliver(-1, time.Second/30)}}
	supervised(t, src, -1, func(t *testing.T, hub *frames.Hub) {
		time.Sleep(3 * time.Second)
		stateIs(t, hub, api.Live, "")
		time.Sleep(time.Second)
		stateIs(t, hub, api.Stalled, api.CodeStalled)
		time.Sleep(time.Second)
		stateIs(t, hub, api.Live, "")
	})
}

func TestWatchdogWaitsLongerForTheFirstFrame(t *testing.T) {
	src := &script{sessions: []session{deliver(0, 0)}}
	supervised(t, src, -1, func(t *testing.T, hub *frames.Hub) {
		time.Sleep(9 * time.Second)
		stateIs(t, hub, api.Starting, "")
		time.Sleep(1500 * time.Millisecond)
		stateIs(t, hub, api.Stalled, api.CodeNoFrames)
	})
}

func TestWatchdogWaitsForFirmware(t *testing.T) {
	upload := func(ctx context.Context, publish sink, progress func(string)) error {
		for percent := range 100 {
			progress("Network Firmware Upload: " + string(rune('0'+percent/10)) + string(rune('0'+percent%10)) + "% (1/1624 KB)")
			if !sleep(ctx, 2*time.Second) {
				return ctx.Err()
			}
		}
		return deliver(-1, time.Second/30)(ctx, publish, progress)
	}
	src := &script{sessions: []session{upload}}
	supervised(t, src, -1, func(t *testing.T, hub *frames.Hub) {
		time.Sleep(100 * time.Second)
		stateIs(t, hub, api.Starting, api.CodeFirmware)
		time.Sleep(101 * time.Second)
		stateIs(t, hub, api.Live, "")
		if len(src.starts()) != 1 {
			t.Errorf("started %d times during the upload", len(src.starts()))
		}
	})
}

func TestWatchdogEndsAFirmwareUploadThatHangs(t *testing.T) {
	stuck := func(ctx context.Context, _ sink, progress func(string)) error {
		for sleep(ctx, 500*time.Millisecond) {
			progress("Network Firmware Upload: 42% (682/1624 KB)") // printed on and on
		}
		return ctx.Err()
	}
	src := &script{sessions: []session{stuck, deliver(-1, time.Second/30)}}
	supervised(t, src, -1, func(t *testing.T, hub *frames.Hub) {
		time.Sleep(25 * time.Second)
		stateIs(t, hub, api.Starting, api.CodeFirmware)
		time.Sleep(10 * time.Second)
		stateIs(t, hub, api.Live, "")
		if n := len(src.starts()); n != 2 {
			t.Errorf("started %d times, want a second time after the hang", n)
		}
	})
}

func TestSlowCamerasAreNotStalled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var barked atomic.Bool
		dog := newWatchdog(frames.Camera{Framerate: 0.25}, func() { barked.Store(true) })
		for range 10 {
			time.Sleep(9 * time.Second)
			dog.frame()
		}
		time.Sleep(19 * time.Second)
		if barked.Load() {
			t.Error("ended though five intervals were not over")
		}
		time.Sleep(2 * time.Second)
		if !barked.Load() {
			t.Error("did not notice that frames stopped")
		}
	})
}

// TestTheFirstOfLongExposuresIsWaitedFor: libcamera keeps the first ones back.
func TestTheFirstOfLongExposuresIsWaitedFor(t *testing.T) {
	for interval, want := range map[time.Duration]time.Duration{
		time.Second / 30: 10 * time.Second, time.Second / 2: 10 * time.Second, 2 * time.Second: 24 * time.Second, 100 * time.Second: 20 * time.Minute,
	} {
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			barked := make(chan time.Duration, 1)
			newWatchdog(frames.Camera{Framerate: 1 / interval.Seconds()}, func() { barked <- time.Since(start) })
			if got := <-barked; got != want {
				t.Errorf("interval %v: given up after %v, want %v", interval, got, want)
			}
		})
	}
}

func TestRepeatedFailuresAreSummarised(t *testing.T) {
	var f failures
	var logged []int
	for range 100 {
		if times, worth := f.count(api.CodeCameraBusy); worth {
			logged = append(logged, times)
		}
	}
	if want := []int{1, 2, 4, 8, 16, 32, 64}; !slices.Equal(logged, want) {
		t.Errorf("logged the failures %v, want %v", logged, want)
	}
	if times, worth := f.count(api.CodeNotDetected); times != 1 || !worth {
		t.Error("another failure is not logged at once")
	}
	n := 0
	for range 50 { // a camera that fails in turns
		for _, code := range []api.Code{api.CodeStalled, api.CodeFrontendTimeout} {
			if _, worth := f.count(code); worth {
				n++
			}
		}
	}
	if n != 2*6 || f.times != 100+1+100 {
		t.Errorf("%d of 100 failures in turns are logged, %d counted in all", n, f.times)
	}
}

func TestUnknownErrorsAreSentences(t *testing.T) {
	src := &script{sessions: []session{
		func(context.Context, sink, func(string)) error { return errors.New("odd") },
	}}
	supervised(t, src, -1, func(t *testing.T, hub *frames.Hub) {
		stateIs(t, hub, api.Failed, api.CodeCrashed)
	})
}
