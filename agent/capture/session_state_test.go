package capture

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pigrid/agent/frames"
	"pigrid/shared/api"
)

// TestAfterIdlePausesStartSmall: a camera that was off starts over.
func TestAfterIdlePausesStartSmall(t *testing.T) {
	src := &script{sessions: []session{failAfter(0), failAfter(0), deliver(-1, time.Second/30), failAfter(0), failAfter(0)}}
	supervised(t, src, time.Second, func(t *testing.T, hub *frames.Hub) {
		v := hub.Join(t.Context(), 0)
		time.Sleep(10 * time.Second)
		v.Leave()
		time.Sleep(10 * time.Second)
		stateIs(t, hub, api.Idle, "")
		defer hub.Join(t.Context(), 0).Leave()
		time.Sleep(10 * time.Second)
		starts := src.starts()
		if pause := starts[4].Sub(starts[3]); pause != time.Second {
			t.Errorf("the next try came after %v, want %v", pause, time.Second)
		}
	})
}

// TestAReturnEndsThePause: nobody waits for half a minute before a camera that
// was plugged in again.
func TestAReturnEndsThePause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := &script{sessions: []session{failAfter(0)}}
		again := make(chan struct{})
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() {
			defer close(done)
			(&supervisor{writer: writer{hub: frames.NewHub(frames.Camera{ID: "x"})}, src: src, idle: -1, log: quiet(), again: again}).run(ctx)
		}()
		time.Sleep(100 * time.Second) // pauses are long by now
		before := len(src.starts())
		again <- struct{}{}
		synctest.Wait()
		if after := len(src.starts()); after != before+1 {
			t.Errorf("%d starts after the camera came back, %d before", after, before)
		}
		cancel()
		<-done
	})
}

// TestAReturnOfLongAgoEndsNoPause: the camera may have come back while it slept.
func TestAReturnOfLongAgoEndsNoPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := &script{sessions: []session{failAfter(0)}}
		again := make(chan struct{}, 1)
		again <- struct{}{}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		(&supervisor{writer: writer{hub: frames.NewHub(frames.Camera{ID: "x"})}, src: src, idle: -1, log: quiet(), again: again}).run(ctx)
		if starts := src.starts(); starts[1].Sub(starts[0]) != firstPause {
			t.Errorf("the next try came after %v, want %v", starts[1].Sub(starts[0]), firstPause)
		}
	})
}

// TestAFailureIsLookedIntoWhenNobodyWatches: once, when the pause is over.
func TestAFailureIsLookedIntoWhenNobodyWatches(t *testing.T) {
	for leaves, want := range map[time.Duration]int{firstPause / 2: 2, 2 * firstPause: 3} {
		synctest.Test(t, func(t *testing.T) {
			looks := 0
			hub := frames.NewHub(frames.Camera{ID: "x"})
			s := &supervisor{writer: writer{hub: hub}, src: &script{sessions: []session{failAfter(0)}}, log: quiet(), onFailure: func() { looks++ }}
			ctx, cancel := context.WithCancel(t.Context())
			done := make(chan struct{})
			go func() { defer close(done); s.run(ctx) }()
			v := hub.Join(t.Context(), 0)
			time.Sleep(leaves)
			v.Leave()
			time.Sleep(time.Hour)
			cancel()
			<-done
			if looks != want {
				t.Errorf("left after %v: %d looks for cameras, want %d", leaves, looks, want)
			}
		})
	}
}

// TestNothingStartsAtTheEnd: a camera may be found while the agent ends.
func TestNothingStartsAtTheEnd(t *testing.T) {
	src := &script{sessions: []session{failAfter(0)}}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	(&supervisor{writer: writer{hub: frames.NewHub(frames.Camera{ID: "x"})}, src: src, idle: -1, log: quiet()}).run(ctx)
	if n := len(src.starts()); n != 0 {
		t.Errorf("started %d times", n)
	}
}

// TestStalledShowsWhileTheProgramIsEnded: it may take its time.
func TestStalledShowsWhileTheProgramIsEnded(t *testing.T) {
	slow := func(ctx context.Context, publish sink, _ func(string)) error {
		publish(tinyJPEG, time.Now())
		<-ctx.Done()
		time.Sleep(2 * time.Second)
		return ctx.Err()
	}
	supervised(t, &script{sessions: []session{slow}}, -1, func(t *testing.T, hub *frames.Hub) {
		time.Sleep(4 * time.Second)
		stateIs(t, hub, api.Stalled, api.CodeStalled)
	})
}

const upload = "Network Firmware Upload: 42% (682/1624 KB)"

// TestLastWordsComeTooLate: what a program says after its end, or while
// pictures come, does not change the state.
func TestLastWordsComeTooLate(t *testing.T) {
	var late func(string)
	src := &script{sessions: []session{
		func(_ context.Context, _ sink, progress func(string)) error {
			late = progress
			return &Failure{Problem: api.Problem{Code: api.CodeCameraBusy, Message: "Busy."}}
		},
		func(ctx context.Context, publish sink, progress func(string)) error {
			publish(tinyJPEG, time.Now())
			progress(upload)
			return deliver(-1, time.Second)(ctx, func([]byte, time.Time) {}, progress)
		},
	}}
	supervised(t, src, -1, func(t *testing.T, hub *frames.Hub) {
		stateIs(t, hub, api.Failed, api.CodeCameraBusy)
		late(upload)
		stateIs(t, hub, api.Failed, api.CodeCameraBusy)
		time.Sleep(2 * time.Second)
		stateIs(t, hub, api.Live, "")
	})
}

// TestUnkillableIsNotIdle: a program that stays when nobody watches any more
// still has the camera.
func TestUnkillableIsNotIdle(t *testing.T) {
	stays := func(ctx context.Context, _ sink, _ func(string)) error {
		<-ctx.Done()
		return Unkillable("rpicam-vid")
	}
	supervised(t, &script{sessions: []session{stays}}, time.Second, func(t *testing.T, hub *frames.Hub) {
		v := hub.Join(t.Context(), 0)
		synctest.Wait()
		v.Leave()
		time.Sleep(2 * time.Second)
		stateIs(t, hub, api.Failed, api.CodeUnkillable)
	})
}

// TestTheLogIsShort: a camera that fails for a day, and then works, says little.
func TestTheLogIsShort(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var said bytes.Buffer
		src := &script{}
		for range 100 {
			src.sessions = append(src.sessions, failAfter(0))
		}
		src.sessions = append(src.sessions, failAfter(time.Second), deliver(-1, time.Second/30))
		hub := frames.NewHub(frames.Camera{ID: "x", Framerate: 30})
		lookedAgain := 0
		s := &supervisor{
			writer: writer{hub: hub}, src: src, idle: -1, log: slog.New(slog.NewTextHandler(&said, nil)),
			onFailure: func() { lookedAgain++ },
		}
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Hour)
		defer cancel()
		s.run(ctx)
		if n := strings.Count(said.String(), "level=WARN"); n != 7 || lookedAgain != 101 {
			t.Errorf("%d warnings for 101 failures, %d looks for cameras:\n%s", n, lookedAgain, &said)
		}
		if n := strings.Count(said.String(), "camera live"); n != 0 {
			t.Errorf("%d lines about life between failures:\n%s", n, &said)
		}
	})
}

// TestTheLogTellsOfLife: once per start, with what went before.
func TestTheLogTellsOfLife(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var said bytes.Buffer
		src := &script{sessions: []session{failAfter(0), failAfter(0), deliver(-1, time.Second/30)}}
		hub := frames.NewHub(frames.Camera{ID: "x", Framerate: 30})
		s := &supervisor{writer: writer{hub: hub}, src: src, idle: -1, log: slog.New(slog.NewTextHandler(&said, nil))}
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		s.run(ctx)
		if n := strings.Count(said.String(), "camera live"); n != 1 || !strings.Contains(said.String(), "after_failures=2") {
			t.Errorf("%d lines about life, want one that tells of 2 failures:\n%s", n, &said)
		}
	})
}

// TestAWarningEndsWithItsReason: the next start may be as asked.
func TestAWarningEndsWithItsReason(t *testing.T) {
	src := &script{sessions: []session{failAfter(0), deliver(-1, time.Second)}}
	supervised(t, src, -1, func(t *testing.T, hub *frames.Hub) {
		hub.SetWarning(&api.Problem{Code: api.CodeAIMissing})
		time.Sleep(2 * time.Second)
		if s := hub.Status(time.Now()); s.State != api.Live || s.Warning != nil {
			t.Errorf("%s, warning %+v", s.State, s.Warning)
		}
	})
}

// waiting is a source that cannot be started before free is closed.
type waiting struct {
	*script
	free chan struct{}
}

func (w waiting) Wait(ctx context.Context) error {
	select {
	case <-w.free:
	case <-ctx.Done():
	}
	return ctx.Err()
}

// TestAStartThatWaitsForAListIsNotStalled: nothing was started yet.
func TestAStartThatWaitsForAListIsNotStalled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hub := frames.NewHub(frames.Camera{ID: "x", Framerate: 30})
		src := waiting{&script{sessions: []session{deliver(-1, time.Second/30)}}, make(chan struct{})}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			(&supervisor{writer: writer{hub: hub}, src: src, idle: 30 * time.Second, log: quiet()}).run(ctx)
		}()
		v := hub.Join(t.Context(), 0)
		time.Sleep(19 * time.Second) // a list that hangs is given up after 20
		stateIs(t, hub, api.Starting, "")
		v.Leave()
		time.Sleep(31 * time.Second) // nobody waits for it any more
		stateIs(t, hub, api.Idle, "")
		defer hub.Join(t.Context(), 0).Leave()
		time.Sleep(9 * time.Second)
		stateIs(t, hub, api.Starting, "")
		close(src.free)
		time.Sleep(time.Second)
		stateIs(t, hub, api.Live, "")
		if n := len(src.starts()); n != 1 {
			t.Errorf("started %d times", n)
		}
		cancel()
		<-ended
	})
}

// TestASourceThatEndsWithoutAnErrorHasFailed, and so has one that waits in vain: it
// is started again.
func TestASourceThatEndsWithoutAnErrorHasFailed(t *testing.T) {
	ends := &script{sessions: []session{func(context.Context, sink, func(string)) error { return nil }}}
	for name, src := range map[string]Source{"ends": ends, "waits": hopeless{ends}} {
		supervised(t, src, -1, func(t *testing.T, hub *frames.Hub) {
			stateIs(t, hub, api.Failed, api.CodeCrashed)
			time.Sleep(10 * time.Second)
			if n := hub.Status(time.Now()).Restarts; n != 3 {
				t.Errorf("one that %s is started again %d times", name, n)
			}
		})
	}
}

// hopeless is a source that can never be started.
type hopeless struct{ Source }

func (hopeless) Wait(context.Context) error { return errors.New("odd") }

// TestProgressAfterAStallIsTooLate: what a program says while it is ended is not
// that it goes on.
func TestProgressAfterAStallIsTooLate(t *testing.T) {
	src := &script{sessions: []session{func(ctx context.Context, _ sink, progress func(string)) error {
		<-ctx.Done()
		progress(upload)
		time.Sleep(2 * time.Second)
		return ctx.Err()
	}}}
	supervised(t, src, -1, func(t *testing.T, hub *frames.Hub) {
		time.Sleep(firstFrameWait + time.Second)
		stateIs(t, hub, api.Stalled, api.CodeNoFrames)
	})
}

// TestLateProgressTakesNoWarningAway: that of the next session stays.
func TestLateProgressTakesNoWarningAway(t *testing.T) {
	var late func(string)
	src := &script{sessions: []session{
		func(_ context.Context, _ sink, progress func(string)) error {
			late = progress
			return errors.New("odd")
		},
		deliver(-1, time.Second),
	}}
	supervised(t, warned{src}, -1, func(t *testing.T, hub *frames.Hub) {
		time.Sleep(2 * time.Second)
		synctest.Wait()
		late(upload)
		time.Sleep(time.Hour)
		if s := hub.Status(time.Now()); s.State != api.Live || s.Warning == nil || s.Restarts != 1 {
			t.Errorf("%s, warning %+v, %d restarts", s.State, s.Warning, s.Restarts)
		}
	})
}

// warned is a source whose pictures are not as asked.
type warned struct{ Source }

func (w warned) Capture(ctx context.Context, to Sink) error {
	to.Warn(&api.Problem{Code: api.CodeMode})
	return w.Source.Capture(ctx, to)
}
