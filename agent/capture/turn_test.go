package capture

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pigrid/agent/frames"
	"pigrid/shared/api"
)

// TestStartsRunTogetherAndListsAlone in fake time.
func TestStartsRunTogetherAndListsAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var all turns
		begin := time.Now()
		after := func(what string, want time.Duration) {
			t.Helper()
			if got := time.Since(begin); got != want {
				t.Errorf("%s after %v, want %v", what, got, want)
			}
		}
		take := func(what string, f func(context.Context) (func(), error), want, keep time.Duration) {
			go func() {
				done, err := f(t.Context())
				if err != nil {
					t.Error(what, err)
					return
				}
				after(what, want)
				time.Sleep(keep)
				done()
				done()
			}()
			synctest.Wait()
		}
		take("the first start", all.start, 0, 2*time.Second)
		take("a start beside it", all.start, 0, 3*time.Second)
		take("a list", all.list, 3*time.Second, time.Second)
		take("a start behind it", all.start, 4*time.Second, time.Second)
		time.Sleep(time.Minute)
		synctest.Wait()
		begin = time.Now()
		take("a list later", all.list, 0, 0)
	})
}

// TestListsRunOneByOne, in any order.
func TestListsRunOneByOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var all turns
		begin, running := time.Now(), 0
		var wg sync.WaitGroup
		for range 3 {
			wg.Go(func() {
				done, err := all.list(t.Context())
				if err != nil {
					t.Error(err)
					return
				}
				defer done()
				if running++; running > 1 {
					t.Errorf("%d lists run", running)
				}
				time.Sleep(time.Second)
				running--
			})
		}
		wg.Wait()
		if d := time.Since(begin); d != 3*time.Second {
			t.Errorf("three lists took %v", d)
		}
	})
}

// TestAListWaitsUntilTheCameraIsTaken: until the program says how it has set it
// up, a frame comes, it ends, or it says nothing for long.
func TestAListWaitsUntilTheCameraIsTaken(t *testing.T) {
	for name, test := range map[string]struct {
		start session
		want  time.Duration
	}{
		"it says so": {func(ctx context.Context, _ sink, progress func(string)) error {
			sleep(ctx, time.Second)
			progress("Mode selection for 640:480:12:P")
			sleep(ctx, time.Second)
			progress("INFO Camera camera.cpp:1216 configuring streams: (0) 640x480-YUV420/sYCC")
			<-ctx.Done()
			return ctx.Err()
		}, 2 * time.Second},
		"a frame comes": {func(ctx context.Context, publish sink, progress func(string)) error {
			sleep(ctx, 3*time.Second)
			return deliver(-1, time.Second)(ctx, publish, progress)
		}, 3 * time.Second},
		"it ends":        {func(ctx context.Context, _ sink, _ func(string)) error { sleep(ctx, time.Second); return errIdle }, time.Second},
		"it is not said": {deliver(0, 0), acquireTime},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var all turns
				hub := frames.NewHub(frames.Camera{ID: "x", Framerate: 30})
				ctx, cancel := context.WithCancel(t.Context())
				ended := make(chan struct{})
				go func() {
					defer close(ended)
					(&supervisor{hub: hub, src: &script{sessions: []session{test.start, deliver(0, 0)}}, idle: time.Hour, log: quiet(), turn: all.start}).run(ctx)
				}()
				defer hub.Join(t.Context(), 0).Leave()
				synctest.Wait()
				begin := time.Now()
				done, err := all.list(t.Context())
				if d := time.Since(begin); err != nil || d != test.want {
					t.Errorf("the list came after %v, error %v; want %v", d, err, test.want)
				}
				done()
				cancel()
				<-ended
			})
		})
	}
}

// TestAStartThatWaitsForAListIsNotStalled: nothing was started yet.
func TestAStartThatWaitsForAListIsNotStalled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var all turns
		done, err := all.list(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		hub := frames.NewHub(frames.Camera{ID: "x", Framerate: 30})
		src := &script{sessions: []session{deliver(-1, time.Second/30)}}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			(&supervisor{hub: hub, src: src, idle: 30 * time.Second, log: quiet(), turn: all.start}).run(ctx)
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
		done()
		time.Sleep(time.Second)
		stateIs(t, hub, api.Live, "")
		if n := len(src.starts()); n != 1 {
			t.Errorf("started %d times", n)
		}
		cancel()
		<-ended
	})
}

// TestWhoGivesUpWaitingHoldsNobodyUp.
func TestWhoGivesUpWaitingHoldsNobodyUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var all turns
		done, err := all.start(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		short, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := all.list(short); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a list beside a start: %v", err)
		}
		other, err := all.start(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		other()
		done()
		list, err := all.list(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		short, cancel = context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := all.start(short); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a start beside a list: %v", err)
		}
		list()
	})
}
